"""An officer compares the clock: what may be typed, what is kept, what form and pack say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import evidence_pack, pack_source, readiness, signed_form
from esafety_tui.casework.incident import clock_check, opening
from esafety_tui.casework.inspection.verify_file import verify_any_file
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.errors import BadInput
from tests.casework.hands import Hands, of_vault, sign_in
from tests.casework.support import Practice

NOW = datetime(2026, 11, 21, 14, 7, 33, tzinfo=UTC)
HOUR = 3_600_000


def uk(text: str) -> datetime:
    """A UK time written with its day."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "typed", "meant", "error"),
    [
        ("2026-11-21 14:07:33", "14:07:30", "2026-11-21 14:07:30", 2),
        ("2026-11-21 14:07:33", " 14:07 ", "2026-11-21 14:07:30", 30),
        ("2026-11-22 00:00:05", "23:59:58", "2026-11-21 23:59:58", 2),
        ("2026-11-21 23:59:50", "00:01:00", "2026-11-22 00:01:00", 2),
        ("2026-07-01 14:07:33", "14:07:30", "2026-07-01 14:07:30", 2),
        ("2026-03-29 02:00:10", "01:30:00", "2026-03-30 01:30:00", 2),  # no 01:30 on the 29th
        ("2026-10-25 01:10:00", "01:10:00", "2026-10-25 01:10:00", 2),
    ],
)
def test_a_uk_time_is_that_of_the_nearest_day(now: str, typed: str, meant: str, error: int) -> None:
    assert clock_check.parse_uk_time(typed, uk(now)) == (uk(meant), error)


def test_the_hour_that_comes_twice_is_the_nearer_one() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for now in (first, second):
        assert clock_check.parse_uk_time("01:30:00", now) == (now, 2)


@pytest.mark.parametrize(
    "typed",
    ["", "2pm", "14.07", "24:00", "14:60", "14:07:60", "9:07", "14:07:30.5", "14:07 GMT", "-1:00",
     "\u0661\u0664:\u0660\u0667", "14:07:30:00", "21 Nov 2026 14:07", "14:07\n15:07"],
)  # fmt: skip
def test_anything_else_is_no_time_of_day(typed: str) -> None:
    with pytest.raises(BadInput, match=r"Type it like 14:07:30"):
        clock_check.parse_uk_time(typed, NOW)


def test_a_clock_that_tells_no_day_cannot_be_compared() -> None:
    for year in (1970, 2099):
        with pytest.raises(BadInput, match="the day cannot be told"):
            clock_check.parse_uk_time("14:07:30", NOW.replace(year=year))


@pytest.mark.parametrize(
    ("seconds", "error", "words"),
    [(0, 2, "agrees with it, read to within 2 s"), (-2, 2, "agrees with it, read to within 2 s"),
     (3, 2, "is 3.0 s ahead, read to within 2 s"), (-75, 30, "is 1 min 15 s behind, read to "
     "within 30 s"), (30, 30, "agrees with it, read to within 30 s")],
)  # fmt: skip
def test_offsets_in_words(seconds: int, error: int, words: str) -> None:
    assert clock_check.describe_offset(seconds, error) == words


def test_at_the_start_and_later_in_incident_and_vault(practice: Practice) -> None:
    clock = Hands(NOW)
    session = sign_in(practice, clock)
    clock_check.record_comparison(session, None, "speaking clock", "14:07:30")
    clock_check.record_comparison(session, None, "speaking clock", "14:07")
    clock_check.record_skipped_comparison(session, "No telephone in this room.")
    kept = [r for r in of_vault(session) if r.field_text("found") in {"compared", "skipped"}]
    assert [r.field_text("moment") for r in kept] == ["start", "end", ""]
    assert [r.fields.get("offset_seconds") for r in kept] == [3, 3, None]
    assert [r.fields.get("error_seconds") for r in kept] == [2, 30, None]
    assert kept[0].field_text("text") == (
        "Compared with this clock: speaking clock, which showed 14:07:30 GMT on 21 Nov 2026. "
        "This computer's clock is 3.0 s ahead, read to within 2 s."
    )
    assert "14:07 GMT on 21 Nov" in kept[1].field_text("text")
    assert (kept[0].field_text("trusted"), kept[0].field_text("computer")) == (
        "2026-11-21T14:07:30.000Z", "2026-11-21T14:07:33.000Z"
    )  # fmt: skip
    case = opening.open_new_incident(session)
    assert case.records[-1].field_text("moment") == "start", "what was compared at the door"
    size = session.store.chain.size
    for source, trusted in (("", "14:07:30"), ("x\x00", "14:07:30"), ("speaking clock", "soon")):
        with pytest.raises(BadInput):
            clock_check.record_comparison(session, case, source, trusted)
    with pytest.raises(BadInput):
        clock_check.record_skipped_comparison(session, "  ", case)
    assert session.store.chain.size == size
    clock_check.record_comparison(session, case, "radio-controlled wall clock", "14:07:33")
    assert case.records[-1].field_text("moment") == "end"


def test_form_and_pack_hold_the_comparisons_and_the_steps(
    practice: Practice, tmp_path: Path
) -> None:
    today = datetime.now(LONDON).replace(hour=14, minute=7, second=33, microsecond=0)
    clock = Hands(today.astimezone(UTC))
    case = practice.case(sign_in(practice, clock))
    clock_check.record_comparison(case.session, case, "speaking clock", "14:07:30")
    clock.run(HOUR, asleep=True)
    clock.set(-HOUR)
    clock.run(60_000)
    clock_check.record_comparison(case.session, case, "phone network", "14:08")
    shown = signed_form.render_form(case, reason="not all is known yet").view
    lines = shown.clock.split("\n")
    assert [line.partition(",")[0] for line in lines] == ["At the start", "Later"]
    assert "speaking clock" in lines[0] and "3.0 s ahead" in lines[0]
    assert "phone network" in lines[1] and "agrees with it" in lines[1]
    assert [f.text for f in shown.clock_findings if "put back by 1 h 0 min" in f.text]
    titles = [e.what for e in shown.chronology if e.what.startswith("Clock")]
    assert titles == ["Clock compared", *["Clock: noticed by the program"] * 2, "Clock compared"]
    logins = practice.logins("AB", "CD")
    for login in logins:
        signed_form.sign_form(case, login.officer_id, login.passphrase)
    words = tuple((x.officer_id, x.passphrase) for x in logins)
    (tmp_path / "out").mkdir()
    order = pack_source.PackOrder(
        tmp_path / "out", "police", "a test", words, True, "to be looked at"
    )
    done = evidence_pack.export_pack(case, order, lambda *_: None)
    verdict = verify_any_file(done.path, {}, done.code, None)
    assert verdict["result"] == "sound" and verdict["authentic"]
    assert [s for s in verdict["sentences"] if "put back by 1 h 0 min" in s]
    assert "origin" not in verdict["sentences"][-1]


def test_without_a_comparison_the_form_says_so() -> None:
    assert clock_check.clock_line_of_form([]) == clock_check.NOT_COMPARED


def test_what_was_compared_at_the_door_stands_in_the_incident_opened_then(
    practice: Practice,
) -> None:
    """Nobody is asked twice, and the form has it; both moments are those of the comparison."""
    session = practice.sign_in()
    clock_check.record_comparison(
        session, None, "speaking clock", f"{datetime.now(LONDON):%H:%M:%S}"
    )
    case = opening.open_new_incident(session)
    own = session.store.read_vault_record(
        next(line.seq for line in reversed(session.store.lines) if not line.inc),
        session.keyring.require_vault_identity(),
    )
    copied = case.records[-1]
    assert copied.type == own.type == "clock.checked"
    assert copied.fields == {**own.fields, "moment": "start", "door": True}
    assert "At the start" in clock_check.clock_line_of_form(case.records)
    keys = [missing.key for missing in readiness.judge_readiness(case).missing]
    assert "clock-start" not in keys and "clock-end" in keys
    later = clock_check.record_comparison(
        session, case, "speaking clock", f"{datetime.now(LONDON):%H:%M:%S}"
    )
    assert case.records[-1].seq == later.seq and case.records[-1].field_text("moment") == "end"
