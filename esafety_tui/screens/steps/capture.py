"""Runners of the steps that take things in: addresses and files, one record each.

Rule: nothing is opened, previewed or fetched; the desk refuses what may not be taken. What was not
sealed stays on the screen: a refusal, a cancel or STOP loses nothing that was typed.
"""

from __future__ import annotations

import os
from pathlib import Path

from esafety_tui.flows.procedure.model import CaptureContent
from esafety_tui.guide.capture_step import TAKING_IN
from esafety_tui.kernel.views import OriginalFile, Values
from esafety_tui.screens.base.case_frame import StepRequest
from esafety_tui.screens.base.frame import call_in_thread
from esafety_tui.screens.steps.capture_screens import AddressCaptureScreen, FileCaptureScreen
from esafety_tui.screens.steps.screen_incident import ScreenIncident

TAKING = (
    "The file is read once, hashed and sealed byte for byte. The original stays where it is.\n"
    "STOP (F10) freezes at once, also now."
)


def list_of_values(values: Values, name: str) -> list[str]:
    """Return a list value; a single text is a list of one."""
    given = values.get(name, ())
    return [given] if isinstance(given, str) else list(given)


async def run_capture_step(incident: ScreenIncident) -> StepRequest | None:
    """Take in what the step is for."""
    return await (
        capture_addresses
        if incident.current_step.takes is CaptureContent.ADDRESSES
        else capture_files
    )(incident)


async def capture_addresses(incident: ScreenIncident) -> StepRequest | None:
    """Seal addresses until the officers go on or leave."""
    while True:
        screen = AddressCaptureScreen(
            incident.current_step,
            incident.draft_values(),
            incident.build_context(),
            incident.policy_help(),
            incident.case.items,
        )
        turn = await incident.shell.ask_screen(screen)
        if turn is None or turn.what != "add":
            return turn
        incident.drafts[incident.current_step.id] = turn.values
        await _seal_urls(incident, turn.values)


async def _seal_urls(incident: ScreenIncident, values: Values) -> None:
    """Seal each address as a record of its own; the draft keeps those not sealed yet."""
    waiting = list_of_values(values, "urls")
    concern, known = str(values["concern"]), str(values["known"])
    while waiting:
        sealed = await call_in_thread(
            incident.shell.desk.add_url, incident.incident_id, waiting[0], concern, known
        )
        incident.shell.unsent.note_last_entry(incident.incident_id, sealed.seq)
        del waiting[0]
        incident.drafts[incident.current_step.id] = {**values, "urls": tuple(waiting)}
    incident.drafts.pop(incident.current_step.id, None)
    incident.carried[incident.current_step.id] = {"known": known}
    await incident.refresh_case()


async def capture_files(incident: ScreenIncident) -> StepRequest | None:
    """Take files in until the officers go on or leave."""
    while True:
        screen = FileCaptureScreen(
            incident.current_step,
            incident.draft_values(),
            incident.build_context(),
            incident.policy_help(),
            incident.case.items,
        )
        turn = await incident.shell.ask_screen(screen)
        if turn is None or turn.what not in {"add", "all"}:
            return turn
        incident.drafts[incident.current_step.id] = turn.values
        await (_capture_first_file if turn.what == "add" else _capture_all_files)(
            incident, turn.values
        )


async def _capture_first_file(incident: ScreenIncident, values: Values) -> None:
    """Take the first of the files in; the others are offered next."""
    waiting = list_of_values(values, "paths")
    path, what, whence = Path(waiting[0]), str(values["description"]), str(values["provenance"])
    inc, desk = incident.incident_id, incident.shell.desk
    item = await incident.run_long_verb(
        TAKING_IN, lambda report: desk.add_file(inc, path, what, whence, report), TAKING
    )
    incident.shell.unsent.note_last_entry(inc, item.seq)
    incident.drafts.pop(incident.current_step.id, None)
    incident.carried[incident.current_step.id] = {"provenance": whence}
    if waiting[1:]:
        incident.drafts[incident.current_step.id] = {
            "paths": tuple(waiting[1:]),
            "provenance": whence,
        }
    await incident.refresh_case()
    incident.said = f"Sealed as {item.label}."


async def _capture_all_files(incident: ScreenIncident, values: Values) -> None:
    """Take all of the files in, with the same words; those not taken stay in the draft.

    Raises the error of the first that was not taken.
    """
    what, whence = str(values["description"]), str(values["provenance"])
    originals = [OriginalFile(Path(path), what, whence) for path in list_of_values(values, "paths")]
    inc, desk = incident.incident_id, incident.shell.desk
    added = await incident.run_long_verb(
        TAKING_IN, lambda report: desk.add_files(inc, originals, report), TAKING
    )
    items = [one.item for one in added if one.item is not None]
    for item in items:
        incident.shell.unsent.note_last_entry(inc, item.seq)
    errors = [one.error for one in added if one.error is not None]
    incident.drafts.pop(incident.current_step.id, None)
    incident.carried[incident.current_step.id] = {"provenance": whence}
    if errors:
        left = tuple(os.fspath(one.path) for one in added if one.item is None)
        incident.drafts[incident.current_step.id] = {**values, "paths": left}
    await incident.refresh_case()
    if items:
        last = f" to {items[-1].label}" if len(items) > 1 else ""
        incident.said = f"Sealed as {items[0].label}{last}."
    if errors:
        raise errors[0]
