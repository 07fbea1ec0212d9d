"""The door by real keys at 80x24: who may open, who may not, the lock, a second window."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.keys import DOOR, HOME, LOCK, NAMED, TWO, Officers, esafety
from tests.terminal.tmux import Terminal

HOSTILE = "[/x] [@click=app.quit] =cmd <img src=x> \u202etxt.exe"
TAMED = "[/x] [@click=app.quit] =cmd <img src=x> <U+202E>txt.exe"


@pytest.mark.long("tests/screens/test_door.py")
def test_a_named_officer_is_refused_and_two_others_open(officers: Officers) -> None:
    terminal = officers.terminal
    officers.start()
    before = officers.practice.db.read_bytes()
    officers.door(1)
    officers.terminal.scene(NAMED, "[ ] Ada Bellweather")
    officers.new("CD", others=HOSTILE)
    officers.unlock("AB", "CD")
    text = terminal.scene(
        "✗ An officer who is named in an incident cannot open it.",
        "Two officers who are not named must sign in.",
    )
    assert "Cosmo Dunnock · named in this incident" in text and "•" not in text
    assert officers.practice.db.read_bytes() == before
    terminal.paste(officers.practice.words["AB"], seen=False)
    terminal.press("Tab")
    officers.who("EF")
    terminal.press("Enter")
    officers.about()
    terminal.scene("EXS-2026-0001")
    officers.leave()
    session = officers.practice.sign_in("AB", "EF")
    card = session.read_case_cards()[0]
    opened = session.read_all(card)[0]
    assert card.restricted and opened.field_text("named_others") == HOSTILE


def test_what_is_wrong_at_the_door_is_said_in_a_sentence(officers: Officers) -> None:
    terminal = officers.terminal
    officers.start()
    officers.door(2)
    terminal.scene(TWO)
    terminal.push("Unlock")
    terminal.scene("✗ Pick who you are first")
    terminal.press("Escape")
    terminal.scene(DOOR)
    officers.door(2)
    officers.unlock("AB", "AB")
    text = terminal.scene("✗ These are the same officer.", "The second has to be somebody else.")
    terminal.press("Escape")
    terminal.scene(DOOR)
    officers.door(2)
    terminal.scene(TWO, "◂ Ada Bellweather")  # who was picked stays, and no passphrase
    terminal.press("Tab")
    terminal.paste(officers.practice.words["AB"], seen=False)
    terminal.press("Tab")
    officers.who("CD", "[/x] not the words")
    terminal.press("Enter")
    text = terminal.scene("The vault is still locked.", "✗")
    assert "does not open" in text and "try again" in text
    dotted = [row for row in text.splitlines() if "•" in row]  # the first one's; the wrong is gone
    assert len(dotted) == 1 and text.index(dotted[0]) < text.index("Second officer")
    officers.leave()


@pytest.mark.long("tests/screens/test_door.py")
def test_the_lock_hides_the_work_and_two_passphrases_reopen_it(officers: Officers) -> None:
    terminal = officers.terminal
    officers.start()
    officers.home()
    terminal.press("C-l")
    text = terminal.scene(LOCK, "[ Reopen ]", "[ Sign out ]")
    assert HOME not in text and "C. Dunnock" not in text
    terminal.paste("not the words", seen=False)
    terminal.press("Enter")
    terminal.scene("✗ That passphrase does not open this key.", LOCK)
    terminal.reach("Ada Bellweather", key="BTab")
    terminal.press("2")
    terminal.until("◂ Cosmo Dunnock")
    terminal.press("Tab")
    terminal.paste(officers.practice.words["CD"], seen=False)
    terminal.press("Enter")
    text = terminal.scene("Cosmo Dunnock is back.", "◂ Ada Bellweather")
    assert HOME not in text
    terminal.paste(officers.practice.words["AB"], seen=False)
    terminal.press("Enter")
    terminal.scene(HOME)
    terminal.press("C-l")
    terminal.scene(LOCK)
    terminal.push("Sign out")
    terminal.scene(DOOR)
    officers.leave()


def test_a_second_window_on_the_vault_is_told_so(officers: Officers, tmp_path: Path) -> None:
    officers.start()
    officers.home()
    other = Terminal(officers.terminal.tmux, tmp_path / "second")
    second = Officers(other, officers.practice)
    try:
        second.start()
        second.door(2)
        second.unlock()
        other.scene(
            "✗ Another window or program has this vault open.",
            "Close the other one, or carry on there. Nothing was changed.",
        )
        second.leave()
    finally:
        other.close()
    officers.leave()


@pytest.mark.long("tests/screens/test_stop.py, and by real keys test_terminal.py")
def test_whom_to_call_is_one_key_away_everywhere(officers: Officers, tmp_path: Path) -> None:
    terminal = officers.terminal
    officers.start()
    officers.door(4)
    text = terminal.scene("Whom to call right now", "999", "101", "[ Back to where I was ]")
    assert "on the printed call sheet" in text
    terminal.press("Escape")
    terminal.scene(DOOR)
    officers.door(3)
    terminal.scene("What is it about?")
    terminal.press("F9")
    terminal.scene("999", "101")
    terminal.press("Escape")
    terminal.scene("What is it about?")
    officers.leave()
    terminal.always = terminal.always[:3]
    esafety(terminal, "--vault", str(tmp_path / "none"), home=tmp_path)
    terminal.scene("Setting up esafety")
    terminal.press("C-n")
    terminal.scene("999", "101")
    officers.leave()
