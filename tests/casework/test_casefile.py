"""A case file: the recorded answers decide, and bring anybody back to the same step."""

from __future__ import annotations

import pytest

from esafety_tui.casework.incident import capture, opening
from esafety_tui.flows.engine.engine import current_step
from esafety_tui.kernel.errors import BadInput, Refused
from tests.casework.support import TO_CAPTURE, Practice


def test_nothing_is_captured_before_triage_and_every_gate(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in())
    for step, values in TO_CAPTURE:
        with pytest.raises(Refused):
            capture.capture_address(case, "https://x.example/1", "insults", "saw it")
        case.record_answer(step, values)
    assert capture.capture_address(case, "https://x.example/1", "insults", "saw it").type == "url"


def test_reopened_by_another_pair_at_the_same_step(practice: Practice) -> None:
    case = practice.case()
    step, events = current_step(case.procedure, case.state).id, case.state.log
    capture.capture_address(case, "https://x.example/1", "insults", "saw it")
    practice.close()
    again = opening.reopen_incident(practice.sign_in("CD", "EF"), case.inc)
    assert current_step(again.procedure, again.state).id == step
    assert again.state.log == events
    assert again.records[-1].type == "read"
    assert [r.field_text("url") for r in again.records if r.type == "url"] == [
        "https://x.example/1"
    ]


def test_an_answer_unchanged_writes_nothing_a_changed_one_needs_a_reason(
    practice: Practice,
) -> None:
    case = practice.case()
    size = case.session.store.chain.size
    assert case.record_answer("danger", {"option": "2"}) is None
    with pytest.raises(BadInput, match="why"):
        case.record_answer("danger", {"option": "3"})
    with pytest.raises(BadInput):
        case.record_answer("nowhere", {"option": "1"})
    assert case.session.store.chain.size == size
    receipt = case.record_answer("danger", {"option": "3"}, "We heard more.")
    assert receipt is not None and receipt.type == "answer.changed"
    old = [r for r in case.records if r.fields.get("step") == "danger"]
    assert [r.fields["values"] for r in old] == [{"option": "2"}, {"option": "3"}]
    assert old[0].field_text("question"), "the words shown are kept with the answer"


def test_references_count_and_incidents_are_kept_apart(practice: Practice) -> None:
    session = practice.sign_in()
    one, two = opening.open_new_incident(session), opening.open_new_incident(session)
    assert [c.card.reference[-4:] for c in (one, two)] == ["0001", "0002"]
    capture.record_note(one, "told: words of one")
    with pytest.raises(Exception, match="None of the keys"):
        session.store.check_record(one.records[-1].seq, session.current_case_identity(two.card))
    line = session.store.lines[one.records[-1].seq]
    assert (line.inc, line.iseq) == (one.inc, 1)


def test_one_officer_who_comes_back_writes_words_and_spoils_nothing(
    practice: Practice,
) -> None:
    session = practice.sign_in("EF")
    case = opening.open_new_incident(session)
    values = {
        "by": "Gwen Example",
        "when": "20 Nov 2026",
        "words": "told: Somebody said so.",
        "known": "was told",
    }
    case.record_answer("reported", values)
    practice.close()
    again = opening.reopen_incident(practice.sign_in("EF"), case.inc)
    with pytest.raises(Refused, match="One officer alone"):
        again.record_answer("reported", {**values, "words": "told: Something else."})
    assert capture.record_note(again, "told: words").type == "note"
    practice.close()
    pair = opening.reopen_incident(practice.sign_in(), case.inc)
    assert [r.type for r in pair.records[:3]] == ["incident.opened", "answer", "note"]
    assert pair.is_fully_read


def test_words_are_checked_and_kinds_are_closed(practice: Practice) -> None:
    case = practice.case()
    for text, kind in (("", "note"), ("x" * 20_001, "note"), ("words", "file"), ("w", "gate")):
        with pytest.raises(BadInput):
            capture.record_note(case, text, kind)
    for url, concern, how in (
        ("", "x", "saw it"),
        ("https://x.example", "", "saw it"),
        ("two words", "x", "saw it"),
        ("https://x.example", "x", "guessed"),
    ):
        with pytest.raises(BadInput):
            capture.capture_address(case, url, concern, how)


def test_a_case_started_on_another_computer_takes_no_capture(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.case()
    practice.close()
    monkeypatch.setattr("esafety_tui.data.platform._machine_identity", lambda: "another")
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    with pytest.raises(Refused, match="designated computer"):
        capture.capture_address(again, "https://x.example", "x", "saw it")
    assert capture.record_note(again, "told: words").type == "note"
