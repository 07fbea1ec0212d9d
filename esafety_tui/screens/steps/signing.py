"""Runner of the signing step: choose pictures, freeze the form, two signatures, save as PDF.

Rule: no picture is chosen at first; one that is frozen or held is never offered. "Signed by both"
is said only when the desk checked the form strictly. What is not signed is called not signed;
signing can be left for another day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual import on
from textual.widget import Widget

from esafety_tui.flows.procedure.built_in_fields import ask_why_unfinished
from esafety_tui.guide import signing_step
from esafety_tui.guide.answer_text import DONE, answer_none
from esafety_tui.guide.readiness_step import DRAWING, list_pictures
from esafety_tui.guide.shared_text import report_saved
from esafety_tui.kernel.unsent import REASON
from esafety_tui.screens.base.case_frame import CaseContext, StepFrame, StepRequest
from esafety_tui.screens.base.frame import call_in_thread
from esafety_tui.screens.dialogs.folder_question import ask_folder
from esafety_tui.screens.dialogs.reauthenticate import ReauthenticateScreen
from esafety_tui.screens.steps.form_pictures import FormPicturesScreen
from esafety_tui.screens.steps.readiness import ask_opinions, ask_readiness, describe_readiness
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.steps.step import list_forbidden_acts, name_notified_contacts
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain

SIGNS = ("✓ signed by {name}", "✗ not signed by {name}", "✓ ", "⚠ ")
CODE = "Print this code, or write it on paper. With it anybody can check the form and the pack."
SIGN = (
    "You sign the form as it is drawn: everything so far, with its check code.",
    "Signing",
)


class SigningScreen(StepFrame):
    """Where the form stands, and what can be done about it. "item": what was chosen."""

    AUTO_FOCUS = "Choices"
    HELP = (
        "Draw the form first: it is frozen then. Each officer signs with their own passphrase.\n"
        "F8 goes on, also when it is not signed yet; you are asked why."
    )

    def __init__(
        self, bearings: CaseContext, question: str, facts: Iterable[str], code: str,
        ways: Iterable[Choice],
    ) -> None:  # fmt: skip
        super().__init__(bearings)
        self._question = question
        self._facts = tuple(facts)
        self._code = code
        self._ways = tuple(ways)

    def compose_middle(self) -> Iterable[Widget]:
        """Yield the question, where the form stands, its code and what can be done."""
        yield Plain(self._question, classes="title")
        yield Plain("\n".join(self._facts))
        if self._code:
            yield Plain(self._code, classes="code")
            yield Plain(CODE, classes="quiet")
        yield Choices(self._ways)

    @on(Choices.Chosen)
    def _return_choice(self, event: Choices.Chosen) -> None:
        if event.choice.id == "go":
            self.action_go()
        else:
            self.dismiss(StepRequest("item", target=event.choice.id))


def _list_signing_choices(view: signing_step.SigningView) -> list[Choice]:
    if not view.drawn:
        return [signing_step.DRAW, signing_step.LEAVE]
    ways = [Choice(f"sign {o.id}", f"{o.name} signs", o.position) for o in view.missing]
    ways += [signing_step.SAVE]
    if not view.current:
        ways.insert(0, signing_step.DRAW_AGAIN)
    if view.missing:
        ways.append(signing_step.LEAVE)
    else:
        ways.insert(0, signing_step.GO_ON)
    return ways if not view.current else [*ways, signing_step.DRAW_AGAIN]


async def run_signing_step(incident: ScreenIncident) -> StepRequest | None:
    """Lead through drawing and signing until the officers go on or leave."""
    while True:
        view = signing_step.view_signing(incident.case)
        step = incident.current_step
        told = (
            incident.case.awaiting_police,
            list_forbidden_acts(step),
            name_notified_contacts(step.tell, incident.policy_help()),
        )
        ready = await call_in_thread(incident.shell.desk.readiness, incident.incident_id)
        facts = [
            describe_readiness(ready),
            *signing_step.state_form(view, SIGNS),
            *filter(None, told),
        ]
        screen = SigningScreen(
            incident.build_context(), step.question, facts, view.code, _list_signing_choices(view)
        )
        turn = await incident.shell.ask_screen(screen)
        if turn is None or turn.what not in ("item", "go"):
            return turn
        if turn.what == "go":
            done = await _complete_step_answer(incident)
            if done is not None:
                return done
        elif turn.target == "draw":
            elsewhere = await _draw_form(incident)
            if elsewhere is not None:
                return elsewhere
        elif turn.target == "save":
            await _save_form_copy(incident)
        else:
            await _sign_form(incident, turn.target.partition(" ")[2])


async def _complete_step_answer(incident: ScreenIncident) -> StepRequest | None:
    """Return the answer to the step: signed by both, or left with a reason; None to stay."""
    if signing_step.view_signing(incident.case).is_fully_signed:
        return StepRequest("go", DONE)
    why = await incident.ask_words(
        ask_why_unfinished(incident.current_step), REASON + incident.current_step.id
    )
    return StepRequest("go", answer_none(why)) if why is not None else None


async def _draw_form(incident: ScreenIncident) -> StepRequest | None:
    """Choose pictures one by one, then freeze and draw the form. A Turn: go to what is missing."""
    desk, inc = incident.shell.desk, incident.incident_id
    reason = await ask_readiness(incident)
    if reason is None or isinstance(reason, StepRequest):
        return reason
    thoughts = await ask_opinions(incident)
    if thoughts is None:
        return None
    pictures = list_pictures(incident.case)
    images: tuple[int, ...] = ()
    if pictures:
        chosen = await incident.shell.ask_screen(
            FormPicturesScreen(incident.build_context("Before it is drawn"), pictures)
        )
        if chosen is None:
            return None
        images = chosen
    note = "It is frozen as it stands now. Nothing on it changes afterwards."
    await incident.run_long_verb(
        DRAWING,
        lambda report: desk.prepare_form(inc, images, report, thoughts=thoughts, reason=reason),
        note,
    )
    incident.shell.unsent.drop_draft(inc, REASON + incident.current_step.id)
    await incident.refresh_case()
    return None


async def _sign_form(incident: ScreenIncident, officer_id: str) -> None:
    """Ask one officer for the passphrase again, and sign."""
    officer = next(o for o in incident.case.officers if o.id == officer_id)
    desk, inc = incident.shell.desk, incident.incident_id

    async def call(_line: str, passphrases: Mapping[str, str]) -> None:
        await call_in_thread(desk.sign, inc, officer_id, passphrases[officer_id])

    title = f"{officer.name} signs. Check code {incident.case.check_code}"
    asked = ReauthenticateScreen(incident.build_context(SIGN[1]), (officer,), title, SIGN[0], call)
    if await incident.shell.ask_screen(asked):
        await incident.refresh_case()


async def _save_form_copy(incident: ScreenIncident) -> None:
    """Save the form as a PDF into a folder."""
    folder = await ask_folder(
        incident.shell, incident.case.reference, signing_step.WHERE_PDF, signing_step.PDF_NOTE
    )
    if folder is not None:
        path = await call_in_thread(incident.shell.desk.save_form, incident.incident_id, folder)
        await incident.refresh_case()
        incident.said = report_saved(path)
