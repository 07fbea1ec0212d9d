"""The engine: routes, change with a reason, back, stop, freeze, resume."""

import dataclasses

import pytest

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.effects import may_capture
from esafety_tui.flows.procedure.model import (
    Answer,
    IncidentClass,
    Kind,
    Problem,
    Procedure,
    Stopped,
    given_answer,
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
    way = engine.path(misuse, walk(misuse, choices))
    assert set(way) >= CAPTURES if captures else not CAPTURES & set(way)
    assert [step for step in way if step in passes] == passes
    assert way[:3] == ("reported", "danger", "triage")
    assert way[-4:] == ("review", "sign", "export", "end")


def test_a_lone_officer_writes_words_only(words_only: Procedure) -> None:
    state = walk(words_only, {})
    assert not any(words_only.step(s).captures for s in engine.path(words_only, state))
    assert may_capture(engine.case_facts(words_only, state), "url") is not None


def test_changing_needs_a_reason_and_keeps_the_old_answer(misuse: Procedure) -> None:
    state = walk(misuse, C, "urls")
    values = dict(good_answer(misuse.step("reported"))) | {"words": "told: Something else."}
    problem = engine.answer(misuse, state, "reported", values, "  ")
    assert isinstance(problem, Problem)
    assert problem.field == "reason"
    changed = put(misuse, state, "reported", values, "They rang again.")
    found = changed.answer_to("reported")
    assert found is not None
    assert (found.one("words"), found.reason) == ("told: Something else.", "They rang again.")
    assert [a.one("words") for a in changed.history] == ["told: Invented words."]
    assert changed.at == "urls"


def test_confirming_an_answer_unchanged_records_nothing_and_moves_on(misuse: Procedure) -> None:
    state = walk(misuse, C, "urls")
    back = engine.back(misuse, engine.back(misuse, state))
    assert back.at == "watched"
    on = put(misuse, back, "watched", back.draft("watched"))
    assert (on.at, on.log) == ("isolated", state.log)
    assert put(misuse, on, "isolated", on.draft("isolated")) == state


def test_back_never_loses_an_answer(misuse: Procedure) -> None:
    state = walk(misuse, C)
    first = state
    while first.at != "reported":
        first = engine.back(misuse, first)
    assert engine.back(misuse, first) == first
    assert first.log == state.log
    assert first.draft("reported")["by"] == "Iris Example"
    assert first.draft("nothing") == {}


def test_answers_off_the_way_are_kept_and_flagged(misuse: Procedure) -> None:
    state = walk(misuse, C, "findings")
    state = put(misuse, state, "triage", {"option": "2"}, "A threat was found.")
    assert state.at == "told-b"
    assert set(engine.unreached(misuse, state)) > {"urls", "files", "two-seniors"}
    state = walk(misuse, {"advice": "1"}, "findings", state)
    assert engine.unreached(misuse, state) == ("told-c",)


def test_after_a_change_review_and_signature_are_asked_again(misuse: Procedure) -> None:
    state = walk(misuse, C)
    state = put(
        misuse, state, "findings", {"saw": "saw: More than we thought."}, "We looked again."
    )
    assert state.at == "review"
    assert [a.step for a in state.history] == ["findings", "review", "sign", "export"]
    assert state.draft("sign") == {"done": "yes"}
    end = walk(misuse, {}, state=state)
    unsigned = put(misuse, end, "sign", {"done": "none", "why_none": "Ill."}, "Not here after all.")
    assert unsigned.at == "end"


@pytest.mark.parametrize("option", ["1", "3"])
def test_an_answer_changed_to_a_or_unsure_freezes_for_good(misuse: Procedure, option: str) -> None:
    state = walk(misuse, C, "files")
    assert may_capture(engine.case_facts(misuse, state), "file") is None
    state = put(misuse, state, "triage", {"option": option}, "We saw more.")
    known = engine.case_facts(misuse, state)
    assert known.frozen
    assert not known.stopped
    for other in ("2", "4"):
        problem = engine.answer(misuse, state, "triage", {"option": other}, "All is well.")
        assert isinstance(problem, Problem)
        assert "linked" in problem.text
    again = "1" if option == "3" else "3"
    state = put(misuse, state, "triage", {"option": again}, "We know more.")
    assert engine.case_facts(misuse, state).frozen
    way = engine.path(misuse, walk(misuse, {}, state=state))
    assert not CAPTURES & set(way)


def test_a_wait_whose_answer_made_it_a_does_not_thaw(misuse: Procedure) -> None:
    state = walk(misuse, {"triage": "2", "advice": "3"}, "secure")
    values = dict(good_answer(misuse.step("advice"), "1"))
    assert isinstance(engine.answer(misuse, state, "advice", values, "They rang."), Problem)


def test_once_frozen_every_other_way_to_a_capture_is_shut(misuse: Procedure) -> None:
    """B turned out to be A, then the first answer is changed to C: the way goes on in words."""
    state = walk(misuse, {"triage": "2", "advice": "3"}, "secure")
    state = put(misuse, state, "triage", {"option": "4"}, "We think otherwise.")
    way = engine.path(misuse, walk(misuse, {"staff": "2"}, state=state))
    assert {"two-seniors", "isolated", "secure"} <= set(way)
    assert not CAPTURES & set(way)


def test_later_advice_of_the_police_opens_capture(misuse: Procedure) -> None:
    state = walk(misuse, {"triage": "2", "advice": "4"}, "review")
    values = good_answer(misuse.step("advice"), "1")
    state = walk(misuse, {}, "urls", put(misuse, state, "advice", values, "They rang back."))
    assert may_capture(engine.case_facts(misuse, state), "url") is None
    values = good_answer(misuse.step("advice"), "2")
    state = put(misuse, state, "advice", values, "They changed it.")
    assert may_capture(engine.case_facts(misuse, state), "url") is not None
    assert state.at == "review"


@pytest.mark.parametrize("where", ["reported", "triage", "told-c", "urls", "files", "sign", "end"])
def test_stop_goes_on_in_words_only(misuse: Procedure, where: str) -> None:
    state = walk(misuse, C, where)
    stopped = engine.stop(misuse, state)
    assert stopped.at == "secure"
    assert stopped.stopped
    assert engine.stop(misuse, stopped) is stopped
    known = engine.case_facts(misuse, stopped)
    assert known.stopped
    assert known.frozen
    answered = {a.step for a in state.answers} & CAPTURES
    way = engine.path(misuse, walk(misuse, {}, state=stopped))
    assert CAPTURES & set(way) == answered
    assert way[-8:] == ("secure", "seen", "account", "answer", "review", "sign", "export", "end")


def test_a_capture_the_facts_refuse_is_never_current(misuse: Procedure) -> None:
    """Guards the diversion: a flowchart that forgets a gate still captures nothing."""
    steps = tuple(
        dataclasses.replace(step, gates=()) if step.id == "watched" else step
        for step in misuse.steps
    )
    leaky = dataclasses.replace(misuse, steps=steps, digest="0" * 64)
    assert not CAPTURES & set(engine.path(leaky, walk(leaky, C)))
    classes = tuple(
        dataclasses.replace(step, classes=(IncidentClass.B,)) if step.captures else step
        for step in misuse.steps
    )
    only_b = dataclasses.replace(misuse, steps=classes, digest="1" * 64)
    assert not CAPTURES & set(engine.path(only_b, walk(only_b, C)))


def test_resume_ends_on_the_same_step(misuse: Procedure) -> None:
    state = walk(misuse, C, "files")
    state = put(misuse, state, "danger", {"option": "3"}, "Not sure.")
    state = engine.stop(misuse, state)
    state = put(misuse, state, "secure", good_answer(misuse.step("secure")))
    assert engine.replay(misuse, state.log) == state
    assert [type(e) for e in state.log].count(Stopped) == 1


def test_foreign_records_are_refused(misuse: Procedure, words_only: Procedure) -> None:
    with pytest.raises(BadInput, match="another version"):
        engine.current(words_only, engine.start(misuse))
    for foreign in (
        given_answer("triage", {"option": "4"}),
        given_answer("reported", {"by": "x"}),
        given_answer("nowhere", {}),
    ):
        with pytest.raises(BadInput, match="does not fit"):
            engine.replay(misuse, [foreign])


def test_a_step_off_the_way_takes_no_answer(misuse: Procedure) -> None:
    problem = engine.answer(misuse, engine.start(misuse), "urls", {"done": "yes"})
    assert isinstance(problem, Problem)
    end = walk(misuse, C)
    assert isinstance(engine.answer(misuse, end, "end", {}), Problem)


def test_progress_counts_and_names_what_comes_next(misuse: Procedure) -> None:
    state = engine.start(misuse)
    assert engine.progress(misuse, state).number == 1
    state = walk(misuse, C, "triage")
    seen = engine.progress(misuse, state)
    assert (seen.number, seen.next_title) == (3, "who is told")
    end = engine.progress(misuse, walk(misuse, C))
    assert (end.number, end.about, end.next_title) == (19, 19, "")
    back = engine.progress(misuse, engine.back(misuse, walk(misuse, C)))
    assert (back.number, back.next_title) == (18, "the end")


def test_answers_are_read_only_and_quiet(misuse: Procedure) -> None:
    given = {"options": ["dsl"], "note": "Iris Example"}
    answer = given_answer("informed", given, "Because of Iris.")
    given["options"].append("head")  # type: ignore[attr-defined]
    assert answer.many("options") == ("dsl",)
    assert answer.many("note") == ()
    assert answer.one("options") == ""
    assert answer.plain() == {"options": ["dsl"], "note": "Iris Example"}
    assert "Iris" not in repr(answer)
    assert answer == given_answer("informed", answer.plain(), "Because of Iris.")
    assert len({answer, given_answer("informed", answer.plain(), "Because of Iris.")}) == 1
    with pytest.raises(TypeError):
        answer.values["x"] = "y"  # type: ignore[index]
    assert isinstance(answer, Answer)
    assert misuse.step("informed").kind is Kind.REFERRAL
    assert hash(misuse) == hash((misuse.digest, misuse.profile))


def test_what_is_known_of_the_way_never_differs_from_walking_it_anew(misuse: Procedure) -> None:
    """The way is kept with the state; a state of another fitting has to be walked anew."""
    state = walk(misuse, C, "files")
    anew = dataclasses.replace(state, _way=None)
    assert anew == state
    assert engine.path(misuse, anew) == engine.path(misuse, state)
    steps = tuple(
        dataclasses.replace(s, next="findings") if s.id == "isolated" else s for s in misuse.steps
    )
    other = dataclasses.replace(misuse, steps=steps, profile="1" * 64)
    assert "urls" not in engine.path(other, state)
    assert "urls" in engine.path(misuse, state)


def test_an_answer_at_a_thousand_steps_looks_at_a_handful(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer costs the same at the thousandth step as at the first; bench says how much."""
    procedure = long_procedure(1_000)
    state = walk(procedure, {}, "s990")
    seen: list[str] = []

    def counted(procedure: Procedure, answer: Answer) -> str:
        seen.append(answer.step)
        return following(procedure, answer)

    following = engine.following
    monkeypatch.setattr(engine, "following", counted)
    put(procedure, state, "s990", {"option": "2"})
    assert len(seen) < 5
    assert engine.replay(procedure, state.log) == state
