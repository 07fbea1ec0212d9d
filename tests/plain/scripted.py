"""A Talk without a terminal: what is said is kept, what is asked is answered by a function.

Every line said is checked as the real terminal would print it: at most 76 characters, nothing that
a terminal acts upon.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep

from esafety_tui.guide.ports import DeskPort
from esafety_tui.plain.session.run import run_terminal_session
from esafety_tui.plain.terminal.line_format import WIDTH, make_printable, wrap_text
from esafety_tui.plain.terminal.terminal_port import SessionEnded

Answer = Callable[[str, str], str]
"""(what was said since the last prompt, the prompt) to the line typed."""


def harmless(text: str) -> None:
    """Fail on anything that a terminal acts upon, and on a line that is too long."""
    for line in text.split("\n"):
        assert len(line) <= WIDTH, f"{len(line)} characters: {line}"
        bad = [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")]
        assert not bad, f"{bad!r} in {line!r}"


def sit(desk: DeskPort, answer: Answer, **more: str) -> Scripted:
    """Sit down before the plain mode until it is left; what failed in the script fails here."""
    person = Scripted(answer)
    code = run_terminal_session(desk, person, practice=True, **more)
    if person.failed is not None:
        tail = "\n".join(person.heard[-50:])
        raise AssertionError(f"{person.failed}\n--- heard last:\n{tail}") from person.failed
    assert code == 0, person.transcript[-3000:]
    return person


class Scripted:
    """A person with a script. ``answer`` may raise what a terminal raises."""

    def __init__(self, answer: Answer, most: int = 8000) -> None:
        self._answer = answer
        self._left = most
        self.heard: list[str] = []
        self._since: list[str] = []
        self.secrets: list[str] = []
        self.meanwhile: list[str] = []
        self.failed: BaseException | None = None

    @property
    def transcript(self) -> str:
        """Everything printed and typed, passphrases left out."""
        return "\n".join(self.heard)

    def print_texts(self, *texts: str) -> None:
        for text in texts:
            for row in wrap_text(text):
                harmless(row)
                self.heard.append(row)
                self._since.append(row)

    def read_answer(self, prompt: str, idle: float | None = None) -> str:
        line = self._asked(prompt)
        self.heard.append(f"{make_printable(prompt)} > {line}")
        return line

    def read_secret(self, prompt: str, idle: float | None = None) -> str:
        line = self._asked(prompt)
        self.secrets.append(line)
        self.heard.append(f"{make_printable(prompt)} > ")
        return line

    def _asked(self, prompt: str) -> str:
        harmless(make_printable(f"{prompt} > "))
        self._left -= 1
        if self._left == 0:
            self.failed = AssertionError("it does not end:\n" + "\n".join(self.heard[-60:]))
            raise SessionEnded(1)
        said, self._since = "\n".join(self._since), []
        try:
            line = self._answer(said, prompt)
        except AssertionError as error:  # the program would call it a fault of its own
            self.failed = error
            raise
        if line == "EOF":
            raise SessionEnded(0)
        if line == "^C":
            raise KeyboardInterrupt
        return line

    def poll_line(self, seconds: float) -> str:
        sleep(seconds / 20)
        line = self.meanwhile.pop(0) if self.meanwhile else ""
        if line == "^C":
            raise KeyboardInterrupt
        return line

    def drop_typed_ahead(self) -> bool:
        return False

    @contextmanager
    def allow_interrupt(self) -> Iterator[None]:
        yield
