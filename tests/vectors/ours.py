"""What the product answers to a vector: the functions a vault or pack is really read with."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from esafety_tui.data import (
    checkpoint,
    directory,
    heads,
    keyring,
    ledger,
    merkle,
    officers,
    store,
    unsent,
)
from esafety_tui.data.age import Identity
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.closed import FrozenList, frozen_tag
from esafety_tui.data.holds import Hold, altered_hold
from esafety_tui.kernel import canon
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NewerVersion,
    NotEligible,
    NotSound,
    Tampered,
    Unusable,
    WrongPassphrase,
)
from esafety_tui.kernel.records import Person
from esafety_tui.output import verify_code, verify_ledger
from esafety_tui.output.pack.layout import record_file_name
from esafety_tui.output.verify_files import PackFile
from tests.output.zip_surgery import sums
from tests.vectors.vector import Vector

Errors = tuple[type[EvidenceError], ...]
ORIGIN = "exs.practice.invalid/evidence"

_ERRORS: dict[str, dict[str, Errors]] = {
    "jcs": {"": (BadInput,)},
    "record": {"": (Tampered,), "malformed": (Tampered, BadInput), "trailing data": (BadInput,)},
    "redacted": {"": (NotSound,)},
    "checkpoint": {"": (Tampered,), "malformed": (BadInput,), "trailing data": (BadInput,)},
    "keyfile": {
        "wrong passphrase": (WrongPassphrase,), "out of bounds": (BadInput,),
        "malformed": (BadInput, WrongPassphrase),  # the latter: what is sealed inside is malformed
        "trailing data": (BadInput,),
        "newer version": (NewerVersion,),
    },
    "paper": {"": (BadInput,)},
    "directory": {"": (Tampered, BadInput), "not listed": (Tampered, NotEligible),
                  "newer version": (NewerVersion,)},
    "card": {"": (Tampered, BadInput)},
    "draft": {"newer version": (NewerVersion,)},
    "checkcode": {"malformed": (Unusable,)},
    "container": {
        "": (NotSound,), "newer version": (NewerVersion,), "wrong passphrase": (Unusable,),
    },
}  # fmt: skip


def errors(kind: str, expect: str) -> Errors:
    """Return which errors say what a vector expects; the second reader tells more apart."""
    table = _ERRORS.get(kind, {})
    return table.get(expect, table.get("", (Tampered,)))


def _chain(vector: Vector, _tmp: Path) -> bytes:
    chain = ledger.EntryChain()
    for data in vector.data.split(b"\n")[:-1]:
        chain.append_line(data)
    return chain.merkle_root


def _people(vector: Vector) -> list[Person]:
    pairs = (text.split(" ") for text in vector.all("key"))
    return [
        Person(who, "officer", "Officer", "Teacher", "O", base64.b64decode(spki), "", b"")
        for who, spki in pairs
    ]


def _signatures(vector: Vector, tmp: Path) -> None:
    """Put the line and its signatures into a real database, and open it."""
    box, line = LedgerBox(bytes(32)), vector["line"].encode()
    opened = store.EvidenceStore.create_store(tmp, ORIGIN, box)
    opened.close()
    cells = (
        box.seal_bytes(line, f"evidence-entry/v1/{ORIGIN}/0"),
        box.seal_bytes(vector.data, f"evidence-sigs/v1/{ORIGIN}/0"),
    )
    head = (
        checkpoint.Checkpoint(ORIGIN, 1, merkle.compute_root([merkle.hash_leaf(line)]))
        .signed_body()
        .decode()
    )
    with closing(sqlite3.connect(tmp / "evidence.db")) as db, db:
        db.execute("INSERT INTO entry VALUES (0, ?, ?)", cells)
        db.execute("INSERT INTO rec VALUES (0, x'00')")
        db.execute("INSERT INTO meta VALUES ('head', ?)", (head,))
    opened = store.EvidenceStore(tmp, ORIGIN, box)
    try:
        assert opened.check_signatures(_people(vector)) == 1
    finally:
        opened.close()


def _record(vector: Vector, _tmp: Path) -> object:
    kind, rows = ledger.parse_record(vector.data, ledger.parse_line(vector["line"].encode()))
    return kind, {name: value for _, name, value in rows}


def _redacted(vector: Vector, _tmp: Path) -> object:
    line = ledger.parse_line(vector["line"].encode())
    files = {record_file_name(line.seq): PackFile("", 0, vector.data)}
    record = verify_ledger._check_record(files, line)
    return record.type, dict(record.fields)


def _checkpoint(vector: Vector, _tmp: Path) -> object:
    people = _people(vector)
    names = {f"officer-{p.short_id}": p for p in people}
    spki = {name: p.sign_spki for name, p in names.items()}
    head, signed = checkpoint.verify_signed_note(vector.data, spki)
    return head.origin, head.size, head.root, [names[name].id for name in signed]


def _nodes(vector: Vector) -> list[bytes]:
    return [base64.b64decode(text) for text in vector.data.decode().splitlines()]


def _inclusion(vector: Vector, _tmp: Path) -> None:
    leaf, root = (bytes.fromhex(vector[name]) for name in ("leaf", "root"))
    index, size = int(vector["index"]), int(vector["size"])
    assert merkle.verify_inclusion(leaf, index, size, _nodes(vector), root) == root


def _consistency(vector: Vector, _tmp: Path) -> None:
    old, new = (bytes.fromhex(vector[name]) for name in ("old-root", "new-root"))
    sizes = int(vector["old"]), int(vector["new"])
    assert merkle.verify_consistency(*sizes, _nodes(vector), old, new) == new


def _keyfile(vector: Vector, tmp: Path) -> object:
    path = tmp / "officer.evkey"
    path.write_bytes(vector.data)
    officer = officers.read_key_file(path).unlock_keys(vector["passphrase"])
    return officer.id, officer.identity.to_text


def _paper(vector: Vector, _tmp: Path) -> object:
    officer = officers.OfficerKeys.restore_from_paper(
        "Paper", vector["signing"], vector["identity"]
    )
    return officer.id, officer.identity.to_text


def _sidecar(vector: Vector, tmp: Path) -> object:
    officer = officers.OfficerKeys.restore_from_paper(
        "Officer", vector["signing"], vector["identity"]
    )
    (tmp / f"officer-{officer.short_id}.heads").write_bytes(vector.data)
    found = heads.read_pinned_heads(officer, tmp, vector["origin"]).memories
    return found[0].as_checkpoint_head if found else None


def _reader(vector: Vector) -> officers.OfficerKeys:
    return officers.OfficerKeys.restore_from_paper("Reader", *vector["reader"].split(" "))


def _directory(vector: Vector, _tmp: Path) -> object:
    box = LedgerBox(bytes.fromhex(vector["ledger"]))
    last = directory.open_directory_chain(box, vector.data, vector["origin"], [_reader(vector)])
    everybody = {p.id for p in last.people}
    return last.digest, {p.id for p in last.people_present}, everybody, dict(last.shredded)


def _card(vector: Vector, tmp: Path) -> object:
    """Read the card in a real keyring of its own."""
    reader, sealed = _reader(vector), bytes.fromhex(vector["directory"])
    key = bytes.fromhex(vector["ledger"])
    people = directory.open_directory_chain(
        LedgerBox(key), sealed, vector["origin"], [reader]
    ).people
    keyring.write_generation_keys(tmp / "g1", people, Identity(bytes(range(32))), key, b"no key")
    (tmp / "g1" / "directory.sealed").write_bytes(sealed)
    (tmp / "current").write_text("g1\n")
    (tmp / "g1" / "inc" / f"{vector['inc']}.card").write_bytes(vector.data)
    ring = keyring.Keyring(tmp, vector["origin"], [reader])
    card = ring.read_card(vector["inc"], vector.all("by"))
    return card.recipient, card.restricted, card.linked


def _hold(vector: Vector, _tmp: Path) -> object:
    """As the store takes a hold in: it must be there, and belong to the entry beside it."""
    lines = [ledger.parse_line(text.encode()) for text in vector.all("line")]
    hold, seq = Hold.parse_hold(vector.data), int(vector["seq"])
    if not 0 <= seq < len(lines):
        raise altered_hold()
    if not hold.belongs_to(lines[seq], [line for line in lines if line.inc == hold.inc]):
        raise altered_hold()
    return hold.inc, hold.act, hold.blobs


def _checkcode(vector: Vector, _tmp: Path) -> None:
    typed = verify_code.read_typed_code(vector["typed"])
    if typed != verify_code.compute_check_code(canon.parse_canonical(vector.data)):
        raise Tampered("The code is another one.", "Type it again.")


def _draft(vector: Vector, _tmp: Path) -> object:
    keys = {person.id: person.sign_spki for person in _people(vector)}
    plain = vector.data + bytes(int(vector["zeros"]))
    words = unsent.read_draft(plain, vector["inc"], keys.__getitem__)
    return [(w.place, w.at, dict(w.values), w.after, w.by) for w in words]


def _container(vector: Vector, tmp: Path) -> tuple[int, dict[str, str]]:
    path = tmp / "a.zip"
    path.write_bytes(vector.data)
    return sums(path, vector["passphrase"])


def _closed(vector: Vector, _tmp: Path) -> object:
    vault, incident = (
        Identity.parse_text(vector["identity"]),
        Identity.parse_text(vector["incident"]),
    )
    found = FrozenList.parse_stored(vector.data.decode(), vault, vector["origin"])
    files = [row.split(" ") for row in vector.all("file")]
    marks = [
        found.items.get(frozen_tag(incident, blob)) == found.mark_of_original(sha)
        for blob, sha in files
    ]
    return found.number, found.items, marks


READERS: dict[str, Callable[[Vector, Path], object]] = {
    "jcs": lambda vector, _: canon.parse_canonical(vector.data),
    "box": lambda v, _: LedgerBox(bytes.fromhex(v["key"])).open_bytes(v.data, v["place"]),
    "line": lambda vector, _: ledger.parse_line(vector.data).prev,
    "chain": _chain, "signatures": _signatures, "record": _record, "redacted": _redacted,
    "checkpoint": _checkpoint, "inclusion": _inclusion, "consistency": _consistency,
    "keyfile": _keyfile, "paper": _paper, "sidecar": _sidecar, "directory": _directory,
    "card": _card, "hold": _hold, "checkcode": _checkcode,
    "container": _container, "draft": _draft, "closed": _closed,
}  # fmt: skip
