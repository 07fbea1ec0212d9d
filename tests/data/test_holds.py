"""Freezes stick; releases are one item at a time, with a reference."""

from __future__ import annotations

import pytest

from esafety_tui.data.holds import Hold, Holds
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.errors import BadInput, Tampered

X, Y, Z = "1" * 64, "2" * 64, "3" * 64


def test_freeze_sticks_and_release_is_one_by_one() -> None:
    holds = Holds()
    holds.apply_hold(Hold("i", "freeze", (X, Y)))
    holds.apply_hold(Hold("i", "release", (X,)))
    assert (holds.frozen, holds.blobs, holds.released) == ({"i"}, {Y}, {X})
    holds.apply_hold(Hold("i", "release", (Y,)))
    assert holds.frozen == {"i"}, "an incident never thaws"


def test_a_second_freeze_takes_a_release_back() -> None:
    holds = Holds()
    holds.apply_hold(Hold("i", "freeze", (X,)))
    holds.apply_hold(Hold("i", "release", (X,)))
    holds.apply_hold(Hold("i", "freeze", (X, Z)))
    assert (holds.blobs, holds.released) == ({X, Z}, set())


@pytest.mark.parametrize(
    ("act", "blobs"), [("release", (X, Y)), ("release", ()), ("thaw", (X,)), ("", ())]
)
def test_unlawful_holds_cannot_be_made(act: str, blobs: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        Hold("i", act, blobs)


def test_round_trip_and_strict_reading() -> None:
    hold = Hold("i", "release", (X,))
    assert Hold.parse_hold(hold.to_bytes()) == hold
    unlawful = canonical_bytes(
        {"v": 1, "inc": "i", "act": "release", "blobs": [X, Y], "reference": "P"}
    )
    for bad in (unlawful, b"{}", b"[]", b"x", hold.to_bytes() + b" "):
        with pytest.raises(Tampered):
            Hold.parse_hold(bad)
