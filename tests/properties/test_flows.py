"""Any order of answers, back, stop and resume: never an exception, never a forbidden capture."""

from hypothesis import given, settings
from hypothesis import strategies as st

from esafety_tui.flows import engine
from esafety_tui.flows.effects import may_capture
from esafety_tui.flows.load import load_procedure, shipped
from esafety_tui.flows.model import Kind, Problem, Procedure
from tests.flows.ways import good_answer

PROCEDURES = [load_procedure(name) for name in shipped()]
MOVE = st.tuples(
    st.sampled_from(["answer"] * 12 + ["back", "back", "change", "stop", "resume", "junk"]),
    st.integers(0, 40),
)


def checked(procedure: Procedure, state: engine.State) -> None:
    """What holds in every state."""
    way = engine.path(procedure, state)
    step = engine.current(procedure, state)
    assert step.id in way
    assert len(set(way)) == len(way)
    known = engine.case_facts(procedure, state)
    if step.captures and state.answer_to(step.id) is None:
        assert may_capture(known, "url") is None
        assert known.incident_class in step.classes
    if state.stopped:
        assert known.frozen
    engine.progress(procedure, state)
    assert len(state.answers) + len(state.history) == sum(
        1 for event in state.log if hasattr(event, "step")
    )


def play(
    procedure: Procedure, state: engine.State, move: str, number: int
) -> engine.State | Problem:
    """Return what one move makes of the state."""
    if move == "stop":
        return engine.stop(procedure, state)
    if move == "resume":
        return engine.replay(procedure, state.log)
    if move == "junk":
        return engine.answer(procedure, state, state.at, {"option": str(number), "x": ["y"]})
    if move == "back":
        before = engine.back(procedure, state)
        draft = before.draft(before.at)
        if before.at != state.at:
            again = engine.answer(procedure, before, before.at, draft)
            assert again == state
        return before
    way = engine.path(procedure, state)
    step = procedure.step(way[number % len(way)] if move == "change" else state.at)
    option = step.options[number % len(step.options)].key if step.options else ""
    values = dict(good_answer(step, option))
    if step.kind is Kind.WORDS and number % 3 == 0:
        values[step.fields[0].name] = f"Other words {number}"
    return engine.answer(procedure, state, step.id, values, "We know more." * (number % 5 > 0))


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(PROCEDURES), st.lists(MOVE, max_size=60))
def test_random_walks(procedure: Procedure, moves: list[tuple[str, int]]) -> None:
    state = engine.start(procedure)
    frozen = False
    for move, number in moves:
        after = play(procedure, state, move, number)
        if isinstance(after, Problem):
            assert after.text
            continue
        assert after.log[: len(state.log)] == state.log
        state = after
        checked(procedure, state)
        now_frozen = engine.case_facts(procedure, state).frozen
        assert now_frozen or not frozen
        frozen = now_frozen
    resumed = engine.replay(procedure, state.log)
    assert (resumed.answers, resumed.history) == (state.answers, state.history)
    assert engine.path(procedure, resumed) == engine.path(procedure, state)
    if not moves or moves[-1][0] not in {"back"}:
        assert engine.replay(procedure, resumed.log) == resumed


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PROCEDURES), st.lists(st.integers(0, 40), max_size=30))
def test_resume_ends_on_the_very_same_step(procedure: Procedure, numbers: list[int]) -> None:
    state = engine.start(procedure)
    for number in numbers:
        after = play(procedure, state, "answer", number)
        state = state if isinstance(after, Problem) else after
    assert engine.replay(procedure, state.log) == state
