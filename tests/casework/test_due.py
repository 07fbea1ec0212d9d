"""Due next: from the register cards alone, nothing of restricted incidents, nothing for one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from esafety_tui.casework.incident import deadlines
from esafety_tui.casework.incident.opening import open_new_incident
from esafety_tui.data.age import Recipient, encrypt_to
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.kernel.canon import Json, canonical_bytes
from esafety_tui.kernel.clock import parse_stamp
from esafety_tui.kernel.errors import Refused
from tests.casework.support import TO_CAPTURE, Practice, walk
from tests.fixed_clock import FixedClock

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)  # Sat, GMT
LADO = load_profile().get_timer("lado").label


BEFORE = [step for step, _ in TO_CAPTURE].index("staff")
STAFF: Sequence[tuple[str, Mapping[str, Json]]] = (
    *TO_CAPTURE[:BEFORE], ("staff", {"option": "1"}),
)  # fmt: skip
"""The way to the question about staff, answered so that the LADO's timer begins."""


def test_an_answer_puts_its_timer_on_the_card_and_meeting_it_takes_it_off(
    practice: Practice,
) -> None:
    session = practice.sign_in()
    case = open_new_incident(session)
    walk(case, STAFF)
    text = session.keyring.read_register(case.inc)["next"]
    ((key, by),) = deadlines.read_card_deadlines(text)
    begun = parse_stamp(case.records[-1].at)
    assert key == "lado" and by == load_profile().get_timer("lado").compute_due_time(
        begun
    ).astimezone(UTC)
    (shown,) = deadlines.list_next_deadlines(session)
    assert (shown.inc, shown.reference, shown.what) == (case.inc, case.card.reference, LADO)
    assert not shown.over and shown.by.endswith(("GMT", "BST"))

    case.record_answer("told-lado", {"options": ["lado", "head", "dsl"]})
    assert session.keyring.read_register(case.inc)["next"] == ""
    assert deadlines.list_next_deadlines(session) == ()


def test_reading_the_list_reads_no_incident_and_writes_nothing(practice: Practice) -> None:
    session = practice.sign_in()
    case = open_new_incident(session)
    walk(case, STAFF)
    practice.close()
    later = practice.sign_in()
    size = later.store.chain.size
    assert len(deadlines.list_next_deadlines(later)) == 1
    assert later.store.chain.size == size, "looking at the list made an entry"


def test_one_officer_sees_none_and_a_restricted_incident_is_not_spoken_of(
    practice: Practice,
) -> None:
    session = practice.sign_in()
    for named in ((), (practice.ids["EF"],)):
        case = open_new_incident(session, named=named)
        walk(case, STAFF)
    assert len(deadlines.list_next_deadlines(session)) == 1
    # A card that somebody planted beside the restricted incident changes nothing.
    planted = canonical_bytes({"next": "ico 2026-11-21T14:00:00.000Z"})
    path = session.keyring.folder / "inc" / f"{case.inc}.reg"
    path.write_bytes(encrypt_to(planted, [session.keyring.directory.vault_recipient]))
    assert len(deadlines.list_next_deadlines(session)) == 1
    practice.close()
    assert deadlines.list_next_deadlines(practice.sign_in("AB")) == ()
    practice.close()
    assert len(deadlines.list_next_deadlines(practice.sign_in("AB", "EF"))) == 1


def test_the_first_due_stands_first_and_what_is_over_says_so(practice: Practice) -> None:
    session = practice.sign_in()
    incs = []
    for hours in (50, -26):
        case = open_new_incident(session)
        incs.append(case.inc)
        stamped = (NOW + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        state = {"state": "x", "category": "", "due": "", "next": f"ico {stamped}"}
        session.keyring.write_register(case.inc, state)
    session.clock = FixedClock(NOW, 0)
    late, early = deadlines.list_next_deadlines(session)
    assert (late.inc, late.left, late.over) == (incs[1], "overdue 1 d", True)
    assert (early.inc, early.left, early.over) == (incs[0], "2 d 2 h", False)
    assert (late.by, early.by) == ("20 Nov 12:02 GMT", "Mon 16:02 GMT")


HOSTILE = (
    "lado", "lado soon", "lado 2026-13-45T99:00:00.000Z", "LADO 2026-11-21T14:00:00.000Z",
    "\x1b[31m 2026-11-21T14:00:00.000Z", "lado 2026-11-21T14:00:00.000Z\n", ", , ,", "",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_card_that_anybody_sealed_is_no_error(text: str) -> None:
    assert list(deadlines.read_card_deadlines(text)) == []
    good = "lado 2026-11-21T14:00:00.000Z"
    assert len(list(deadlines.read_card_deadlines(f"{text}, {good}"))) == 1
    assert len(list(deadlines.read_card_deadlines(", ".join([good] * 1000)))) == deadlines.MOST


def test_a_forged_card_shows_at_most_a_wrong_line(practice: Practice) -> None:
    session = practice.sign_in()
    case = open_new_incident(session)
    path = session.keyring.folder / "inc" / f"{case.inc}.reg"
    to = session.keyring.directory.vault_recipient
    assert isinstance(to, Recipient)
    cards: tuple[Json, ...] = ([], "x", {"next": 7}, {"next": ["lado"]}, {"next": {"key": "x"}})
    for forged in cards:
        path.write_bytes(encrypt_to(canonical_bytes(forged), [to]))
        assert deadlines.list_next_deadlines(session) == ()
    path.write_bytes(
        encrypt_to(canonical_bytes({"next": "tea-time 2026-11-21T14:00:00.000Z"}), [to])
    )
    (shown,) = deadlines.list_next_deadlines(session)
    assert shown.what == "tea time", "a key no profile has is said in its own words"


def test_the_desk_tells_it_and_only_while_it_is_open(practice: Practice) -> None:
    from esafety_tui.casework.desk.desk import Desk
    from esafety_tui.data.officers import FLOOR

    session = practice.sign_in()
    walk(open_new_incident(session), STAFF)
    practice.close()
    desk = Desk(practice.folder, FixedClock(datetime.now(UTC)), FLOOR, practice.home)
    with pytest.raises(Refused):
        desk.due_next()
    first, second = practice.logins("AB", "CD")
    desk.unlock(first.officer_id, first.passphrase, second.officer_id, second.passphrase, ())
    assert [one.what for one in desk.due_next()] == [LADO]
    desk.lock()
    with pytest.raises(Refused):
        desk.due_next()
    desk.close()


@pytest.mark.parametrize(
    ("minutes", "by", "left"),
    [
        (0, "today 14:02 GMT", "overdue 0 min"),
        (1, "today 14:03 GMT", "1 min"),
        (110, "today 15:52 GMT", "1 h 50 min"),
        (24 * 60, "Sun 14:02 GMT", "1 d 0 h"),
        (7 * 24 * 60, "28 Nov 14:02 GMT", "7 d 0 h"),
        (60 * 24 * 60, "20 Jan 2027 14:02 GMT", "60 d 0 h"),
        (-45, "today 13:17 GMT", "overdue 45 min"),
        (-3 * 60, "today 11:02 GMT", "overdue 3 h"),
        (-49 * 60, "19 Nov 13:02 GMT", "overdue 2 d"),
        (-220 * 24 * 60, "15 Apr 15:02 BST", "overdue 220 d"),
    ],
)
def test_times_for_people_have_a_zone(minutes: int, by: str, left: str) -> None:
    then = NOW + timedelta(minutes=minutes)
    assert deadlines.describe_deadline(then, NOW) == by
    assert deadlines.describe_time_left(then, NOW) == left
