"""Routes A, B and unsure by real keys at 80x24: words only, until the police say otherwise."""

from __future__ import annotations

import pytest

from esafety_tui.casework.incident import capture
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.kernel.errors import EvidenceError
from tests.terminal.keys import Officers
from tests.terminal.route import (
    FROZEN,
    STRIP,
    account,
    choose,
    gates,
    into_triage,
    no_child_at_risk,
    open_first,
    seal_url,
    ticks,
)


def takes_nothing(case: CaseFile, officers: Officers) -> None:
    """The verbs refuse both kinds of capture, and nothing was taken."""
    with pytest.raises(EvidenceError):
        capture.capture_address(case, "https://a.example", "x", "saw it")
    with pytest.raises(EvidenceError):
        capture.capture_file(case, officers.practice.db, "x", "x")
    assert not [r for r in case.records if r.type in ("url", "screenshot", "file")]
    assert not list((officers.practice.folder).rglob("*.blob"))


def reviewed(officers: Officers, *words: str) -> None:
    """Everything is right and complete; nothing is signed or exported today."""
    terminal = officers.terminal
    terminal.scene("Is everything here right and complete?", *words)
    terminal.push("Right and complete")
    terminal.scene("Sign the record, each with your own passphrase.")
    officers.leave()


@pytest.mark.long("tests/screens/test_routes.py, which comes to the same step and answers it")
def test_route_a_captures_nothing_and_ticks_the_police(officers: Officers) -> None:
    terminal = officers.terminal
    officers.start()
    into_triage(officers)
    choose(terminal, 1)
    text = terminal.scene(FROZEN, "Ring the police now. Who is told?", "999")
    assert "addresses" not in text and "screenshots" not in text
    ticks(terminal, 1, 2)
    terminal.press("Enter")
    terminal.paste("CAD-1234 =cmd")
    terminal.press("F8")
    no_child_at_risk(officers)
    account(officers)
    terminal.scene("What have the police, or whoever advises you, said?")
    choose(terminal, 1)
    terminal.press("F8")
    reviewed(officers, FROZEN)
    case = officers.recorded()
    answers = {a.step: a for a in case.state.answers}
    assert answers["told-a"].list_values("options") == ("police", "dsl")
    assert answers["told-a"].single_value("reference") == "CAD-1234 =cmd"
    assert officers.view(case).frozen
    takes_nothing(case, officers)


@pytest.mark.long("tests/screens/test_routes.py")
def test_unsure_is_advice_first_and_words_only(officers: Officers) -> None:
    terminal = officers.terminal
    officers.start()
    into_triage(officers)
    choose(terminal, 3)
    terminal.scene(FROZEN, "Ask for advice before anything else. Whom have you asked?")
    ticks(terminal, 1)
    terminal.press("F8")
    no_child_at_risk(officers)
    account(officers)
    terminal.scene("What have the police, or whoever advises you, said?")
    officers.leave()
    case = officers.recorded()
    assert officers.view(case).frozen
    takes_nothing(case, officers)


@pytest.mark.long("tests/screens/test_routes.py and tests/casework/test_held.py")
def test_route_b_is_words_only_until_the_police_advise_to_record(officers: Officers) -> None:
    terminal = officers.terminal
    officers.start()
    into_triage(officers)
    choose(terminal, 2)
    terminal.scene("police", STRIP)
    ticks(terminal, 1, 2)
    terminal.press("F8")
    terminal.scene("What have the police said about recording?")
    terminal.press("4", "F8")
    terminal.scene("What do you know, in words?")
    terminal.paste("Threats in a chat.")
    terminal.press("Tab", "1", "F8")
    terminal.scene("Is everything here right and complete?")
    officers.leave()
    takes_nothing(officers.recorded(), officers)
    officers.practice.close()
    officers.start()
    open_first(officers)
    text = terminal.scene("Is everything here right and complete?", "what the police said")
    line = officers.shown_number(r"(\d)  what the police said")
    terminal.reach("▸ 1", key="BTab")
    choose(terminal, int(line))
    text = terminal.scene("What have the police said about recording?", "▸ 4  No answer yet")
    terminal.press("1", "Enter")
    terminal.paste("Constable Example, 101")
    terminal.press("F8")
    terminal.dialog("Why is this answer changed?", "The old answer is kept")
    terminal.paste("They rang back at 16:10")
    terminal.press("F8")
    terminal.scene("Could a member of staff or a volunteer be involved?")
    choose(terminal, 2)
    gates(officers)
    text = terminal.scene("Which addresses hold the material that worries you?")
    assert "FROZEN" not in text
    seal_url(terminal, "https://chat.example.org/room?id=7&from=[/x]", "threats", 22)
    officers.leave()
    case = officers.recorded()
    assert [r.field_text("url") for r in case.records if r.type == "url"] == [
        "https://chat.example.org/room?id=7&from=[/x]"
    ]


@pytest.mark.long("tests/screens/test_routes.py")
def test_an_answer_changed_to_a_later_freezes_with_the_reason(officers: Officers) -> None:
    terminal = officers.terminal
    before = officers.practice.case()
    capture.capture_address(before, "https://forum.example.net/t/1", "insults", "saw it")
    officers.practice.close()
    officers.start()
    open_first(officers)
    terminal.scene("Which addresses hold", "hxxps://forum.example[.]net/t/1")
    terminal.press("F7")
    terminal.scene("Everything so far")
    line = officers.shown_number(r"(\d)  against the law\?: No, but")
    terminal.reach("▸ 1", key="BTab")
    choose(terminal, int(line))
    terminal.scene("Could any of this be against the law?", "▸ 4  No, but it breaks our rules")
    terminal.press("1", "F8")
    terminal.dialog("Why is this answer changed?")
    terminal.press("F8")
    terminal.dialog("✗")
    terminal.paste("The DSL saw it otherwise [/x]")
    terminal.press("F8")
    text = terminal.scene(FROZEN, "Ring the police now. Who is told?")
    terminal.press("F7")
    text = terminal.scene("Everything so far", FROZEN)
    assert "Which addresses" not in text
    terminal.press("F8")
    terminal.scene("Ring the police now.")
    officers.leave()
    case = officers.recorded()
    changed = [r for r in case.records if "The DSL saw it otherwise [/x]" in str(dict(r.fields))]
    assert changed and officers.view(case).frozen
    with pytest.raises(EvidenceError):
        capture.capture_address(case, "https://b.example", "x", "saw it")
