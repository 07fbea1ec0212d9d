"""One incident under way: the case as recorded, and where its procedure stands. Asks nothing.

Rule: the state is always what the recorded answers make of it; drafts of what is not recorded yet
are kept beside it, so that neither back nor a refusal loses a word. Nothing here prints or reads;
``call`` runs a verb of the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.engine import State
from esafety_tui.flows.engine.fit import Advice, advised, instruction
from esafety_tui.flows.procedure.model import (
    CLOSING,
    Kind,
    Problem,
    Procedure,
    Step,
)
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.guide.engine_input import events, flows_of
from esafety_tui.guide.ports import CaseView, Desk
from esafety_tui.kernel.errors import EvidenceError

Typed: TypeAlias = Mapping[str, str | Sequence[str]]
Call: TypeAlias = Callable[..., Any]
DONE_LATER = "done at a later time"
CHANGED, MOVED = "changed", "moved"
"""Why a reason is asked for: an earlier answer changes, or the work goes on at this computer."""


@dataclass(slots=True)
class Walk:
    """The incident at work. ``said`` is told once, before the next question."""

    desk: Desk
    call: Call
    case: CaseView
    confirmed: Mapping[str, str] = field(default_factory=dict, repr=False)
    numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    said: str = ""
    procedure: Procedure = field(init=False)
    profile: Profile = field(init=False)
    state: State = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.procedure, self.profile = self.call(flows_of, self.desk, self.case.sources)
        self.state = engine.replay(self.procedure, events(self.case))

    @property
    def inc(self) -> str:
        """The incident's id."""
        return self.case.inc

    @property
    def step(self) -> Step:
        """The step asked about."""
        return engine.current(self.procedure, self.state)

    @property
    def way(self) -> tuple[str, ...]:
        """Ids of the steps on the way: all answered ones and the first unanswered one."""
        return engine.path(self.procedure, self.state)

    def sure(self, step: Step) -> str:
        """Return who confirmed the instruction of ``step`` and when, or ""."""
        return self.confirmed.get(instruction(step), "")

    def advice(self) -> Advice | None:
        """Return what the school's matrix says for the row chosen, or None."""
        return advised(self.profile, self.procedure, self.state, self.step)

    def reload(self) -> None:
        """Read the case again and go where its record says."""
        self.case = self.call(self.desk.case, self.inc)
        self.state = engine.replay(self.procedure, events(self.case))

    def refresh(self) -> None:
        """Read the case again; the step asked about stays if it is still on the way."""
        at = self.state.at
        self.reload()
        self.goto(at)

    def goto(self, step_id: str) -> None:
        """Ask an earlier step again, if it is on the way."""
        if step_id in self.way:
            self.state = replace(self.state, at=step_id)

    def back(self) -> bool:
        """Go one step back. False: it was the first."""
        before = self.state.at
        self.state = engine.back(self.procedure, self.state)
        return self.state.at != before

    def judge(self, values: Typed) -> Problem | None:
        """Return why ``values`` are no answer to the step, or None."""
        # Any reason will do here: theirs is asked for when the answer is complete.
        after = engine.answer(self.procedure, self.state, self.step.id, values, "-")
        return after if isinstance(after, Problem) else None

    def answer(self, values: Typed, why: Callable[[str], str]) -> None:
        """Record an answer and move on; ``why`` asks for a reason, CHANGED or MOVED.

        Raises EvidenceError where it is refused; whatever ``why`` raises passes.
        """
        step, reason = self.step, ""
        after = engine.answer(self.procedure, self.state, step.id, values)
        if isinstance(after, Problem) and after.field == "reason":
            # Reviewing, signing or exporting later changes no one's mind: that is reason enough.
            reason = DONE_LATER if step.kind in CLOSING else why(CHANGED)
            after = engine.answer(self.procedure, self.state, step.id, values, reason)
        if isinstance(after, Problem):
            raise EvidenceError(after.text, "Nothing was saved.")
        changed = after.log != self.state.log
        if not changed and step.id == self.case.gate_elsewhere:
            reason = why(MOVED)
        again = step.kind is Kind.REVIEW and self.case.review_stale
        if changed or again or step.id in self.case.gates_again:
            sealed = self.call(self.desk.answer, self.inc, step.id, values, reason)
            self.said = f"Written down: {sealed.at}, #{sealed.seq}."
        self.drafts.pop(step.id, None)
        self.case = self.call(self.desk.case, self.inc)
        self.state = after
