"""Closing an incident to somebody at the desk: who is in ends at once, and what is said is true."""

from __future__ import annotations

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident import opening, restriction
from esafety_tui.casework.policy import current_policy
from esafety_tui.kernel.errors import NotEligible, StorageFailed
from esafety_tui.kernel.involved import OLD_COPIES, UNWRITTEN, WRITTEN
from esafety_tui.kernel.keeping import Act
from tests.casework.support import Practice
from tests.promises.b_no_one_in.locked import WORDS, enter, quiet
from tests.promises.b_no_one_in.scene import INVOLVED, WHY, words


def closing(real: Practice, inc: str, who: str, *both: str) -> Act:
    return Act("restrict", {"inc": inc, "who": real.ids[who], "reason": WHY}, words(real, *both))


def test_the_session_of_the_one_involved_ends_at_once(desk: Desk, inc: str, real: Practice) -> None:
    """The colleague says so beside them: nobody is in, nothing is closed yet, it is noted."""
    desk.note(inc, WORDS)
    with pytest.raises(NotEligible, match="this session was ended") as caught:
        desk.act(closing(real, inc, INVOLVED), quiet)
    assert "Cosmo Dunnock is involved" in caught.value.what and WRITTEN in caught.value.what
    assert "a new incident and name the officer there" in caught.value.do
    state = desk.state()
    assert (state.session, state.present) == ("closed", ())
    enter(desk, real, "AB", "EF")
    case = desk.context.load_case(inc)
    left = [r for r in case.records if r.field_text("text") == restriction.LEFT_BEHIND]
    assert [r.fields.get("program") for r in left] == [True] and not case.card.restricted
    told = desk.act(closing(real, inc, INVOLVED, "AB", "EF"), quiet)
    assert "It is closed to Cosmo Dunnock. 4 people can open it" in told.sentences[0]
    assert told.warnings == (OLD_COPIES,) and told.receipt is not None
    assert desk.note(inc, WORDS).seq > told.receipt.seq, "the case goes on as it stood"
    assert [c.restricted for c in desk.incidents()] == [True]
    desk.sign_out()
    enter(desk, real, "AB", INVOLVED)
    with pytest.raises(NotEligible, match="restricted"):
        desk.case(inc)
    [card] = desk.incidents()
    assert (card.state, card.category) == ("restricted", "")


def test_it_ends_also_where_the_disk_refuses_to_say_so(
    desk: Desk, inc: str, real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.context.load_case(inc)

    def full(*_args: object, **_named: object) -> None:
        raise StorageFailed("The disk is full.", "Make room.")

    monkeypatch.setattr(type(case), "write_record", full)
    with pytest.raises(NotEligible) as caught:
        desk.act(closing(real, inc, INVOLVED), quiet)
    assert UNWRITTEN in caught.value.what and desk.state().session == "closed"


def test_linked_incidents_are_named(desk: Desk, inc: str, real: Practice) -> None:
    """They are about the same matter, and each has keys of its own."""
    desk.sign_out()
    enter(desk, real, "AB", "EF")
    case = desk.context.load_case(inc)
    session = desk.context.session
    linked = opening._open_incident(
        session, current_policy.procedure_in_force(session, opening.FULL), (), "", case.inc
    )
    told = desk.act(closing(real, inc, INVOLVED, "AB", "EF"), quiet)
    assert any(linked.card.reference in sentence for sentence in told.sentences)
    assert not session.read_case_card(linked.inc).restricted


def test_one_officer_alone_writes_words_where_they_cannot_be_read_by_the_other(
    desk: Desk, inc: str, real: Practice
) -> None:
    """As the sentence advises: a new incident that names them is closed from its first word."""
    desk.sign_out()
    enter(desk, real, "AB")
    with pytest.raises(NotEligible):
        desk.act(closing(real, inc, INVOLVED, "AB"), quiet)
    mine = desk.open_incident((real.ids[INVOLVED],), "", words_only=True).inc
    desk.note(mine, WORDS)
    desk.sign_out()
    enter(desk, real, "EF", INVOLVED)
    with pytest.raises(NotEligible):
        desk.case(mine)
    desk.sign_out()
    enter(desk, real, "AB", "EF")
    assert any(WORDS.removeprefix("told: ") in note for note in desk.case(mine).notes)
