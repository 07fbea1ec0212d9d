"""Holds: what is frozen, and which file is released. docs/format.md section 5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.reader import jcs
from tests.reader.lines import HEX64, Line, Record
from tests.reader.refusal import Refusal


@dataclass(frozen=True)
class Hold:
    """A freeze of an incident and its files, or a release of one file."""

    seq: int
    inc: str
    act: str
    blobs: tuple[str, ...]


def read_hold(plain: bytes, seq: int, lines: Sequence[Line]) -> Hold:
    """Read the hold beside entry ``seq``. Raises Refusal.

    ``broken link``: no entry ``seq``, or another incident's, or files of another incident;
    ``one officer``: a release beside an entry of one.
    """
    fields = {"v": int, "inc": str, "act": str, "blobs": list}
    value = jcs.shape(jcs.load(plain), fields, "a hold")
    jcs.text(value["inc"], "[0-9a-f]{32}", "a hold, inc")
    names = jcs.texts(value["blobs"], HEX64, "a hold, blobs")
    if value["act"] not in ("freeze", "release"):
        raise Refusal("malformed", "a hold, act")
    if value["act"] == "release" and len(names) != 1:
        raise Refusal("malformed", "a release of one file")
    if not 0 <= seq < len(lines) or lines[seq].inc != value["inc"]:
        raise Refusal("broken link", "a hold")
    own = {name for line in lines if line.inc == value["inc"] for name in line.blobs}
    if not own.issuperset(names):
        raise Refusal("broken link", "a hold of another incident's files")
    if value["act"] == "release" and len(lines[seq].by) < 2:
        raise Refusal("one officer", "a release")
    return Hold(seq, value["inc"], value["act"], tuple(names))


def frozen_files(holds: Iterable[Hold]) -> set[str]:
    """Return the names of the files that nobody may read, after all holds in order."""
    frozen: set[str] = set()
    for hold in holds:
        if hold.act == "freeze":
            frozen |= set(hold.blobs)
        else:
            frozen -= set(hold.blobs)
    return frozen


def frozen_by_records(records: Mapping[int, Record], lines: Sequence[Line]) -> set[str]:
    """Return the names of the files that nobody may read, by what the records alone say."""
    frozen: set[str] = set()
    brought: dict[str, set[str]] = {}
    for line in lines:
        brought.setdefault(line.inc, set()).update(line.blobs)
        record = records.get(line.seq)
        if record is not None and record.type in ("stop", "frozen"):
            frozen |= brought[line.inc]
        elif record is not None and record.type == "released":
            frozen.discard(str(record.fields.get("blob")))
    return frozen


def check_captures(kinds: Mapping[int, str], lines: Sequence[Line], holds: Iterable[Hold]) -> None:
    """Raise Refusal (broken link) for a capture into an incident that was frozen before it."""
    since: dict[str, int] = {}
    for hold in holds:
        if hold.act == "freeze":
            since.setdefault(hold.inc, hold.seq)
    for line in lines:
        late = line.inc in since and line.seq > since[line.inc]
        if late and kinds.get(line.seq) in ("screenshot", "file"):
            raise Refusal("broken link", "a capture into a frozen incident")
