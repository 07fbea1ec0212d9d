"""Lock with two, reopen with one, by real keys at 80x24 on a real vault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.casework.support import Practice
from tests.programs import need_program
from tests.terminal.keys import DOOR, EVERYWHERE, HOME, LOCK, Officers, esafety
from tests.terminal.tmux import Terminal

CAPTURE = "Which addresses hold the material"
WORDS = "https://half-typed.example/"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal of 80 by 24 in which nothing runs yet."""
    made = Terminal(need_program("tmux"), tmp_path / "tmux")
    yield made
    made.close()


def at_the_capture_step(terminal: Terminal, real: Practice) -> Officers:
    """Both sign in and open the incident at the step where addresses are taken."""
    real.case()
    real.close()
    officers = Officers(terminal, real)
    terminal.always = EVERYWHERE
    esafety(terminal, "--vault", str(real.folder), home=real.home)
    terminal.scene(DOOR)
    officers.door(2)
    officers.unlock()
    terminal.scene("At the door", "What does a trusted clock show now?")
    terminal.press("Escape")
    terminal.scene(HOME)
    terminal.press("Enter")
    terminal.scene(CAPTURE)
    return officers


@pytest.mark.long("test_lock_faces.py, and tests/screens/test_lock.py")
def test_the_capture_step_asks_for_the_second(terminal: Terminal, real: Practice) -> None:
    """Red before: one passphrase brought back the step, and captures went on in both names."""
    officers = at_the_capture_step(terminal, real)
    terminal.paste(WORDS)
    terminal.press("C-l")
    terminal.scene(LOCK, "One of you: write words, STOP, who was told. Both: everything as before.")
    officers.reopen("AB")
    terminal.scene("Ada Bellweather is back.", "◂ Cosmo Dunnock", "[ Carry on alone ]")
    terminal.push("Carry on alone")
    text = terminal.scene("The step here takes two: Cosmo Dunnock types the second passphrase")
    assert CAPTURE not in text and "half-typed" not in text
    terminal.press("Enter")
    terminal.scene("The second passphrase brings everything back where it was.")
    terminal.paste("not the words", seen=False)
    terminal.press("Enter")
    terminal.scene("✗ That passphrase does not open this key.", "◂ Cosmo Dunnock")
    terminal.paste(real.words["CD"], seen=False)
    terminal.press("Enter")
    text = terminal.until_any(CAPTURE, "Please read this before you go on.")
    assert WORDS in text.replace("\n", ""), "what was typed and not sealed comes back for both"
    if CAPTURE not in text:
        terminal.press("Enter")
    terminal.scene(CAPTURE)
    terminal.press("C-q")
    terminal.until("[ Leave without ]")
    terminal.push("Leave without")
    terminal.scene("Before you leave")
    terminal.press("Escape")
    terminal.printed("ENDED 0")
    session = real.sign_in()
    vault = session.keyring.vault
    assert vault is not None
    own = [session.store.read_vault_record(x.seq, vault) for x in session.store.lines if not x.inc]
    kinds = [(r.type, len(r.by)) for r in own if r.type in ("session.locked", "session.reopened")]
    assert kinds == [("session.locked", 2), ("session.reopened", 1), ("session.reopened", 2)]


@pytest.mark.long("test_lock_keys.py, and the test above")
def test_both_passphrases_bring_back_the_field(terminal: Terminal, real: Practice) -> None:
    """What was typed stands where it stood."""
    officers = at_the_capture_step(terminal, real)
    terminal.paste(WORDS)
    terminal.press("C-l")
    officers.reopen("AB")
    terminal.scene("Ada Bellweather is back.")
    terminal.paste(real.words["CD"], seen=False)
    terminal.press("Enter")
    assert WORDS in terminal.scene(CAPTURE)
