"""Paired rounds: every contestant runs once a round, ratios are taken inside a round.

Times on a shared machine drift by a third; the median of per-round ratios does not. It judges
nothing: a ratio beyond its goal is printed, and that is all.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Mapping

Timing = Callable[[], float]


def rounds() -> int:
    """Return how many rounds to run (BENCH_ROUNDS, default 7)."""
    return int(os.environ.get("BENCH_ROUNDS", "7"))


def sized(name: str, default: int) -> int:
    """Return a size that the environment may set smaller, for instance BENCH_MIB."""
    return int(os.environ.get(name, str(default)))


def load() -> str:
    """Return how busy the machine was in the last minute, where the system says so."""
    try:
        return f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores"
    except (AttributeError, OSError):
        return f"load not known on {os.cpu_count()} cores"


def paired(contestants: Mapping[str, Timing]) -> dict[str, list[float]]:
    """Run every contestant once a round; return seconds by name, one a round.

    The first contestant to run changes from round to round, so that nobody always gets a warm
    cache. One round before the first is thrown away.
    """
    names = list(contestants)
    for name in names:
        contestants[name]()
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds()):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            times[name].append(contestants[name]())
    return times


def report(
    title: str, times: Mapping[str, list[float]], ours: str, goals: Mapping[str, str]
) -> None:
    """Print one row: medians, then the ratio of ``ours`` to every peer beside its goal."""
    print(f"\n{title}  ({load()}, {rounds()} rounds)")
    for name, values in sorted(times.items(), key=lambda item: statistics.median(item[1])):
        print(f"  {name:<46} {_shown(statistics.median(values))}")
    for name, values in times.items():
        if name == ours:
            continue
        ratio = statistics.median(a / b for a, b in zip(times[ours], values, strict=True))
        goal = f"   goal {goals[name]}" if name in goals else ""
        print(f"  {ours} / {name}: {ratio:.2f}{goal}")


def absent(what: str) -> None:
    """Say that a peer is not installed."""
    print(f"  not installed here, left out: {what}")


def _shown(seconds: float) -> str:
    if seconds < 0.001:
        return f"{seconds * 1e6:8.0f} us"
    return f"{seconds * 1000:8.1f} ms" if seconds < 1 else f"{seconds:8.2f} s"
