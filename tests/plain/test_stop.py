"""STOP from a line: before, during and after signing in, at every prompt, while a verb runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest

from esafety_tui.flows.procedure.model import CaptureContent
from esafety_tui.guide.ports import ExhibitView, Progress, StopResult
from esafety_tui.kernel.errors import Frozen
from esafety_tui.plain.session.run import run_terminal_session
from esafety_tui.plain.terminal.terminal_port import SessionEnded
from tests.plain.acts import Act, Script, leg_acts, pick, secret, sign_in, word
from tests.plain.desk import Desk
from tests.plain.routes import Leg, way
from tests.plain.scripted import Scripted, sit
from tests.plain.test_words import EVERY_DOOR, LEGS, MISUSE, QUIT, TWO, answered, opened
from tests.screens.fake_desk import DISK_FULL, PASSPHRASE

LEAVE = "Leave these steps"
STEP_2 = "Write down step 2: Ring the police: 999 if a child is in danger now, otherwise 101."


def test_stop_freezes_first_and_each_step_is_sealed() -> None:
    """Inside an incident: that one; the steps with police reference and who was told."""
    desk = Desk()
    acts = [
        *opened(), *answered(*LEGS[:2]), word("STOP"), pick(STEP_2, "STOPPED. Do this now"),
        word("CAD 17"), pick("Write down step 3: Tell the designated safeguarding lead."),
        word("the DSL"), pick(LEAVE), *leg_acts(_after_stop(), Path()), *QUIT,
    ]  # fmt: skip
    sit(desk, Script(acts))
    verbs = [call for call in desk.calls if call[0] in ("stop", "tick")]
    assert verbs == [
        ("stop", "inc1"),
        ("tick", "inc1", 2, "CAD 17"),
        ("tick", "inc1", 3, "the DSL"),
    ]
    assert [a.step_id for a in desk.cases["inc1"].answers][2:] == [MISUSE.after_stop]


def _after_stop() -> Leg:
    return next(leg for leg in LEGS if leg.step.id == MISUSE.after_stop)


def prompts_of_a_way() -> int:
    """Return how many prompts come from the door to the third question."""
    heard = sit(Desk(), Script([*opened(), *answered(*LEGS[:2]), *QUIT]))
    return sum(" > " in line for line in heard.heard) - 2


def test_stop_works_at_every_prompt() -> None:
    """From the first prompt at the door on, at a passphrase, in the middle of words."""
    for at in range(prompts_of_a_way()):
        desk = Desk()
        script = Script([*opened(), *answered(*LEGS[:2])])
        count = iter(range(1000))

        def stopping(said: str, prompt: str, script: Script = script, at: int = at,
                     count: Iterator[int] = count) -> str:  # fmt: skip
            now = next(count)
            return script(said, prompt) if now < at else "stop" if now == at else "EOF"

        person = sit(desk, stopping)
        assert desk.verbs().count("stop") == 1, at
        assert "1. Move people away from the screen." in person.transcript
        written = "STOP is written down" in person.transcript
        assert written == ("unlock" in desk.verbs()), at
        assert written != ("NOT WRITTEN DOWN YET" in person.transcript)


def test_stop_before_signing_in_is_written_down_after_it() -> None:
    """Nobody is in: the steps are said; after signing in it is written down without being asked."""
    desk = Desk()
    acts = [
        pick(EVERY_DOOR), word("stop"), pick(LEAVE, "NOT WRITTEN DOWN YET"),
        pick("Leave", "Nothing is written down yet"), *sign_in(PASSPHRASE, TWO),
        pick(LEAVE, "It is written down first."), word("EOF"),
    ]  # fmt: skip
    sit(desk, Script(acts))
    assert [c for c in desk.calls if c[0] in ("unlock", "stop")][-1] == ("stop", None)
    assert desk.cases["inc1"].frozen


def test_a_full_disk_is_said_and_tried_again() -> None:
    """Not written is never called written; leaving asks."""
    desk = Desk()
    desk.fail["stop"] = DISK_FULL

    def healed(said: str, prompt: str) -> str:
        if "Try again" in said:
            desk.fail.clear()
        return script(said, prompt)

    again = pick("Try again to write it down", "The disk is full")
    left = pick(LEAVE, "STOP is written down")
    script = Script([*opened(), word("stop"), again, left])
    sit(desk, healed)
    assert desk.verbs().count("stop") == 2


def test_this_computer_locks_and_the_lock_leads_back_to_it() -> None:
    """One record, then the lock; reopened, the incident goes on in words."""
    desk = Desk()
    here = "It was seen on this very computer, here. Choose this only if it was"
    acts = [*opened(), word("stop"), pick(here), pick("Yes, on this one"),
            pick(TWO[0], "Locked."), secret(PASSPHRASE), pick(TWO[1]), secret(PASSPHRASE),
            word("EOF", MISUSE_AFTER)]  # fmt: skip
    sit(desk, Script(acts))
    assert "this_computer" in desk.verbs()


MISUSE_AFTER = MISUSE.get_step(MISUSE.after_stop).question


class Taking(Desk):
    """Takes a file until it is told to give up, as a slow stick would."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()
        self.frozen = threading.Event()

    def add_file(
        self, inc: str, path: Path, description: str, provenance: str, progress: Progress
    ) -> ExhibitView:
        self._call("add_file", inc)
        self.began.set()
        for _ in range(500):
            if self.frozen.wait(0.01):
                break
            progress("Sealing the file", 50, 100)
        raise Frozen("STOP was pressed.", "Write it down in words instead.")

    def stop(self, inc: str | None) -> StopResult:
        self.frozen.set()
        return super().stop(inc)


@pytest.mark.parametrize("how", ["stop", "^C"])
def test_stop_while_a_file_is_taken(how: str, tmp_path: Path) -> None:
    """The word and Enter, or Ctrl+C and its first line: the running verb gives up."""
    desk = Taking()
    legs = list(_to_files())
    (tmp_path / "messages.txt").write_text("invented")
    acts: list[Act] = [*opened(), *answered(*legs[:-1]), *list(leg_acts(legs[-1], tmp_path))[:5]]
    acts += [pick("STOP: freeze everything now", "Still running.")] if how == "^C" else []
    acts += [pick(LEAVE), pick("Keep them for later"), word("EOF", MISUSE_AFTER)]
    person = Scripted(Script(acts))

    def poll(seconds: float) -> str:
        if not desk.began.wait(seconds) or desk.frozen.is_set() or poll.done:  # type: ignore[attr-defined]
            return ""
        poll.done = True  # type: ignore[attr-defined]
        if how == "^C":
            raise KeyboardInterrupt
        return how

    poll.done = False  # type: ignore[attr-defined]
    person.poll_line = poll  # type: ignore[method-assign]
    assert run_terminal_session(desk, person) == 0, person.failed
    assert {item.kind for item in desk.cases["inc1"].items} == {"url"}
    assert desk.cases["inc1"].frozen


def _to_files() -> Iterator[Leg]:
    """Yield the legs up to the files."""
    for leg in way(MISUSE, "deep"):
        yield leg
        if leg.step.takes is CaptureContent.FILES:
            return


def test_ctrl_c_gives_a_long_verb_up(tmp_path: Path) -> None:
    """Given up at its next report; what was not finished does not count."""
    desk = Taking()
    legs = list(_to_files())
    (tmp_path / "messages.txt").write_text("invented")
    acts: list[Act] = [*opened(), *answered(*legs[:-1]), *list(leg_acts(legs[-1], tmp_path))[:5],
                       pick("Give this up", "Still running.")]  # fmt: skip
    acts.append(word("EOF", "This was stopped."))
    person = Scripted(Script(acts))
    person.meanwhile = []
    polls: list[int] = []

    def poll(seconds: float) -> str:
        desk.began.wait(seconds)
        if desk.began.is_set() and not polls:
            polls.append(1)
            raise KeyboardInterrupt
        return ""

    person.poll_line = poll  # type: ignore[method-assign]
    assert run_terminal_session(desk, person) == 0, person.failed
    assert person.failed is None and not desk.cases["inc1"].frozen


def test_a_window_that_goes_away_takes_no_stop_along() -> None:
    class Slow(Desk):
        def stop(self, inc: str | None) -> StopResult:
            sleep(0.2)
            return super().stop(inc)

    class Gone(Scripted):
        def print_texts(self, *texts: str) -> None:
            if any("STOPPED" in text for text in texts):
                raise SessionEnded(129)
            super().print_texts(*texts)

    desk = Slow()
    script = Script([*opened(), word("stop")])
    assert run_terminal_session(desk, Gone(script)) == 129
    assert ("stop", "inc1") in desk.calls
