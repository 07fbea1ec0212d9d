"""How each step of a procedure stands on the path taken, in words."""

from __future__ import annotations

from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import Procedure

HERE, DONE, FIRST, NEXT, MAY, STOP, LEFT, OFF = (
    "you are here", "done", "asked next", "may come next", "may come", "only after STOP",
    "answered, no longer on this way", "not on this way",
)  # fmt: skip


def describe_standing(procedure: Procedure, state: engine.FlowState) -> dict[str, str]:
    """Return how each step stands, in words."""
    path = engine.steps_on_path(procedure, state)
    frozen = engine.case_facts(procedure, state).frozen
    barred = {step.id for step in procedure.steps if step.is_capture and frozen}
    ahead = graph.find_reachable_ids(procedure, path[-1], without=barred)
    after = graph.find_reachable_ids(procedure, procedure.after_stop)
    soon = graph.follower_ids(procedure.get_step(path[-1]))
    standing = {}
    for step in procedure.steps:
        given = state.answer_to_step(step.id)
        if step.id == state.at:
            word = HERE
        elif step.id in path:
            word = DONE if given else FIRST
        elif step.id in ahead:
            word = NEXT if step.id in soon and state.at == path[-1] else MAY
        elif given is not None:
            word = LEFT
        else:
            word = STOP if step.id in after and not state.stopped else OFF
        standing[step.id] = word
    return standing
