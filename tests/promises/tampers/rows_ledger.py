"""Lines of the ledger, their proofs, and the heads that were signed and printed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from esafety_tui.data import checkpoint
from esafety_tui.output.pack.layout import CHECKPOINT, LEDGER
from esafety_tui.output.pack.source import PackSource
from tests.promises.tampers.row import SOUND, Make, Said, Tamper
from tests.promises.tampers.world import Edit, Entry, World, edit_json, with_entry, write

Source = Callable[[PackSource], PackSource]
Signs = Callable[[Entry], object]


def _gate(change: Signs) -> Edit:
    """Return what changes the incident's second entry of the kind "gate", its fifth."""

    def edit(entry: Entry) -> None:
        if entry.kind == "gate":
            change(entry)

    return edit


def _set(**parts: object) -> Signs:
    return lambda entry: entry.line.update(parts)


def _text(old: bytes, new: bytes) -> Signs:
    return lambda entry: setattr(entry, "text", lambda line: line.replace(old, new))


LINES: dict[str, Signs] = {
    "a part more": _set(note="x"),
    "a part less": lambda entry: entry.line.pop("boot"),
    "version 2": _set(v=2),
    "version true": _set(v=True),
    "previous in capitals": _set(prev="A" * 64),
    "previous of nothing": _set(prev="0" * 64),
    "previous too short": _set(prev="0" * 63),
    "number before it": _set(seq=1),
    "number as text": _set(seq="4"),
    "number negative": _set(seq=-1),
    "number of 16 digits": _set(seq=10**15),
    "count of another": _set(iseq=0),
    "count false": _set(iseq=False),
    "of another incident": _set(inc="ef" * 16),
    "of no incident": _set(inc=""),
    "of null": _set(inc=None),
    "record of another": _set(rec="0" * 64),
    "record in capitals": lambda entry: entry.line.update(rec="A" * 64),
    "blob no hash": _set(blobs=["x"]),
    "blobs no list": _set(blobs={}),
    "boot with a line": _set(boot="a_b"),
    "machine cut": _set(machine="5" * 63),
    "clock negative": _set(mono=-1),
    "clock of 16 digits": _set(mono=10**15),
    "time without Z": _set(t="2026-11-21T14:00:00.000"),
    "time in other digits": _set(t="\u0662026-11-21T14:00:00.000Z"),
    "time cut": _set(t="2026-11-21"),
    "nobody": _set(by=[]),
    "by a name": _set(by=["Ada"]),
    "a blank": _text(b'","', b'", "'),
    "in another order": lambda entry: entry.line.update(by=[o.id for o in entry.present][::-1]),
    "one twice": lambda entry: entry.line.update(by=[entry.present[0].id] * 2),
    "a line end": lambda entry: setattr(entry, "text", lambda line: line + b"\n"),
    "a key twice": _text(b'"v":1}', b'"v":1,"v":1}'),
    "a fraction": _text(b'"v":1}', b'"v":1.0}'),
    "signed by one": lambda entry: setattr(entry, "signers", entry.present[:1]),
    "alone": lambda entry: setattr(entry, "present", entry.present[:1]),
}


def _source(change: Source) -> Make:
    return lambda world, folder: write(change(world.unsigned), folder)


def _first(sigs: dict[str, bytes]) -> dict[str, bytes]:
    one, two = sorted(sigs)
    return {one: sigs[two], two: sigs[one]}


ENTRIES: dict[str, Source] = {
    "cut out": lambda s: replace(s, entries=s.entries[:4] + s.entries[5:]),
    "first cut": lambda s: replace(s, entries=s.entries[1:]),
    "two swapped": lambda s: replace(s, entries=(s.entries[1], s.entries[0], *s.entries[2:])),
    "none left": lambda s: replace(s, entries=()),
    "signatures of another": lambda s: with_entry(s, 2, sigs=s.entries[3].sigs),
    "signatures exchanged": lambda s: with_entry(s, 2, sigs=_first(dict(s.entries[2].sigs))),
    "signature missing": lambda s: with_entry(s, 2, sigs=dict([min(s.entries[2].sigs.items())])),
    "no signature": lambda s: with_entry(s, 2, sigs={}),
    "signature of a stranger": lambda s: with_entry(
        s, 2, sigs={**s.entries[2].sigs, "0" * 64: b"x"}
    ),
    "signature broken": lambda s: with_entry(
        s, 2, sigs={key: sig[:-1] + b"\0" for key, sig in s.entries[2].sigs.items()}
    ),
}
NODE = b"n" * 32
PROOFS: dict[str, Source] = {
    "of another entry": lambda s: with_entry(s, 2, proof=s.entries[3].proof),
    "cut": lambda s: with_entry(s, 2, proof=s.entries[2].proof[:-1]),
    "first step cut": lambda s: with_entry(s, 2, proof=s.entries[2].proof[1:]),
    "longer": lambda s: with_entry(s, 2, proof=(*s.entries[2].proof, NODE)),
    "empty": lambda s: with_entry(s, 2, proof=()),
    "reversed": lambda s: with_entry(s, 2, proof=s.entries[2].proof[::-1]),
    "short step": lambda s: with_entry(s, 2, proof=(b"n" * 31, *s.entries[2].proof[1:])),
    "of 70 steps": lambda s: with_entry(s, 2, proof=(NODE,) * 70),
}  # fmt: skip
PRINTED: dict[str, Source] = {
    "cut": lambda s: replace(s, printed_proof=s.printed_proof[:-1]),
    "longer": lambda s: replace(s, printed_proof=(*s.printed_proof, NODE)),
    "empty": lambda s: replace(s, printed_proof=()),
    "reversed": lambda s: replace(s, printed_proof=s.printed_proof[::-1]),
    "short step": lambda s: replace(s, printed_proof=(b"n" * 31, *s.printed_proof[1:])),
}  # fmt: skip


def _ledger(change: Callable[[Said], object]) -> Make:
    return lambda world, folder: world.refit(edit_json(world.copy(folder, 0), LEDGER, change))


def _note(change: Callable[[World, bytes], bytes]) -> Make:
    """Return what changes the signed head as a file, and has the statement signed again."""

    def make(world: World, folder: Path) -> Path:
        pack = world.copy(folder, 0)
        path = pack / CHECKPOINT
        path.write_bytes(change(world, path.read_bytes()))
        return world.refit(pack)

    return make


def _head(change: Callable[[checkpoint.Checkpoint], checkpoint.Checkpoint], who: int = 2) -> Make:
    """Return what signs another head, by the first ``who`` officers."""

    def again(world: World, note: bytes) -> bytes:
        head = change(checkpoint.parse_signed_note(note)[0])
        signing = world.school.officers[:who]
        rows = [
            (f"officer-{o.short_id}", o.spki, o.sign_message(head.signed_body())) for o in signing
        ]
        return checkpoint.write_signed_note(head, rows)

    return _note(again)


def _spare(text: bytes) -> bytes:
    """Write the root with a spare bit set."""
    lines = text.split(b"\n")
    last = base64.b64decode(lines[2])[-2:]
    assert last
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = alphabet.index(lines[2][-2:-1])
    lines[2] = lines[2][:-2] + alphabet[place ^ 1 : (place ^ 1) + 1] + b"="
    return b"\n".join(lines)


HEADS: dict[str, Make] = {
    "signed again": _head(lambda head: head),
    "by one": _head(lambda head: head, 1),
    "by three": _head(lambda head: head, 3),
    "smaller": _head(lambda h: replace(h, size=h.size - 1)),
    "another root": _head(lambda head: replace(head, root=b"r" * 32)),
    "another ledger": _head(lambda head: replace(head, origin="x.y.invalid/evidence")),
    "CRLF": _note(lambda _, note: note.replace(b"\n", b"\r\n")),
    "no line end": _note(lambda _, note: note[:-1]),
    "an extension": _note(lambda _, note: note.replace(b"\n\n", b"\nmore\n\n")),
    "hyphen for the dash": _note(lambda _, note: note.replace("\u2014".encode(), b"-", 1)),
    "zero before the size": _note(lambda _, note: note.replace(b"\n", b"\n0", 1)),
    "a signature twice": _note(
        lambda _, note: note + note.split(b"\n\n")[1].split(b"\n")[0] + b"\n"
    ),
    "signature broken": _note(lambda _, note: note[:-6] + b"AAAA=\n"),
    "empty": _note(lambda _, __: b""),
    "another name": _note(lambda _, note: note.replace(b"officer-", b"reviewer-", 1)),
    "a blank line more": _note(lambda _, note: note.replace(b"\n\n", b"\n\n\n")),
    "spare bits": _note(lambda _, note: _spare(note)),
    "not UTF-8": _note(lambda _, n: n + b"\xff\n"),
}


def _part(at: int, change: Callable[[str], str]) -> Callable[[str], str]:
    def again(body: str) -> str:
        lines = body.split("\n")
        lines[at] = change(lines[at])
        return "\n".join(lines)

    return again


def _arabic(digits: str) -> str:
    return "".join(chr(0x660 + int(digit)) for digit in digits)


PAPER: dict[str, Callable[[str], str]] = {
    "of size 0": _part(1, lambda _: "0"), "with a zero before": _part(1, lambda size: "0" + size),
    "in other digits": _part(1, _arabic), "larger than the head": _part(1, lambda size: size + "0"),
    "smaller": _part(1, lambda size: str(int(size) - 1)), "of a blank": _part(1, lambda _: ""),
    "of another ledger": _part(0, lambda _: "x.y.invalid/evidence"),
    "of another root": _part(2, lambda root: "A" * 43 + "="), "cut": lambda body: body[:-1],
    "with a line more": lambda body: body + "more\n",
    "with a plus": _part(1, lambda size: "+" + size),
}  # fmt: skip


def _printed(change: Callable[[str], str]) -> Make:
    """Return what changes the head printed on the paper, in the check inputs and in the ledger."""

    def edit(value: Said, name: str) -> None:
        value[name]["checkpoint"] = change(value[name]["checkpoint"])

    def make(world: World, folder: Path) -> Path:
        pack = edit_json(world.copy(folder, 0), LEDGER, lambda value: edit(value, "printed"))
        return world.refit(pack, lambda body: edit(body["predicate"], "check_inputs"))

    return make


def rows() -> Iterator[Tamper]:
    """Return the rows of lines, proofs and checkpoints."""
    for name, signs in LINES.items():

        def built(world: World, folder: Path, signs: Signs = signs) -> Path:
            return world.build(folder, _gate(signs))

        yield Tamper("ledger line", name, True, built)
    for name, source in ENTRIES.items():
        yield Tamper("ledger line", f"entry {name}", True, _source(source))
    for name, source in PROOFS.items():
        item = f"{LEDGER}, entry 3"
        yield Tamper("proof", f"inclusion {name}", True, _source(source), item=item)
    for name, source in PRINTED.items():
        yield Tamper("proof", f"printed {name}", True, _source(source), item=LEDGER)
    yield from _written()
    yield from _heads()


def _written() -> Iterator[Tamper]:
    first: dict[str, Callable[[Said], object]] = {
        "no list": lambda v: v["entries"][0].update(proof={}),
        "a number in it": lambda v: v["entries"][0]["proof"].__setitem__(0, 7),
        "not base64": lambda v: v["entries"][0]["proof"].__setitem__(0, "!" * 44),
        "a line end in it": lambda v: v["entries"][0]["proof"].__setitem__(
            0, v["entries"][0]["proof"][0] + "\n"),
    }  # fmt: skip
    for name, change in first.items():
        yield Tamper("proof", name, True, _ledger(change), item=f"{LEDGER}, entry 1")


def _heads() -> Iterator[Tamper]:
    for name, make in HEADS.items():
        if name == "signed again":
            yield Tamper("checkpoint", name, True, make, SOUND)
        else:
            yield Tamper("checkpoint", name, True, make, item=CHECKPOINT)
    for name, alter in PAPER.items():
        yield Tamper("checkpoint", f"printed {name}", True, _printed(alter), item=LEDGER)
