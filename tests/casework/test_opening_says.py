"""What is found on opening an incident is said to the people who open it."""

from __future__ import annotations

from pathlib import Path

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident import stop
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from tests.casework.support import Practice


def test_a_freeze_taken_out_of_the_database_is_said_once(
    practice: Practice, tmp_path: Path
) -> None:
    case = practice.case()
    stop.record_stop(case)
    practice.close()
    practice.sql("DELETE FROM hold")
    desk = Desk(practice.folder, SystemClock(), FLOOR, tmp_path)
    ids, words = practice.ids, practice.words
    desk.unlock(ids["AB"], words["AB"], ids["CD"], words["CD"], ())
    said = desk.case(case.inc)
    assert said.frozen and any("freeze was removed" in w for w in said.warnings)
    assert desk.case(case.inc).warnings == ()
    desk.close()
