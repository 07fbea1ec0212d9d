"""Everything so far: answers, what was taken, notes. One line a step; Enter goes there.

Rule: it shows what is recorded and changes nothing. An item that is frozen or held can be released
from here by two officers with a police reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Button

from esafety_tui.flows.procedure.model import Answer, Step
from esafety_tui.guide import review_step
from esafety_tui.guide.answer_text import DONE, put_in_words
from esafety_tui.guide.case_state import CaseState
from esafety_tui.guide.ports import CaseView
from esafety_tui.guide.shared_text import POLICE_REFERENCE
from esafety_tui.kernel.errors import NotEligible
from esafety_tui.screens.acts import restriction
from esafety_tui.screens.base.case_frame import CaseContext, StepFrame, StepRequest
from esafety_tui.screens.base.frame import call_in_thread, make_command_button
from esafety_tui.screens.dialogs.reauthenticate import ReauthenticateScreen
from esafety_tui.screens.steps import corrections
from esafety_tui.screens.steps.capture_screens import format_item
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.steps.step import list_step_reasons
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain

RELEASE = (
    "Release {label}? It can be looked at, printed and exported again afterwards.",
    "Only with a reference of the police. Each types their own passphrase again.",
)


def format_answer(step: Step, answer: Answer) -> str:
    """Return an answer in one line."""
    words = put_in_words(step, answer)
    if words.none_because:
        return f"none, because: {words.none_because}"
    said = [words.option] if words.option else []
    said += [f"✓ {label}" for label in words.ticked]
    said += [f"✓ all {words.confirmed} confirmed"] if words.confirmed else []
    said += [f"{label.partition(', for example')[0]}: {given}" for label, given in words.fields]
    return " · ".join(said) or "that is all"


def list_review_rows(incident: CaseState) -> list[Choice]:
    """Return a line for each answer on the path and each item that is frozen or held."""
    found = [
        Choice(
            f"goto {given.step.id}",
            f"{given.step.title}: {format_answer(given.step, given.answer)}",
        )
        for given in review_step.list_answers(incident)
    ]
    shut = review_step.list_releasable_items(incident.case)
    return [*found, *(Choice(f"item {item.seq}", review_step.offer_release(item)) for item in shut)]


class ReviewChoices(Choices):
    """The answers; at its ends the arrows read on through what stands around it."""

    def action_move(self, by: int) -> None:
        """Move the mark, or scroll where it can move no further."""
        before = self.at
        super().action_move(by)
        if self.at == before and isinstance(self.screen, ReviewScreen):
            self.screen.action_scroll(by)


class ReviewScreen(StepFrame):
    """Everything so far. "go": right and complete. "goto" and "item": the line chosen."""

    AUTO_FOCUS = ""  # `_begin` does it: the question stays in view above a long list
    HELP = (
        "Read everything. ↑↓ and Enter on a line go to that question; the old answer is kept.\n"
        "F8 says that everything is right and complete.\n"
        "C corrects words: notes, descriptions, what worries you. The old words are kept.\n"
        "I closes the incident to an officer who turns out to be involved in it."
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "scroll(1)", "Read on", key_display="↑↓"),
        Binding("up", "scroll(-1)", "Read back", show=False),
        Binding("pagedown", "scroll(10)", "Read on", show=False),
        Binding("pageup", "scroll(-10)", "Read back", show=False),
        Binding("c", "correct", "Correct", key_display="C"),
        Binding("i", "involved", "Involved", key_display="I"),
    ]

    def __init__(
        self,
        bearings: CaseContext,
        title: str,
        why: str,
        rows: Iterable[Choice],
        case: CaseView,
        *,
        go: str,
    ) -> None:
        super().__init__(bearings)
        self._words = (title, why)
        self._rows = tuple(rows)
        self._case = case
        self.GO = go

    def _focus_first_control(self) -> None:
        first = next(iter(self.query(ReviewChoices)), None) or self.query_one("#go")
        self.set_focus(first, scroll_visible=False)

    def compose_middle(self) -> Iterable[Widget]:
        """Yield the answers as a list, then items and notes as text."""
        yield Plain(self._words[0], classes="title")
        yield Plain(self._words[1], classes="why")
        if self._rows:
            yield ReviewChoices(self._rows)
        items = [format_item(item) for item in self._case.items]
        yield from self._make_section(
            "Taken", [*filter(None, [self._case.awaiting_police]), *items]
        )
        yield from self._make_section("Notes", list(self._case.notes))
        yield from self._make_section("Exported and read back", list(self._case.exported))

    def compose_buttons(self) -> Iterable[Button]:
        """Yield the way on, the way back, and a note."""
        yield make_command_button(f"{self.GO} F8", "go", first=True)
        yield make_command_button("Back", "back")
        yield make_command_button("Note F6", "note")
        yield make_command_button("To the list", "list")

    @staticmethod
    def _make_section(title: str, lines: list[str]) -> Iterable[Widget]:
        if lines:
            yield Plain(title, classes="label title")
            yield Plain("\n".join(lines))

    def action_scroll(self, lines: int) -> None:
        """Read on or back by so many lines."""
        self.query_one("#body", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_go(self) -> None:
        """Everything is right and complete."""
        self.dismiss(StepRequest("go", DONE))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer correcting and closing only where these officers may do it."""
        del parameters
        if action == "involved":
            return review_step.can_close_to_officer(self._case)
        return action != "correct" or bool(self._case.wordings)

    def action_involved(self) -> None:
        """Close the incident to an officer who turns out to be involved."""
        self.dismiss(StepRequest("involved"))

    def action_correct(self) -> None:
        """Correct words; those of the item marked, if one is."""
        lines = next(iter(self.query(ReviewChoices)), None)
        what, _, target = lines.choices[lines.at].id.partition(" ") if lines else ("", "", "")
        self.dismiss(StepRequest("correct", target=target if what == "item" else ""))

    @on(Choices.Chosen)
    def _return_choice(self, event: Choices.Chosen) -> None:
        what, _, target = event.choice.id.partition(" ")
        self.dismiss(StepRequest("goto" if what == "goto" else "item", target=target))


async def run_review_step(incident: ScreenIncident) -> StepRequest | None:
    """Show everything so far as the step of that kind."""
    step = incident.current_step
    while True:
        lines = list_review_rows(incident)
        why, go = list_step_reasons(step, incident.policy_help()), review_step.RIGHT
        screen = ReviewScreen(
            incident.build_context(), step.question, why, lines, incident.case, go=go
        )
        turn = await incident.shell.ask_screen(screen)
        if turn is not None:
            turn = await _handle_request_here(incident, turn)
            if turn is None:
                continue
        return turn


async def review_case(incident: ScreenIncident) -> StepRequest | None:
    """Show everything so far from any step; None: back to the step."""
    while True:
        lines = list_review_rows(incident)
        why = "Enter on a line goes to that question. The old answer is kept, with your reason."
        title = "Everything so far"
        screen = ReviewScreen(
            incident.build_context(), title, why, lines, incident.case, go="Back to the step"
        )
        turn = await incident.shell.ask_screen(screen)
        if turn is None or turn.what in ("go", "back", "look"):
            return None
        turn = await _handle_request_here(incident, turn)
        if turn is not None:
            return turn


async def _handle_request_here(incident: ScreenIncident, turn: StepRequest) -> StepRequest | None:
    """Do what needs no other step, and return None; else what is wanted."""
    if turn.what == "item":
        await release_item(incident, int(turn.target))
    elif turn.what == "correct":
        await corrections.correct_wordings(incident, int(turn.target) if turn.target else None)
    elif turn.what == "involved":
        return await _restrict_to_officer(incident)
    else:
        return turn
    return None


async def _restrict_to_officer(incident: ScreenIncident) -> StepRequest | None:
    """Close the incident to an officer; where that ended the session, leave for the door."""
    shell = incident.shell
    try:
        if await restriction.restrict_incident(shell, f"{incident.case.reference} · so far",
        incident.incident_id,
                              incident.case.reference):  # fmt: skip
            await incident.refresh_case()
    except NotEligible as error:
        await shell.show_trouble(error)
        if (await call_in_thread(shell.desk.state)).session == "closed":
            return StepRequest("list")
    return None


async def release_item(incident: ScreenIncident, seq: int) -> None:
    """Ask for a police reference and both passphrases, and release one frozen or held item."""
    item = review_step.find_item(incident.case, seq)
    title, note = RELEASE[0].format(label=item.label), RELEASE[1]
    desk, inc = incident.shell.desk, incident.incident_id

    async def call(reference: str, passphrases: Mapping[str, str]) -> None:
        await call_in_thread(desk.release, inc, seq, reference, passphrases)

    kept, place = incident.shell.unsent, f"release {seq}"
    asked = ReauthenticateScreen(
        incident.build_context(f"So far · {item.label}"), incident.case.officers, title, note, call,
        field=POLICE_REFERENCE, place=place, before=kept.get_draft_text(inc, place),
    )  # fmt: skip
    if await incident.shell.ask_screen(asked):
        kept.drop_draft(inc, place)
        await incident.reload_case()
        incident.said = review_step.RELEASED
