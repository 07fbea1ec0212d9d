"""Any order of answers, changes, back, STOP, quit and resume: never an exception, nor a capture.

Walks every shipped procedure as several schools have it. ESAFETY_WALKS is how many walks there
are; `make slow` takes ten thousand.
"""

from __future__ import annotations

import dataclasses
import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.effects import capture_refusal
from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import (
    ONE_OPTION_KINDS,
    TICKED_KINDS,
    Answer,
    FieldCheck,
    GivenValues,
    Problem,
    Procedure,
    Step,
)
from esafety_tui.flows.profile.profile import load_profile, shipped_profiles
from esafety_tui.flows.proof.proof_paths import ProofSubject
from tests.flows.ways import good_answer

WALKS = int(os.environ.get("ESAFETY_WALKS", "60"))
STEPS, ROUND = 40, 500
SCHOOLS = ("generic", "crockerne", "winchelsea") if WALKS < 1_000 else shipped_profiles()
NUMBER = st.integers(0, 40)


def some_answer(step: Step, number: int) -> GivenValues:
    """Return one of the answers to a step: any option, any ticks, "none", other words."""
    if step.may_skip and number % 7 == 3:
        return {"done": "none", "why_none": f"Reason {number}."}
    option = step.options[number % len(step.options)].key if step.options else ""
    values = dict(good_answer(step, option))
    if step.kind in TICKED_KINDS:
        values["options"] = [o.key for n, o in enumerate(step.options) if number % (n + 2) == 0]
        values["options"] = values["options"] or [option]
    for field in step.fields:
        if field.name in values and field.check is FieldCheck.TEXT and not field.choices:
            values[field.name] = f"Words {number % 3}."
    return values


class Walks(RuleBasedStateMachine):
    """One incident, opened, answered, closed and opened again in any order."""

    procedure: Procedure
    state: engine.FlowState
    ever_frozen: bool

    @initialize(
        name=st.sampled_from(shipped_procedures()),
        school=st.sampled_from(SCHOOLS),
        far=st.booleans(),
    )
    def open(self, name: str, school: str, far: bool) -> None:
        """Begin at the first step, or just before the first capture where there is one."""
        self.procedure = fit_procedure(load_procedure(name), load_profile(school))
        self.state = engine.start_procedure(self.procedure)
        self.ever_frozen = self.procedure.opens_as in {"A", "unsure"}
        subject = ProofSubject(self.procedure, load_profile(school))
        for capture in subject.capture_steps[:1] if far else ():
            for leg in (subject.find_path_avoiding(self.procedure.first, (), capture.id) or ())[
                :-1
            ]:
                values = good_answer(leg.step, leg.option.key if leg.option else "")
                self.take(engine.answer_step(self.procedure, self.state, leg.step.id, values))

    def take(self, after: engine.FlowState | Problem) -> None:
        """Go on with what an answer made; a problem says what is wrong and changes nothing."""
        if isinstance(after, Problem):
            assert after.text.strip()
            return
        assert after.log[: len(self.state.log)] == self.state.log
        self.state = after

    @rule(number=NUMBER)
    def answer(self, number: int) -> None:
        step = engine.current_step(self.procedure, self.state)
        values = some_answer(step, number)
        self.take(engine.answer_step(self.procedure, self.state, step.id, values, "We know more."))

    @rule(numbers=st.lists(NUMBER, min_size=8, max_size=16))
    def go_on(self, numbers: list[int]) -> None:
        """Several answers in a row, so that walks get far into the flowchart."""
        for number in numbers:
            self.answer(number)

    @rule(number=NUMBER, where=NUMBER, reason=st.sampled_from(["We know more.", "", "  "]))
    def change(self, number: int, where: int, reason: str) -> None:
        way = [
            self.procedure.get_step(each)
            for each in engine.steps_on_path(self.procedure, self.state)
        ]
        asked = [step for step in way if step.kind in ONE_OPTION_KINDS and not step.matrix]
        step = (asked or way)[where % len(asked or way)] if where % 3 else way[where % len(way)]
        self.take(
            engine.answer_step(
                self.procedure, self.state, step.id, some_answer(step, number), reason
            )
        )

    @rule(number=NUMBER, step=NUMBER)
    def nonsense(self, number: int, step: int) -> None:
        """What no screen sends: another step's answer, unknown keys, wrong types."""
        other = self.procedure.steps[step % len(self.procedure.steps)]
        for values in ({"option": str(number), "x": ["y"]}, {"options": "1"}, {"done": "no"}, {}):
            self.take(engine.answer_step(self.procedure, self.state, other.id, values, "Why."))

    @rule()
    def back(self) -> None:
        """Back loses nothing, and confirming what stands there undoes it.

        What no longer counts is said again with a reason, or it would count for nobody's word.
        """
        before = engine.step_back(self.procedure, self.state)
        assert (before.log, before.answers) == (self.state.log, self.state.answers)
        if before.at != self.state.at:
            draft = before.last_given_values(before.at)
            again = engine.answer_step(self.procedure, before, before.at, draft)
            if isinstance(again, Problem):
                assert again.field == "reason"
            else:
                assert again == self.state
        self.state = before

    @precondition(lambda self: len(self.state.log) % 5 == 4)
    @rule()
    def stop(self) -> None:
        self.state = engine.stop_procedure(self.procedure, self.state)
        assert engine.stop_procedure(self.procedure, self.state) is self.state

    @rule()
    def quit_and_resume(self) -> None:
        """The recorded answers lead to the same answers, history and way."""
        again = engine.replay_events(self.procedure, self.state.log)
        assert (again.answers, again.history) == (self.state.answers, self.state.history)
        assert engine.steps_on_path(self.procedure, again) == engine.steps_on_path(
            self.procedure, self.state
        )
        assert engine.replay_events(self.procedure, again.log) == again
        self.state = again

    @invariant()
    def nothing_is_captured_where_it_may_not_be(self) -> None:
        known = engine.case_facts(self.procedure, self.state)
        way = [
            self.procedure.get_step(each)
            for each in engine.steps_on_path(self.procedure, self.state)
        ]
        for step in way:
            if step.is_capture and self.state.answer_to_step(step.id) is None:
                assert capture_refusal(known, "url") is None
                assert capture_refusal(known, "file") is None
                assert known.incident_class in step.classes
                assert not self.procedure.alone
        assert known.frozen >= self.ever_frozen
        self.ever_frozen = known.frozen
        if self.state.stopped:
            assert known.frozen
            assert capture_refusal(known, "screenshot") is not None

    @invariant()
    def the_way_is_sound(self) -> None:
        state, procedure = self.state, self.procedure
        way = engine.steps_on_path(procedure, state)
        assert state.at in way
        assert len(set(way)) == len(way)
        assert engine.steps_on_path(procedure, dataclasses.replace(state, _path_taken=None)) == way
        seen = engine.measure_progress(procedure, state)
        assert 1 <= seen.number <= seen.about
        answers = [event for event in state.log if isinstance(event, Answer)]
        assert len(state.answers) + len(state.history) == len(answers)
        assert not set(engine.answered_off_path(procedure, state)) & set(way)


def test_random_walks() -> None:
    """In rounds: what is remembered of ten thousand walks at once would fill the memory."""
    rounds = -(-WALKS // ROUND)
    for _ in range(rounds):
        run_state_machine_as_test(
            Walks,
            settings=settings(
                max_examples=WALKS // rounds, stateful_step_count=STEPS, deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=settings().derandomize and rounds == 1,
            ),
        )  # fmt: skip
