"""One incident under way: the case as recorded, where the procedure stands, what was typed.

Rule: the state is always what the recorded answers make of it; drafts of what is not recorded yet
are kept beside it, so that neither Back nor a refusal loses a word. It shows no step itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.engine import State
from esafety_tui.flows.engine.fit import advised, instruction
from esafety_tui.flows.procedure.model import (
    CLOSING,
    Kind,
    Problem,
    Procedure,
    Step,
)
from esafety_tui.flows.profile.policy_gaps import notice
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.guide.draft_store import StepDrafts
from esafety_tui.guide.engine_input import events
from esafety_tui.guide.ports import CaseView, Progress
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.unsent import NOTE as PLACE
from esafety_tui.kernel.unsent import REASON, STEP
from esafety_tui.screens.base.case_frame import Bearings, Typed, bearings
from esafety_tui.screens.base.frame import Shell, in_thread
from esafety_tui.screens.dialogs.note_dialog import MOVED, NOTE, AskWords
from esafety_tui.screens.dialogs.note_dialog import REASON as WHY_CHANGED
from esafety_tui.screens.dialogs.progress import WorkingScreen
from esafety_tui.screens.steps.step import Help

R = TypeVar("R")
DONE_LATER = "done at a later time"


@dataclass(slots=True)
class Walk:
    """What the wizard and the screens' runners share while an incident is on screen.

    Attributes:
        drafts: what was typed and is not sealed, by step. carried: what is offered again for the
            next one of several, sealed with the one before. names: of the officers, by id.
    """

    shell: Shell
    case: CaseView
    contacts: dict[str, str]
    procedure: Procedure
    profile: Profile
    confirmed: Mapping[str, str] = field(default_factory=dict, repr=False)
    state: State = field(init=False, repr=False)
    drafts: StepDrafts = field(init=False, repr=False)
    carried: dict[str, Typed] = field(default_factory=dict, repr=False)
    names: dict[str, str] = field(default_factory=dict, repr=False)
    said: str = ""

    def __post_init__(self) -> None:
        self.state = engine.replay(self.procedure, events(self.case))
        self.drafts = StepDrafts(self.shell.unsent, self.inc)
        self._saw()

    def _saw(self) -> None:
        """What is typed from here on was typed after the last entry shown."""
        if self.case.last is not None:
            self.shell.unsent.see(self.inc, self.case.last.seq)

    @property
    def inc(self) -> str:
        """The incident's id."""
        return self.case.inc

    @property
    def step(self) -> Step:
        """The step shown."""
        return engine.current(self.procedure, self.state)

    def bearings(self, line: str = "") -> Bearings:
        """Return where we are; ``line`` stands instead of the step line."""
        open_here = ""
        if not line:
            open_here = notice(self.profile, self.procedure.name, self.step, "F3")
            known = engine.progress(self.procedure, self.state)
            line = f"Step {known.number} of about {known.about}"
            line += f" · next: {known.next_title}" if known.next_title else ""
        said, self.said = self.said, ""
        kept = self.shell.unsent.get(self.inc, STEP + self.step.id)
        where = bearings(self.case, line, said, open_here)
        return replace(where, at=kept.at) if kept is not None else where

    def help(self) -> Help:
        """Return what the school's policy adds to the step shown."""
        step = self.step
        sure = self.confirmed.get(instruction(step), "")
        advice = advised(self.profile, self.procedure, self.state, step)
        return Help(self.profile, self.contacts, sure, advice)

    def draft(self) -> Typed:
        """Return what was typed for the step shown, else what is recorded for it."""
        step = self.step.id
        return self.drafts.get(step) or self.carried.get(step) or self.state.draft(step)

    def judge(self, values: Typed) -> Problem | None:
        """Return why ``values`` are no answer to the step shown, or None."""
        # Any reason will do here: the officers are asked for theirs when the answer is complete.
        after = engine.answer(self.procedure, self.state, self.step.id, values, "-")
        return after if isinstance(after, Problem) else None

    async def refresh(self) -> None:
        """Read the case again; the step shown stays if it is still on the way."""
        at = self.state.at
        self.case = await in_thread(self.shell.desk.case, self.inc)
        self.state = engine.replay(self.procedure, events(self.case))
        self._saw()
        self.goto(at)

    async def reload(self) -> None:
        """Read the case again and go where its record says."""
        self.case = await in_thread(self.shell.desk.case, self.inc)
        self.state = engine.replay(self.procedure, events(self.case))
        self._saw()

    def goto(self, step_id: str) -> None:
        """Show an earlier step, if it is on the way."""
        if step_id in engine.path(self.procedure, self.state):
            self.state = replace(self.state, at=step_id)

    async def answer(self, values: Typed) -> bool:
        """Record an answer to the step shown and move on. False: not recorded, draft kept."""
        step = self.step
        self.drafts[step.id] = values
        reason = ""
        after = engine.answer(self.procedure, self.state, step.id, values)
        if isinstance(after, Problem) and after.field == "reason":
            given = await self._reason(step)
            if given is None:
                return False
            reason = given
            after = engine.answer(self.procedure, self.state, step.id, values, reason)
        if isinstance(after, Problem):
            raise EvidenceError(after.text, "Nothing was saved.")
        changed = after.log != self.state.log
        if not changed and step.id == self.case.gate_elsewhere:
            given = await self.ask_words(MOVED, REASON + step.id)
            if given is None:
                return False
            reason = given
        again = step.kind is Kind.REVIEW and self.case.review_stale
        if changed or again or step.id in self.case.gates_again:
            await in_thread(self.shell.desk.answer, self.inc, step.id, values, reason)
        self.drafts.pop(step.id, None)
        self.shell.unsent.drop(self.inc, REASON + step.id)
        self.state = after
        self.case = await in_thread(self.shell.desk.case, self.inc)
        self._saw()
        return True

    async def _reason(self, step: Step) -> str | None:
        """Return why an answer is changed, None where the officers went back."""
        # Reviewing, signing or exporting later changes no one's mind: that is reason enough.
        if step.kind in CLOSING:
            return DONE_LATER
        return await self.ask_words(WHY_CHANGED, REASON + step.id)

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
        draft = kept.text(self.inc, place) or first
        dialog = AskWords(words, draft, go, statement=statement, place=place)
        given = await self.shell.ask(dialog)
        text = dialog.draft if given is None else given
        if text != first or kept.get(self.inc, place) is not None:
            kept.put(self.inc, place, {"text": text}, "text")
        return given

    async def note(self, first: str = "") -> bool:
        """Ask for words and seal them; until they are sealed they are kept. True: sealed."""
        words = await self.ask_words(NOTE, PLACE, first, statement=True)
        if words is None:
            return False
        receipt = await in_thread(self.shell.desk.note, self.inc, words)
        self.shell.unsent.drop(self.inc, PLACE)
        await self.refresh()
        self.said = f"Written down, #{receipt.seq}."
        return True

    async def work(self, title: str, call: Callable[[Progress], R], note: str) -> R:
        """Run a long verb on a screen of its own. Raises its EvidenceError."""
        where = self.case.reference
        screen = WorkingScreen(where, title, call, can_stop=True, note=note)
        outcome = await self.shell.ask(screen)
        if outcome is None or outcome.error is not None:
            error = outcome.error if outcome is not None else None
            raise error or EvidenceError("This was stopped.", "Nothing was saved.")
        assert outcome.result is not None  # noqa: S101 - exactly one of the two is set
        return outcome.result
