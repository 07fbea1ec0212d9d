"""What the second reader answers to a vector, and what it read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tests.reader import (
    agefile,
    checkcode,
    closed,
    container,
    drafts,
    freezes,
    heads,
    jcs,
    keyfile,
    lines,
    people,
    signs,
    tree,
)
from tests.vectors.vector import Vector

Read = Callable[[Vector], object]


def known(vector: Vector) -> dict[str, bytes]:
    """Return officer id to SPKI DER from the header lines ``key``."""
    pairs = (text.split(" ") for text in vector.all("key"))
    return {who: signs.unbase64(spki, "a key") for who, spki in pairs}


def nodes(vector: Vector) -> list[bytes]:
    """Return the hashes of a proof."""
    return [signs.unbase64(text, "a hash") for text in vector.data.decode().splitlines()]


def _reader(vector: Vector) -> keyfile.Officer:
    signing, identity = vector["reader"].split(" ")
    return keyfile.from_paper(signing, identity)


def _chain(vector: Vector) -> lines.Chain:
    chain = lines.Chain()
    for data in vector.data.split(b"\n")[:-1]:
        chain.add(data)
    return chain


def _signatures(vector: Vector) -> None:
    lines.check_sigs(lines.read_line(vector["line"].encode()), vector.data, known(vector))


def _record(vector: Vector) -> object:
    record = lines.read_record(vector.data, lines.read_line(vector["line"].encode()))
    return record.type, dict(record.fields)


def _redacted(vector: Vector) -> object:
    record = lines.read_redacted(vector.data, lines.read_line(vector["line"].encode()))
    return record.type, dict(record.fields)


def _checkpoint(vector: Vector) -> object:
    head, who = heads.read_note(vector.data, known(vector))
    return head.origin, head.size, head.root, who


def _inclusion(vector: Vector) -> None:
    leaf, root = (bytes.fromhex(vector[name]) for name in ("leaf", "root"))
    tree.check_inclusion(leaf, int(vector["index"]), int(vector["size"]), nodes(vector), root)


def _consistency(vector: Vector) -> None:
    old, new = (bytes.fromhex(vector[name]) for name in ("old-root", "new-root"))
    tree.check_consistency(int(vector["old"]), int(vector["new"]), nodes(vector), old, new)


def _keyfile(vector: Vector) -> object:
    officer = keyfile.open_key_file(vector.data, vector["passphrase"])
    assert officer.id == vector["id"]
    return officer.id, officer.identity.text


def _paper(vector: Vector) -> object:
    officer = keyfile.from_paper(vector["signing"], vector["identity"])
    assert officer.id == vector["id"]
    return officer.id, officer.identity.text


def _sidecar(vector: Vector) -> object:
    found = heads.read_sidecar(vector.data, agefile.Identity(vector["identity"]))
    return found.get(vector["origin"])


def _directories(vector: Vector, sealed: bytes) -> list[people.Directory]:
    place = f"evidence-directory/v1/{vector['origin']}"
    plain = signs.unseal(bytes.fromhex(vector["ledger"]), sealed, place)
    return people.read_chain(plain, vector["origin"], [_reader(vector)])


def _directory(vector: Vector) -> object:
    last = _directories(vector, vector.data)[-1]
    return last.digest, last.present, set(last.people), dict(last.shredded)


def _card(vector: Vector) -> object:
    last = _directories(vector, bytes.fromhex(vector["directory"]))[-1]
    place = f"evidence-card/v1/{vector['origin']}/{vector['inc']}"
    plain = signs.unseal(bytes.fromhex(vector["ledger"]), vector.data, place)
    card = people.read_card(plain, vector["inc"], tuple(vector.all("by")), last.keys_at(0))
    return card["recipient"], card["restricted"], card["linked"]


def _hold(vector: Vector) -> object:
    entries = [lines.read_line(text.encode()) for text in vector.all("line")]
    hold = freezes.read_hold(vector.data, int(vector["seq"]), entries)
    return hold.inc, hold.act, hold.blobs


def _draft(vector: Vector) -> object:
    return drafts.read_draft(
        vector.data + bytes(int(vector["zeros"])), vector["inc"], known(vector)
    )


def _container(vector: Vector) -> tuple[int, dict[str, str]]:
    layout, files = container.read(vector.data, vector["passphrase"])
    return layout, {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def _closed(vector: Vector) -> object:
    text, vault = vector.data.decode("ascii"), agefile.Identity(vector["identity"])
    found = closed.read_closed(text, vault, vector["origin"])
    incident = agefile.Identity(vector["incident"])
    files = [row.split(" ") for row in vector.all("file")]
    marks = [found.items.get(closed.tag(incident, blob)) == found.mark(sha) for blob, sha in files]
    return found.number, found.items, marks


READERS: dict[str, Read] = {
    "jcs": lambda vector: jcs.load(vector.data),
    "box": lambda v: signs.unseal(bytes.fromhex(v["key"]), v.data, v["place"]),
    "line": lambda vector: lines.read_line(vector.data).prev,
    "chain": lambda vector: _chain(vector).root(),
    "signatures": _signatures, "record": _record, "redacted": _redacted,
    "checkpoint": _checkpoint, "inclusion": _inclusion, "consistency": _consistency,
    "keyfile": _keyfile, "paper": _paper, "sidecar": _sidecar, "directory": _directory,
    "card": _card, "hold": _hold, "draft": _draft,
    "container": _container, "closed": _closed,
    "checkcode": lambda vector: checkcode.compare(vector["typed"], vector.data),
}  # fmt: skip
