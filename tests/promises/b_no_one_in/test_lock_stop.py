"""STOP while it is locked, and everything at once: it is written, and no key stays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.access import stop_notes
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.kernel.clock import format_stamp
from esafety_tui.kernel.errors import (
    EvidenceError,
    Refused,
)
from tests.casework.support import Practice, real_png
from tests.promises.b_no_one_in import keys_left
from tests.promises.b_no_one_in.locked import WORDS, back, enter, quiet


def test_stop_behind_the_lock_is_written_first_of_all(
    desk: Desk, capture: str, real: Practice, tmp_path: Path
) -> None:
    """Without a key nothing is signed: it says so, and one passphrase writes it down."""
    inc = capture
    picture = tmp_path / "a.png"
    picture.write_bytes(real_png())
    desk.add_file(inc, picture, "words", "made here", quiet)
    desk.lock()
    with pytest.raises(Refused, match="locked"):
        desk.stop(inc)
    told = desk.reopen(real.ids["CD"], real.words["CD"])
    assert told.stopped is not None and told.stopped.inc == inc
    assert desk.tick(inc, 1, "").seq > told.stopped.receipt.seq
    back(desk, real, "AB")
    case = desk.case(inc)
    assert case.frozen and case.items[0].frozen


def test_stop_behind_the_lock_is_not_lost_by_signing_out(
    desk: Desk, inc: str, real: Practice
) -> None:
    """Whoever signs in next, in this program, writes it down."""
    desk.lock()
    with pytest.raises(Refused):
        desk.stop(inc)
    desk.sign_out()
    desk.unlock(real.ids["EF"], real.words["EF"], None, None, ())
    desk.sign_out()
    enter(desk, real)
    assert desk.case(inc).frozen


def test_stop_behind_the_lock_is_not_lost_with_the_program(
    desk: Desk, inc: str, real: Practice, tmp_path: Path
) -> None:
    """The note on the disk is written down by whoever signs in next, once and no more."""
    desk.lock()
    with pytest.raises(Refused, match="noted on the disk"):
        desk.stop(inc)
    note = real.folder / stop_notes.FILE
    kept = note.read_bytes()
    assert inc.encode() not in kept
    desk.close()
    again = Desk(real.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    told = again.unlock(real.ids["EF"], real.words["EF"], None, None, ())
    assert told.stopped is not None and told.stopped.inc == inc and not note.exists()
    again.sign_out()
    for put_back in (kept, b"not a note"):
        note.write_bytes(put_back)
        assert again.unlock(real.ids["EF"], real.words["EF"], None, None, ()).stopped is None
        again.sign_out()
    again.close()


def test_a_restricted_incident_is_stopped_when_both_are_back(desk: Desk, real: Practice) -> None:
    """One alone may not write there: a new incident is frozen, and this one by the pair."""
    inc = desk.open_incident((real.ids["EF"],), "", words_only=False).inc
    desk.lock()
    with pytest.raises(Refused):
        desk.stop(inc)
    alone = desk.reopen(real.ids["AB"], real.words["AB"]).stopped
    assert alone is not None and alone.inc != inc
    both = desk.reopen(real.ids["CD"], real.words["CD"]).stopped
    assert both is not None and both.inc == inc
    assert desk.case(inc).frozen


def together(*calls: Callable[[], object]) -> list[Exception]:
    """Call all of them at once; return what they raised."""
    errors, ready = list[Exception](), threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        ready.wait(30)
        try:
            call()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return errors


def test_two_come_back_at_once(desk: Desk, inc: str, real: Practice) -> None:
    desk.lock()
    assert not together(lambda: back(desk, real, "AB"), lambda: back(desk, real, "CD"))
    assert desk.case(inc).readable and not desk.state().away


def test_the_lock_and_stop_and_coming_back_at_once(desk: Desk, inc: str, real: Practice) -> None:
    """However they fall: no key stays behind a lock, and STOP is written."""
    errors = together(
        desk.lock, lambda: desk.stop(inc), desk.lock, lambda: desk.note(inc, WORDS),
        lambda: back(desk, real, "AB"),
    )  # fmt: skip
    assert all(isinstance(error, EvidenceError) for error in errors), errors
    desk.lock()
    assert not keys_left.identities(keys_left.reachable(desk))
    for who in ("AB", "CD"):
        back(desk, real, who)
    assert desk.case(inc).frozen


@pytest.mark.parametrize("when", ["before it is kept", "after it is kept"])
def test_stop_while_somebody_is_coming_back_is_written(
    desk: Desk, inc: str, real: Practice, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """It began locked and ended open: whoever came back has not seen it, or has written it."""
    desk.lock()
    name = "format_stamp" if when.startswith("before") else "stop_notes.write_stop_note"
    where = f"esafety_tui.casework.desk.stops.{name}"
    kept = format_stamp if name == "format_stamp" else stop_notes.write_stop_note

    def first(*args: object) -> object:
        monkeypatch.setattr(where, kept)
        back(desk, real, "AB")
        return kept(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(where, first)
    stopped = desk.stop(inc)
    assert stopped.inc == inc and not desk.context.pressed_stops
    back(desk, real, "CD")
    case = desk.case(inc)
    assert case.frozen and len(desk.context.load_case(inc).records) > 1
    assert [r.type for r in desk.context.load_case(inc).records].count("stop") == 1
