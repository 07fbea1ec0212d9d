"""Places the boxes of a flowchart in layers, from top to bottom. Pure geometry, in pixels.

Rule: boxes never overlap, and a line between two layers runs where no box is. A box is as far down
as its longest path; a line that passes a layer gets a place of its own in it. Within a layer
boxes are ordered by the mean place of their neighbours (Sugiyama, Tagawa, Toda 1981). It knows
nothing of procedures or of how anything is painted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SIDE_GAP = 24.0
LAYER_GAP = 40.0
MARGIN = 24.0
THREAD_WIDTH = 8.0
"""Width of the place of a line that passes a layer."""
SWEEPS = 16
PORT_GAP = 12.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box: left upper corner and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Horizontal middle."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """Boxes by name; for each arrow its points; the size of the whole.

    Points come in pairs: within a pair the line runs straight down, between pairs it swings across
    the free space between two layers.
    """

    boxes: Mapping[str, PlacedBox]
    lines: Mapping[tuple[str, str], tuple[Point, ...]]
    width: float
    height: float


def layout_in_layers(
    sizes: Mapping[str, tuple[float, float]], arrows: Sequence[tuple[str, str]]
) -> GraphLayout:
    """Return the layout of boxes of ``sizes``; ``arrows`` never form a cycle.

    The order of ``sizes`` is a reading order, each box after those that lead to it.
    """
    layer = _assign_layers(sizes, arrows)
    widths = {name: width for name, (width, _) in sizes.items()}
    chains: dict[tuple[str, str], list[str]] = {}
    rows: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name in sizes:
        rows[layer[name]].append(name)
    for number, (source, target) in enumerate(arrows):
        threads = [f"{number}|{at}" for at in range(layer[source] + 1, layer[target])]
        for at, thread in enumerate(threads, layer[source] + 1):
            widths[thread] = THREAD_WIDTH
            rows[at].append(thread)
        chains[source, target] = [source, *threads, target]
    up, down = _find_neighbours(widths, chains.values())
    _reduce_crossings(rows, up, down)
    middle = _find_middles(rows, widths, up, down)
    return _place_boxes(rows, sizes, chains, middle)


def _assign_layers(sizes: Iterable[str], arrows: Sequence[tuple[str, str]]) -> dict[str, int]:
    parents: dict[str, list[str]] = {}
    for source, target in arrows:
        parents.setdefault(target, []).append(source)
    layer: dict[str, int] = {}
    for name in sizes:
        layer[name] = max((layer[parent] + 1 for parent in parents.get(name, ())), default=0)
    return layer


def _find_neighbours(
    names: Iterable[str], chains: Iterable[Sequence[str]]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    up: dict[str, list[str]] = {name: [] for name in names}
    down: dict[str, list[str]] = {name: [] for name in up}
    for chain in chains:
        for upper, lower in pairwise(chain):
            down[upper].append(lower)
            up[lower].append(upper)
    return up, down


def _reduce_crossings(
    rows: list[list[str]], up: Mapping[str, list[str]], down: Mapping[str, list[str]]
) -> None:
    """Order each row by its neighbours, down and up; keep the order that crosses least."""
    best, fewest = [list(row) for row in rows], _count_crossings(rows, down)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        near = up if downwards else down
        order = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
        for at in order:
            beside = rows[at - 1 if downwards else at + 1]
            place = {name: number for number, name in enumerate(beside)}
            own = {name: number for number, name in enumerate(rows[at])}
            rows[at].sort(key=_mean_place_key(near, place, own))
        crossed = _count_crossings(rows, down)
        if crossed < fewest:
            best, fewest = [list(row) for row in rows], crossed
    rows[:] = best


def _mean_place_key(
    near: Mapping[str, list[str]], place: Mapping[str, int], own: Mapping[str, int]
) -> Callable[[str], float]:
    def key(name: str) -> float:
        found = [place[other] for other in near[name]]
        return sum(found) / len(found) if found else own[name]

    return key


def _count_crossings(rows: Sequence[Sequence[str]], down: Mapping[str, list[str]]) -> int:
    crossed = 0
    for upper, lower in pairwise(rows):
        place = {name: number for number, name in enumerate(lower)}
        ends: list[int] = []
        for name in upper:
            for end in sorted(place[other] for other in down[name]):
                crossed += sum(1 for earlier in ends if earlier > end)
                ends.append(end)
    return crossed


def _find_middles(
    rows: Sequence[Sequence[str]],
    widths: Mapping[str, float],
    up: Mapping[str, list[str]],
    down: Mapping[str, list[str]],
) -> dict[str, float]:
    """Return the horizontal middle of everything, near its neighbours and never overlapping."""
    middle: dict[str, float] = {}
    for row in rows:
        for name, at in zip(row, _space_apart([0.0] * len(row), row, widths), strict=True):
            middle[name] = at
    for sweep in range(SWEEPS + 1):
        ways = [up, down] if sweep == SWEEPS else [up] if sweep % 2 == 0 else [down]
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = []
            for name in row:
                near = [middle[other] for way in ways for other in way[name]]
                wanted.append(sum(near) / len(near) if near else middle[name])
            for name, at in zip(row, _space_apart(wanted, row, widths), strict=True):
                middle[name] = at
    return middle


def _space_apart(
    wanted: Sequence[float], row: Sequence[str], widths: Mapping[str, float]
) -> list[float]:
    """Return places as near as possible to ``wanted``, in order and far enough apart.

    Least squares by pooling adjacent violators; a line that passes counts more than a box, so that
    long lines run straight.
    """
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (widths[left] + widths[right]) / 2 + SIDE_GAP)
    pools: list[list[float]] = []  # sum of weights, weighted sum, how many
    for name, place, offset in zip(row, wanted, offsets, strict=True):
        weight = 4.0 if "|" in name else 1.0
        pools.append([weight, weight * (place - offset), 1])
        while len(pools) > 1 and pools[-2][1] / pools[-2][0] > pools[-1][1] / pools[-1][0]:
            weight, total, many = pools.pop()
            pools[-1] = [pools[-1][0] + weight, pools[-1][1] + total, pools[-1][2] + many]
    level = [total / weight for weight, total, many in pools for _ in range(int(many))]
    return [at + offset for at, offset in zip(level, offsets, strict=True)]


def _place_boxes(
    rows: Sequence[Sequence[str]],
    sizes: Mapping[str, tuple[float, float]],
    chains: Mapping[tuple[str, str], Sequence[str]],
    middle: Mapping[str, float],
) -> GraphLayout:
    left = (
        min(at - sizes.get(name, (THREAD_WIDTH, 0))[0] / 2 for name, at in middle.items()) - MARGIN
    )
    at = {name: place - left for name, place in middle.items()}
    boxes: dict[str, PlacedBox] = {}
    spans: dict[str, tuple[float, float]] = {}
    top = MARGIN
    for row in rows:
        tall = max((sizes[name][1] for name in row if name in sizes), default=0.0)
        for name in row:
            spans[name] = (top, top + tall)
            if name in sizes:
                width, height = sizes[name]
                boxes[name] = PlacedBox(at[name] - width / 2, top, width, height)
        top += tall + LAYER_GAP
    lines = _route_lines(chains, boxes, spans, at)
    right = max(box.x + box.width for box in boxes.values())
    threads = [x for line in lines.values() for x, _ in line]
    return GraphLayout(boxes, lines, max([right, *threads]) + MARGIN, top - LAYER_GAP + MARGIN)


def _route_lines(
    chains: Mapping[tuple[str, str], Sequence[str]],
    boxes: Mapping[str, PlacedBox],
    spans: Mapping[str, tuple[float, float]],
    at: Mapping[str, float],
) -> dict[tuple[str, str], tuple[Point, ...]]:
    leaves = _spread_ports(
        boxes, at, [(chain[0], chain[1], ends) for ends, chain in chains.items()]
    )
    comes = _spread_ports(
        boxes, at, [(chain[-1], chain[-2], ends) for ends, chain in chains.items()]
    )
    lines: dict[tuple[str, str], tuple[Point, ...]] = {}
    for ends, chain in chains.items():
        source, target = boxes[chain[0]], boxes[chain[-1]]
        points = [(leaves[ends], source.y + source.height), (leaves[ends], spans[chain[0]][1])]
        for thread in chain[1:-1]:
            points += [(at[thread], spans[thread][0]), (at[thread], spans[thread][1])]
        lines[ends] = (*points, (comes[ends], target.y), (comes[ends], target.y))
    return lines


def _spread_ports(
    boxes: Mapping[str, PlacedBox],
    at: Mapping[str, float],
    touching: Iterable[tuple[str, str, tuple[str, str]]],
) -> dict[tuple[str, str], float]:
    """Return where each arrow touches its box: side by side, in the order of where they run."""
    by_box: dict[str, list[tuple[float, tuple[str, str]]]] = {}
    for box, beside, ends in touching:
        by_box.setdefault(box, []).append((at[beside], ends))
    ports: dict[tuple[str, str], float] = {}
    for name, found in by_box.items():
        room = min(PORT_GAP, boxes[name].width * 0.6 / len(found))
        for number, (_, ends) in enumerate(sorted(found)):
            ports[ends] = boxes[name].middle + (number - (len(found) - 1) / 2) * room
    return ports
