"""One incident under way, the same for both faces: its record, and where its procedure stands.

Rule: the state is what the recorded answers of the case make of it. A face gives in the case that
the desk returned, and draws what comes of it. Nothing here calls the desk, prints or reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.engine import FlowState
from esafety_tui.flows.engine.fit import SanctionAdvice, find_sanction_advice, instruction_digest
from esafety_tui.flows.procedure.model import CLOSING_KINDS, Problem, Procedure, Step, StepKind
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.guide.engine_input import list_engine_events
from esafety_tui.guide.ports import CaseView
from esafety_tui.guide.shared_text import NOTHING_SAVED
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.views import Values

DONE_LATER = "done at a later time"
CHANGED, MOVED = "changed", "moved"
"""Why a reason is asked for: an earlier answer changes, or the work goes on at this computer."""
REVIEW_STALE = "Something was added since you read everything. Please read it again."
_ANY_REASON = "-"
"""Stands for a reason while an answer is judged: the officers' own is asked for when it fits."""


@dataclass(frozen=True, slots=True)
class PendingAnswer:
    """An answer that fits its step and is not sealed yet.

    Attributes:
        owes: CHANGED or MOVED where the officers still have to give a reason, "" where not.
        reason: the reason that is known without asking, "" where there is none.
        new: whether there is something to seal; an answer kept as it is seals nothing.
        next_step: id of the step that is shown once it is sealed.
    """

    step_id: str
    values: Values = field(repr=False)
    owes: str
    reason: str
    new: bool
    next_step: str


@dataclass(slots=True)
class CaseState:
    """The incident at work.

    Attributes:
        confirmed: who confirmed an instruction and when, by the instruction. numbers: telephone
            number of a contact, by the contact's label. said: shown once, with the next step.
    """

    case: CaseView
    procedure: Procedure
    profile: Profile
    confirmed: Mapping[str, str] = field(default_factory=dict, repr=False)
    numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    said: str = ""
    state: FlowState = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.accept_case(self.case)

    @property
    def incident_id(self) -> str:
        """The incident's id."""
        return self.case.inc

    @property
    def current_step(self) -> Step:
        """The step shown."""
        return engine.current_step(self.procedure, self.state)

    @property
    def path_step_ids(self) -> tuple[str, ...]:
        """Ids of the steps on the path: all answered ones and the first unanswered one."""
        return engine.steps_on_path(self.procedure, self.state)

    @property
    def matrix_advice(self) -> SanctionAdvice | None:
        """What the school's matrix says for the row chosen, or None."""
        return find_sanction_advice(self.profile, self.procedure, self.state, self.current_step)

    @property
    def step_confirmation(self) -> str:
        """Who confirmed the instruction of the step shown and when, or ""."""
        return self.confirmed.get(instruction_digest(self.current_step), "")

    def take_pending_notice(self) -> str:
        """Return what is to be shown once, and forget it."""
        said, self.said = self.said, ""
        return said

    def accept_case(self, case: CaseView, show: str = "") -> None:
        """Take in the case that the desk returned.

        Shown is the step ``show`` if it is on the path, else where the record has come to.
        """
        self.case = case
        self.state = engine.replay_events(self.procedure, list_engine_events(case))
        self.show_step(show)

    def show_step(self, step_id: str) -> None:
        """Show an earlier step, if it is on the path."""
        if step_id in self.path_step_ids:
            self.state = replace(self.state, at=step_id)

    def show_previous(self) -> bool:
        """Show the step before. False: it was the first."""
        before = self.state.at
        self.state = engine.step_back(self.procedure, self.state)
        return self.state.at != before

    def repeat_stale_review(self) -> None:
        """Before signing or exporting, show the review where something was added since."""
        if self.case.review_stale and self.current_step.kind in (StepKind.SIGN, StepKind.EXPORT):
            reviews = [
                s for s in self.path_step_ids if self.procedure.get_step(s).kind is StepKind.REVIEW
            ]
            if reviews:
                self.show_step(reviews[-1])
                self.said = REVIEW_STALE

    def find_problem(self, values: Values) -> Problem | None:
        """Return why ``values`` are no answer to the step shown, or None."""
        after = engine.answer_step(
            self.procedure, self.state, self.current_step.id, values, _ANY_REASON
        )
        return after if isinstance(after, Problem) else None

    def prepare_answer(self, values: Values) -> PendingAnswer:
        """Return what answering the step shown comes to. Raises EvidenceError: it does not fit."""
        step, owes, reason = self.current_step, "", ""
        after = engine.answer_step(self.procedure, self.state, step.id, values)
        if isinstance(after, Problem) and after.field == "reason":
            # Reviewing, signing or exporting later changes no one's mind: that is reason enough.
            owes, reason = ("", DONE_LATER) if step.kind in CLOSING_KINDS else (CHANGED, "")
            after = engine.answer_step(self.procedure, self.state, step.id, values, _ANY_REASON)
        if isinstance(after, Problem):
            raise EvidenceError(after.text, NOTHING_SAVED)
        changed = after.log != self.state.log
        if not changed and step.id == self.case.gate_elsewhere:
            owes = MOVED
        again = step.kind is StepKind.REVIEW and self.case.review_stale
        new = changed or again or step.id in self.case.gates_again
        answered = self.state.answer_to_step(step.id) is not None
        # An earlier answer, given again, leads back to where the record has come to.
        return PendingAnswer(step.id, values, owes, reason, new, "" if answered else after.at)
