"""How the keeping of a vault stands, for people: officers, copies, rehearsal, reviews."""

from __future__ import annotations

from datetime import date

from esafety_tui.casework.access import people
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.administration import rehearsal
from esafety_tui.casework.destruction import certificate
from esafety_tui.casework.incident import retention
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.integrity import backup_status
from esafety_tui.flows.engine.retention import format_day
from esafety_tui.kernel.keeping import PersonRow, ReviewRow, VaultOverview
from esafety_tui.kernel.records import EntryReceipt


def view(session: OpenSession) -> VaultOverview:
    """Return what the screen of officers, copies and reviews shows."""
    known, now = session.keyring.directory, session.clock.read_clock().wall
    present = {p.id for p in known.people_present}
    rows = tuple(
        PersonRow(**row, present=row["id"] in present) for row in people.describe_people(session)
    )
    due, uncertified = (
        reviews(session),
        certificate.list_uncertified(session) if session.is_pair else (),
    )
    notes = [rehearsal.rehearsal_reminder(session, now)]
    over = sum(row.over for row in due)
    if over:
        notes.append(f"The review date of {over} incident(s) has come: Reviews.")
    if uncertified:
        notes.append("A destruction has no certificate yet: Reviews.")
    return VaultOverview(
        rows, tuple(known.machines.items()),
        tuple((c.kind, c.label, c.value) for c in known.contacts), known.generation,
        session.is_designated, backup_status.backup_sentence(session, now), due, uncertified,
        tuple(note for note in notes if note), bool(notes[0]),
        {c.kind: _day(c.verified) for c in known.contacts},
    )  # fmt: skip


def _day(verified: str) -> str:
    """Return the day a contact was last checked as ``3 Sep 2026``, "" for never."""
    try:
        return format_day(date.fromisoformat(verified))
    except ValueError:
        return ""


def reviews(session: OpenSession) -> tuple[ReviewRow, ...]:
    """Return the list of reviews, the earliest first; empty for a lone officer."""
    if not session.is_pair:
        return ()
    return tuple(
        ReviewRow(r.inc, r.reference, f"{r.day.day} {r.day:%b %Y}" if r.day else "", r.why,
        r.on_legal_hold,
               r.has_come)
        for r in retention.list_reviews(session)
    )  # fmt: skip


def clock_text(session: OpenSession, case: CaseFile | None, receipt: EntryReceipt) -> str:
    """Return the sentence of a comparison that was just sealed; a lone officer cannot read it."""
    if case is not None:
        return case.records[-1].field_text("text")
    if session.keyring.vault is None:
        return "The comparison is written down."
    return session.store.read_vault_record(receipt.seq, session.keyring.vault).field_text("text")
