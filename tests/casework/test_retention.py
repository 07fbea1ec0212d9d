"""Review dates, holds and outcomes: by whom, with what reason, and what the list shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.disclosure import signed_form
from esafety_tui.casework.incident import chronology, retention, stop
from esafety_tui.casework.incident.opening import open_new_incident, reopen_incident
from esafety_tui.casework.policy import policy_files
from esafety_tui.flows.engine.retention import ReviewDue, years_after
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused, WrongPassphrase
from tests.casework.support import TO_CAPTURE, Practice, walk


def words(practice: Practice, *who: str) -> Mapping[str, str]:
    """Return passphrases by officer id."""
    return {practice.ids[i]: practice.words[i] for i in who or ("AB", "CD")}


def row(session: OpenSession, inc: str) -> ReviewDue:
    """Return one line of the list of reviews."""
    return next(r for r in retention.list_reviews(session) if r.inc == inc)


def test_the_list_names_the_day_and_its_rule_the_earliest_first(practice: Practice) -> None:
    case = practice.case()
    session, today = case.session, retention.today_in_uk(case.session)
    other = open_new_incident(session)
    rows = retention.list_reviews(session)
    assert [r.reference for r in rows] == [case.card.reference, other.card.reference]
    assert [r.day for r in rows] == [years_after(today, 6), years_after(today, 25)]
    assert rows[0].why.startswith("Other incident: 6 years") and not rows[0].has_come
    case.record_answer("staff", {"option": "1"}, "A volunteer was there.")
    assert row(session, case.inc).day == years_after(today, 50)
    stop.record_stop(case)
    assert session.keyring.read_register(case.inc)["state"] == "frozen"


def test_two_officers_set_a_day_and_both_passphrases_are_asked(practice: Practice) -> None:
    case = practice.case()
    both, size = words(practice), case.session.store.chain.size
    for bad in ("soon", "21 Nov 1999", "21 Nov 2190", ""):
        with pytest.raises(BadInput):
            retention.set_review_date(case, bad, "why", both)
    with pytest.raises(BadInput):
        retention.set_review_date(case, "21 Nov 2061", " ", both)
    wrong = {**both, practice.ids["CD"]: "not the words of CD at all"}
    with pytest.raises(WrongPassphrase):
        retention.set_review_date(case, "21 Nov 2061", "why", wrong)
    with pytest.raises(NotEligible):
        retention.set_review_date(case, "21 Nov 2061", "why", words(practice, "AB"))
    assert case.session.store.chain.size == size
    before = retention.retention_status(case).review.isoformat()
    done = retention.set_review_date(case, "21 Nov 2061", "The child is six.", both)
    assert done.type == "decision" and case.records[-1].fields["before"] == before
    assert row(case.session, case.inc).day == date(2061, 11, 21)
    practice.close()
    session = practice.sign_in("CD", "EF")
    again = reopen_incident(
        session, case.inc
    )  # a decision is no answer: the walk is found as it was
    assert again.state.log == case.state.log and not session.warnings
    assert retention.retention_status(again).review == date(2061, 11, 21)
    said = [e for e in chronology.list_acts(again) if e.what == "Decision"]
    assert "The child is six." in said[0].detail


def test_a_review_date_does_not_make_a_signed_form_old(practice: Practice) -> None:
    from esafety_tui.casework.incident import case_view

    case = practice.case()
    signed_form.render_form(case, reason="not all is known yet")
    retention.set_review_date(case, "21 Nov 2061", "The child is six.", words(practice))
    assert case_view.view_case(case, "PC 1").form_current


def test_one_officer_sets_a_hold_and_only_two_lift_it(practice: Practice) -> None:
    case = practice.case()
    practice.close()
    alone = practice.sign_in("EF")
    place = retention.open_for_retention(alone, case.inc)
    assert retention.set_legal_hold(place, "The police rang.", "12/345").type == "hold.set"
    with pytest.raises(NotEligible):
        retention.lift_legal_holds(place, "It is over.", words(practice, "EF"))
    with pytest.raises(NotEligible):
        retention.list_reviews(alone)
    practice.close()
    session = practice.sign_in()
    shown = row(session, case.inc)
    assert (shown.day, shown.why) == (None, retention.LATE)
    place = retention.open_for_retention(session, case.inc)
    assert [r.field_text("reference") for r in retention.retention_status(place).holds] == [
        "12/345"
    ]
    assert row(session, case.inc).on_legal_hold
    with pytest.raises(BadInput):
        retention.lift_legal_holds(place, "", words(practice))
    wrong = {**words(practice), practice.ids["AB"]: "not the words of AB at all"}
    with pytest.raises(WrongPassphrase):
        retention.lift_legal_holds(place, "It is over.", wrong)
    retention.lift_legal_holds(place, "The police closed it.", words(practice))
    assert (
        not retention.retention_status(place).holds
        and retention.retention_status(place).lifted == 1
    )
    assert not row(session, case.inc).on_legal_hold
    with pytest.raises(Refused, match="no hold"):
        retention.lift_legal_holds(place, "Again.", words(practice))


def test_an_outcome_is_recorded_by_two_and_lost_again_by_a_stop(practice: Practice) -> None:
    case = open_new_incident(practice.sign_in())
    walk(case, TO_CAPTURE[:2])
    case.record_answer("triage", {"option": "2"})
    assert retention.retention_status(case).waiting_for == "the police"
    wrong = {**words(practice), practice.ids["AB"]: "not the words of AB at all"}
    with pytest.raises(WrongPassphrase):
        retention.record_outcome(case, "No further action.", "12/345", wrong)
    retention.record_outcome(case, "No further action.", "12/345", words(practice))
    assert retention.retention_status(case).waiting_for == ""
    stop.record_stop(case)
    assert retention.retention_status(case).waiting_for == "the police"


def test_a_restricted_incident_shows_no_day_to_anybody(practice: Practice) -> None:
    session = practice.sign_in()
    case = open_new_incident(session, named=[practice.ids["EF"]])
    assert row(session, case.inc).why == retention.RESTRICTED
    assert not (session.keyring.folder / "inc" / f"{case.inc}.reg").exists()
    practice.close()
    colleague = practice.sign_in("AB", "EF")
    assert row(colleague, case.inc).day is None
    with pytest.raises(NotEligible):
        retention.open_for_retention(colleague, case.inc)


def test_an_incident_of_an_older_procedure_can_still_be_kept(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.case()
    practice.close()
    policy_files.policy_file_path(practice.folder, case.procedure.digest).unlink()
    # A later program, which comes with another version of it.
    monkeypatch.setattr(
        policy_files, "shipped_policy_files", lambda: policy_files.ShippedFiles({}, {}, {})
    )
    session = practice.sign_in()
    assert "second copy" in session.warnings[-1]
    with pytest.raises(Refused, match="no file"):
        reopen_incident(session, case.inc)
    place = retention.open_for_retention(session, case.inc)
    assert isinstance(place, retention.UnknownVersionIncident)
    found = retention.retention_status(place)
    assert (found.rule.key, found.waiting_for) == ("staff", "the police and the LADO")
    assert place.records[-1].field_text("purpose") == "retention"
    retention.set_review_date(place, "21 Nov 2061", "The child is six.", words(practice))
    retention.record_outcome(place, "Nothing to do with the police.", "", words(practice))
    found = retention.retention_status(place)
    assert (found.review, found.waiting_for) == (date(2061, 11, 21), "")
    assert row(session, case.inc).day == date(2061, 11, 21)


def test_references_are_found_as_people_type_them(practice: Practice) -> None:
    case = practice.case()
    assert retention.find_by_reference(case.session, f" {case.card.reference.lower()} ") == case.inc
    with pytest.raises(BadInput, match="no incident"):
        retention.find_by_reference(case.session, "EXS-1999-0001")
    assert (
        retention.join_names(["a"]) == "a" and retention.join_names(["a", "b", "c"]) == "a, b and c"
    )
