"""What every question shares: asking with the everywhere-words, menus, calls of the desk.

Rule: a word of :mod:`words` typed at any prompt is done by ``everywhere``, which either comes back
(the question is asked again) or raises one of the exceptions of :mod:`talk`. No desk verb runs on
the thread that reads lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from esafety_tui.guide.choice import Choice
from esafety_tui.guide.ports import DeskPort, OfficerCard, Progress, UnsentText
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.terminal.command_words import LOCKED, parse_command, strip_literal_mark
from esafety_tui.plain.terminal.desk_calls import DeskCall, await_desk_call
from esafety_tui.plain.terminal.line_format import join_broken_lines, number_labels
from esafety_tui.plain.terminal.line_incident import LineIncident
from esafety_tui.plain.terminal.terminal_port import IdleTimeout, RestartSession, TerminalPort

R = TypeVar("R")
IDLE_SECONDS = 300.0
PASSPHRASES = "Each types their own passphrase again. It is not shown."
CTRL_C = ("STOP: freeze everything now", "Go on", "Leave the program")


@dataclass
class PromptShell:
    """One person or two before one terminal.

    Attributes:
        everywhere: does one of the words; comes back or raises.
        hint: passphrase of everybody in a practice vault. samples: folder of its files.
        inc: the incident at work, None at the door and the list. incident: where it stands, None
            also where a lone officer cannot read it.
        resume: incident to go to next. locked, stopping: the lock, or STOP, is being asked about.
        stop_waits: STOP could not be written down yet; it is asked again after signing in.
        left: words that are not sealed and have no place any more. begun: fields whose draft is
            back. kept: the draft as it was kept last. seen: number of the newest entry known.
    """

    desk: DeskPort
    talk: TerminalPort
    everywhere: Callable[[PromptShell, str], None]
    hint: str = ""
    samples: str = ""
    practice: bool = False
    inc: str | None = None
    incident: LineIncident | None = None
    resume: str = ""
    signed_in: bool = False
    locked: bool = False
    stopping: bool = False
    stop_waits: bool = False
    half_note: list[str] = field(default_factory=list, repr=False)
    left: list[UnsentText] = field(default_factory=list, repr=False)
    begun: set[str] = field(default_factory=set, repr=False)
    kept: tuple[UnsentText, ...] = field(default=(), repr=False)
    seen: int = -1

    @property
    def current_incident(self) -> LineIncident:
        """The incident at work, where there is one."""
        if self.incident is None:
            raise RestartSession
        return self.incident

    def say_texts(self, *texts: str) -> None:
        """Print texts, one after another."""
        self.talk.print_texts(*texts)

    def report_trouble(self, error: EvidenceError) -> None:
        """Say what happened and what to do next."""
        self.say_texts("", error.what, error.do)

    # Asking.

    def ask_line(self, prompt: str, again: str = "") -> str:
        """Return one line. ``again`` is said before the prompt when a word came between."""
        return self._read_with_commands(self.talk.read_answer, prompt, again)

    def ask_secret(self, prompt: str, again: str = "") -> str:
        """Return one line that was not shown."""
        return self._read_with_commands(self.talk.read_secret, prompt, again)

    @contextmanager
    def ask_passphrases(self, officers: Sequence[OfficerCard]) -> Iterator[dict[str, str]]:
        """Ask each of ``officers``; yield passphrases by officer id, emptied at the end."""
        self.say_texts("", PASSPHRASES)
        words: dict[str, str] = {}
        try:
            for officer in officers:
                while not words.get(officer.id):
                    label = f"{officer.name}, {officer.position}: {officer.asked}"
                    words[officer.id] = self.ask_secret(label)
            yield words
        finally:
            words.clear()

    def _read_with_commands(
        self, read: Callable[[str, float | None], str], prompt: str, again: str
    ) -> str:
        while True:
            idle = IDLE_SECONDS if self.signed_in and not self.locked else None
            try:
                line = read(prompt, idle)
            except KeyboardInterrupt:
                self._handle_interrupt()
                self._repeat_question(again)
                continue
            except IdleTimeout:
                line = self._lock_when_idle(read == self.talk.read_secret)
                if not line:
                    self._repeat_question(again)
                    continue
            word = parse_command(line)
            if not word:
                return strip_literal_mark(line)
            self.run_command(word)
            self._repeat_question(again)

    def _repeat_question(self, again: str) -> None:
        """Say what was asked before something came between; behind the lock, only this."""
        hidden = self.incident is None or self.locked or self.stopping
        topic = [] if hidden else [join_broken_lines(self.current_incident.current_step.question)]
        self.say_texts("", "Back to where you were.", *topic, *([again] if again else []))

    def run_command(self, word: str) -> None:
        """Do one of the words, where it may be done."""
        if self.locked and word not in LOCKED:
            self.say_texts("It is locked. Here only stop, call, help and quit work.")
        else:
            self.everywhere(self, word)

    def _handle_interrupt(self) -> None:
        self.talk.drop_typed_ahead()
        self.say_texts(
            "", "Ctrl+C. The line you were typing was dropped; what was written down is kept."
        )
        chosen = self.ask_number("What do you want?", CTRL_C)
        if chosen != 1:
            self.run_command(("stop", "", "quit")[chosen])

    def _lock_when_idle(self, secret: bool) -> str:
        """Lock; return the line that was being typed, to be asked for again where it is hidden."""
        self.run_short_verb(partial(self.desk.lock, idle=True))
        if secret:
            self.everywhere(self, "lock")
            return ""
        self.say_texts("", "Locked: nobody typed for some minutes.")
        self.locked = True
        try:
            kept = self.ask_line("If you were typing a line, end it now. Enter")
        finally:
            self.locked = False
        try:
            self.everywhere(self, "lock")
        except RestartSession:  # one carries on alone: what was typed is for both
            if kept.strip():
                self.run_short_verb(
                    self.desk.keep_for_both, f"The line that was being typed: {kept}"
                )
            raise
        if kept.strip():
            self.say_texts(f"Your line was kept: {kept}")
        return kept if kept.strip() else ""

    # Menus.

    def ask_number(self, question: str, labels: Sequence[str], *, intro: str = "") -> int:
        """Return the place (from 0) of the line chosen by its number."""
        menu = "\n".join((*([intro] if intro else []), question, *number_labels(labels)))
        self.say_texts(menu)
        while True:
            line = self.ask_line(f"Number 1 to {len(labels)}, or help", menu).strip().rstrip(".")
            if line.isascii() and line.isdigit() and 1 <= int(line) <= len(labels):
                return int(line) - 1
            self.report_mismatch(f"Type one number from 1 to {len(labels)}, then Enter.")

    def choose_one(self, question: str, choices: Sequence[Choice], *, intro: str = "") -> str:
        """Return the id of the line chosen; what is said beside it stands in brackets."""
        return choices[self.ask_number(question, _label_choices(choices), intro=intro)].id

    def choose_several(self, question: str, choices: Sequence[Choice]) -> tuple[str, ...]:
        """Return the ids of the lines chosen, none for 0."""
        return tuple(
            choices[place].id for place in self.ask_numbers(question, _label_choices(choices))
        )

    def ask_numbers(self, question: str, labels: Sequence[str]) -> tuple[int, ...]:
        """Return the places (from 0) of the lines chosen by their numbers; () for 0."""
        menu = "\n".join((question, *number_labels(labels)))
        self.say_texts(menu)
        most = len(labels)
        while True:
            line = self.ask_line("Numbers, for example 1 3; 0 for none of them", menu)
            words = line.replace(",", " ").split()
            if words and all(w.isascii() and w.isdigit() and int(w) <= most for w in words):
                places = {int(w) for w in words}
                if places == {0} or 0 not in places:
                    return tuple(sorted(place - 1 for place in places - {0}))
            self.report_mismatch(f"Type numbers from 1 to {most}, apart by blanks, or 0 for none.")

    def ask_yes_or_no(self, question: str, yes: str = "Yes", no: str = "No") -> bool:
        """Ask for one of two answers."""
        return self.ask_number(question, (yes, no)) == 0

    def report_mismatch(self, advice: str) -> None:
        """Say what was expected; a paste that runs on answers no further question."""
        more = " The lines that came after it were dropped." if self.talk.drop_typed_ahead() else ""
        self.say_texts(f"That was not one of the answers. {advice} Or type help.{more}")

    # The desk.

    def run_short_verb(self, verb: Callable[..., R], *args: Any) -> R:
        """Run a verb that takes no progress. Raises its EvidenceError."""
        return await_desk_call(self, DeskCall(lambda _report: verb(*args)), "", can_give_up=False)

    def run_long_verb(self, title: str, verb: Callable[[Progress], R]) -> R:
        """Run a long verb, telling how far it is. Raises its EvidenceError."""
        return await_desk_call(self, DeskCall(verb), title, can_give_up=True)


def _label_choices(choices: Sequence[Choice]) -> list[str]:
    return [f"{one.words} ({one.more})" if one.more else one.words for one in choices]
