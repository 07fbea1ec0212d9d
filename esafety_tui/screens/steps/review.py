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
from esafety_tui.screens.base.case_frame import Bearings, StepFrame, Turn
from esafety_tui.screens.base.frame import command, in_thread
from esafety_tui.screens.dialogs.reauthenticate import PairScreen
from esafety_tui.screens.steps import corrections
from esafety_tui.screens.steps.capture_screens import item_line
from esafety_tui.screens.steps.screen_incident import ScreenIncident
from esafety_tui.screens.steps.step import reasons
from esafety_tui.screens.widgets.choices import Choice, Choices
from esafety_tui.screens.widgets.plain_text import Plain

RELEASE = (
    "Release {label}? It can be looked at, printed and exported again afterwards.",
    "Only with a reference of the police. Each types their own passphrase again.",
)


def answer_words(step: Step, answer: Answer) -> str:
    """Return an answer in one line."""
    words = put_in_words(step, answer)
    if words.none_because:
        return f"none, because: {words.none_because}"
    said = [words.option] if words.option else []
    said += [f"✓ {label}" for label in words.ticked]
    said += [f"✓ all {words.confirmed} confirmed"] if words.confirmed else []
    said += [f"{label.partition(', for example')[0]}: {given}" for label, given in words.fields]
    return " · ".join(said) or "that is all"


def rows(incident: CaseState) -> list[Choice]:
    """Return a line for each answer on the path and each item that is frozen or held."""
    found = [
        Choice(
            f"goto {given.step.id}", f"{given.step.title}: {answer_words(given.step, given.answer)}"
        )
        for given in review_step.list_answers(incident)
    ]
    shut = review_step.list_shut_items(incident.case)
    return [*found, *(Choice(f"item {item.seq}", review_step.offer_release(item)) for item in shut)]


class Lines(Choices):
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
        bearings: Bearings,
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

    def _begin(self) -> None:
        first = next(iter(self.query(Lines)), None) or self.query_one("#go")
        self.set_focus(first, scroll_visible=False)

    def middle(self) -> Iterable[Widget]:
        """Yield the answers as a list, then items and notes as text."""
        yield Plain(self._words[0], classes="title")
        yield Plain(self._words[1], classes="why")
        if self._rows:
            yield Lines(self._rows)
        items = [item_line(item) for item in self._case.items]
        yield from self._part("Taken", [*filter(None, [self._case.awaiting_police]), *items])
        yield from self._part("Notes", list(self._case.notes))
        yield from self._part("Exported and read back", list(self._case.exported))

    def buttons(self) -> Iterable[Button]:
        """Yield the way on, the way back, and a note."""
        yield command(f"{self.GO} F8", "go", first=True)
        yield command("Back", "back")
        yield command("Note F6", "note")
        yield command("To the list", "list")

    @staticmethod
    def _part(title: str, lines: list[str]) -> Iterable[Widget]:
        if lines:
            yield Plain(title, classes="label title")
            yield Plain("\n".join(lines))

    def action_scroll(self, lines: int) -> None:
        """Read on or back by so many lines."""
        self.query_one("#body", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_go(self) -> None:
        """Everything is right and complete."""
        self.dismiss(Turn("go", DONE))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer correcting and closing only where these officers may do it."""
        del parameters
        if action == "involved":
            return review_step.can_close_to_officer(self._case)
        return action != "correct" or bool(self._case.wordings)

    def action_involved(self) -> None:
        """Close the incident to an officer who turns out to be involved."""
        self.dismiss(Turn("involved"))

    def action_correct(self) -> None:
        """Correct words; those of the item marked, if one is."""
        lines = next(iter(self.query(Lines)), None)
        what, _, target = lines.choices[lines.at].id.partition(" ") if lines else ("", "", "")
        self.dismiss(Turn("correct", target=target if what == "item" else ""))

    @on(Choices.Chosen)
    def _chosen(self, event: Choices.Chosen) -> None:
        what, _, target = event.choice.id.partition(" ")
        self.dismiss(Turn("goto" if what == "goto" else "item", target=target))


async def run(incident: ScreenIncident) -> Turn | None:
    """Show everything so far as the step of that kind."""
    step = incident.step
    while True:
        lines = rows(incident)
        why, go = reasons(step, incident.help()), review_step.RIGHT
        screen = ReviewScreen(incident.bearings(), step.question, why, lines, incident.case, go=go)
        turn = await incident.shell.ask(screen)
        if turn is not None:
            turn = await _done_here(incident, turn)
            if turn is None:
                continue
        return turn


async def look(incident: ScreenIncident) -> Turn | None:
    """Show everything so far from any step; None: back to the step."""
    while True:
        lines = rows(incident)
        why = "Enter on a line goes to that question. The old answer is kept, with your reason."
        title = "Everything so far"
        screen = ReviewScreen(
            incident.bearings(), title, why, lines, incident.case, go="Back to the step"
        )
        turn = await incident.shell.ask(screen)
        if turn is None or turn.what in ("go", "back", "look"):
            return None
        turn = await _done_here(incident, turn)
        if turn is not None:
            return turn


async def _done_here(incident: ScreenIncident, turn: Turn) -> Turn | None:
    """Do what needs no other step, and return None; else what is wanted."""
    if turn.what == "item":
        await release(incident, int(turn.target))
    elif turn.what == "correct":
        await corrections.run(incident, int(turn.target) if turn.target else None)
    elif turn.what == "involved":
        return await _involved(incident)
    else:
        return turn
    return None


async def _involved(incident: ScreenIncident) -> Turn | None:
    """Close the incident to an officer; where that ended the session, leave for the door."""
    shell = incident.shell
    try:
        if await restriction.run(shell, f"{incident.case.reference} · so far", incident.inc,
                              incident.case.reference):  # fmt: skip
            await incident.refresh_case()
    except NotEligible as error:
        await shell.trouble(error)
        if (await in_thread(shell.desk.state)).session == "closed":
            return Turn("list")
    return None


async def release(incident: ScreenIncident, seq: int) -> None:
    """Ask for a police reference and both passphrases, and release one frozen or held item."""
    item = review_step.find_item(incident.case, seq)
    title, note = RELEASE[0].format(label=item.label), RELEASE[1]
    desk, inc = incident.shell.desk, incident.inc

    async def call(reference: str, passphrases: Mapping[str, str]) -> None:
        await in_thread(desk.release, inc, seq, reference, passphrases)

    kept, place = incident.shell.unsent, f"release {seq}"
    asked = PairScreen(
        incident.bearings(f"So far · {item.label}"), incident.case.officers, title, note, call,
        field=POLICE_REFERENCE, place=place, before=kept.text(inc, place),
    )  # fmt: skip
    if await incident.shell.ask(asked):
        kept.drop(inc, place)
        await incident.reload_case()
        incident.said = review_step.RELEASED
