"""Comparing the clock: what is written down of it, at the door, at the end or for an incident."""

from __future__ import annotations

from collections.abc import Mapping

from esafety_tui.guide.ports import Act

LEFT_OUT = "left out"


def place_at_leaving(inc: str) -> dict[str, str]:
    """Return the values that name the incident that is left, none where none is at work."""
    return {"inc": inc, "leaving": "yes"} if inc else {}


def record_comparison(source: str, trusted: str, place: Mapping[str, str]) -> Act:
    """Return the act of comparing with the clock ``source``, which shows ``trusted``."""
    return Act("clock", {"source": source, "trusted": trusted, **place})


def record_no_comparison(reason: str, place: Mapping[str, str]) -> Act:
    """Return the act of not comparing the clock, and why."""
    return Act("noclock", {"reason": reason or LEFT_OUT, **place})
