"""What one officer alone seals past the program into an incident of words keeps nobody out."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import pytest

from esafety_tui.casework.access import summaries
from esafety_tui.casework.disclosure import signed_form
from esafety_tui.casework.incident import case_view, opening
from esafety_tui.data import keyring, ledger
from esafety_tui.data.age import Recipient
from esafety_tui.kernel.canon import Json
from tests.casework import hostile
from tests.casework.hostile import append
from tests.casework.support import Practice

STRANGE: dict[str, dict[str, Json]] = {
    "no values": {"step": "reported"},
    "values are a text": {"step": "reported", "values": "told: it"},
    "values are a list": {"step": "reported", "values": [["by", "x"]]},
    "thoughts of a number": {"step": "reported", "values": {"words": 7},
                             "thought": {"words": [[10**9, "think: x"], [-1, 2], "x"]}},
    "a step of many": {"step": ["reported"], "values": {"by": {"a": [1]}}},
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_two_officers_open_it_all_the_same(practice: Practice, name: str) -> None:
    alone = practice.sign_in("AB")
    case = opening.open_new_incident(alone)
    alone.append_record("answer", STRANGE[name], case.card)
    alone.append_record("described", STRANGE[name], case.card)
    practice.close()
    session = practice.sign_in("CD", "EF")
    found = opening.reopen_incident(session, case.inc)
    assert found.state.at == "reported" and found.state.answers == ()
    given: dict[str, Json] = {
        "by": "Gwen Example", "when": "20 Nov 2026 15:40", "words": "told: It.",
        "known": "was told",
    }  # fmt: skip
    found.record_answer("reported", given)
    assert found.state.at != "reported"
    assert case_view.view_case(found, "").ticks == ()
    signed_form.render_form(found, reason="not all is known")


STAMPS = {"2026-02-31T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z",
          "9999-12-31T23:59:59.999Z"}  # fmt: skip
KINDS = ("note", "stop", "stop.tick")


@pytest.mark.parametrize(
    ("kind", "stamp"),
    [
        pytest.param(kind, stamp, marks=() if kind == first else pytest.mark.long("one of each"))
        for stamp, first in zip(sorted(STAMPS), cycle(KINDS), strict=False)
        for kind in KINDS
    ],
)
def test_a_time_that_no_clock_shows_keeps_nobody_out(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, kind: str, stamp: str
) -> None:
    case = practice.case()
    practice.close()
    place, to_bytes = len(case.session.store.lines), ledger.EntryLine.to_bytes
    monkeypatch.setattr(
        ledger.EntryLine,
        "to_bytes",
        lambda line: to_bytes(line._replace(t=stamp) if line.seq == place else line),
    )
    said: dict[str, Json] = {"text": "saw: it", "number": "x"}
    append(practice, "AB", kind, case.inc, recipient=Recipient.parse_text(case.card.recipient),
           fields=said)  # fmt: skip
    session = practice.sign_in("CD", "EF")
    found = opening.reopen_incident(session, case.inc)
    assert case_view.view_case(found, "").ticks == ()
    signed_form.render_form(found, reason="not all is known")
    assert found.is_frozen == (kind == "stop")


@pytest.mark.parametrize("stamp", ["yesterday", *sorted(STAMPS)])
def test_a_card_with_such_a_time_hides_no_other_incident(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, stamp: str
) -> None:
    mine = practice.case()
    practice.close()
    made = keyring.IncidentCard
    monkeypatch.setattr(hostile, "IncidentCard", lambda *row: replace(made(*row), opened=stamp))
    hostile.begin(practice, "AB", "EXS-2026-0009")
    session = practice.sign_in("CD", "EF")
    cards = summaries.list_incidents(session)
    assert len(cards) == 2 and mine.inc in {card.inc for card in cards}


def test_what_one_alone_described_is_nobodys_finding(practice: Practice) -> None:
    case = practice.case()
    practice.close()
    said: dict[str, Json] = {
        "step": "findings", "values": {"saw": "saw: He confessed."}, "question": "What was found?",
        "fields": [["saw", "What we saw"]],
    }  # fmt: skip
    append(practice, "AB", "described", case.inc,
           recipient=Recipient.parse_text(case.card.recipient), fields=said)  # fmt: skip
    found = opening.reopen_incident(practice.sign_in("CD", "EF"), case.inc)
    [seen] = case_view.view_case(found, "").described
    assert seen.alone and seen.shown_text.startswith(
        "Does not count: one officer alone wrote this.\n"
    )
    view = signed_form.render_form(found, reason="not all is known").view
    assert "confessed" not in view.findings
    [event] = [event for event in view.chronology if "confessed" in event.detail]
    assert event.detail.startswith("Does not count: one officer alone wrote this.")
