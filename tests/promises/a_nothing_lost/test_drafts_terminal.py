"""Half a sentence at 80x24 on a real vault: kill -9, Ctrl+Q and STOP; each time it is back."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.data.draft_folder import DRAFTS_FOLDER
from tests.casework.support import Practice
from tests.programs import need_program
from tests.promises.a_nothing_lost.sittings import clear_in
from tests.terminal.keys import DOOR, EVERYWHERE, HOME, Officers, esafety
from tests.terminal.tmux import Terminal

assert sys.platform != "win32", "tmux and SIGKILL"

HALF = "She says he asked her for a pict"
BACK = "What you had typed is back. It is not sealed yet."
STEP = "What has been reported, and by whom?"
PER_DRAFT = 66_000
"""Most bytes of a draft of up to 64 KiB of words: what age adds is some hundred."""


@pytest.fixture
def officers(tmp_path: Path, real: Practice) -> Iterator[Officers]:
    """Two officers before a terminal of 80 by 24."""
    made = Terminal(need_program("tmux"), tmp_path / "tmux")
    made.always = EVERYWHERE
    yield Officers(made, real)
    made.close()


def sign_in(officers: Officers) -> None:
    """Start the program, and both sign in; the list of incidents is there."""
    terminal, real = officers.terminal, officers.practice
    esafety(terminal, "--vault", str(real.folder), home=real.home)
    terminal.scene(DOOR)
    officers.door(2)
    officers.unlock()
    text = terminal.until_any("Please read this first.", "What does a trusted clock show now?")
    if "Please read" in text:
        terminal.press("Enter")
    terminal.scene("At the door", "What does a trusted clock show now?")
    terminal.press("Escape")
    terminal.scene(HOME)


def type_on(officers: Officers, text: str, shown: str) -> None:
    """Type key by key what stands in the box with the focus."""
    officers.terminal.run("send-keys", "-t", "t", "-l", text)
    officers.terminal.until(shown)


def sealed_only(real: Practice, words: str) -> None:
    """No file of the vault has the words in clear, and the draft says nothing by its size."""
    assert clear_in(real.folder, words) == []
    (draft,) = (real.folder / DRAFTS_FOLDER).iterdir()
    assert 64 * 1024 < draft.stat().st_size < PER_DRAFT


@pytest.mark.long("test_drafts_typed.py")
def test_half_a_sentence_survives_kill_leaving_and_stop(officers: Officers) -> None:
    terminal, real = officers.terminal, officers.practice
    sign_in(officers)
    terminal.press("n")
    officers.new()
    officers.about()
    terminal.scene(STEP)
    terminal.press("Tab", "Tab")
    type_on(officers, HALF, HALF)
    time.sleep(2.5)  # what a kill may take is over
    os.kill(terminal.program(), signal.SIGKILL)
    terminal.printed("ENDED 137")
    sealed_only(real, HALF)

    sign_in(officers)
    terminal.press("Enter")
    terminal.scene(BACK, HALF)
    type_on(officers, "ure, yes", f"{HALF}ure, yes")  # at the same field, where it ended
    terminal.send("C-q")
    terminal.until("[ Leave without ]", "What you were typing is kept as a draft.")
    terminal.push("Leave without")
    terminal.scene("Before you leave")
    terminal.press("Escape")
    terminal.printed("ENDED 0")
    sealed_only(real, f"{HALF}ure, yes")

    sign_in(officers)
    terminal.press("Enter")
    terminal.scene(BACK, f"{HALF}ure, yes")
    type_on(officers, " and then", "yes and then")
    terminal.send("F10")
    terminal.until("✓ Written down")
    sealed_only(real, f"{HALF}ure, yes and then")
    terminal.press("Escape")
    terminal.scene("What you were writing when you stopped", f"told: {HALF}ure, yes and then")
    terminal.press("Enter")
    terminal.dialog("Write down words", f"told: {HALF}ure, yes and then")
    terminal.press("F8")
    terminal.scene("FROZEN", "✓ Written down, #")
    os.kill(terminal.program(), signal.SIGTERM)
    terminal.printed("ENDED 143")
    assert list((real.folder / DRAFTS_FOLDER).iterdir()) == []
