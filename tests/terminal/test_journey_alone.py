"""One officer alone, and the program killed in the middle: real keys at 80x24."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.programs import need_program
from tests.terminal.keys import HOME, Officers
from tests.terminal.route import STRIP, choose, into_triage, ticks

assert sys.platform != "win32", "tmux and SIGKILL"

HOSTILE = "[/x] [@click=app.quit] =cmd <img src=x> \u202etxt.exe"


def test_a_lone_officer_writes_words_to_a_referral_sheet(
    officers: Officers, tmp_path: Path
) -> None:
    terminal = officers.terminal
    (tmp_path / "out").mkdir()
    officers.start()
    officers.door(3)
    terminal.scene("What is it about?", "▸ 1  Something that is not written down yet")
    choose(terminal, 1)
    officers.new()
    terminal.scene("One officer writes words.", "[ Unlock ]")
    officers.who("EF")
    terminal.press("Enter")
    alone(officers)
    choose(terminal, 1)
    terminal.scene("Where shall the sheet go?", "It is not encrypted")
    terminal.press("C-u")
    terminal.paste(str(tmp_path / "out"))
    terminal.press("Enter")
    terminal.scene("Saved and read back: EXS-2026-0001-referral.pdf")
    officers.leave()
    sheet = tmp_path / "out/EXS-2026-0001-referral.pdf"
    tool = need_program("pdftotext")
    done = subprocess.run([tool, "-layout", sheet, "-"], capture_output=True, text=True, check=True)
    assert "[/x] [@click=app.quit] =cmd <img src=x>" in " ".join(done.stdout.split())
    assert "Effie Finchley" in done.stdout and "PRACTICE" in done.stdout
    assert officers.recorded().card.reference == "EXS-2026-0001"


def alone(officers: Officers) -> None:
    """The words-only way from the report to its end; no step of it takes anything."""
    terminal = officers.terminal
    terminal.scene("What has been reported, and by whom?", "E. Finchley")
    terminal.paste("Gwen Example")
    terminal.press("Enter")
    terminal.paste("20 Nov 2026 15:40")
    terminal.press("Enter")
    terminal.paste(HOSTILE)
    terminal.until("<U+202E>txt.exe")
    terminal.press("Tab", "2", "F8")
    terminal.scene("Who is told?", "999")
    ticks(terminal, 2)
    terminal.press("F8")
    terminal.scene("What did the police say?")
    terminal.send("F8")
    terminal.scene("What did the DSL say, and the")
    terminal.send("F8")
    terminal.scene("What is done?")
    ticks(terminal, 1, 2)
    terminal.press("F8")
    terminal.scene("Is everything here right and complete?")
    terminal.push("Right and complete")
    text = terminal.scene("This is written down. You can print your referral sheet.")
    assert "▸ 1  Save your referral sheet" in text


def test_kill_9_in_the_middle_resumes_at_the_same_step(officers: Officers) -> None:
    terminal = officers.terminal
    officers.start()
    into_triage(officers)
    choose(terminal, 4)
    terminal.scene("Who is told before you begin?", "Last sealed #6 ")
    ticks(terminal, 1)
    os.kill(terminal.program(), signal.SIGKILL)
    terminal.printed("ENDED 137")
    officers.start()
    officers.home()
    terminal.scene(HOME, "EXS-2026-0001")
    terminal.press("Enter")
    text = terminal.scene(
        STRIP, "Who is told before you begin?", "Step 4 of about", "Last sealed #"
    )
    assert "[x]" not in text
    terminal.press("F7")
    terminal.scene("Everything so far", "Nasty [/x] messages", "No, but it breaks our rules")
    officers.leave()
    steps = [a.step for a in officers.recorded().state.answers]
    assert steps == ["reported", "danger", "triage"]
