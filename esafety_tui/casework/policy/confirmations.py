"""Which instructions a named person of the school has confirmed, as the vault's own records say.

docs/procedures.md section 4. For two officers. A session of two knows from its first record which
entries confirm something: each ``session.opened`` or ``session.reopened`` of two carries the list
on, so that no sign-in reads more than what was written since the one before.
"""

from __future__ import annotations

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.flows.engine.retention import format_day, uk_day_of_stamp
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.records import SESSION_BEGINS, OpenRecord

KIND = "instruction.confirmed"
LIST = "confirmed"
"""Field of SESSION_BEGINS: numbers of all entries of KIND before it; of two officers only."""

LOST = (
    "An entry that may say who confirmed an instruction cannot be read. It is asked for again. "
    "Compare this vault with your second copy."
)


def list_confirming_entries(session: OpenSession) -> list[int]:
    """Return the entries that confirm something, oldest first; none for one officer."""
    vault, found = session.keyring.vault, set[int]()
    if vault is None:
        return []
    for line in reversed(session.store.lines_of_incident("")):
        if len(line.by) < 2:
            continue
        try:
            record = session.store.read_vault_record(line.seq, vault)
        except EvidenceError:  # the door says what it is; a confirmation lost is asked for again
            continue
        if record.type == KIND:
            found.add(record.seq)
        earlier = record.fields.get(LIST) if record.type in SESSION_BEGINS else None
        if isinstance(earlier, list | tuple):
            found.update(n for n in earlier if type(n) is int and 0 <= n < line.seq)
            break
    return sorted(found)


def read_confirmations(session: OpenSession) -> list[OpenRecord]:
    """Return the records that confirm something, oldest first; none for one officer.

    One that cannot be read confirms nothing: that is said, and it is asked for again.
    """
    vault, found = session.keyring.vault, list[OpenRecord]()
    if vault is None:
        return []
    for seq in session.confirmed:
        try:
            found.append(session.store.read_vault_record(seq, vault))
        except EvidenceError:
            if LOST not in session.warnings:
                session.warnings.append(LOST)
    return [record for record in found if record.type == KIND]


def describe_confirmations(session: OpenSession) -> dict[str, str]:
    """Return instruction digest to ``A. Bell, DSL, 3 Sep 2026``; the newest word counts."""
    return {
        record.field_text("instruction"): ", ".join(
            (
                record.field_text("who"),
                record.field_text("position"),
                format_day(uk_day_of_stamp(record.at)),
            )
        )
        for record in read_confirmations(session)
    }
