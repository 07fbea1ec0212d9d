"""Entry lines, their chain, and the commitments of records. Pure: no file, no key, no clock.

format.md section 5. The chain is checked over *stored* bytes. A line is read by one strict pattern
that is the canonical form itself, so there is no second way to write the same line.
"""

from __future__ import annotations

import base64
import copy
import functools
import re
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from esafety_tui.data.merkle import MerkleFrontier, hash_leaf
from esafety_tui.kernel.canon import (
    Json,
    canonical_bytes,
    decode_base64,
    parse_canonical,
    require_fields,
    sha256_hex,
)
from esafety_tui.kernel.errors import BadInput, Tampered
from esafety_tui.kernel.fieldkinds import find_wrong_field
from esafety_tui.kernel.records import CAPTURES, PAIR_ONLY, RECORD_TYPES

ZEROS = "0" * 64
COMPARE = "Stop. Do not add to this vault. Compare it with the last printed head."
SIGN_PREFIX = b"evidence-entry/v1\n"
_HEX64 = r"[0-9a-f]{64}"
_LIST = r"\[((?:\"" + _HEX64 + r"\"(?:,\"" + _HEX64 + r"\")*)?)\]"
_LINE = re.compile(
    r'\{"blobs":' + _LIST + r',"boot":"([0-9A-Za-z-]*)","by":' + _LIST
    + r',"inc":"([0-9a-f]{32}|)","iseq":(0|[1-9]\d{0,14}),"machine":"([0-9a-f]{64}|)"'
    r',"mono":(0|[1-9]\d{0,14}),"prev":"(' + _HEX64 + r')","rec":"(' + _HEX64 + r')"'
    r',"seq":(0|[1-9]\d{0,14}),"t":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","v":1\}',
    re.ASCII,
)  # fmt: skip
_SIG = r'"(' + _HEX64 + r')":"([0-9A-Za-z+/]+={0,2})"'
_PAIR = re.compile(r"\{" + _SIG + "," + _SIG + r"\}", re.ASCII)

_RECORD: Mapping[str, type] = {
    "v": int, "inc": str, "seq": int, "type": str, "disclosures": list,
}  # fmt: skip

Disclosure = tuple[str, str, Json]


class EntryLine(NamedTuple):
    """One entry line. Hashes and ids are hexadecimal; ``mono`` is milliseconds.

    A tuple, because a vault has one for every entry and is read whole at every sign-in.
    """

    seq: int
    prev: str
    inc: str
    iseq: int
    rec: str
    blobs: tuple[str, ...]
    by: tuple[str, ...]
    t: str
    mono: int
    boot: str
    machine: str

    def to_bytes(self) -> bytes:
        """Return the canonical bytes that are stored, hashed and signed."""
        fields: dict[str, Json] = {"v": 1, "blobs": list(self.blobs), "by": list(self.by)}
        for name in ("seq", "prev", "inc", "iseq", "rec", "t", "mono", "boot", "machine"):
            fields[name] = getattr(self, name)
        return canonical_bytes(fields)


@functools.lru_cache(256)  # few pairs of officers write all entries
def _split_line(raw: str) -> tuple[str, ...]:
    return tuple(raw[1:-1].split('","')) if raw else ()


@functools.lru_cache(256)
def _are_signer_names(by: tuple[str, ...]) -> bool:
    return bool(by) and list(by) == sorted(set(by))


def parse_line(data: bytes) -> EntryLine:
    """Read one line strictly. Raises Tampered for anything but the canonical form."""
    match = _LINE.fullmatch(data.decode("ascii", "replace"))
    if match is None:
        raise Tampered("An entry line is malformed.", "Stop and compare with the printed head.")
    blobs, boot, by, inc, iseq, machine, mono, prev, rec, seq, t = match.groups()
    return EntryLine(
        int(seq), prev, sys.intern(inc), int(iseq), rec, _split_line(blobs), _split_line(by), t,
        int(mono), sys.intern(boot), sys.intern(machine),  # what entries share is stored once
    )  # fmt: skip


def missing_entries(first: int, last: int) -> Tampered:
    """Return the error for entries ``first`` to ``last`` that are missing in the middle."""
    which = f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
    return Tampered(f"{which} missing, and later entries are there.", COMPARE)


def entry_out_of_place(place: int, other: int) -> Tampered:
    """Return the error for entry ``other`` standing where entry ``place`` should be."""
    return Tampered(
        f"Entry {other} stands where entry {place} should be: entries were exchanged or copied.",
        COMPARE,
    )


def damaged_line(seq: int) -> Tampered:
    """Return the error for a line that its seal does not fit."""
    return Tampered(
        f"Entry {seq} is damaged: what is stored there is not what was sealed there.",
        "Stop. Do not add to this vault. Compare it with your second copy.",
    )


def broken_chain(seq: int) -> Tampered:
    """Return the error for a line that does not continue the line before it."""
    return Tampered(
        f"Entry {seq} does not follow from the entry before it: one of the two was altered.",
        COMPARE,
    )


def head_misfit(noted: int, found: int) -> Tampered:
    """Return the error where the vault's own note of its last head does not fit its entries."""
    what = "The vault's last head does not fit its entries: the same number, but others."
    if noted > found:
        what = (
            f"The vault's own note of its last head names {noted} entries, and {found} are there: "
            f"the last {noted - found} were cut off."
        )
    if noted < found:
        what = (
            f"The vault's own note of its last head names {noted} entries, and {found} are there: "
            "some were put in past this program, or the note is older."
        )
    return Tampered(what, COMPARE)


class EntryChain:
    """The running state of a verified chain: feed it every stored line in order.

    Attributes:
        size: lines seen. prev: hex hash of the last line. incidents: inc to next iseq.
    """

    def __init__(self) -> None:
        self.size = 0
        self.prev = ZEROS
        self.incidents: dict[str, int] = {}
        self.frontier = MerkleFrontier()

    def append_line(self, data: bytes) -> EntryLine:
        """Check the next stored line against the chain and take it in. Raises Tampered."""
        line = self._check_next_line(data)
        self.size += 1
        self.prev = sha256_hex(data)
        self.incidents[line.inc] = line.iseq + 1
        self.frontier.append_leaf(hash_leaf(data))
        return line

    def _check_next_line(self, data: bytes) -> EntryLine:
        line = parse_line(data)
        follows = line.seq == self.size and line.prev == self.prev
        if not follows or line.iseq != self.incidents.get(line.inc, 0):
            raise self._describe_break(line)
        if not _are_signer_names(line.by):
            raise Tampered(f"Entry {line.seq} does not name its officers properly.", COMPARE)
        return line

    def _describe_break(self, line: EntryLine) -> Tampered:
        """Return the error for a sound line in the wrong place, as exactly as one line tells it."""
        if line.seq > self.size:
            return missing_entries(self.size, line.seq - 1)
        if line.seq < self.size:
            return entry_out_of_place(self.size, line.seq)
        if line.prev != self.prev:
            return broken_chain(self.size)
        return Tampered(
            f"Entry {self.size} has a wrong number within its incident: an entry of that incident "
            "was left out or put in.",
            COMPARE,
        )

    def chain_after(self, data: bytes) -> EntryChain:
        """Return the chain with one more line, as :meth:`feed` takes it in; this one stays."""
        longer = EntryChain()
        longer.size, longer.prev = self.size, self.prev
        longer.incidents, longer.frontier = dict(self.incidents), copy.deepcopy(self.frontier)
        longer.append_line(data)
        return longer

    @property
    def merkle_root(self) -> bytes:
        """Merkle root over all lines fed so far, 32 bytes."""
        return self.frontier.root()


def salt_fields(fields: Mapping[str, Json]) -> tuple[Disclosure, ...]:
    """Salt every field of a record on its own, 16 random bytes each."""
    return tuple(
        (base64.b64encode(secrets.token_bytes(16)).decode(), name, fields[name])
        for name in sorted(fields)
    )


def disclosure_digest(disclosure: Disclosure) -> str:
    """Return the hex SHA-256 of one disclosure's canonical bytes."""
    return sha256_hex(canonical_bytes(list(disclosure)))


def record_commitment(kind: str, digests: Iterable[str]) -> str:
    """Return the hex hash that a line's ``rec`` holds."""
    return sha256_hex(canonical_bytes({"v": 1, "type": kind, "digests": sorted(digests)}))


def record_bytes(inc: str, seq: int, kind: str, disclosures: Sequence[Disclosure]) -> bytes:
    """Return the bytes that are sealed as one record."""
    rows: list[Json] = [list(row) for row in disclosures]
    return canonical_bytes({"v": 1, "inc": inc, "seq": seq, "type": kind, "disclosures": rows})


def parse_record(data: bytes, line: EntryLine) -> tuple[str, tuple[Disclosure, ...]]:
    """Read a sealed record and check it against its line. Raises Tampered.

    Returns:
        record type and disclosures.
    """
    value = parse_canonical(data)
    try:
        kind = require_fields(value, _RECORD)["type"]
        rows = tuple(_parse_disclosure(row) for row in value["disclosures"])
    except (BadInput, TypeError, ValueError) as err:
        raise _damaged_record(line.seq) from err
    same = (value["inc"], value["seq"]) == (line.inc, line.seq) and kind in RECORD_TYPES
    names = {name for _, name, _ in rows}
    if not same or len(names) != len(rows):
        raise _damaged_record(line.seq)
    if record_commitment(kind, map(disclosure_digest, rows)) != line.rec:
        raise _damaged_record(line.seq)
    lone = why_not_counted(kind, line.by, {name: v for _, name, v in rows})
    if lone:
        raise Tampered(
            f"The record of entry {line.seq} does not count: {lone}.",
            "Stop. Do not add to this vault. Ask both officers who were present.",
        )
    return kind, rows


def _parse_disclosure(row: Any) -> Disclosure:
    salt, name, value = row
    if type(name) is not str or value is None or len(decode_base64(salt)) != 16:
        raise ValueError("not a disclosure")
    return salt, name, value


def parse_signatures(data: bytes) -> dict[str, bytes]:
    """Return officer id to DER signature from what stands beside a line. Raises Tampered."""
    try:
        # Nearly all are a pair's; this pattern is the canonical form itself.
        if (two := _PAIR.fullmatch(data.decode("ascii", "replace"))) and two[1] < two[3]:
            return {two[1]: decode_base64(two[2]), two[3]: decode_base64(two[4])}
        value = parse_canonical(data)
        kinds = dict.fromkeys(value, str) if isinstance(value, dict) else {}
        return {who: decode_base64(sig) for who, sig in require_fields(value, kinds).items()}
    except BadInput as err:
        raise Tampered("The signatures of an entry are malformed.", COMPARE) from err


def why_not_counted(
    kind: str, by: Sequence[str], fields: Mapping[str, Json], *, redacted: bool = False
) -> str:
    """Return why such a record of those in ``by`` does not count, "" where it does (format.md 5).

    Writing and reading ask the same: one officer alone can seal an entry past the program.
    ``redacted``: ``fields`` are only those disclosed.
    """
    later = kind == "incident.restricted" and "recipient" in fields  # not at its opening
    if (kind in PAIR_ONLY or later) and len(by) < 2:
        return "one officer alone wrote it"
    if kind in CAPTURES and "producer" not in fields and not redacted:
        return "it names no producer"
    if kind in CAPTURES and fields.get("producer", by[0]) not in by:
        return "its producer was not present"
    wrong = find_wrong_field(kind, fields, redacted=redacted)
    return f"its field {wrong} is missing or of another kind" if wrong else ""


def _damaged_record(seq: int) -> Tampered:
    return Tampered(
        f"The record of entry {seq} does not belong to its entry.",
        "Stop. Do not add to this vault. Compare it with your second copy.",
    )
