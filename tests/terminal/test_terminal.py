"""Real keys in a real terminal (tmux): restored after signals and faults, nothing leaked."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Terminal:
    """One tmux server of its own, 80x24, with a shell that says when the program ended."""

    def __init__(self, tmux: str, socket: Path) -> None:
        self._base = [tmux, "-S", str(socket)]

    def run(self, *args: str) -> str:
        """Run a tmux command and return what it prints."""
        done = subprocess.run([*self._base, *args], capture_output=True, text=True, check=True)
        return done.stdout

    def start(self, *words: str) -> None:
        """Start the application on the fake desk."""
        program = f"{sys.executable} -m tests.terminal.run_fake {' '.join(words)}"
        shell = f"cd {ROOT}; {program}; echo ENDED $?; sleep 60"
        self.run("-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", "80", "-y", "24", shell)

    def flag(self, name: str) -> str:
        """Return a tmux format variable of the pane."""
        return self.run("display-message", "-p", "-t", "t", f"#{{{name}}}").strip()

    def text(self) -> str:
        """Return what stands on the terminal."""
        return self.run("capture-pane", "-p", "-S", "-200", "-t", "t")

    def until(self, wanted: str, seconds: float = 15.0) -> str:
        """Wait until ``wanted`` stands there."""
        end = time.monotonic() + seconds
        while wanted not in (text := self.text()):
            assert time.monotonic() < end, f"never shown: {wanted}\n{text}"
            time.sleep(0.05)
        return text

    def press(self, *keys: str) -> None:
        """Send keys one at a time."""
        for key in keys:
            self.run("send-keys", "-t", "t", key)

    def program(self) -> int:
        """Return the process id of the application (the shell's only child)."""
        shell = self.flag("pane_pid")
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(children[0])

    def restored(self) -> bool:
        """Say whether the screen, the mouse and the keypad are as the shell had them."""
        return self.flag("alternate_on") == "0" and self.flag("mouse_any_flag") == "0"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    tmux = shutil.which("tmux")
    if tmux is None:
        pytest.fail("tmux is needed: install the Debian package tmux")
    terminal = Terminal(tmux, tmp_path / "tmux")
    yield terminal
    terminal.run("kill-server")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_restores_the_terminal(terminal: Terminal, number: int, code: int) -> None:
    terminal.start("open")
    terminal.until("· incidents")
    assert terminal.flag("alternate_on") == "1"
    os.kill(terminal.program(), number)
    terminal.until(f"ENDED {code}")
    assert terminal.restored()


def test_an_interrupt_is_harmless(terminal: Terminal) -> None:
    terminal.start("open")
    terminal.until("· incidents")
    os.kill(terminal.program(), signal.SIGINT)
    terminal.press("C-c")
    terminal.press("F9")
    terminal.until("999")
    assert "ENDED" not in terminal.text()


def test_a_fault_shows_a_calm_sentence_and_no_locals(terminal: Terminal) -> None:
    terminal.start("open", "crash")
    terminal.until("· incidents")
    terminal.press("F9")
    text = terminal.until("ENDED 1")
    assert "esafety urgent" in text and "Everything that was sealed is kept." in text
    assert "SENTINEL" not in text and "Traceback" not in text and "passphrase" not in text
    assert "RuntimeError at run_fake.py" in text
    assert terminal.restored()


def test_real_keys_reach_stop_call_and_help(terminal: Terminal) -> None:
    terminal.start("practice")
    terminal.until("The evidence vault is locked")
    for key, wanted in (("C-t", "Do this now, in this order."), ("C-n", "999"), ("C-g", "F10 or")):
        terminal.press(key)
        assert "PRACTICE" in terminal.until(wanted)
    terminal.press("F10")
    terminal.until("NOTHING IS WRITTEN DOWN YET")


def test_a_bracketed_paste_of_hostile_text_is_shown_harmless(terminal: Terminal) -> None:
    terminal.start("fresh")
    terminal.until("Setting up esafety")
    terminal.press("Enter")
    terminal.until("Your school")
    terminal.run("set-buffer", "[/x] [@click=app.quit]\u202eSchool")
    terminal.run("paste-buffer", "-p", "-t", "t")
    terminal.until("[/x] [@click=app.quit]<U+202E>School")


def test_leaving_by_ctrl_q_ends_with_0_and_a_clean_terminal(terminal: Terminal) -> None:
    terminal.start()
    terminal.until("The evidence vault is locked")
    terminal.press("C-q")
    terminal.until("ENDED 0")
    assert terminal.restored()
