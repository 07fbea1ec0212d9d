"""What one officer, another pair or another way may not do to an incident of two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import form_view, route_view, signed_form
from esafety_tui.casework.incident import answer_log, capture, chronology, opening, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.flows.engine import engine
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import NotEligible, Refused
from tests.casework.support import PNG, Practice, walk

FINDINGS: dict[str, Json] = {"saw": "saw: Nothing by the pupil."}


def reopen(practice: Practice, inc: str, *who: str) -> CaseFile:
    return opening.reopen_incident(practice.sign_in(*who), inc)


def to_findings(case: CaseFile) -> None:
    none: dict[str, Json] = {"done": "none", "why_none": "There is none."}
    walk(case, [("urls", none), ("files", none), ("findings", FINDINGS)])


def test_an_answer_of_one_officer_changes_neither_the_way_nor_the_form(practice: Practice) -> None:
    case = practice.case()
    to_findings(case)
    practice.close()
    alone = reopen(practice, case.inc, "EF")
    forged: dict[str, Json] = {
        "step": "findings",
        "values": {"saw": "saw: It was the pupil."},
        "reason": "so",
    }
    with pytest.raises(NotEligible):
        alone.write_record("answer.changed", forged)
    alone.card = replace(alone.card, words_only=True)
    alone.write_record("answer.changed", forged)  # a changed program would not ask
    practice.close()
    again = reopen(practice, case.inc)
    assert route_view.answers_in_force(again)["findings"].fields["values"] == FINDINGS
    assert chronology.list_changed_answers(again) == ()
    told = [e.detail for e in chronology.list_acts(again) if "It was the pupil" in e.detail]
    assert len(told) == 1 and told[0].startswith("Does not count")


def test_no_capture_on_a_way_that_leads_to_words_only(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    picture = tmp_path / "s.png"
    picture.write_bytes(PNG)
    capture.capture_file(case, picture, "A picture", "here")
    case.record_answer("staff", {"option": "1"}, "a teacher is named after all")
    case.record_answer("told-lado", {"options": ["lado"]})
    case.record_answer("lado", {"option": "2", "said": "Wait."})
    for act in (
        lambda: capture.capture_file(case, picture, "Another", "here"),
        lambda: capture.capture_address(case, "https://x.example", "worry", "saw it"),
    ):
        with pytest.raises(Refused, match="lead to no step"):
            act()


def test_another_pair_confirms_the_gate_of_two_before_it_captures(practice: Practice) -> None:
    case = practice.case()
    practice.close()
    other = reopen(practice, case.inc, "AB", "EF")
    with pytest.raises(Refused, match="two senior people"):
        capture.capture_address(other, "https://x.example", "worry", "saw it")
    at = other.state.at
    values = {"confirmed": ["two", "stay", "unnamed"]}
    assert other.record_answer("two-seniors", values) is not None
    assert other.record_answer("two-seniors", values) is None
    capture.capture_address(other, "https://x.example", "worry", "saw it")
    names = [p.initials for p in form_view.list_reviewers(other)]
    assert sorted(names) == ["AB", "EF"]
    practice.close()
    assert reopen(practice, case.inc).state.at == at


def test_the_form_names_the_pair_that_reviewed_whoever_draws_it(practice: Practice) -> None:
    case = practice.case()
    to_findings(case)
    practice.close()
    later = reopen(practice, case.inc, "EF", "CD")
    drawn = signed_form.render_form(later, reason="not all is known yet")
    shown = [r.initials for r in drawn.view.reviewers if r is not None]
    assert shown == ["CD", "AB"]
    with pytest.raises(NotEligible):
        signed_form.sign_form(later, practice.ids["EF"], practice.words["EF"])
    done = signed_form.sign_form(later, practice.ids["CD"], practice.words["CD"])
    assert done.waiting == (practice.ids["AB"],) and not done.verified


def test_signing_follows_the_places_on_the_form(practice: Practice) -> None:
    case = practice.case()
    signed_form.render_form(case, reason="not all is known yet")
    first, second = form_view.list_reviewers(case)
    with pytest.raises(NotEligible, match="signs first"):
        signed_form.sign_form(case, second.id, practice.words[second.initials])
    signed_form.sign_form(case, first.id, practice.words[first.initials])
    assert signed_form.sign_form(case, second.id, practice.words[second.initials]).verified


def test_a_lone_officer_may_not_add_to_a_restricted_incident(practice: Practice) -> None:
    session = practice.sign_in()
    case = opening.open_new_incident(session, named=[practice.ids["EF"]])
    practice.close()
    with pytest.raises(NotEligible, match="restricted"):
        reopen(practice, case.inc, "EF")
    practice.close()
    assert reopen(practice, case.inc).is_frozen is False


def test_an_answer_off_the_way_is_passed_over_and_said(practice: Practice) -> None:
    alone = opening.open_new_incident(practice.sign_in("EF"), words_only=True)
    given = {"by": "x", "when": "20 Nov 2026 15:40", "words": "told: said", "known": "saw it"}
    alone.record_answer("reported", given)
    alone.write_record("answer", {"step": "nowhere", "values": {"x": "y"}})
    alone.write_record("answer", {"step": "review", "values": {"done": "yes"}})
    practice.close()
    again = reopen(practice, alone.inc)
    assert again.state.at == "referrals"
    assert any("does not count" in w for w in again.session.warnings)
    happened = answer_log.engine_events(again.records, True)
    assert answer_log.replay_answers(again.procedure, happened)[1] == 2
    assert again.state.log == engine.replay_events(again.procedure, again.state.log).log


def test_stop_after_a_release_freezes_again_for_good(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    picture = tmp_path / "s.png"
    picture.write_bytes(PNG)
    record = capture.capture_file(case, picture, "A picture", "here")
    stop.record_stop(case)
    assert stop.last_stop_in_force(case) is not None
    words = [(practice.ids[i], practice.words[i]) for i in ("AB", "CD")]
    stop.release_exhibit(case, record.seq, "CAD 1", words)
    assert stop.last_stop_in_force(case) is None
    stop.record_stop(case)
    practice.close()
    again = reopen(practice, case.inc)
    assert record.field_text("blob") in again.session.store.holds.blobs


def test_paper_keys_have_initials_that_an_exhibit_can_carry(practice: Practice) -> None:
    from esafety_tui.output.pack.layout import EXHIBIT_REF

    people = practice.sign_in().keyring.directory.people
    assert all(EXHIBIT_REF.fullmatch(f"{p.initials}/1") for p in people)
