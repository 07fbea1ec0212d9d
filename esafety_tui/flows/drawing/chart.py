"""A procedure in reading order: numbers, depth, joins, arrows, and which side is illegal. Pure.

Rule: every arrow leads to a higher number, so that it reads from top to bottom like the policy's
flowchart. A step is indented below the answer that alone leads to it; where paths meet again, the
step is placed where they parted. A step is on the illegal side if no path reaches it except by an
answer of class A, B or unsure, or by STOP. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import (
    ONE_OPTION_KINDS,
    IncidentClass,
    Option,
    Procedure,
    Step,
)

ILLEGAL_ROW = "a row that is illegal"
NO_REVIEW = "where the policy forbids a review"

_ROOT = ""
_LAWFUL_CLASSES = (None, IncidentClass.C)


@dataclass(frozen=True, slots=True)
class ChartArrow:
    """A way from one step to another. ``options``: the answers that take it, () for any.

    ``words`` describe a path that only a profile opens.
    """

    source: str
    target: str
    options: tuple[Option, ...] = ()
    words: str = ""

    @property
    def label_lines(self) -> tuple[str, ...]:
        """The lines written on it, one or more for each answer."""
        return tuple(o.label for o in self.options) or ((self.words,) if self.words else ())

    @property
    def is_lawful(self) -> bool:
        """True if some answer of class C, or of none, takes it."""
        plain = not self.options and self.words != ILLEGAL_ROW
        return plain or any(o.incident_class in _LAWFUL_CLASSES for o in self.options)


@dataclass(frozen=True, slots=True)
class ChartBox:
    """One step on the chart.

    Attributes:
        number: from 1, in reading order. depth: how many branchings it is nested in.
        joins: several steps lead here. illegal: see the rule of this module.
    """

    step: Step
    number: int
    depth: int
    joins: bool
    illegal: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The boxes in reading order, and the arrows between them in the order of their boxes."""

    boxes: tuple[ChartBox, ...]
    arrows: tuple[ChartArrow, ...]

    def step_numbers(self) -> Mapping[str, int]:
        """Return id to number."""
        return {box.step.id: box.number for box in self.boxes}


@lru_cache(maxsize=16)
def build_chart(procedure: Procedure) -> Chart:
    """Return the chart of a procedure without circles (``load`` refuses those)."""
    after = {step.id: graph.follower_ids(step) for step in procedure.steps}
    after[_ROOT] = _root_steps(procedure)
    order = _topological_order(after)
    above, parents = _immediate_dominators(after, order)
    lawful = _lawfully_reached(procedure, order)
    boxes: list[ChartBox] = []
    depths: dict[str, int] = {}
    for step_id in _outline_order(order, above):
        parent = above[step_id]
        alone = parent != _ROOT and len(after[parent]) > 1 and len(parents[step_id]) == 1
        depths[step_id] = depths.get(parent, 0) + alone
        joins = len([one for one in parents[step_id] if one != _ROOT]) > 1
        boxes.append(
            ChartBox(procedure.get_step(step_id), len(boxes) + 1, depths[step_id], joins,
                step_id not in lawful)
        )  # fmt: skip
    return Chart(tuple(boxes), tuple(a for box in boxes for a in arrows_from_step(box.step)))


def arrows_from_step(step: Step) -> tuple[ChartArrow, ...]:
    """Return the ways from a step: answers that lead to the same step share one."""
    ways: dict[str, list[Option]] = {}
    if step.kind in ONE_OPTION_KINDS:
        for option in step.options:
            ways.setdefault(option.next or step.next, []).append(option)
    found = [ChartArrow(step.id, target, tuple(options)) for target, options in ways.items()]
    if not ways and step.next:
        found.append(ChartArrow(step.id, step.next))
    if step.illegal_next:
        found.append(ChartArrow(step.id, step.illegal_next, words=ILLEGAL_ROW))
    avoid = (step.without_review, *(o.without_review for o in step.options))
    for target in dict.fromkeys(filter(None, avoid)):
        found.append(ChartArrow(step.id, target, words=NO_REVIEW))
    return tuple(found)


def _root_steps(procedure: Procedure) -> tuple[str, ...]:
    """Return where a way begins: at the first step, after STOP, and at steps nothing leads to."""
    roots = list(dict.fromkeys((procedure.first, procedure.after_stop)))
    seen = set().union(*(graph.find_reachable_ids(procedure, root) for root in roots))
    for step in procedure.steps:
        if step.id not in seen:
            roots.append(step.id)
            seen |= graph.find_reachable_ids(procedure, step.id)
    return tuple(roots)


def _topological_order(after: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all ids, followers after their step, ways in the order of their answers."""
    left: dict[str, None] = {}
    waiting = [(_ROOT, False)]
    while waiting:
        step_id, leaving = waiting.pop()
        if leaving:
            left[step_id] = None
        elif step_id not in left:
            waiting.append((step_id, True))
            waiting.extend((other, False) for other in after[step_id] if other not in left)
    return list(reversed(left))


def _immediate_dominators(
    after: Mapping[str, Sequence[str]], order: Sequence[str]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the nearest step on every way to each step (immediate dominator), and its parents.

    Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm"; one pass, as no circle is.
    """
    place = {step_id: number for number, step_id in enumerate(order)}
    parents: dict[str, list[str]] = {step_id: [] for step_id in order}
    for step_id in order:
        for other in after[step_id]:
            parents[other].append(step_id)
    above: dict[str, str] = {}
    for step_id in order[1:]:
        common = parents[step_id][0]
        for other in parents[step_id][1:]:
            while common != other:
                if place[common] > place[other]:
                    common = above[common]
                else:
                    other = above[other]
        above[step_id] = common
    return above, parents


def _outline_order(order: Sequence[str], above: Mapping[str, str]) -> list[str]:
    """Return the ids so that steps only one step leads to are together, right below it."""
    below: dict[str, list[str]] = {}
    for step_id in order[1:]:
        below.setdefault(above[step_id], []).append(step_id)
    listed: list[str] = []
    waiting = [_ROOT]
    while waiting:
        step_id = waiting.pop()
        listed.append(step_id)
        waiting.extend(reversed(below.get(step_id, ())))
    return listed[1:]


def _lawfully_reached(procedure: Procedure, order: Sequence[str]) -> set[str]:
    """Return the ids that some way reaches without an answer of class A, B or unsure."""
    found = {procedure.first} if procedure.opens_as in _LAWFUL_CLASSES else set()
    for step_id in order[1:]:
        if step_id in found:
            found.update(
                a.target for a in arrows_from_step(procedure.get_step(step_id)) if a.is_lawful
            )
    return found
