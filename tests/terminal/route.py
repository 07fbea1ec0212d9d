"""Steps of the procedure at the keyboard, as two officers would answer them on the way.

Rule: each function begins by waiting for its question and ends with the key that goes on.
"""

from __future__ import annotations

from tests.terminal.keys import Officers
from tests.terminal.tmux import Terminal

STRIP = "EXS-2026-0001 · A. Bellweather + C. Dunnock · PC 1 ✓"
FROZEN = "EXS-2026-0001 · FROZEN · "


def ticks(terminal: Terminal, *lines: int) -> None:
    """Tick these lines of the list with the focus; it stands on the first line."""
    for line in lines:
        terminal.press(*([str(line)] if line > 1 else []), "Space")
        terminal.until(f"▸ {line}  [x]")


def choose(terminal: Terminal, line: int) -> None:
    """Choose a line of the list with the focus; the mark stands on the first line."""
    terminal.press(*([str(line)] if line > 1 else []), "Enter")


def into_triage(officers: Officers) -> None:
    """From the door to the question of the law, class and reporter written down."""
    terminal = officers.terminal
    officers.door(1)
    officers.new()
    officers.unlock()
    officers.about()
    terminal.scene("What has been reported, and by whom?", STRIP, "Step 1 of about", "[ Go on F8 ]")
    terminal.paste("Gwen Example")
    terminal.press("Enter")
    terminal.paste("20 Nov 2026 15:40")
    terminal.press("Enter")
    terminal.paste("Nasty [/x] messages on a message board.")
    terminal.press("F8")
    terminal.scene("Is a child in danger right now?", "Last sealed #4 ")
    choose(terminal, 2)
    terminal.scene("Could any of this be against the law?", "If you are not sure, choose 3.")


def gates(officers: Officers) -> None:
    """The four gates, each statement confirmed by its own tick."""
    terminal = officers.terminal
    terminal.scene("Are two senior members of staff here, and do they stay?")
    terminal.press("F8")
    terminal.scene("✗")
    ticks(terminal, 1, 2, 3)
    terminal.press("F8")
    terminal.scene("Which computer do you use for the review?")
    ticks(terminal, 1, 2, 3)
    terminal.press("Enter")
    terminal.paste("PC 1")
    terminal.press("Enter")
    terminal.paste("office")
    terminal.press("F8")
    terminal.scene("Is what you visit watched and recorded?")
    ticks(terminal, 1, 2)
    terminal.press("F8")
    terminal.scene("Is the computer in question left alone?")
    ticks(terminal, 1, 2)
    terminal.press("Enter")
    terminal.paste("There is none")
    terminal.press("F8")


def seal_url(terminal: Terminal, address: str, concern: str, seq: int) -> None:
    """Seal one address, or several lines of them; the last gets entry ``seq``."""
    terminal.paste(address)
    terminal.press("Enter")
    terminal.paste(concern)
    terminal.press("Enter", "1", "Enter")
    terminal.scene(f"#{seq}  hxxp", f"Last sealed #{seq} ")


def take_file(terminal: Terminal, path: str, what: str) -> None:
    """Give one file's path and its two lines of words, and press Enter on the last."""
    terminal.paste(path)
    terminal.press("Enter")
    terminal.paste(what)
    terminal.press("Enter")
    terminal.paste("taken on this computer")
    terminal.press("Enter")


def no_child_at_risk(officers: Officers) -> None:
    """Whoever must be told is told: no child is at immediate risk."""
    officers.terminal.scene("Which of these is it, as far as you know?", "2  No child is at")
    choose(officers.terminal, 2)


def account(officers: Officers) -> None:
    """Computer, people and words: the way after class A, unsure and STOP."""
    terminal = officers.terminal
    terminal.scene("Where is the computer or device, and who looks after it?")
    terminal.paste("A tablet, in the office")
    terminal.press("Tab", "1", "Tab")
    terminal.paste("Effie Finchley")
    terminal.press("F8")
    terminal.scene("Who has seen it, or been sent it?")
    terminal.paste("Nobody we know of")
    terminal.press("F8")
    terminal.scene("What do you know, in words?")
    terminal.paste("A picture was passed round.")
    terminal.press("Tab", "2")
    terminal.press("F8")


def open_first(officers: Officers) -> None:
    """From the door into the newest incident of the list."""
    officers.home()
    officers.terminal.press("Enter")
