"""Destroying incidents for good: two officers, both passphrases, the reference typed.

format.md sections 4a and 13. Nothing comes here by itself. Before: every reason against it is
looked for in the records, not in a list. Then one new generation without their keys. After: the
vault is opened afresh from the disk, and only what was found gone is called gone.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from esafety_tui.casework.access import rekey
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.access.vault_records import read_vault_records
from esafety_tui.casework.destruction.verify_gone import DoomedIncident, prove_destruction
from esafety_tui.casework.incident import retention
from esafety_tui.casework.incident.retention import RetainedIncident, join_names
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.flows.engine.retention import (
    RetentionStatus,
    format_day,
    last_written_stamp,
    uk_day_of_stamp,
)
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, Frozen, Refused
from esafety_tui.kernel.records import CAPTURES, FREEZES, UNREADABLE, EntryReceipt, OpenRecord

LEAP = 400
"""Days without an entry by two officers after which the computer's date is asked about."""


@dataclass(frozen=True, slots=True)
class DestructionResult:
    """What was destroyed, and what was looked at afterwards, as sentences."""

    receipt: EntryReceipt
    found: tuple[str, ...]


def examine_for_destruction(
    session: OpenSession, incs: Sequence[str], typed: Mapping[str, str]
) -> list[DoomedIncident]:
    """Return what may be destroyed, each opened and measured. Reading them is an entry each.

    Args:
        typed: incident to the reference that the officers typed for it.

    Raises:
        BadInput: a reference typed is another one. NotEligible: these two may not open one.
        Refused, Frozen: something stands against it; the sentence says what to do first.
    """
    session.require_pair()
    if not incs or len(set(incs)) != len(incs):
        raise BadInput("No incident was chosen, or one twice.", "Choose from the list of reviews.")
    for inc in incs:
        if typed.get(inc, "").strip() != session.read_case_card(inc).reference:
            raise BadInput(
                "What was typed is not the reference of the incident. Nothing was destroyed.",
                "Type it exactly as the list shows it.",
            )
    return [_measure_incident(session, retention.open_for_retention(session, inc)) for inc in incs]


def _measure_incident(session: OpenSession, place: RetainedIncident) -> DoomedIncident:
    stands = retention.retention_status(place)
    refuse_destruction(place, stands)
    lines = session.store.lines_of_incident(place.card.inc)
    blobs = tuple(sorted({name for line in lines for name in line.blobs}))
    left = [r.type for r in place.records]
    files = [session.folder / "blobs" / f"{name}.age" for name in blobs]
    fields: dict[str, Json] = {
        "inc": place.card.inc, "reference": place.card.reference,
        "recipient": place.card.first_recipient, "opened": lines[0].t,
        "last": last_written_stamp(place.records), "entries": len(lines), "files": len(blobs),
        "bytes": sum(path.stat().st_size for path in files if path.is_file()),
        "rule": stands.rule.sentence, "source": stands.rule.source,
        "scheduled": stands.scheduled.isoformat(), "review": stands.review.isoformat(),
        "decided": _decisions_to_keep(stands.decided),
        "outcome": _decisions_to_keep(stands.outcome),
        "holds_lifted": stands.lifted, "packs": left.count("pack.read-back"),
        "printed": left.count("printed"),
    }  # fmt: skip
    return DoomedIncident(place.card.inc, place.card.reference, place.card.first_recipient, fields)


def _decisions_to_keep(record: OpenRecord | None) -> dict[str, Json]:
    """Return what outlives an incident of a decision in it: who, when and why."""
    if record is None:
        return {}
    kept = {n: record.field_text(n) for n in ("until", "reason", "outcome", "reference")}
    return {"at": record.at, "by": list(record.by), **{n: v for n, v in kept.items() if v}}


def refuse_destruction(place: RetainedIncident, stands: RetentionStatus) -> None:
    """Raise Refused or Frozen if this incident must be kept. First what binds longest."""
    name = place.card.reference
    if stands.holds:
        raise Refused(
            f"A legal hold is on {name}. It must be kept.",
            "Two officers lift the hold first, when the police, the LADO or the court agree.",
        )
    if any(r.type == UNREADABLE for r in place.records):
        raise Refused(
            f"An entry of {name} that one officer wrote alone cannot be read. It may be a hold.",
            "Look for it in the second copy. The incident is kept until then.",
        )
    if list_unreleased(place):
        raise Frozen(
            f"{name} holds frozen items. They must be kept.",
            "Two officers release each of them first, with a police reference.",
        )
    if stands.waiting_for:
        raise Refused(
            f"{name}: what came of it with {stands.waiting_for} is not recorded.",
            "Ask them, and record the outcome first.",
        )
    if stands.review > retention.today_in_uk(place.session):
        raise Refused(
            f"{name} is to be kept until {format_day(stands.review)}. {stands.explanation}",
            "If that is wrong, record another review date first, with a reason.",
        )
    _refuse_clock_leap(place, stands)


def _refuse_clock_leap(place: RetainedIncident, stands: RetentionStatus) -> None:
    """Raise Refused where only a date that was set forward can have brought the review about.

    Entries of two count: one officer alone could write any date between. Two who know that the date
    is right record the review again.
    """
    store, name = place.session.store, place.card.reference
    since = max(place.records[0].seq, stands.decided.seq if stands.decided else 0)
    both = [x for x in store.lines[since:] if len(x.by) > 1]
    for one, two in itertools.pairwise(both):
        days = (uk_day_of_stamp(two.t) - uk_day_of_stamp(one.t)).days
        if days > LEAP:
            raise Refused(
                f"{name}: between entries {one.seq} and {two.seq}, the next by two officers, the "
                f"date of this computer went on by {days} days.",
                "Look at a calendar. If the date is right, record today as the review date, with "
                "a reason, and try again.",
            )


def list_unreleased(place: RetainedIncident) -> list[str]:
    """Return sealed exhibits frozen by the store's holds or by the records: either is enough."""
    held = place.session.store.holds.blobs
    marks = [r.seq for r in place.records if r.type in FREEZES]
    last = marks[-1] if marks else -1
    gone = {
        r.field_text("blob")
        for r in place.records
        if r.type == "released" and len(r.by) > 1 and r.seq > last
    }
    taken = [(r.seq, name) for r in place.records if r.type in CAPTURES for name in r.blobs]
    return [name for seq, name in taken if name in held or (seq < last and name not in gone)]


@translate_os_errors("destroy the incident")
def destroy_incidents(
    session: OpenSession,
    incs: Sequence[str],
    typed: Mapping[str, str],
    passphrases: Mapping[str, str],
    reason: str,
) -> DestructionResult:
    """Destroy incidents, then look whether they are gone. See :func:`examine` for ``typed``.

    Args:
        passphrases: of both officers, by officer id. reason: kept for good; it names nobody.

    Raises:
        as :func:`examine`, WrongPassphrase, StorageFailed: nothing was destroyed.
        NotSound, Tampered: it was done, and the check afterwards found something.
    """
    doomed = examine_for_destruction(session, incs, typed)
    names = join_names(sorted(d.reference for d in doomed))
    rows: list[Json] = [dict(d.fields) for d in doomed]
    change = rekey.VaultChange(
        kind="shredded", says=(f"Destroyed {names}.",), shred=tuple(d.inc for d in doomed),
        extra={"incidents": rows, "copies": list_backups_with(session, doomed)},
    )  # fmt: skip
    receipt = rekey.rekey_vault(session, change, passphrases, reason)
    return DestructionResult(receipt, prove_destruction(session, doomed))


def list_backups_with(session: OpenSession, doomed: Sequence[DoomedIncident]) -> list[Json]:
    """Return the second copies that were made with keys since the first of these was opened.

    One row a label and generation, as the officers called the medium: a copy made over an older
    one on the same medium replaces it, and nothing here can know which medium that was.
    """
    since = min(session.store.lines_of_incident(d.inc)[0].seq for d in doomed)
    rows: dict[tuple[str, str], dict[str, Json]] = {}
    for made in read_vault_records(session, "backup.made"):
        if made.seq > since and made.fields.get("keys") is not False:
            key = (made.field_text("label"), made.field_text("generation"))
            before = rows.get(key, {}).get("count", 0)
            rows[key] = {
                "label": key[0],
                "generation": key[1],
                "copy": made.field_text("copy"),
                "last": made.at,
                "count": (before if isinstance(before, int) else 0) + 1,
            }
    return list(rows.values())
