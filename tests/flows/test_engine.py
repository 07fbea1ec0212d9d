"""The engine: routes, change with a reason, back, stop, freeze, resume."""

import dataclasses

import pytest

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.effects import capture_refusal
from esafety_tui.flows.procedure.model import (
    Answer,
    IncidentClass,
    Problem,
    Procedure,
    StepKind,
    StopEvent,
    build_answer,
)
from esafety_tui.kernel.errors import BadInput
from tests.flows.ways import good_answer, long_procedure, put, walk

C = {"triage": "4", "staff": "2"}
CAPTURES = {"urls", "files"}


@pytest.mark.parametrize(
    ("choices", "captures", "passes"),
    [
        ({"triage": "1"}, False, ["told-a", "secure", "seen", "account", "answer"]),
        ({"triage": "2", "advice": "1"}, True, ["told-b", "advice", "two-seniors", "isolated"]),
        ({"triage": "2", "advice": "2"}, False, ["told-b", "account-words"]),
        ({"triage": "2", "advice": "3"}, False, ["secure", "account"]),
        ({"triage": "2", "advice": "4"}, False, ["account-words"]),
        ({"triage": "3"}, False, ["told-unsure", "secure", "answer"]),
        (C, True, ["told-c", "two-seniors", "designated", "watched", "isolated", "action"]),
        (C | {"substance": "2"}, True, ["no-substance", "informed"]),
        (C | {"substance": "3"}, True, ["told-unsure", "secure", "account"]),
        ({"triage": "4", "staff": "1", "lado": "1"}, True, ["lado", "two-seniors"]),
        ({"triage": "4", "staff": "1", "lado": "2"}, False, ["lado", "account-words"]),
    ],
)
def test_routes(
    misuse: Procedure, choices: dict[str, str], captures: bool, passes: list[str]
) -> None:
    way = engine.steps_on_path(misuse, walk(misuse, choices))
    assert set(way) >= CAPTURES if captures else not CAPTURES & set(way)
    assert [step for step in way if step in passes] == passes
    assert way[:3] == ("reported", "danger", "triage")
    assert way[-4:] == ("review", "sign", "export", "end")


def test_a_lone_officer_writes_words_only(words_only: Procedure) -> None:
    state = walk(words_only, {})
    assert not any(
        words_only.get_step(s).is_capture for s in engine.steps_on_path(words_only, state)
    )
    assert capture_refusal(engine.case_facts(words_only, state), "url") is not None


def test_changing_needs_a_reason_and_keeps_the_old_answer(misuse: Procedure) -> None:
    state = walk(misuse, C, "urls")
    values = dict(good_answer(misuse.get_step("reported"))) | {"words": "told: Something else."}
    problem = engine.answer_step(misuse, state, "reported", values, "  ")
    assert isinstance(problem, Problem)
    assert problem.field == "reason"
    changed = put(misuse, state, "reported", values, "They rang again.")
    found = changed.answer_to_step("reported")
    assert found is not None
    assert (found.single_value("words"), found.reason) == (
        "told: Something else.",
        "They rang again.",
    )
    assert [a.single_value("words") for a in changed.history] == ["told: Invented words."]
    assert changed.at == "urls"


def test_confirming_an_answer_unchanged_records_nothing_and_moves_on(misuse: Procedure) -> None:
    state = walk(misuse, C, "urls")
    back = engine.step_back(misuse, engine.step_back(misuse, state))
    assert back.at == "watched"
    on = put(misuse, back, "watched", back.last_given_values("watched"))
    assert (on.at, on.log) == ("isolated", state.log)
    assert put(misuse, on, "isolated", on.last_given_values("isolated")) == state


def test_back_never_loses_an_answer(misuse: Procedure) -> None:
    state = walk(misuse, C)
    first = state
    while first.at != "reported":
        first = engine.step_back(misuse, first)
    assert engine.step_back(misuse, first) == first
    assert first.log == state.log
    assert first.last_given_values("reported")["by"] == "Iris Example"
    assert first.last_given_values("nothing") == {}


def test_answers_off_the_way_are_kept_and_flagged(misuse: Procedure) -> None:
    state = walk(misuse, C, "findings")
    state = put(misuse, state, "triage", {"option": "2"}, "A threat was found.")
    assert state.at == "told-b"
    assert set(engine.answered_off_path(misuse, state)) > {"urls", "files", "two-seniors"}
    state = walk(misuse, {"advice": "1"}, "findings", state)
    assert engine.answered_off_path(misuse, state) == ("told-c",)


def test_after_a_change_review_and_signature_are_asked_again(misuse: Procedure) -> None:
    state = walk(misuse, C)
    state = put(
        misuse, state, "findings", {"saw": "saw: More than we thought."}, "We looked again."
    )
    assert state.at == "review"
    assert [a.step for a in state.history] == ["findings", "review", "sign", "export"]
    assert state.last_given_values("sign") == {"done": "yes"}
    end = walk(misuse, {}, state=state)
    unsigned = put(misuse, end, "sign", {"done": "none", "why_none": "Ill."}, "Not here after all.")
    assert unsigned.at == "end"


@pytest.mark.parametrize("option", ["1", "3"])
def test_an_answer_changed_to_a_or_unsure_freezes_for_good(misuse: Procedure, option: str) -> None:
    state = walk(misuse, C, "files")
    assert capture_refusal(engine.case_facts(misuse, state), "file") is None
    state = put(misuse, state, "triage", {"option": option}, "We saw more.")
    known = engine.case_facts(misuse, state)
    assert known.frozen
    assert not known.stopped
    for other in ("2", "4"):
        problem = engine.answer_step(misuse, state, "triage", {"option": other}, "All is well.")
        assert isinstance(problem, Problem)
        assert "linked" in problem.text
    again = "1" if option == "3" else "3"
    state = put(misuse, state, "triage", {"option": again}, "We know more.")
    assert engine.case_facts(misuse, state).frozen
    way = engine.steps_on_path(misuse, walk(misuse, {}, state=state))
    assert not CAPTURES & set(way)


def test_a_wait_whose_answer_made_it_a_does_not_thaw(misuse: Procedure) -> None:
    state = walk(misuse, {"triage": "2", "advice": "3"}, "secure")
    values = dict(good_answer(misuse.get_step("advice"), "1"))
    assert isinstance(engine.answer_step(misuse, state, "advice", values, "They rang."), Problem)


def test_once_frozen_every_other_way_to_a_capture_is_shut(misuse: Procedure) -> None:
    """B turned out to be A, then the first answer is changed to C: the way goes on in words."""
    state = walk(misuse, {"triage": "2", "advice": "3"}, "secure")
    state = put(misuse, state, "triage", {"option": "4"}, "We think otherwise.")
    way = engine.steps_on_path(misuse, walk(misuse, {"staff": "2"}, state=state))
    assert {"two-seniors", "isolated", "secure"} <= set(way)
    assert not CAPTURES & set(way)


def test_later_advice_of_the_police_opens_capture(misuse: Procedure) -> None:
    state = walk(misuse, {"triage": "2", "advice": "4"}, "review")
    values = good_answer(misuse.get_step("advice"), "1")
    state = walk(misuse, {}, "urls", put(misuse, state, "advice", values, "They rang back."))
    assert capture_refusal(engine.case_facts(misuse, state), "url") is None
    values = good_answer(misuse.get_step("advice"), "2")
    state = put(misuse, state, "advice", values, "They changed it.")
    assert capture_refusal(engine.case_facts(misuse, state), "url") is not None
    assert state.at == "review"


@pytest.mark.parametrize("where", ["reported", "triage", "told-c", "urls", "files", "sign", "end"])
def test_stop_goes_on_in_words_only(misuse: Procedure, where: str) -> None:
    state = walk(misuse, C, where)
    stopped = engine.stop_procedure(misuse, state)
    assert stopped.at == "secure"
    assert stopped.stopped
    assert engine.stop_procedure(misuse, stopped) is stopped
    known = engine.case_facts(misuse, stopped)
    assert known.stopped
    assert known.frozen
    answered = {a.step for a in state.answers} & CAPTURES
    way = engine.steps_on_path(misuse, walk(misuse, {}, state=stopped))
    assert CAPTURES & set(way) == answered
    assert way[-8:] == ("secure", "seen", "account", "answer", "review", "sign", "export", "end")


def test_a_capture_the_facts_refuse_is_never_current(misuse: Procedure) -> None:
    """Guards the diversion: a flowchart that forgets a gate still captures nothing."""
    steps = tuple(
        dataclasses.replace(step, gates=()) if step.id == "watched" else step
        for step in misuse.steps
    )
    leaky = dataclasses.replace(misuse, steps=steps, digest="0" * 64)
    assert not CAPTURES & set(engine.steps_on_path(leaky, walk(leaky, C)))
    classes = tuple(
        dataclasses.replace(step, classes=(IncidentClass.B,)) if step.is_capture else step
        for step in misuse.steps
    )
    only_b = dataclasses.replace(misuse, steps=classes, digest="1" * 64)
    assert not CAPTURES & set(engine.steps_on_path(only_b, walk(only_b, C)))


def test_resume_ends_on_the_same_step(misuse: Procedure) -> None:
    state = walk(misuse, C, "files")
    state = put(misuse, state, "danger", {"option": "3"}, "Not sure.")
    state = engine.stop_procedure(misuse, state)
    state = put(misuse, state, "secure", good_answer(misuse.get_step("secure")))
    assert engine.replay_events(misuse, state.log) == state
    assert [type(e) for e in state.log].count(StopEvent) == 1


def test_foreign_records_are_refused(misuse: Procedure, words_only: Procedure) -> None:
    with pytest.raises(BadInput, match="another version"):
        engine.current_step(words_only, engine.start_procedure(misuse))
    for foreign in (
        build_answer("triage", {"option": "4"}),
        build_answer("reported", {"by": "x"}),
        build_answer("nowhere", {}),
    ):
        with pytest.raises(BadInput, match="does not fit"):
            engine.replay_events(misuse, [foreign])


def test_a_step_off_the_way_takes_no_answer(misuse: Procedure) -> None:
    problem = engine.answer_step(misuse, engine.start_procedure(misuse), "urls", {"done": "yes"})
    assert isinstance(problem, Problem)
    end = walk(misuse, C)
    assert isinstance(engine.answer_step(misuse, end, "end", {}), Problem)


def test_progress_counts_and_names_what_comes_next(misuse: Procedure) -> None:
    state = engine.start_procedure(misuse)
    assert engine.measure_progress(misuse, state).number == 1
    state = walk(misuse, C, "triage")
    seen = engine.measure_progress(misuse, state)
    assert (seen.number, seen.next_title) == (3, "who is told")
    end = engine.measure_progress(misuse, walk(misuse, C))
    assert (end.number, end.about, end.next_title) == (19, 19, "")
    back = engine.measure_progress(misuse, engine.step_back(misuse, walk(misuse, C)))
    assert (back.number, back.next_title) == (18, "the end")


def test_answers_are_read_only_and_quiet(misuse: Procedure) -> None:
    given = {"options": ["dsl"], "note": "Iris Example"}
    answer = build_answer("informed", given, "Because of Iris.")
    given["options"].append("head")  # type: ignore[attr-defined]
    assert answer.list_values("options") == ("dsl",)
    assert answer.list_values("note") == ()
    assert answer.single_value("options") == ""
    assert answer.to_json_values() == {"options": ["dsl"], "note": "Iris Example"}
    assert "Iris" not in repr(answer)
    assert answer == build_answer("informed", answer.to_json_values(), "Because of Iris.")
    assert len({answer, build_answer("informed", answer.to_json_values(), "Because of Iris.")}) == 1
    with pytest.raises(TypeError):
        answer.values["x"] = "y"  # type: ignore[index]
    assert isinstance(answer, Answer)
    assert misuse.get_step("informed").kind is StepKind.REFERRAL
    assert hash(misuse) == hash((misuse.digest, misuse.profile))


def test_what_is_known_of_the_way_never_differs_from_walking_it_anew(misuse: Procedure) -> None:
    """The way is kept with the state; a state of another fitting has to be walked anew."""
    state = walk(misuse, C, "files")
    anew = dataclasses.replace(state, _path_taken=None)
    assert anew == state
    assert engine.steps_on_path(misuse, anew) == engine.steps_on_path(misuse, state)
    steps = tuple(
        dataclasses.replace(s, next="findings") if s.id == "isolated" else s for s in misuse.steps
    )
    other = dataclasses.replace(misuse, steps=steps, profile="1" * 64)
    assert "urls" not in engine.steps_on_path(other, state)
    assert "urls" in engine.steps_on_path(misuse, state)


def test_an_answer_at_a_thousand_steps_looks_at_a_handful(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer costs the same at the thousandth step as at the first; bench says how much."""
    procedure = long_procedure(1_000)
    state = walk(procedure, {}, "s990")
    seen: list[str] = []

    def counted(procedure: Procedure, answer: Answer) -> str:
        seen.append(answer.step)
        return following(procedure, answer)

    following = engine.following_step_id
    monkeypatch.setattr(engine, "following_step_id", counted)
    put(procedure, state, "s990", {"option": "2"})
    assert len(seen) < 5
    assert engine.replay_events(procedure, state.log) == state
