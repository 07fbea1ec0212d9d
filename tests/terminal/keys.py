"""What officers do at the keyboard, in the words of the screens: start, sign in, answer, STOP.

Rule: only keys and pastes; what is recorded is asserted on the screen or read with the casework
verbs by the test itself. Every screen waited for has STOP in the corner and in the footer.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.incident import case_view
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import reopen_incident
from esafety_tui.kernel.views import CaseView
from tests.casework.support import Practice
from tests.terminal.tmux import ROOT, Terminal

DOOR = "The evidence vault is locked. What do you want to do?"
NAMED = "Is one of these officers named in it"
TWO = "Two officers open the vault"
HOME = "· incidents"
LOCK = "Locked. Either of you comes back alone"
STEPS = "Do this now, in this order."
NAMES = {"AB": "Ada Bellweather", "CD": "Cosmo Dunnock", "EF": "Effie Finchley"}
EVERYWHERE = ("[ STOP F10 ]", "F9 Call", "F10 STOP")
"""The button in the corner and the end of the footer."""
BANNER = "PRACTICE · nothing here is real, nothing here is evidence"


def esafety(terminal: Terminal, *words: str, home: Path) -> None:
    """Start the program as its user would, with a home of its own."""
    env = {"HOME": str(home), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    terminal.start([sys.executable, "-m", "esafety_tui.cli", *words], env)


@dataclass
class Officers:
    """The officers of a practice vault before one terminal."""

    terminal: Terminal
    practice: Practice

    def start(self) -> None:
        """Start the program on the vault and wait for the door."""
        self.terminal.always = (*EVERYWHERE, BANNER)
        esafety(self.terminal, "--vault", str(self.practice.folder), home=self.practice.home)
        self.terminal.scene(DOOR)

    def door(self, line: int) -> None:
        """Choose a line of the door."""
        self.terminal.press(*([str(line)] if line > 1 else []), "Enter")

    def who(self, initials: str, passphrase: str | None = None) -> None:
        """Pick an officer on the line with the focus and give the passphrase."""
        place = str(list(NAMES).index(initials) + 1)
        self.terminal.press(place)
        self.terminal.until(f"◂ {NAMES[initials]}")
        self.terminal.press("Tab")
        self.terminal.paste(passphrase or self.practice.words[initials], seen=False)

    def unlock(self, first: str = "AB", second: str = "CD") -> None:
        """Sign in two officers at the open unlock screen."""
        self.terminal.scene(TWO)
        self.who(first)
        self.terminal.press("Tab")
        self.who(second)
        self.terminal.press("Enter")

    def home(self) -> None:
        """From the door to the list of incidents, by the first two officers."""
        self.door(2)
        self.unlock()
        self.terminal.scene(HOME)

    def new(self, *named: str, others: str = "") -> None:
        """Say at the open screen who is named, and go on."""
        self.terminal.scene(NAMED)
        for initials in named:
            place = str(list(NAMES).index(initials) + 1)
            self.terminal.press(*([place] if place != "1" else []), "Space")
        self.terminal.press("Enter")
        if others:
            self.terminal.paste(others)
        self.terminal.send("Enter")

    def about(self) -> None:
        """Say at the open screen that nobody knows yet what it is about."""
        self.terminal.scene("What is it about?", "▸ 1  We do not know yet")
        self.terminal.press("Enter")

    def reopen(self, initials: str = "AB") -> None:
        """Reopen the lock as one of the officers who are in the session."""
        self.terminal.scene(LOCK)
        self.terminal.paste(self.practice.words[initials], seen=False)
        self.terminal.send("Enter")

    def leave(self) -> None:
        """Leave by Ctrl+Q, answering the question where there is one."""
        self.terminal.settle()  # a screen without its focus would drop the key
        self.terminal.send("C-q")
        text = self.terminal.until_any("Leave esafety?", "ENDED")
        if "Leave esafety?" in text:
            self.terminal.push("Leave")
        self.terminal.printed("ENDED 0")
        assert self.terminal.restored()

    # What is on the disk, read by the verbs once the program has ended.

    def recorded(self, at: int = 0) -> CaseFile:
        """Return the incident number ``at`` of the register, read by the first two officers."""
        session = self.practice.sign_in()
        return reopen_incident(session, session.read_case_cards()[at].inc)

    def view(self, case: CaseFile) -> CaseView:
        """Return it as the screens are told it."""
        return case_view.view_case(case, "PC 1")

    def shown_number(self, pattern: str) -> str:
        """Return the first group of ``pattern`` on the visible screen."""
        found = re.search(pattern, self.terminal.screen())
        assert found is not None, f"{pattern} is not on\n{self.terminal.screen()}"
        return found.group(1)
