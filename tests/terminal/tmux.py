"""A real terminal, 80 columns by 24 lines, driven key by key: tmux, and what stands on it.

Rule: a key is sent alone and has to change the screen; a fact is waited for, never slept for, with
a patience that counts the program's rest and not the clock. Long text goes in as a bracketed paste.
Only the 24 visible lines count: what is scrolled away is not on the screen. It knows tmux, not the
application's screens.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from esafety_tui.kernel.text import show_invisible
from tests.terminal.patience import Patience

ROOT = Path(__file__).parents[2]
COLUMNS, LINES = 80, 24
DEADLINE = 20.0
"""Seconds of rest until a fact must stand on the screen."""
UNHEARD = 3.0
"""Seconds of rest after which a key that changed nothing was not heard."""

_SGR = re.compile(r"\x1b\[([0-9;:]*)m")


class Terminal:
    """One tmux server of its own with one pane.

    Attributes:
        always: words that every :meth:`scene` must show as well, such as the STOP button.
    """

    def __init__(self, tmux: str, socket: Path) -> None:
        self.tmux = tmux
        self._base = [tmux, "-S", str(socket)]
        self._running = False
        self._control: subprocess.Popen[str] | None = None
        self._shell: int | None = None
        self.always: tuple[str, ...] = ()

    def ask(self, *args: str) -> str:
        """Run a tmux command as :meth:`run` does, in the one client that stays.

        A screen is looked at thousands of times in a run; a process for each look is what costs.
        """
        if self._control is None:
            flags = ("attach-session", "-t", "t", "-f", "no-output,ignore-size")
            self._control = subprocess.Popen(
                [self.tmux, "-u", *self._base[1:], "-C", *flags],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
            )  # fmt: skip
            self._answer()  # that it is attached
        stdin = self._control.stdin
        assert stdin is not None
        stdin.write(shlex.join(args) + "\n")
        stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        """Return the next answer of the control client: what stands between its two guards."""
        assert self._control is not None and self._control.stdout is not None
        guard, said = "", list[str]()
        for line in self._control.stdout:
            word, _, rest = line.rstrip("\n").partition(" ")
            if not guard:
                guard = rest if word == "%begin" else ""
            elif rest == guard and word in ("%end", "%error"):
                assert word == "%end", said
                return "".join(said)
            else:
                said.append(line)
        raise AssertionError(f"tmux is gone: {said}")

    def run(self, *args: str, given: str | None = None) -> str:
        """Run a tmux command and return what it prints."""
        done = subprocess.run(
            [*self._base, *args], capture_output=True, text=True, check=True, input=given
        )
        return done.stdout

    def start(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        """Start ``command`` in the pane; ``ENDED code`` is printed after it.

        What runs there already is ended by SIGHUP first.
        """
        words = [*(f"{k}={v}" for k, v in (env or {}).items()), *command]
        program = "env " + shlex.join(words)
        shell = f"cd {shlex.quote(str(ROOT))}; {program}; echo ENDED $?; exec sleep 600"
        size = ("-x", str(COLUMNS), "-y", str(LINES))
        self._shell = None
        if self._running:
            self.run("respawn-pane", "-k", "-t", "t", shell)
            self.run("clear-history", "-t", "t")
            return
        self.run("-f", "/dev/null", "new-session", "-d", "-s", "t", *size, shell)
        self._running = True

    def close(self) -> None:
        """End the terminal, if there is one. What runs in it gets SIGHUP."""
        if self._running:
            self._running = False
            self.run("kill-server")
        if self._control is not None:
            self._control.communicate()
            self._control = None

    # What is there.

    def flag(self, name: str) -> str:
        """Return a tmux format variable of the pane."""
        return self.ask("display-message", "-p", "-t", "t", f"#{{{name}}}").strip()

    def screen(self) -> str:
        """Return the 24 lines that are visible."""
        return self.ask("capture-pane", "-p", "-t", "t")

    def scrollback(self) -> str:
        """Return what is visible and what was printed before it."""
        return self.ask("capture-pane", "-p", "-S", "-200", "-t", "t")

    def lines(self) -> list[str]:
        """Return the visible lines; there are 24 of at most 80 cells."""
        lines = self.screen().split("\n")[:LINES]
        assert len(lines) == LINES
        return lines

    def reversed_runs(self) -> list[str]:
        """Return what is drawn in reverse: the control that has the focus."""
        raw = self.ask("capture-pane", "-p", "-e", "-t", "t")
        found: list[str] = []
        on, begun = False, False
        for line in raw.split("\n"):
            begun = False
            for n, part in enumerate(_SGR.split(line)):
                if n % 2:
                    on = _reverse(part, on)
                    begun = begun and on
                elif on and part:
                    found[-1:] = [found[-1] + part] if begun else [*found[-1:], part]
                    begun = True
        return found

    def restored(self) -> bool:
        """Say whether the screen, the mouse and the keypad are as the shell had them."""
        return self.flag("alternate_on") == "0" and self.flag("mouse_any_flag") == "0"

    def program(self) -> int:
        """Return the process id of the application (the shell's only child)."""
        shell = self.shell()
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(children[0])

    def shell(self) -> int:
        """Return the process id of the pane's shell."""
        if self._shell is None:
            self._shell = int(self.flag("pane_pid"))
        return self._shell

    # Waiting.

    def until(self, *wanted: str, seconds: float = DEADLINE) -> str:
        """Wait until all of ``wanted`` stand on the visible screen, and return it."""

        def good(text: str) -> bool:
            return all(has(text, w) for w in wanted)

        return self._wait(self.screen, good, wanted, seconds)

    def until_any(self, *wanted: str, seconds: float = DEADLINE) -> str:
        """Wait until one of ``wanted`` stands on the visible screen, and return it."""

        def good(text: str) -> bool:
            return any(has(text, w) for w in wanted)

        return self._wait(self.screen, good, wanted, seconds)

    def printed(self, *wanted: str, seconds: float = DEADLINE) -> str:
        """Wait until all of ``wanted`` were printed, scrolled away or not."""
        seen = self.scrollback
        return self._wait(seen, lambda text: all(has(text, w) for w in wanted), wanted, seconds)

    def scene(self, *wanted: str, seconds: float = DEADLINE) -> str:
        """Wait for a whole screen, painted to its end: ``wanted`` and what is always in view."""
        return self._still((*wanted, *self.always), seconds)

    def dialog(self, *wanted: str, seconds: float = DEADLINE) -> str:
        """Wait for a dialog: ``wanted`` and, in its box, STOP and whom to call."""
        return self._still((*wanted, "╭─", "[ STOP F10 ]", "F9 whom to call", "─╯"), seconds)

    def _still(self, wanted: Sequence[str], seconds: float) -> str:
        patience = Patience(seconds, self.shell)
        text, before = self.until(*wanted, seconds=seconds), ""
        while text != before:
            assert not patience.is_spent(), f"never painted to its end\n{text}"
            patience.pause()
            before, text = text, self.until(*wanted, seconds=seconds)
        return text

    def gone(self, *unwanted: str, seconds: float = DEADLINE) -> str:
        """Wait until none of ``unwanted`` is visible."""

        def none(text: str) -> bool:
            return not any(has(text, w) for w in unwanted)

        return self._wait(self.screen, none, [f"without {w}" for w in unwanted], seconds)

    def _wait(
        self,
        look: Callable[[], str],
        good: Callable[[str], bool],
        wanted: Sequence[str],
        seconds: float,
    ) -> str:
        patience = Patience(seconds, self.shell)
        while not good(text := look()):
            if patience.is_spent() or ("ENDED" in text and look() == text):
                missing = [w for w in wanted if not has(text, w)]
                raise AssertionError(f"never on the screen: {missing}\n{text}")
            patience.pause()
        return text

    def _drawn(self) -> list[str]:
        """Return the screen with its colours, without the footer, which is painted later."""
        return self.ask("capture-pane", "-p", "-e", "-t", "t").split("\n")[: LINES - 1]

    def _changes(self, act: Callable[[], object], what: str) -> None:
        """Do ``act``; the screen has to differ afterwards, colours counted.

        A screen that is painted but has no focus yet drops a key, which no hand is quick enough
        for: what changed nothing for some seconds in which the program rested is done once more.
        """
        before = self._drawn()
        for _ in range(2):
            act()
            patience = Patience(UNHEARD, self.shell)
            while not patience.is_spent():
                if self._drawn() != before:
                    return
                patience.pause()
        raise AssertionError(f"{what} changed nothing\n{self.screen()}")

    # Doing.

    def send(self, key: str) -> None:
        """Send one key and wait for nothing."""
        self.ask("send-keys", "-t", "t", key)

    def press(self, *keys: str) -> None:
        """Send keys one at a time; each has to change the screen."""
        for key in keys:
            self._changes(lambda key=key: self.send(key), f"the key {key}")  # type: ignore[misc]

    def paste(self, text: str, *, seen: bool = True) -> None:
        """Paste ``text`` (bracketed); it is visible afterwards, or (``seen`` False) dots are."""
        self.run("load-buffer", "-", given=text)
        self._changes(lambda: self.ask("paste-buffer", "-p", "-t", "t"), "the paste")
        if seen:
            # A line longer than its field shows its beginning or its end.
            line = show_invisible(text.strip().splitlines()[0])
            self.until_any(line[:24].rstrip(), line[-24:].lstrip())

    def settle(self) -> None:
        """Wait until the program rests and its screen stays: a focus is painted in two steps.

        Between them nothing has the focus, and one more Tab would go past what is looked for.
        """
        patience, before, still = Patience(DEADLINE, self.shell), list[str](), 0
        while still < 2 and not patience.is_spent():
            rests = patience.pause()
            drawn = self._drawn()
            still = still + 1 if rests and drawn == before else 0
            before = drawn

    def reach(self, label: str, *, key: str = "Tab") -> None:
        """Press Tab until the control with ``label`` has the focus: it is inside the screen."""
        tried: list[str] = []
        for _ in range(16):
            self.settle()
            runs = self.reversed_runs()
            if any(label in run for run in runs):
                assert label in self.screen()
                return
            tried.append(" | ".join(runs))
            self.press(key)
        raise AssertionError(f"{label} is out of reach by {key}: {tried}\n{self.screen()}")

    def push(self, label: str) -> None:
        """Reach a button, named by how its label begins, and press Enter on it."""
        self.reach(f"[ {label}")
        self.press("Enter")


def has(text: str, words: str) -> bool:
    """Say whether ``words`` stand in ``text``, also where a line was broken within them."""
    return words in text or words in " ".join(text.split())


def _reverse(codes: str, on: bool) -> bool:
    """Return whether text is reversed after an SGR sequence (colours with their numbers apart)."""
    numbers = codes.split(";") if codes else ["0"]
    skip = 0
    for n, number in enumerate(numbers):
        if skip:
            skip -= 1
        elif number in ("38", "48"):
            skip = 4 if numbers[n + 1 : n + 2] == ["2"] else 2
        elif number == "7":
            on = True
        elif number in ("0", "27", ""):
            on = False
    return on
