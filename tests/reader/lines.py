"""Entry lines, their chain, and records with their commitments: docs/format.md section 5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.reader import jcs, signs, tree
from tests.reader.kinds import wrong
from tests.reader.refusal import Refusal

HEX64 = "[0-9a-f]{64}"
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
_LINE: Mapping[str, type] = {
    "v": int, "seq": int, "prev": str, "inc": str, "iseq": int, "rec": str, "blobs": list,
    "by": list, "t": str, "mono": int, "boot": str, "machine": str,
}  # fmt: skip
_FORMS = {
    "prev": HEX64, "rec": HEX64, "inc": "([0-9a-f]{32})?", "t": STAMP, "boot": "[0-9A-Za-z-]*",
    "machine": f"({HEX64})?",
}  # fmt: skip
TYPES = frozenset(
    """vault.created generation.rotated officer.enrolled officer.removed machine.enrolled
    profile.adopted session.opened session.closed clock.checked incident.opened incident.restricted
    gate answer answer.changed note url screenshot file described seizure stop stop.tick frozen
    released referral decision action correction custody read printed form.rendered form.signed
    form.ink pack.exported pack.read-back head.signed head.witnessed orphan.moved backup.made
    restored history.accepted hold.set hold.lifted shredded imported token.rfc3161
    rehearsed instruction.confirmed session.locked session.reopened session.left""".split()  # noqa: SIM905 - fifty words read better unquoted
)
TWO = frozenset(
    """screenshot file url gate decision correction released hold.lifted form.rendered form.signed
    pack.exported pack.read-back shredded restored history.accepted generation.rotated
    officer.enrolled officer.removed machine.enrolled profile.adopted
    instruction.confirmed session.left""".split()  # noqa: SIM905 - as above
)


@dataclass(frozen=True)
class Line:
    """One entry line and its bytes."""

    data: bytes
    seq: int
    prev: str
    inc: str
    iseq: int
    rec: str
    blobs: tuple[str, ...]
    by: tuple[str, ...]
    t: str


def read_line(data: bytes) -> Line:
    """Read one line. Raises Refusal (malformed, trailing data, newer version)."""
    value = jcs.shape(jcs.load(data), _LINE, "a line")
    for name, pattern in _FORMS.items():
        jcs.text(value[name], pattern, f"a line, {name}")
    for name in ("seq", "iseq", "mono"):
        if not 0 <= value[name] < 10**15:
            raise Refusal("malformed", f"a line, {name}")
    blobs = jcs.texts(value["blobs"], HEX64, "a line, blobs")
    by = jcs.texts(value["by"], HEX64, "a line, by")
    return Line(
        data, value["seq"], value["prev"], value["inc"], value["iseq"], value["rec"],
        tuple(blobs), tuple(by), value["t"],
    )  # fmt: skip


@dataclass
class Chain:
    """Lines that follow from one another, oldest first."""

    lines: list[Line] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, data: bytes) -> Line:
        """Take the next line. Raises Refusal: malformed or broken link."""
        line = read_line(data)
        prev = signs.digest(self.lines[-1].data) if self.lines else "0" * 64
        if (line.seq, line.prev) != (len(self.lines), prev):
            raise Refusal("broken link", f"entry {len(self.lines)}")
        if line.iseq != self.counts.get(line.inc, 0):
            raise Refusal("broken link", f"entry {line.seq}, its number in the incident")
        if not line.by or list(line.by) != sorted(set(line.by)):
            raise Refusal("malformed", f"entry {line.seq}, by")
        self.counts[line.inc] = line.iseq + 1
        self.lines.append(line)
        return line

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first ``size`` lines, all of them by default."""
        return tree.root_of([tree.leaf(line.data) for line in self.lines[:size]])


def check_sigs(line: Line, plain: bytes, keys: Mapping[str, bytes]) -> None:
    """Check the signatures beside a line, made by everybody in ``by`` and nobody else.

    ``keys``: officer id to SPKI DER. Raises Refusal (malformed, not listed, bad signature).
    """
    sigs = jcs.load(plain)
    if not isinstance(sigs, dict) or set(sigs) != set(line.by):
        raise Refusal("bad signature", f"entry {line.seq}")
    for who, sig in sigs.items():
        if who not in keys:
            raise Refusal("not listed", f"entry {line.seq}")
        data = b"evidence-entry/v1\n" + line.data
        signs.check_signature(keys[who], signs.unbase64(sig, "a signature"), data)


@dataclass(frozen=True)
class Record:
    """What a sealed record says."""

    seq: int
    inc: str
    type: str
    fields: Mapping[str, Any]


def _rows(value: Any) -> list[list[Any]]:
    for row in value:
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[1], str):
            raise Refusal("malformed", "a disclosure")
        if len(signs.unbase64(row[0], "a salt")) != 16:
            raise Refusal("malformed", "a salt")
        if row[2] is None:
            raise Refusal("malformed", "a value")
    if len({row[1] for row in value}) != len(value):
        raise Refusal("malformed", "a name twice")
    return list(value)


def check_commitment(line: Line, kind: str, digests: list[str]) -> None:
    """Check H(commitment) against the line. Raises Refusal (bad commitment, malformed)."""
    if digests != sorted(set(digests)):
        raise Refusal("malformed", "digests out of order")
    commitment = jcs.dump({"v": 1, "type": kind, "digests": digests})
    if signs.digest(commitment) != line.rec:
        raise Refusal("bad commitment", f"record {line.seq}")


def _check_place(value: Mapping[str, Any], line: Line) -> None:
    if (value["inc"], value["seq"]) != (line.inc, line.seq):
        raise Refusal("other place", f"record {line.seq}")


def _agreed(line: Line, kind: str, fields: Mapping[str, Any], whole: bool) -> Record:
    if kind not in TYPES:
        raise Refusal("unknown type", f"record {line.seq}")
    later = kind == "incident.restricted" and "recipient" in fields
    if (kind in TWO or later) and len(line.by) < 2:
        raise Refusal("one officer", f"record {line.seq}")
    if kind in ("screenshot", "file"):
        if not whole and "producer" not in fields:
            return Record(line.seq, line.inc, kind, fields)
        if fields.get("producer") not in line.by:
            raise Refusal("not listed", f"record {line.seq}, producer")
    if wrong(kind, fields, whole):
        raise Refusal("malformed", f"record {line.seq}, field {wrong(kind, fields, whole)}")
    return Record(line.seq, line.inc, kind, fields)


def read_record(plain: bytes, line: Line) -> Record:
    """Read a sealed record, opened, beside its line. Raises Refusal."""
    fields = {"v": int, "inc": str, "seq": int, "type": str, "disclosures": list}
    value = jcs.shape(jcs.load(plain), fields, "a record")
    _check_place(value, line)
    rows = _rows(value["disclosures"])
    digests = sorted(signs.digest(jcs.dump(row)) for row in rows)
    check_commitment(line, value["type"], digests)
    named = {name: what for _, name, what in rows}
    return _agreed(line, value["type"], named, True)


def read_redacted(plain: bytes, line: Line) -> Record:
    """Read a record of a pack: all digests, and the disclosures left in. Raises Refusal."""
    fields = {"v": int, "inc": str, "seq": int, "type": str, "digests": list, "disclosures": list}
    value = jcs.shape(jcs.load(plain), fields, "a record")
    _check_place(value, line)
    digests = jcs.texts(value["digests"], HEX64, "digests")
    check_commitment(line, value["type"], digests)
    rows = _rows(value["disclosures"])
    if not {signs.digest(jcs.dump(row)) for row in rows} <= set(digests):
        raise Refusal("bad commitment", f"record {line.seq}, a disclosure")
    named = {name: what for _, name, what in rows}
    whole = len(rows) == len(digests)
    return _agreed(line, value["type"], named, whole)
