"""The incident at work on screen: the state both faces share, the desk, and what was typed.

Rule: drafts of what is not recorded yet are kept beside the state, so that neither Back nor a
refusal loses a word. It shows no step itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from esafety_tui.flows.engine import engine
from esafety_tui.flows.profile.policy_gaps import describe_gap
from esafety_tui.guide.case_state import CHANGED, MOVED, CaseState
from esafety_tui.guide.draft_store import StepDrafts
from esafety_tui.guide.ports import CaseView, Progress
from esafety_tui.guide.shared_text import NOTHING_SAVED, WAS_STOPPED
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.unsent import NOTE as PLACE
from esafety_tui.kernel.unsent import REASON, STEP
from esafety_tui.kernel.views import Values
from esafety_tui.screens.base.case_frame import CaseContext, build_case_context
from esafety_tui.screens.base.frame import ScreenHost, call_in_thread
from esafety_tui.screens.dialogs import note_dialog
from esafety_tui.screens.dialogs.note_dialog import NOTE, AskWords
from esafety_tui.screens.dialogs.progress import WorkingScreen
from esafety_tui.screens.steps.step import PolicyHelp

R = TypeVar("R")
REASONS = {CHANGED: note_dialog.REASON, MOVED: note_dialog.MOVED}


@dataclass(slots=True)
class ScreenIncident(CaseState):
    """The incident at work, shown screen by screen.

    Attributes:
        drafts: what was typed and is not sealed, by step. carried: what is offered again for the
            next one of several, sealed with the one before. names: of the officers, by id.
    """

    shell: ScreenHost = field(kw_only=True)
    drafts: StepDrafts = field(init=False, repr=False)
    carried: dict[str, Values] = field(default_factory=dict, repr=False)
    names: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        CaseState.__post_init__(self)  # super() finds no class with slots that is made anew
        self.drafts = StepDrafts(self.shell.unsent, self.incident_id)

    def accept_case(self, case: CaseView, show: str = "") -> None:
        """Take in the case; what is typed from here on was typed after its last entry."""
        CaseState.accept_case(self, case, show)
        if case.last is not None:
            self.shell.unsent.note_last_entry(self.incident_id, case.last.seq)

    def build_context(self, line: str = "") -> CaseContext:
        """Return where we are; ``line`` stands instead of the step line."""
        open_here = ""
        if not line:
            open_here = describe_gap(self.profile, self.procedure.name, self.current_step, "F3")
            known = engine.measure_progress(self.procedure, self.state)
            line = f"Step {known.number} of about {known.about}"
            line += f" · next: {known.next_title}" if known.next_title else ""
        kept = self.shell.unsent.get_draft(self.incident_id, STEP + self.current_step.id)
        where = build_case_context(self.case, line, self.take_pending_notice(), open_here)
        return replace(where, at=kept.at) if kept is not None else where

    def policy_help(self) -> PolicyHelp:
        """Return what the school's policy adds to the step shown."""
        return PolicyHelp(self.profile, self.numbers, self.step_confirmation, self.matrix_advice)

    def draft_values(self) -> Values:
        """Return what was typed for the step shown, else what is recorded for it."""
        step = self.current_step.id
        return self.drafts.get(step) or self.carried.get(step) or self.state.last_given_values(step)

    async def reload_case(self, show: str = "") -> None:
        """Read the case again and show ``show``, else where its record has come to."""
        self.accept_case(await call_in_thread(self.shell.desk.case, self.incident_id), show)

    async def refresh_case(self) -> None:
        """Read the case again; the step shown stays if it is still on the path."""
        await self.reload_case(self.state.at)

    async def seal_answer(self, values: Values) -> None:
        """Have an answer to the step shown sealed and move on; without a reason it is a draft."""
        self.drafts[self.current_step.id] = values
        given = self.prepare_answer(values)
        reason: str | None = given.reason
        if given.owes:
            reason = await self.ask_words(REASONS[given.owes], REASON + given.step_id)
        if reason is None:
            return
        if given.new:
            await call_in_thread(
                self.shell.desk.answer, self.incident_id, given.step_id, values, reason
            )
        self.drafts.pop(given.step_id, None)
        self.shell.unsent.drop_draft(self.incident_id, REASON + given.step_id)
        await self.reload_case(given.next_step)

    async def ask_words(
        self,
        words: tuple[str, str],
        place: str,
        first: str = "",
        go: str = "Write it down",
        *,
        statement: bool = False,
    ) -> str | None:
        """Ask for words that belong to ``place``; they stay there until they are sealed.

        Args:
            first: what stands in the box where nothing was typed before.
        """
        kept = self.shell.unsent
        draft = kept.get_draft_text(self.incident_id, place) or first
        dialog = AskWords(words, draft, go, statement=statement, place=place)
        given = await self.shell.ask_screen(dialog)
        text = dialog.draft if given is None else given
        if text != first or kept.get_draft(self.incident_id, place) is not None:
            kept.put_draft(self.incident_id, place, {"text": text}, "text")
        return given

    async def seal_note(self, first: str = "") -> bool:
        """Ask for words and seal them; until they are sealed they are kept. True: sealed."""
        words = await self.ask_words(NOTE, PLACE, first, statement=True)
        if words is None:
            return False
        receipt = await call_in_thread(self.shell.desk.note, self.incident_id, words)
        self.shell.unsent.drop_draft(self.incident_id, PLACE)
        await self.refresh_case()
        self.said = f"Written down, #{receipt.seq}."
        return True

    async def run_long_verb(self, title: str, call: Callable[[Progress], R], note: str) -> R:
        """Run a long verb on a screen of its own. Raises its EvidenceError."""
        where = self.case.reference
        screen = WorkingScreen(where, title, call, can_stop=True, note=note)
        outcome = await self.shell.ask_screen(screen)
        if outcome is None or outcome.error is not None:
            error = outcome.error if outcome is not None else None
            raise error or EvidenceError(WAS_STOPPED, NOTHING_SAVED)
        assert outcome.result is not None  # noqa: S101 - exactly one of the two is set
        return outcome.result
