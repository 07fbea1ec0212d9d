"""STOP: freeze first, in memory and at once; then write it down, even on a full disk.

policy, "Other incidents": if child sexual abuse images are seen, halt and refer to the police at
once. Whoever is signed in may STOP. Nothing here lifts a freeze from an incident; single items are
released by two officers, passphrases asked again, with a police reference.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from esafety_tui.casework.access import reauthenticate
from esafety_tui.casework.incident import frozen_content, permissions
from esafety_tui.casework.incident.capture import find_exhibit
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data.holds import Hold
from esafety_tui.flows.engine import engine
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import (
    BadInput,
    Refused,
    StorageFailed,
    VaultBusy,
)
from esafety_tui.kernel.records import EntryReceipt, OpenRecord

STEPS = (1, 2, 3)


def freeze_now(case: CaseFile) -> Hold:
    """Freeze in memory. Takes no lock and no disk, so it works while another call runs."""
    holds = case.session.store.holds
    holds.frozen.add(case.inc)
    lines = case.session.store.lines_of_incident(case.inc)
    names = {name for line in lines for name in line.blobs}
    hold = Hold(case.inc, "freeze", tuple(sorted(names)))
    holds.apply_hold(hold)
    frozen_content.freeze_content_now(case)
    return hold


def record_stop(case: CaseFile, pressed: str = "") -> EntryReceipt:
    """Freeze, then seal the STOP and what it froze. Returns after the commit.

    ``pressed``: UTC stamp of when, where it could not be written down at once.

    Raises StorageFailed when it could not be written; the freeze in memory stays all the same.
    """
    hold = freeze_now(case)
    before = case.state
    fields: dict[str, Json] = {"step": before.at, "blobs": list(hold.blobs)}
    fields |= {"pressed": pressed} if pressed else {}
    try:
        receipt = case.write_record("stop", fields, hold=hold)
    except (StorageFailed, VaultBusy):
        release_disk_reserve(case.session.folder)
        receipt = _record_on_full_disk(case, fields, hold)
    case.state = engine.stop_procedure(case.procedure, before)
    # The STOP is on the disk and names what it froze; this record only says it once more.
    with contextlib.suppress(StorageFailed, VaultBusy):
        case.write_record(
            "frozen", {"because": "stop", "step": before.at, "blobs": list(hold.blobs)}
        )
    return receipt


def _record_on_full_disk(case: CaseFile, fields: dict[str, Json], hold: Hold) -> EntryReceipt:
    try:
        return case.write_record("stop", fields, hold=hold)
    except (StorageFailed, VaultBusy) as err:
        raise StorageFailed(
            f"STOP could not be written down. {err.what} "
            "It is frozen all the same, for as long as this program runs.",
            "Note the time on paper. Make room on the disk, then press STOP again.",
        ) from err


def last_stop_in_force(case: CaseFile) -> OpenRecord | None:
    """Return the last STOP if nothing was released since, so that a second one adds nothing.

    None also where somebody said since that nothing is illegal, or that another incident may carry
    on: they said it of what was known before.
    """
    if case.outcome_of_answers.cleared or case.outcome_of_answers.carry_on:
        return None
    found = None
    for record in case.records:
        if record.type == "stop":
            found = record
        elif record.type == "released":
            found = None
    return found


def release_disk_reserve(folder: Path) -> None:
    """Make room on a full disk by dropping the vault's spare file."""
    with contextlib.suppress(OSError):  # the last try says what the disk refuses
        (folder / "reserve").unlink(missing_ok=True)


def record_stop_tick(case: CaseFile, number: int, note: str) -> EntryReceipt:
    """Seal that one of the three STOP steps is done, with its reference or name in words."""
    if number not in STEPS:
        raise BadInput("There are three steps.", "Tick one of them.")
    return case.write_record("stop.tick", {"number": number, "note": note})


def record_this_computer(case: CaseFile) -> EntryReceipt:
    """Seal that the computer in question is this one; nothing more is done on it."""
    return case.write_record(
        "seizure",
        {"computer": "this computer", "machine": case.session.machine, "act": "left as is"},
    )


def release_exhibit(
    case: CaseFile, seq: int, police_reference: str, passphrases: Sequence[tuple[str, str]]
) -> EntryReceipt:
    """Release one frozen or held item by both officers, passphrases asked again.

    Args:
        passphrases: (officer id, passphrase) of both officers signed in.

    Raises:
        NotEligible, WrongPassphrase, BadInput (no reference), Refused (neither frozen nor held).
    """
    reauthenticate.reauthenticate_both(case.session, dict(passphrases))
    record = find_exhibit(case, seq)
    blob = record.field_text("blob")
    if (
        blob
        not in case.session.store.holds.blobs
        | case.files_awaiting_police
        | permissions.frozen_by_content(case)
    ):
        raise Refused("This item is neither frozen nor held.", "There is nothing to release.")
    if not police_reference.strip():
        raise BadInput(
            "A release needs the police reference.", "Ask the police for their reference first."
        )
    frozen_content.learn_case_files(case.session, case.card, case.records)
    hold = Hold(case.inc, "release", (blob,))
    return case.write_record(
        "released",
        {
            "exhibit": record.field_text("exhibit"),
            "blob": blob,
            "reference": police_reference.strip(),
        },
        hold=hold,
    )
