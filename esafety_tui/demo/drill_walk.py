"""One scenario walked through one school's procedure: what its officers answer at each step. Pure.

The engine decides the way. What a scenario does not say is answered so that everybody is told who
has to be told, gates are confirmed, and what the policy's table names is what is done. Nothing is
written here and no vault is needed; :mod:`drill` does the same with the real verbs.
"""

from __future__ import annotations

from dataclasses import dataclass

from esafety_tui.casework.incident import answer_record
from esafety_tui.demo.scenarios import Scenario, find_scenario
from esafety_tui.flows.engine import engine, fit
from esafety_tui.flows.procedure.load import load_procedure
from esafety_tui.flows.procedure.model import (
    CLOSING_KINDS,
    ITEM_KINDS,
    ONE_OPTION_KINDS,
    Answer,
    FieldCheck,
    Option,
    Problem,
    Procedure,
    Step,
    StepField,
    StepKind,
)
from esafety_tui.flows.profile.profile import Profile, load_profile
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import Refused

_CAREFUL = {"danger": "2", "staff": "2", "colleague": "2"}
"""Answers where a scenario says nothing else: nobody in danger, no staff involved."""
_TICKED = {"logged": ("log", "external", "governors"), "informed": ("head",)}
"""Lines that are ticked where a scenario says nothing else."""
_BY_NAME = {
    "by": "Gwen Example", "keeper": "Effie Finchley", "computer": "PRACTICE-PC",
    "location": "practice room", "device": "There is none", "reference": "PRACTICE-1",
    "contact": "Iris Example", "reasons": "Invented reasons of an invented case.",
    "conclusion": "Invented conclusion.", "group": "9X",
}  # fmt: skip
_BY_CHECK = {
    FieldCheck.TEXT: "Invented words.", FieldCheck.NAME: "Gwen Example",
    FieldCheck.WHEN: "20 Nov 2026 15:40",
    FieldCheck.URL: "https://forum.example.net/t/88213", FieldCheck.NUMBER: "3",
}  # fmt: skip
STOPPED = ("police", "dsl")
"""Who is told by the three things to do after STOP."""
_NOTHING_NAMED = "The policy names none of them for this."


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """A scenario in one school."""

    scenario: Scenario
    profile: Profile
    procedure: Procedure

    @classmethod
    def from_shipped_names(cls, profile: str, name: str) -> ScenarioRun:
        """Return it for shipped names. Raises BadInput for one that there is not."""
        found, school = find_scenario(name), load_profile(profile)
        return cls(found, school, fit.fit_procedure(load_procedure(found.procedure), school))

    def presses_stop(self, state: engine.FlowState) -> bool:
        """Whether STOP is pressed at the step shown."""
        return state.at in self.scenario.stop_at and not state.stopped

    def run_to_end(self) -> engine.FlowState:
        """Return the state at the end of the way. Raises Refused where an answer is not taken."""
        state = engine.start_procedure(self.procedure)
        for _ in range(2 * len(self.procedure.steps)):
            step = engine.current_step(self.procedure, state)
            if step.kind is StepKind.END:
                return state
            if self.presses_stop(state):
                state = engine.stop_procedure(self.procedure, state)
                continue
            given = {
                k: v if isinstance(v, str) else tuple(v) for k, v in self.choose_values(state, step)
            }
            after = engine.answer_step(self.procedure, state, step.id, given)
            if isinstance(after, Problem):
                raise Refused(f"{step.id}: {after.text}", "Report this as a fault.")
            state = after
        raise Refused("This scenario never comes to an end.", "Report this as a fault.")

    def choose_values(
        self, state: engine.FlowState, step: Step
    ) -> list[tuple[str, str | list[str]]]:
        """Return what is answered at ``step``, name by name."""
        left = self.scenario.left.get(step.id)
        if left is not None and step.may_skip:
            return [("done", "none"), ("why_none", left)]
        if step.kind in ITEM_KINDS or step.kind in CLOSING_KINDS:
            return [("done", "yes")]
        typed: list[tuple[str, str | list[str]]] = [*self.invent_field_text(step).items()]
        if step.kind in ONE_OPTION_KINDS:
            return [("option", self._choose_option(step).key), *typed]
        if step.kind is StepKind.GATE:
            return [("confirmed", [one.key for one in step.statements]), *typed]
        if step.options:
            ticks = self._choose_ticks(state, step)
            if not ticks:
                return [("done", "none"), ("why_none", _NOTHING_NAMED)]
            return [("options", ticks), *typed]
        return typed

    def choose_answer(self, state: engine.FlowState, step: Step) -> dict[str, Json]:
        """Return :meth:`values` as a record holds them."""
        return {k: v if isinstance(v, str) else list(v) for k, v in self.choose_values(state, step)}

    def invent_field_text(self, step: Step) -> dict[str, str]:
        """Return invented words for each field of a step."""
        return {one.name: self._invent_word(step, one) for one in step.fields}

    def _invent_word(self, step: Step, asked: StepField) -> str:
        words = self.scenario.words
        said = words.get(f"{step.id}.{asked.name}") or words.get(asked.name)
        if asked.choices:
            return said if said in asked.choices else asked.choices[0]
        if asked.check is FieldCheck.STATEMENT:
            return said or f"{asked.mark}: Invented words."
        return said or _BY_NAME.get(asked.name, "") or _BY_CHECK[asked.check]

    def _choose_option(self, step: Step) -> Option:
        """Return the option the scenario chooses; where it says nothing, the safer one."""
        if step.matrix:
            rows = (step.find_option(row) for row in self.scenario.rows)
            plain = (one for one in step.options if one.incident_class is None)
            return next((row for row in rows if row is not None), None) or next(plain)
        said = {**_CAREFUL, **self.scenario.answers}
        if not self.profile.review_allowed:
            said.update(self.scenario.managed)
        unsure = (one for one in step.options if one.unsure)
        return step.find_option(said.get(step.id, "")) or next(unsure, step.options[0])

    def _choose_ticks(self, state: engine.FlowState, step: Step) -> list[str]:
        if step.matrix:
            return self._choose_matrix_names(state, step)
        said = self.scenario.ticks.get(step.id) or _TICKED.get(step.id, ())
        wanted = {
            *said,
            *(
                self.list_needed_notifications(state, step)
                if step.kind is StepKind.REFERRAL
                else ()
            ),
        }
        if not self.profile.external_record:
            wanted -= {"external"}
        found = [one.key for one in step.options if one.key in wanted]
        return found or [step.options[0].key]

    def _choose_matrix_names(self, state: engine.FlowState, step: Step) -> list[str]:
        """Return what the policy names; where all of that is to be confirmed, that."""
        advice = fit.find_sanction_advice(self.profile, self.procedure, state, step)
        labels = (advice.named or advice.uncertain) if advice is not None else ()
        return [one.key for one in step.options if one.label in labels]

    def list_needed_notifications(self, state: engine.FlowState, step: Step) -> set[str]:
        """Return the kinds of contact that are to be told at ``step`` and were not before it.

        In a school whose policy forbids its own review everything goes to the LADO, too.
        """
        kinds: set[str] = set() if self.profile.review_allowed else {"lado"}
        for given in list_path_answers(self.procedure, state):
            kinds |= list_demanded_kinds(self.procedure, given)
        return {*step.tell, *(kinds - {*list_notified_kinds(self.procedure, state)})}


def list_path_answers(procedure: Procedure, state: engine.FlowState) -> list[Answer]:
    """Return the answers in force on the way taken, in the order of the way."""
    found = (state.answer_to_step(step_id) for step_id in engine.steps_on_path(procedure, state))
    return [given for given in found if given is not None]


def list_demanded_kinds(procedure: Procedure, given: Answer) -> set[str]:
    """Return the kinds of contact that an answer says must be told, or demands a referral to."""
    step = procedure.get_step(given.step)
    option = step.find_option(given.single_value("option"))
    demands = option.demands if option is not None else ()
    return {*answer_record.kinds_to_notify(step, given), *demands}


def list_notified_kinds(procedure: Procedure, state: engine.FlowState) -> tuple[str, ...]:
    """Return the kinds of contact that were told, in the order of the way; by STOP last."""
    found: list[str] = []
    for given in list_path_answers(procedure, state):
        step = procedure.get_step(given.step)
        chosen = [one for one in step.options if one.key in given.list_values("options")]
        if step.kind is StepKind.REFERRAL:
            found += [one.key for one in chosen]
        found += [kind for one in chosen for kind in one.tell]
    return tuple(dict.fromkeys([*found, *(STOPPED if state.stopped else ())]))
