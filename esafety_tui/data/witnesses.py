"""Whether every entry is signed by everyone it names, each within their time (format.md 4, 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from esafety_tui.data.ledger import SIGN_PREFIX, EntryLine
from esafety_tui.data.officers import VerifyingKey
from esafety_tui.kernel.errors import Tampered
from esafety_tui.kernel.records import Person

Signatures: TypeAlias = Mapping[str, bytes]
"""Officer id to DER signature."""


class SignedEntry(NamedTuple):
    """One entry as it is checked: its line, the stored bytes, and officer id to DER signature."""

    line: EntryLine
    data: bytes
    sigs: Signatures


def check_entry_signatures(people: Iterable[Person], entries: Iterable[SignedEntry]) -> int:
    """Verify the signatures of ``entries``. Returns how many entries.

    Raises Tampered naming the entry, also for somebody outside their time.
    """
    known = {p.id: p for p in people}
    keys: dict[str, VerifyingKey] = {}
    count = 0
    for line, data, sigs in entries:
        if sorted(sigs) != list(line.by) or not are_timely(known, sigs, line.seq):
            raise unwitnessed_entry(line.seq)
        try:
            for officer_id, sig in sigs.items():
                if officer_id not in keys:  # loading costs a tenth of verifying
                    keys[officer_id] = VerifyingKey(known[officer_id].sign_spki)
                keys[officer_id].verify_signature(sig, SIGN_PREFIX + data)
        except Tampered as err:
            raise unwitnessed_entry(line.seq) from err
        count += 1
    return count


def are_timely(known: Mapping[str, Person], sigs: Signatures, seq: int) -> bool:
    """Whether everyone who signed entry ``seq`` is known and was an officer then."""
    for officer_id in sigs:
        if officer_id not in known or not known[officer_id].may_sign_entry(seq):
            return False
    return True


def unwitnessed_entry(seq: int) -> Tampered:
    """Return the error for an entry without sound signatures of everyone it names."""
    return Tampered(
        f"Entry {seq} is not witnessed by the officers it names.",
        "Stop. Do not add to this vault. Compare it with the last printed head.",
    )
