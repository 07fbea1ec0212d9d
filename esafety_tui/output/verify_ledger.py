"""The entries of a pack: complete, signed, in the school's ledger, each with its record.

docs/format.md sections 5, 7, 8 and 10. Everything is checked on the bytes as they are stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from esafety_tui.data import checkpoint, ledger, merkle
from esafety_tui.kernel.canon import Json, canonical_bytes, sha256_hex
from esafety_tui.kernel.errors import BadInput, NotSound, Tampered
from esafety_tui.kernel.records import RECORD_TYPES
from esafety_tui.output.pack.layout import CHECKPOINT, LEDGER, RECORD_NAME, record_file_name
from esafety_tui.output.verify_files import PackFile
from esafety_tui.output.verify_keys import CertifiedOfficer
from esafety_tui.output.verify_shape import (
    HEX64,
    decode_base64,
    read_canonical_json,
    require_fields,
    require_texts,
)
from esafety_tui.output.verify_source import PackFiles
from esafety_tui.output.verify_statement import PackStatement
from esafety_tui.output.verify_stream import LedgerStream

_SIZE = re.compile(r"0|[1-9][0-9]{0,14}")
_ROW: Mapping[str, type] = {"line": str, "sigs": dict, "proof": list}
_RECORD: Mapping[str, type] = {
    "v": int, "inc": str, "seq": int, "type": str, "digests": list, "disclosures": list,
}  # fmt: skip


COMPARED_FIELDS = frozenset({
    "reference", "procedure", "policy", "exhibit", "sha256", "size", "version", "checkpoint",
    "check_code", "officers", "officer",
})  # fmt: skip
"""Fields that are compared with something outside their record."""
_COMPARED_LIMIT = 4_096
"""What such a field has at most; a longer one equals nothing it could be compared with."""


@dataclass(frozen=True, slots=True)
class PackRecord:
    """A record of the pack that fits its entry.

    ``fields`` are those disclosed; of a whole ledger, those in ``COMPARED`` alone. ``withheld``
    counts the fields that were left out; ``line`` is the entry it fits.
    """

    seq: int
    item: str
    type: str
    fields: Mapping[str, Json] = field(repr=False)
    withheld: int
    line: ledger.EntryLine = field(repr=False)


def check_signed_head(
    statement: PackStatement, files: Mapping[str, PackFile], holders: Mapping[str, CertifiedOfficer]
) -> checkpoint.Checkpoint:
    """Return the signed head: that of the statement, signed by its two signers and nobody else."""
    keys = {f"officer-{key[:16]}": holders[key].spki for key in statement.signed_by}
    try:
        head, names = checkpoint.verify_signed_note(files[CHECKPOINT].content, keys)
        _, lines = checkpoint.parse_signed_note(files[CHECKPOINT].content)
    except (BadInput, Tampered) as err:
        raise NotSound(CHECKPOINT, "its signatures are not sound") from err
    if sorted(names) != sorted(keys) or len(lines) != len(keys):
        raise NotSound(CHECKPOINT, "it is not signed by the two officers of the statement")
    if (head.origin, head.size, head.root) != (statement.origin, statement.size, statement.root):
        raise NotSound(CHECKPOINT, "it is not the ledger head of the statement")
    return head


def check_ledger(
    statement: PackStatement, files: PackFiles, holders: Mapping[str, CertifiedOfficer]
) -> tuple[PackRecord, ...]:
    """Check every entry and its record, and the head printed on the form. Returns the records."""
    head = check_signed_head(statement, files, holders)
    book = LedgerStream(files.stream_file(LEDGER))
    records: list[PackRecord] = []
    shared: dict[object, Any] = {}
    last: ledger.EntryLine | None = None
    last_hash = ""
    for number, data in enumerate(book):
        item = f"{LEDGER}, entry {number + 1}"
        row = read_canonical_json(data, item, _ROW)
        line = _check_entry(row, item, number, statement, head, holders)
        if line.seq == 0 and line.prev != ledger.ZEROS:
            raise NotSound(item, "it does not begin the ledger")
        if last is not None and line.seq <= last.seq:
            raise NotSound(item, "it is not in the order of the ledger")
        if last is not None and line.seq == last.seq + 1 and line.prev != last_hash:
            raise NotSound(item, "it does not follow from the entry before it")
        last, last_hash = line, sha256_hex(row["line"].encode())
        records.append(_slim_record(_check_record(files, line), shared))
    if len(records) != statement.entries or not records:
        raise NotSound(LEDGER, "it does not hold as many entries as the statement says")
    _refuse_other_records(files, {record.item for record in records})
    _check_printed_head(book.printed, statement, head)
    return tuple(records)


def _slim_record(record: PackRecord, shared: dict[object, Any]) -> PackRecord:
    """Return the record without what no later check needs: a pack can hold 100,000 of them.

    Args:
        shared: one copy of each value that many lines have.
    """
    kept = {
        name: value if len(canonical_bytes(value)) <= _COMPARED_LIMIT else None
        for name, value in record.fields.items()
        if name in COMPARED_FIELDS
    }
    line = record.line
    inc, by, boot, machine = (
        shared.setdefault(value, value) for value in (line.inc, line.by, line.boot, line.machine)
    )
    thin = line._replace(inc=inc, by=by, boot=boot, machine=machine)
    return replace(record, fields=kept, line=thin)


def _check_entry(
    row: dict[str, Any], item: str, number: int, statement: PackStatement,
    head: checkpoint.Checkpoint,
    holders: Mapping[str, CertifiedOfficer],
) -> ledger.EntryLine:  # fmt: skip
    data = row["line"].encode()
    try:
        line = ledger.parse_line(data)
        leaf, proof = merkle.hash_leaf(data), [decode_base64(node, item) for node in row["proof"]]
        merkle.verify_inclusion(leaf, line.seq, head.size, proof, head.root)
    except Tampered as err:
        raise NotSound(item, "it is not in the ledger of the signed head") from err
    if line.inc != statement.incident:
        raise NotSound(item, "it belongs to another incident")
    if line.iseq != number:
        raise NotSound(item, "an entry of the incident is missing before it, or it stands twice")
    if not line.by or list(line.by) != sorted(set(line.by)) or set(row["sigs"]) != set(line.by):
        raise NotSound(item, "it is not signed by exactly those who were present")
    for key in line.by:
        if key not in statement.officers or key not in holders:
            raise NotSound(item, "it is signed by someone who is not in the school's directory")
        signature = decode_base64(row["sigs"][key], item)
        holders[key].verify_signature(signature, ledger.SIGN_PREFIX + data, item)
    return line


def _check_record(files: Mapping[str, PackFile], line: ledger.EntryLine) -> PackRecord:
    item = record_file_name(line.seq)
    if item not in files:
        raise NotSound(item, "it is missing")
    value = read_canonical_json(files[item].content, item, _RECORD)
    digests, kind = require_texts(value["digests"], item), value["type"]
    if digests != sorted(set(digests)) or not all(map(HEX64.fullmatch, digests)):
        raise NotSound(item, "its digests are not in order")
    if (value["inc"], value["seq"]) != (line.inc, line.seq) or kind not in RECORD_TYPES:
        raise NotSound(item, "it belongs to another entry")
    if ledger.record_commitment(kind, digests) != line.rec:
        raise NotSound(item, "it is not the record that was sealed with its entry")
    shown = dict(_disclosed_fields(value["disclosures"], set(digests), item))
    lone = ledger.why_not_counted(kind, line.by, shown, redacted=len(shown) < len(digests))
    if lone:
        raise NotSound(item, lone)
    return PackRecord(line.seq, item, kind, shown, len(digests) - len(shown), line)


def _disclosed_fields(rows: list[Any], digests: set[str], item: str) -> Iterator[tuple[str, Json]]:
    names = set()
    for row in rows:
        if type(row) is not list or len(row) != 3:
            raise NotSound(item, "a field is not written as a field")
        salt, name, value = row
        if type(name) is not str or name in names or len(decode_base64(salt, item)) != 16:
            raise NotSound(item, "a field stands twice or is not salted")
        if ledger.disclosure_digest((salt, name, value)) not in digests:
            raise NotSound(item, "a field is not the one that was sealed")
        names.add(name)
        yield name, value


def _refuse_other_records(files: Mapping[str, PackFile], known: set[str]) -> None:
    for name in sorted(files):
        if RECORD_NAME.fullmatch(name) and name not in known:
            raise NotSound(name, "it was added: no entry has this record")


def _check_printed_head(value: Any, statement: PackStatement, head: checkpoint.Checkpoint) -> None:
    """Check that the head on the paper is an earlier head of the same ledger."""
    require_fields(value, LEDGER, {"checkpoint": str, "proof": list})
    if value["checkpoint"] != statement.check_inputs["checkpoint"]:
        raise NotSound(LEDGER, "the printed head is not that of the check code")
    parts = value["checkpoint"].split("\n")
    if len(parts) != 4 or parts[3] or _SIZE.fullmatch(parts[1]) is None:
        raise NotSound(LEDGER, "the printed head is malformed")
    proof = [decode_base64(node, LEDGER) for node in value["proof"]]
    try:
        old = checkpoint.Checkpoint(parts[0], int(parts[1]), decode_base64(parts[2], LEDGER))
        if old.signed_body().decode() != value["checkpoint"] or old.origin != head.origin:
            raise NotSound(LEDGER, "the printed head is of another ledger")
        merkle.verify_consistency(old.size, head.size, proof, old.root, head.root)
    except (BadInput, Tampered, ValueError) as err:
        raise NotSound(LEDGER, "the ledger does not continue from the printed head") from err
    if old.size < 1:
        raise NotSound(LEDGER, "the printed head is of an empty ledger")
