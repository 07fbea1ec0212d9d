"""Runner of the export step: to where, for whom, both passphrases, written and read back.

Rule: "exported" is said after the desk has read the pack back from its target, never before. The
encrypted container is the default; a plain folder needs a reason. The container's passphrase is
shown once here and travels apart from the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from esafety_tui.flows.procedure.built_in_fields import ask_why_unfinished
from esafety_tui.guide import export_step
from esafety_tui.guide.answer_text import DONE, answer_none
from esafety_tui.guide.folder_input import suggest_folder
from esafety_tui.guide.ports import ExportResult
from esafety_tui.kernel.errors import EvidenceError, Refused
from esafety_tui.kernel.unsent import REASON
from esafety_tui.screens.base.case_frame import StepRequest
from esafety_tui.screens.base.frame import call_in_thread
from esafety_tui.screens.dialogs.confirm import Confirm
from esafety_tui.screens.dialogs.field_form import FormField, FormScreen
from esafety_tui.screens.dialogs.folder_question import ask_folder, check_whole_path, expand_path
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.reauthenticate import ReauthenticateScreen
from esafety_tui.screens.steps.export_screens import ExportedScreen, ExportScreen
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.steps.step import list_step_reasons

NOTE = (
    f"{export_step.NOT_YET}\nEsc cancels: what is there stays marked incomplete and does not count."
)
WRITTEN_DOWN = (
    "Is the passphrase of the pack written down?",
    export_step.NOT_KEPT,
    "Yes, on paper",
    "Show it again",
)
NO_FORM = (
    "There is no form yet, and every pack holds it.",
    "Go back to the signing step and draw it. The signatures can follow on another day.",
)
WANTED = ("target", "recipient", "purpose")
AGAIN = "Each of you signs the pack. Type your own passphrase again."


def require_filled_field(text: str) -> str | None:
    """Return advice for an empty field, else None."""
    return None if text else "please fill it in."


async def run_export_step(incident: ScreenIncident) -> StepRequest | None:
    """Offer to write a pack until the officers go on or leave."""
    while True:
        step, case = incident.current_step, incident.case
        why = list_step_reasons(step, incident.policy_help())
        screen = ExportScreen(
            incident.build_context(), step.question, why, case.exported, case.withheld_sentences
        )
        turn = await incident.shell.ask_screen(screen)
        if turn is None or turn.what not in ("item", "go"):
            return turn
        if turn.what == "item":
            await _export_pack(incident)
        elif incident.case.exported:
            return StepRequest("go", DONE)
        elif (
            said := await incident.ask_words(ask_why_unfinished(step), REASON + step.id)
        ) is not None:
            return StepRequest("go", answer_none(said))


async def _export_pack(incident: ScreenIncident) -> None:
    """Ask what is wanted, take both passphrases, write, read back, show the result."""
    if not incident.case.rendered:
        raise Refused(*NO_FORM)
    order = await _ask_order(incident)
    if order is None:
        return
    passphrases: dict[str, str] = {}

    async def keep(_line: str, typed: Mapping[str, str]) -> None:
        passphrases.update(typed)

    title = "Both sign the pack"
    asked = ReauthenticateScreen(
        incident.build_context(), incident.case.officers, title, AGAIN, keep
    )
    if not await incident.shell.ask_screen(asked):
        return
    try:
        done = await _write_pack(incident, order, passphrases)
    finally:
        passphrases.clear()
    incident.drafts.pop(incident.current_step.id, None)
    incident.shell.unsent.drop_draft(incident.incident_id, REASON + incident.current_step.id)
    await incident.refresh_case()
    await _show_exported_pack(incident, done)


async def _write_pack(
    incident: ScreenIncident, order: export_step.PackRequest, passphrases: Mapping[str, str]
) -> ExportResult:
    """Write the pack on a screen of its own. Raises EvidenceError: nothing counts as exported."""
    try:
        return await incident.run_long_verb(
            order.progress_title,
            lambda report: order.write_pack(
                incident.shell.desk, incident.incident_id, passphrases, report
            ),
            NOTE,
        )
    except EvidenceError as error:
        raise type(error)(f"{export_step.FAILED} {error.what}", error.do) from error


async def _ask_order(incident: ScreenIncident) -> export_step.PackRequest | None:
    """Ask where, for whom, what for and in which shape; None for back."""
    where, old = incident.case.reference, incident.drafts.get(incident.current_step.id, {})
    target, recipient, purpose = (str(old.get(name, "")) for name in WANTED)
    blanks = (
        FormField(
            "target",
            "Folder, for example a stick",
            "",
            check_whole_path,
            target or suggest_folder(),
        ),
        FormField(
            "recipient", "Who gets it", "an office or a role", require_filled_field, recipient
        ),
        FormField("purpose", "What for", "", require_filled_field, purpose),
    )
    filled = await incident.shell.ask_screen(FormScreen(where, "Where does the pack go?", blanks))
    if filled is None:
        return None
    values = filled.values
    incident.drafts[incident.current_step.id] = values
    order = export_step.PackRequest(
        expand_path(values["target"]), values["recipient"], values["purpose"]
    )
    shape = await incident.shell.ask_screen(
        ChooseScreen(where, export_step.HOW_WRITTEN, (export_step.CONTAINER, export_step.PLAIN))
    )
    if shape != export_step.PLAIN.id:
        return order if shape is not None else None
    why = (export_step.WHY_PLAIN, export_step.PLAIN_READABLE)
    reason = await incident.ask_words(why, REASON + incident.current_step.id)
    return replace(order, reason=reason) if reason is not None else None


async def _show_exported_pack(incident: ScreenIncident, done: ExportResult) -> None:
    """Show what was written; offer the passphrase sheet until they go on."""
    saved = ""
    while True:
        wish = await incident.shell.ask_screen(
            ExportedScreen(incident.build_context(), done, saved)
        )
        if wish != "sheet":
            if saved or not done.passphrase or await _confirm_passphrase_noted(incident):
                return
            continue
        try:
            saved = await _save_passphrase_sheet(incident, done) or saved
        except EvidenceError as error:
            await incident.shell.show_trouble(error)


async def _confirm_passphrase_noted(incident: ScreenIncident) -> bool:
    """Ask whether the passphrase stands on paper."""
    sure = await incident.shell.ask_screen(Confirm(*WRITTEN_DOWN))
    return sure is True


async def _save_passphrase_sheet(incident: ScreenIncident, done: ExportResult) -> str:
    """Save the passphrase sheet into another folder; return its path, "" for back."""
    title = "Where shall the passphrase sheet go?"
    folder = await ask_folder(
        incident.shell, incident.case.reference, title, export_step.SHEET_NOTE
    )
    if folder is None:
        return ""
    export_step.refuse_pack_folder(folder, done)
    desk = incident.shell.desk
    path = await call_in_thread(
        desk.passphrase_sheet, incident.incident_id, done.passphrase, folder
    )
    return str(path)
