"""STOP by real keys at 80x24, pressed where it is hardest: shown first, written after."""

from __future__ import annotations

import pytest

from esafety_tui.casework.incident import capture
from esafety_tui.kernel.errors import EvidenceError
from tests.terminal.keys import DOOR, LOCK, STEPS, Officers
from tests.terminal.route import FROZEN, account, into_triage, open_first

WRITTEN = "✓ Written down "


def stopped(officers: Officers, *wanted: str) -> str:
    """The steps stand there, and that they are written down."""
    text = officers.terminal.scene(STEPS, "STOPPED · nothing more can be captured", *wanted)
    for step in ("1  Move people away", "2  Ring the police: 999", "3  Tell the designated"):
        assert step in text
    return text


def test_stop_at_a_question_freezes_and_goes_on_in_words(officers: Officers) -> None:
    terminal = officers.terminal
    officers.start()
    into_triage(officers)
    terminal.press("F10")
    stopped(officers, WRITTEN, "Frozen: everything taken so far.", "EXS-2026-0001 · STOPPED")
    terminal.press("Enter")
    terminal.scene("✓ 1 done ")
    terminal.press("2", "Enter")
    terminal.dialog("Police reference, if you have one")
    terminal.paste("CAD-1234 [/x]")
    terminal.press("Enter")
    terminal.scene("✓ 1 done ", "✓ 2 done ")
    terminal.push("Leave these steps")
    terminal.scene(FROZEN)
    account(officers)
    terminal.scene("What have the police, or whoever advises you, said?")
    officers.leave()
    case = officers.recorded()
    ticks = [
        (r.fields["number"], r.field_text("note")) for r in case.records if r.type == "stop.tick"
    ]
    assert ticks == [(1, ""), (2, "CAD-1234 [/x]")]
    assert [r.field_text("step") for r in case.records if r.type == "stop"] == ["triage"]


@pytest.mark.long("tests/screens/test_routes.py")
def test_stop_while_typing_an_address_takes_nothing_more(officers: Officers) -> None:
    terminal = officers.terminal
    capture.capture_address(
        officers.practice.case(), "https://forum.example.net/t/1", "x", "saw it"
    )
    officers.practice.close()
    officers.start()
    open_first(officers)
    terminal.scene("Which addresses hold the material", "hxxps://forum.example[.]net/t/1")
    terminal.paste("https://never-sealed.example/")
    terminal.press("C-t")
    stopped(officers, WRITTEN, "Frozen: everything taken so far.")
    terminal.press("Escape")
    terminal.scene("What you were writing when you stopped", "https://never-sealed.example/")
    terminal.press("3", "Enter")  # a draft, and nothing of the record
    terminal.until("Put these words away for good?")
    terminal.push("Put them away")
    text = terminal.scene(FROZEN, "Where is the computer or device")
    assert "never-sealed" not in text
    officers.leave()
    case = officers.recorded()
    assert [r.field_text("url") for r in case.records if r.type == "url"] == [
        "https://forum.example.net/t/1"
    ]
    assert [r.field_text("step") for r in case.records if r.type == "stop"] == ["urls"]
    with pytest.raises(EvidenceError):
        capture.capture_address(case, "https://b.example", "x", "saw it")


@pytest.mark.long("tests/screens/test_routes.py")
def test_stop_inside_a_dialog_by_its_button(officers: Officers) -> None:
    terminal = officers.terminal
    officers.start()
    into_triage(officers)
    terminal.press("C-q")
    terminal.dialog("Leave esafety?", "[ Stay here ]")
    terminal.push("STOP F10")
    stopped(officers, WRITTEN)
    terminal.press("4", "Enter")
    terminal.dialog("Was it seen on this very computer?", "[ No, on another one ]")
    terminal.push("Yes, on this one")
    text = terminal.scene(LOCK, "· locked")
    assert "STOPPED" not in text
    terminal.push("Sign out")
    terminal.scene(DOOR)
    officers.leave()
    case = officers.recorded()
    assert [r.type for r in case.records if r.type in ("stop", "seizure")] == ["stop", "seizure"]
    assert officers.view(case).frozen


@pytest.mark.long("tests/screens/test_stop.py, and by real keys test_terminal.py")
def test_stop_over_whom_to_call_at_the_door_says_that_nothing_is_written(
    officers: Officers,
) -> None:
    terminal = officers.terminal
    officers.start()
    terminal.press("F9")
    terminal.scene("Whom to call right now")
    before = officers.practice.db.read_bytes()
    terminal.press("F10")
    stopped(
        officers,
        "✗ NOTHING IS WRITTEN DOWN YET. Nobody is signed in",
        "Write the time and what you do on paper.",
        "[ Write it down again ]",
    )
    terminal.press("Enter")
    terminal.scene("✗ Nothing can be ticked before STOP is written down.")
    terminal.press("Escape")
    terminal.dialog("Nothing is written down yet. Leave all the same?")
    terminal.push("Leave")
    terminal.scene("Whom to call right now")
    terminal.press("Escape")
    terminal.scene(DOOR)
    assert officers.practice.db.read_bytes() == before
    officers.leave()


def test_stop_on_the_lock_is_noted_and_one_passphrase_writes_it(officers: Officers) -> None:
    """Nothing can be signed without a key; the note on the disk outlives the program."""
    terminal = officers.terminal
    officers.practice.case()
    officers.practice.close()
    officers.start()
    open_first(officers)
    terminal.scene("Which addresses hold the material")
    terminal.press("C-l")
    terminal.scene(LOCK)
    terminal.press("F10")
    text = stopped(officers, "✗ NOTHING IS WRITTEN DOWN YET.", "It is noted on the disk")
    assert "addresses" not in text
    terminal.push("Leave these steps")
    terminal.dialog("Nothing is written down yet. Leave all the same?")
    terminal.push("Leave")
    terminal.scene(LOCK)
    officers.leave()
    officers.start()
    officers.door(3)
    terminal.scene("On your own")
    terminal.press("2", "Enter")
    terminal.scene("One officer writes words.")
    officers.who("EF")
    terminal.press("Enter")
    terminal.scene("frozen")
    officers.leave()
    case = officers.recorded()
    [stop] = [r for r in case.records if r.type == "stop"]
    assert stop.field_text("pressed") and len(stop.by) == 1
    assert officers.view(case).frozen
