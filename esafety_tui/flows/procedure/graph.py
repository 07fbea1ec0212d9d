"""The flowchart as a graph without circles: what follows what, what can be reached.

Reads only; whether a graph is acceptable is decided by load (no circles, no missing steps) and
proof (the safety claims).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from esafety_tui.flows.procedure.model import Procedure, Step


def follower_ids(step: Step) -> tuple[str, ...]:
    """Return the ids that may follow a step, in the order of its options, each once.

    What a profile may bring counts, too: rows of a matrix, and the way without a review.
    """
    by_option = [option.next or step.next for option in step.options]
    every_option_leads_away = bool(step.options) and all(option.next for option in step.options)
    ids = by_option if every_option_leads_away else [*by_option, step.next]
    ids += [step.illegal_next, step.without_review, *(o.without_review for o in step.options)]
    return tuple(dict.fromkeys(step_id for step_id in ids if step_id))


def find_reachable_ids(
    procedure: Procedure, first: str, without: Collection[str] = ()
) -> frozenset[str]:
    """Return the ids reachable from ``first``, itself included, never entering ``without``."""
    seen: set[str] = set()
    waiting = [first]
    while waiting:
        step_id = waiting.pop()
        if step_id not in seen and step_id not in without:
            seen.add(step_id)
            waiting.extend(follower_ids(procedure.get_step(step_id)))
    return frozenset(seen)


@lru_cache(maxsize=64)
def cached_reachable_ids(procedure: Procedure, first: str) -> frozenset[str]:
    """Return :func:`find_reachable_ids` without exclusions, cached."""
    return find_reachable_ids(procedure, first)


def order_followers_first(procedure: Procedure) -> tuple[str, ...] | None:
    """Return all ids, followers before their step, or None if there is a circle.

    Iterative depth-first search: ten thousand steps in a row do not exhaust the stack.
    """
    done: dict[str, None] = {}
    open_: set[str] = set()
    for first in procedure.steps:
        waiting = [(first.id, False)]
        while waiting:
            step_id, leaving = waiting.pop()
            if leaving:
                open_.discard(step_id)
                done[step_id] = None
            elif step_id not in done:
                open_.add(step_id)
                waiting.append((step_id, True))
                later = follower_ids(procedure.get_step(step_id))
                if any(other in open_ for other in later):
                    return None
                waiting.extend((other, False) for other in later if other not in done)
    return tuple(done)


def find_cycle(procedure: Procedure) -> tuple[str, ...]:
    """Return the ids of steps that run in a circle, in their order; empty where none do."""
    if order_followers_first(procedure) is not None:
        return ()
    later = {step.id: set(follower_ids(step)) for step in procedure.steps}
    earlier: dict[str, list[str]] = {step_id: [] for step_id in later}
    for step_id, after in later.items():
        for other in after:
            earlier[other].append(step_id)
    leaves = [step_id for step_id, after in later.items() if not after]
    while leaves:
        leaf = leaves.pop()
        del later[leaf]
        for step_id in earlier[leaf]:
            later[step_id].discard(leaf)
            if not later[step_id]:
                leaves.append(step_id)
    way: dict[str, None] = {}
    here = next(iter(later))
    while here not in way:
        way[here] = None
        here = min(later[here])
    ids = list(way)
    return tuple(ids[ids.index(here) :])


@lru_cache(maxsize=64)
def _path_lengths(procedure: Procedure) -> dict[str, int]:
    lengths: dict[str, int] = {}
    for step_id in order_followers_first(procedure) or ():
        after = [lengths[other] for other in follower_ids(procedure.get_step(step_id))]
        lengths[step_id] = 1 + max(after, default=0)
    return lengths


def longest_path_length(procedure: Procedure, step_id: str) -> int:
    """Return the number of steps from ``step_id`` to the furthest end, itself included."""
    return _path_lengths(procedure)[step_id]
