"""Ways through a fitted procedure, walked with what a claim wants to know on arriving at a step.

A flowchart has more ways than anybody could list, so no way is listed. A claim names a small fact
and how a step changes it; each pair of a step and a fact is looked at once, and the first way that
led there is remembered as the witness. This holds for all ways, because what follows depends on
the pair alone. Answers are the best case for a capture: every gate confirmed, nothing left out.
Ways back, STOP and changed answers are the engine's; the claims enter STOP's way separately.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import ONE_OPTION_KINDS, Option, Procedure, Step, StepKind
from esafety_tui.flows.profile.profile import Profile

REPORTING_DUTIES = frozenset({"lado", "ico"})
"""Times within which a body outside the school has to be notified."""
_SHOWN_STEPS = 12
"""Steps of a witness that are printed."""

F = TypeVar("F", bound=Hashable)


class PathLeg(NamedTuple):
    """A step on a way and the option chosen there, None where none is chosen."""

    step: Step
    option: Option | None = None


ProofPath = tuple[PathLeg, ...]


class Breach(NamedTuple):
    """The place where a claim breaks, in words, and a path that leads there."""

    where: str
    path: ProofPath = ()


def choices_at_step(step: Step) -> Iterator[tuple[Option | None, str]]:
    """Yield each choice of a step with the id that follows; nothing at an end."""
    if step.kind in ONE_OPTION_KINDS:
        yield from ((option, option.next or step.next) for option in step.options)
    elif step.next:
        yield None, step.next


class ArrivalSearch(Generic[F]):
    """Every arrival: a step, and a fact that holds there on some way."""

    def __init__(
        self, procedure: Procedure, first: str, fact: F, after: Callable[[F, PathLeg], F]
    ) -> None:
        """Walk from ``first``, where ``fact`` holds; ``after`` is the fact a step leaves behind."""
        self._procedure = procedure
        self._came: dict[tuple[str, F], tuple[tuple[str, F], Option | None] | None]
        self._came = {(first, fact): None}
        waiting = deque(self._came)
        while waiting:
            here = waiting.popleft()
            step = procedure.get_step(here[0])
            for option, follower in choices_at_step(step):
                there = follower, after(here[1], PathLeg(step, option))
                if there not in self._came:
                    self._came[there] = here, option
                    waiting.append(there)

    def list_arrivals(self) -> Iterator[tuple[Step, F]]:
        """Yield every pair of a step and a fact, nearest first."""
        for step_id, fact in self._came:
            yield self._procedure.get_step(step_id), fact

    def path_to_arrival(self, step: Step, fact: F) -> ProofPath:
        """Return a shortest way that arrives at ``step`` with ``fact``."""
        found = [PathLeg(step)]
        before = self._came[step.id, fact]
        while before is not None:
            (step_id, earlier), option = before
            found.append(PathLeg(self._procedure.get_step(step_id), option))
            before = self._came[step_id, earlier]
        return tuple(reversed(found))


@dataclass(frozen=True, eq=False)
class ProofSubject:
    """The subject of a proof: a procedure fitted to a profile.

    ``others`` are the names of all procedures there are. ``whole`` is the procedure before it was
    fitted, with the steps this school never reaches; None where only the fitted one is known.
    """

    procedure: Procedure
    profile: Profile
    others: frozenset[str] = frozenset()
    whole: Procedure | None = None

    @property
    def entry_step_ids(self) -> tuple[str, str]:
        """The ids at which paths begin: the first step, and the step after STOP."""
        return self.procedure.first, self.procedure.after_stop

    @cached_property
    def capture_steps(self) -> tuple[Step, ...]:
        """Every step that captures."""
        return tuple(step for step in self.procedure.steps if step.is_capture)

    @cached_property
    def _preceding_ids(self) -> Mapping[str, tuple[str, ...]]:
        """For each id the ids that may lead straight to it."""
        found: dict[str, list[str]] = {step.id: [] for step in self.procedure.steps}
        for step in self.procedure.steps:
            for other in graph.follower_ids(step):
                found[other].append(step.id)
        return {step_id: tuple(ids) for step_id, ids in found.items()}

    @cached_property
    def _known_searches(self) -> dict[tuple[str, frozenset[str]], dict[str, str]]:
        """The searches of :meth:`find_path_avoiding`, so that many targets cost one."""
        return {}

    def steps_leading_to(
        self, targets: Iterable[str], closed: Collection[str] = ()
    ) -> frozenset[str]:
        """Return the ids from which one of ``targets`` can be reached, they themselves too.

        No path counts that enters one of ``closed``.
        """
        wanted = set(targets).difference(closed)
        return frozenset(_search_breadth_first(wanted, self._preceding_ids.__getitem__, closed))

    def find_path_avoiding(
        self, first: str, closed: Collection[str], target: str
    ) -> ProofPath | None:
        """Return a shortest path from ``first`` to ``target`` that enters none of ``closed``.

        None means that ``closed`` dominates ``target``: every path there passes one of them.
        """
        without = frozenset(closed)
        if (first, without) not in self._known_searches:
            self._known_searches[first, without] = _search_breadth_first(
                {first} - without,
                lambda step_id: graph.follower_ids(self.procedure.get_step(step_id)),
                without,
            )
        came_from = self._known_searches[first, without]
        if target not in came_from:
            return None
        ids = [target]
        while ids[-1] != first:
            ids.append(came_from[ids[-1]])
        ids.reverse()
        return tuple(
            self._leg_between(here, after) for here, after in zip(ids, [*ids[1:], ""], strict=True)
        )

    def _leg_between(self, here: str, after: str) -> PathLeg:
        step = self.procedure.get_step(here)
        return PathLeg(
            step, next((option for option, other in choices_at_step(step) if other == after), None)
        )


def _search_breadth_first(
    starts: Iterable[str], neighbours: Callable[[str], Iterable[str]], closed: Collection[str]
) -> dict[str, str]:
    """Return every id that is reached without entering ``closed``, with the id it came from.

    A start came from itself. Nearest first, so that following the ids back is a shortest path.
    """
    came_from = {start: start for start in sorted(starts)}
    waiting = deque(came_from)
    while waiting:
        here = waiting.popleft()
        for other in neighbours(here):
            if other not in came_from and other not in closed:
                came_from[other] = here
                waiting.append(other)
    return came_from


def count_paths(procedure: Procedure) -> int:
    """Return how many ways lead from the first step to an end, one option a question; exact.

    Raises ValueError if the steps run in a circle.
    """
    order = graph.order_followers_first(procedure)
    if order is None:
        raise ValueError("the steps run in a circle")
    ways: dict[str, int] = {}
    for step_id in order:
        step = procedure.get_step(step_id)
        ways[step_id] = sum(ways[follower] for _, follower in choices_at_step(step)) or int(
            step.kind is StepKind.END
        )
    return ways[procedure.first]


def guaranteed_on_paths(
    procedure: Procedure, brings: Callable[[Step], frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """Return for each id what ``brings`` gives on every way from there to the end, itself too.

    Raises ValueError if the steps run in a circle.
    """
    order = graph.order_followers_first(procedure)
    if order is None:
        raise ValueError("the steps run in a circle")
    found: dict[str, frozenset[str]] = {}
    for step_id in order:
        step = procedure.get_step(step_id)
        after = [found[follower] for _, follower in choices_at_step(step)]
        found[step_id] = brings(step) | (frozenset.intersection(*after) if after else frozenset())
    return found


def describe_path(way: ProofPath) -> str:
    """Return a way as step ids and what was chosen; the middle of a long one is left out."""
    said = [f"{leg.step.id} “{leg.option.label}”" if leg.option else leg.step.id for leg in way]
    if len(said) > _SHOWN_STEPS:
        said = [
            *said[: _SHOWN_STEPS // 2],
            f"({len(said) - _SHOWN_STEPS} more)",
            *said[-(_SHOWN_STEPS // 2) :],
        ]
    return " > ".join(said)
