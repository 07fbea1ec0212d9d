"""Two STOPs at once, and a STOP while somebody signs out: one incident, or nobody is signed in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.guide.ports import StopResult
from esafety_tui.kernel.errors import Refused
from tests.casework.support import Practice


def stopped(desk: Desk, count: int, meanwhile: Callable[[], None]) -> list[StopResult | Refused]:
    """Press STOP ``count`` times while a verb runs, do ``meanwhile``, and return what came."""
    came: list[StopResult | Refused] = []

    def press() -> None:
        try:
            came.append(desk.stop(None))
        except Refused as error:
            came.append(error)

    threads = [threading.Thread(target=press) for _ in range(count)]
    with desk.context.mutex:
        for thread in threads:
            thread.start()
            thread.join(0.05)  # long enough to wait for its turn
        meanwhile()
    for thread in threads:
        thread.join(20)
    return came


def signed_in(practice: Practice, home: Path) -> Desk:
    """Return a desk with two officers signed in."""
    desk = Desk(practice.folder, SystemClock(), FLOOR, home / "sheets")
    first, second = (practice.ids[i] for i in ("AB", "CD"))
    desk.unlock(first, practice.words["AB"], second, practice.words["CD"], ())
    return desk


def test_two_stops_at_once_open_one_incident(practice: Practice, tmp_path: Path) -> None:
    desk = signed_in(practice, tmp_path)
    try:
        came = stopped(desk, 2, lambda: None)
        assert len({c.inc for c in came if isinstance(c, StopResult)}) == 1 == len(desk.incidents())
    finally:
        desk.close()


def test_a_stop_that_waited_while_they_signed_out_writes_nothing(
    practice: Practice, tmp_path: Path
) -> None:
    """The session was over and its vault let go; it was written to all the same."""
    desk = signed_in(practice, tmp_path)
    came = stopped(desk, 1, desk.sign_out)
    assert [type(c) for c in came] == [Refused]
