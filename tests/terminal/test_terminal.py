"""Real keys in a real terminal (tmux): restored after signals and faults, nothing leaked."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from tests.terminal.tmux import Terminal

assert sys.platform != "win32", "tmux and SIGHUP"


def start(terminal: Terminal, *words: str) -> None:
    """Start the application on the fake desk."""
    terminal.start([sys.executable, "-m", "tests.terminal.run_fake", *words])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_restores_the_terminal(terminal: Terminal, number: int, code: int) -> None:
    start(terminal, "open")
    terminal.until("· incidents")
    assert terminal.flag("alternate_on") == "1"
    os.kill(terminal.program(), number)
    terminal.printed(f"ENDED {code}")
    assert terminal.restored()


def test_an_interrupt_is_harmless(terminal: Terminal) -> None:
    start(terminal, "open")
    terminal.until("· incidents")
    os.kill(terminal.program(), signal.SIGINT)
    terminal.press("C-c")
    terminal.press("F9")
    terminal.until("999")
    assert "ENDED" not in terminal.screen()


def test_a_fault_shows_a_calm_sentence_and_no_locals(terminal: Terminal) -> None:
    start(terminal, "open", "crash")
    terminal.until("· incidents")
    terminal.press("F9")
    text = terminal.printed("ENDED 1")
    assert "esafety urgent" in text and "Everything that was sealed is kept." in text
    assert "SENTINEL" not in text and "Traceback" not in text and "passphrase" not in text
    assert "RuntimeError at run_fake.py" in text
    assert terminal.restored()


def test_real_keys_reach_stop_call_and_help(terminal: Terminal) -> None:
    start(terminal, "practice")
    terminal.until("The evidence vault is locked")
    for key, wanted in (("C-t", "Do this now, in this order."), ("C-n", "999"), ("C-g", "F10 or")):
        terminal.press(key)
        assert "PRACTICE" in terminal.until(wanted)
    terminal.press("F10")
    terminal.until("NOTHING IS WRITTEN DOWN YET")


def test_a_bracketed_paste_of_hostile_text_is_shown_harmless(terminal: Terminal) -> None:
    start(terminal, "fresh")
    terminal.until("Setting up esafety")
    terminal.press("Enter")
    terminal.until("Your school")
    terminal.paste("[/x] [@click=app.quit]\u202eSchool")
    terminal.until("[/x] [@click=app.quit]<U+202E>School")


def test_leaving_by_ctrl_q_ends_with_0_and_a_clean_terminal(terminal: Terminal) -> None:
    start(terminal)
    terminal.until("The evidence vault is locked")
    terminal.press("C-q")
    terminal.printed("ENDED 0")
    assert terminal.restored()
