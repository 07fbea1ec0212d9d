"""Which sealed files a restore did not bring back, told so that one officer can believe it.

format.md section 11. Frozen files are in no copy, so a vault restored from one lacks them. What
kind a record is, one officer cannot read; but ``meta`` keeps the record of the restore redacted to
its list, and that redaction has the hash that the entry's line carries, which two have signed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from esafety_tui.data import copies, ledger
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.records import OpenRecord

FIELD = "left_out"


def redact_restore_record(record: OpenRecord) -> dict[str, Any]:
    """Return a record ``restored`` with nothing disclosed but its list, as a pack redacts one."""
    shown = [list(row) for row in record.disclosures if row[1] == FIELD]
    digests = sorted(ledger.disclosure_digest(row) for row in record.disclosures)
    return {
        "v": 1, "inc": "", "seq": record.seq, "type": record.type, "digests": digests,
        "disclosures": shown,
    }  # fmt: skip


def list_lawfully_missing(folder: Path, store: EvidenceStore) -> set[str]:
    """Return the sealed files that two officers have witnessed to be missing since a restore."""
    names: set[str] = set()
    for row in copies.read_restore_notes(folder / "evidence.db"):
        names |= _verified_list(row, store)
    return names


def _verified_list(row: dict[str, Any], store: EvidenceStore) -> set[str]:
    """Return the list of one redacted record, empty unless it is what the two signed."""
    try:
        line = store.lines[row["seq"]]
        (salt, name, value) = row["disclosures"][0]
        commitment = ledger.record_commitment(row["type"], row["digests"])
        known = ledger.disclosure_digest((salt, name, value)) in row["digests"]
        witnessed = line.inc == "" and len(line.by) > 1 and commitment == line.rec
        if row["type"] != "restored" or name != FIELD or not (known and witnessed):
            return set()
        return set(value)
    except (EvidenceError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return set()
