"""The termly rehearsal: two paper keys really open a copy, and nothing stays of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from esafety_tui.casework.administration import officer_changes, rehearsal
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.incident import capture
from esafety_tui.casework.incident.opening import open_new_incident
from esafety_tui.casework.signin.create_vault import PaperKey
from esafety_tui.kernel.errors import BadInput, NotEligible, NotSound
from tests.casework.support import Practice


def sheets(keys: tuple[PaperKey, ...]) -> list[tuple[str, str]]:
    return [(k.identity, k.signing) for k in keys]


def test_both_sheets_open_every_record_of_a_copy(practice: Practice) -> None:
    case = practice.case()
    capture.record_note(case, "told: words")
    session = case.session
    open_new_incident(session, named=[practice.ids["EF"]])
    done = rehearsal.rehearse_recovery(session, sheets(practice.paper))
    assert (done.incidents, done.records) == (2, session.store.chain.size - 1)
    assert done.receipt.type == "rehearsed"
    assert [p.name for p in practice.folder.parent.iterdir() if "rehearsal" in p.name] == []
    practice.close()
    assert practice.sign_in().warnings == []


def test_mistyped_swapped_and_old_sheets(practice: Practice) -> None:
    session = practice.sign_in()
    one, two = sheets(practice.paper)
    before = session.store.chain.size
    for typed, words in (
        ([one, one], "same sheet"), ([one, (two[0], one[1])], "not a paper key"),
        ([one, (two[0], "x" + two[1])], "Sheet 2"), ([one, (two[0][:-1], two[1])], "Sheet 2"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=words):
            rehearsal.rehearse_recovery(session, typed)
    words_of = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    saved: list[PaperKey] = []
    officer_changes.replace_paper_keys(session, PairConsent(words_of, "used"), saved.extend)
    with pytest.raises(BadInput, match="may have been replaced"):
        rehearsal.rehearse_recovery(session, [one, two])
    assert rehearsal.rehearse_recovery(session, sheets(tuple(saved))).incidents == 0
    assert session.store.chain.size == before + 2
    practice.close()
    alone = practice.sign_in("AB")
    with pytest.raises(NotEligible):
        rehearsal.rehearse_recovery(alone, [one, two])
    assert rehearsal.rehearsal_reminder(alone, alone.clock.read_clock().wall) == ""


def test_an_incident_that_does_not_open_is_named(practice: Practice) -> None:
    case = practice.case()
    other = open_new_incident(case.session)
    inc = case.session.keyring.folder / "inc"
    (inc / f"{case.inc}.age").write_bytes((inc / f"{other.inc}.age").read_bytes())
    with pytest.raises(NotSound, match="incident of entry"):
        rehearsal.rehearse_recovery(case.session, sheets(practice.paper))


def test_the_reminder_comes_after_a_term_and_goes_after_a_rehearsal(practice: Practice) -> None:
    session = practice.sign_in()
    now = session.clock.read_clock().wall
    assert rehearsal.rehearsal_reminder(session, now) == ""
    later = now + rehearsal.TERM + timedelta(days=1)
    assert "120 days" in rehearsal.rehearsal_reminder(session, later)
    rehearsal.rehearse_recovery(session, sheets(practice.paper))
    assert rehearsal.last_rehearsal(session, now + timedelta(days=100)) is not None
    assert rehearsal.rehearsal_reminder(session, now + timedelta(days=100)) == ""
