"""The session notices what the clock does: once each, before the next record, never before STOP."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import signed_form
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.data import platform
from esafety_tui.kernel.clock import format_stamp, parse_stamp
from esafety_tui.kernel.errors import VaultError
from esafety_tui.kernel.timeline import find_clock_events
from tests.casework.hands import Hands, found, hands, of_vault, sign_in
from tests.casework.support import Practice

HOUR = 3_600_000


@pytest.fixture
def clock() -> Hands:
    return hands()


def test_sleep_is_sealed_before_the_next_record_and_once(practice: Practice, clock: Hands) -> None:
    case = opening.open_new_incident(sign_in(practice, clock))
    capture.record_note(case, "told: before")
    since = clock.wall
    clock.run(HOUR, asleep=True)
    capture.record_note(case, "told: after")
    clock.run(60_000)
    capture.record_note(case, "told: long after")
    assert [r.type for r in case.records] == [
        "incident.opened", "note", "clock.checked", "note", "note"
    ]  # fmt: skip
    slept = case.records[2]
    assert (slept.field_text("found"), slept.fields["milliseconds"]) == ("sleep", HOUR)
    assert parse_stamp(slept.field_text("since")) == parse_stamp(format_stamp(since))
    assert "slept for 1 h 0 min in all" in slept.field_text("text")
    assert slept.fields["entry"] == case.records[1].seq
    assert case.session.read_all(case.card)[2].fields == slept.fields
    assert [r.iseq for r in case.records] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("ms", "told"), [(2_000, []), (2_001, ["sleep"])])
def test_two_seconds_are_no_sleep(
    practice: Practice, clock: Hands, ms: int, told: list[str]
) -> None:
    case = opening.open_new_incident(sign_in(practice, clock))
    clock.run(ms, asleep=True)
    capture.record_note(case, "told: words")
    assert found(case.records) == told


def test_a_clock_that_cannot_tell_sleep_tells_none(practice: Practice, clock: Hands) -> None:
    clock.awake = -1
    case = opening.open_new_incident(sign_in(practice, clock))
    clock.mono += HOUR
    clock.set(HOUR)
    capture.record_note(case, "told: words")
    assert found(case.records) == []


@pytest.mark.parametrize(("ms", "kind"), [(-HOUR, "back"), (HOUR, "forward")])
def test_a_step_is_sealed_once_and_agrees_with_the_lines(
    practice: Practice, clock: Hands, ms: int, kind: str
) -> None:
    case = opening.open_new_incident(sign_in(practice, clock))
    clock.run(5_000)
    clock.set(ms)
    for words in ("told: one", "told: two"):
        clock.run(1_000)
        capture.record_note(case, words)
    assert found(case.records) == [kind]
    lines = [x for x in case.session.store.lines if x.seq >= case.records[0].seq]
    (seen,) = find_clock_events(lines)
    sealed = case.records[1]
    assert (seen.kind, seen.ms, seen.text) == (
        kind, sealed.fields["milliseconds"], sealed.field_text("text")
    )  # fmt: skip
    assert seen.after == sealed.seq


def test_sleep_and_step_and_drift_are_told_apart(practice: Practice, clock: Hands) -> None:
    case = opening.open_new_incident(sign_in(practice, clock))
    clock.run(HOUR, asleep=True)
    clock.set(-10_000)
    capture.record_note(case, "told: words")
    for _ in range(7):
        clock.run(20 * HOUR)
        clock.set(800)
        capture.record_note(case, "told: words")
    assert found(case.records) == ["sleep", "back", "drift"]


def test_a_restart_and_a_clock_put_back_meanwhile_are_said_at_the_door(
    practice: Practice, clock: Hands
) -> None:
    session = sign_in(practice, clock)
    assert session.warnings == []
    practice.close()
    clock.restart()
    clock.run(HOUR)
    session = sign_in(practice, clock)
    assert session.warnings == [] and found(of_vault(session))[-1] == "reboot"
    told = len(of_vault(session))
    practice.close()
    clock.restart()
    clock.set(-24 * HOUR)
    session = sign_in(practice, clock)
    assert found(of_vault(session))[told:] == ["reboot", "back"]
    assert [w for w in session.warnings if "went back by at least" in w]
    (opened,) = of_vault(session, "session.opened")[-1:]
    shown = [opened.fields[k] for k in ("clock", "running", "awake", "designated", "computer")]
    assert shown == [format_stamp(clock.wall), clock.mono, clock.awake, True, "PC 1"]


def test_a_lone_officer_is_noticed_too_and_the_pair_reads_it(
    practice: Practice, clock: Hands
) -> None:
    case = opening.open_new_incident(sign_in(practice, clock, "EF"))
    capture.record_note(case, "told: words")
    practice.close()
    case = opening.reopen_incident(sign_in(practice, clock, "EF"), case.inc)
    clock.run(HOUR, asleep=True)
    capture.record_note(case, "told: more")
    assert not case.is_fully_read
    practice.close()
    pair = opening.reopen_incident(sign_in(practice, clock), case.inc)
    assert found(pair.records) == ["sleep"] and pair.is_fully_read


def test_the_opening_of_an_incident_stays_its_first_record(
    practice: Practice, clock: Hands
) -> None:
    session = sign_in(practice, clock)
    clock.run(HOUR, asleep=True)
    case = opening.open_new_incident(session)
    assert [r.type for r in case.records] == ["incident.opened"]
    assert found(of_vault(session))[-1] == "sleep"


def test_stop_comes_first_and_the_clock_is_said_after(practice: Practice, clock: Hands) -> None:
    case = practice.case(sign_in(practice, clock))
    clock.run(HOUR, asleep=True)
    stop.record_stop(case)
    assert [r.type for r in case.records[-3:]] == ["stop", "clock.checked", "frozen"]


def test_what_could_not_be_sealed_is_noticed_again(practice: Practice, clock: Hands) -> None:
    case = opening.open_new_incident(sign_in(practice, clock))
    clock.run(HOUR, asleep=True)
    clock.set(-HOUR)
    practice.sql("CREATE TRIGGER no BEFORE INSERT ON rec BEGIN SELECT RAISE(FAIL, 'no'); END")
    with pytest.raises(VaultError):
        capture.record_note(case, "told: words")
    practice.sql("DROP TRIGGER no")
    capture.record_note(case, "told: words")
    assert found(case.records) == ["sleep", "back"]
    assert case.records[-1].field_text("text") == "told: words"


def test_what_the_store_wrote_itself_hides_no_step(practice: Practice, clock: Hands) -> None:
    case = practice.case(sign_in(practice, clock))
    clock.run(5_000)
    clock.set(-HOUR)
    reading = case.session.read_all(case.card)[-1]
    clock.run(1_000)
    capture.record_note(case, "told: words")
    (step,) = [r for r in case.session.read_all(case.card) if r.field_text("found") == "back"]
    assert step.fields["entry"] == reading.seq - 1
    clock.run(1_000)
    capture.record_note(case, "told: more")
    assert found(case.session.read_all(case.card)) == ["back"]


def test_a_case_file_opened_anew_has_each_record_once(practice: Practice, clock: Hands) -> None:
    session = sign_in(practice, clock)
    case = opening.open_new_incident(session)
    clock.run(HOUR, asleep=True)
    session.append_record("note", {"text": "written past the case file"}, case.card)
    again = opening.reopen_incident(session, case.inc)
    capture.record_note(again, "told: words")
    assert [r.iseq for r in again.records] == list(range(len(again.records)))
    assert found(again.records) == ["sleep"]


def test_the_form_holds_what_was_noticed_just_before_it(practice: Practice, clock: Hands) -> None:
    case = practice.case(sign_in(practice, clock))
    clock.run(HOUR, asleep=True)
    clock.set(-HOUR)
    view = signed_form.render_form(case, reason="not all is known yet").view
    (shown,) = view.clock_findings
    assert "put back by 1 h 0 min" in shown.text
    told = [e for e in view.chronology if e.what == "Clock: noticed by the program"]
    assert len(told) == 2 and "slept for 1 h" in told[0].detail
    assert view.clock.startswith("The clock was not compared")


def test_the_vaults_check_says_it_and_stays_sound(practice: Practice, clock: Hands) -> None:
    case = opening.open_new_incident(sign_in(practice, clock))
    clock.set(-HOUR)
    capture.record_note(case, "told: words")
    practice.close()
    (login,) = practice.logins("AB")
    said = audit_vault(practice.folder, login.officer_id, login.passphrase)
    assert [s for s in said if "put back by 1 h 0 min" in s]
    assert [s for s in said if s.startswith("ABOUT THE CLOCK.")]


@pytest.mark.posix
def test_the_real_clock_reads_three_hands() -> None:
    now = platform.SystemClock().read_clock()
    assert 0 < now.awake <= now.mono
    behind = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert now.boot == behind and os.name == "posix"
