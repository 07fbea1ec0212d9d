"""The door: who opens, who may not, what the checks found, the clock; and the list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esafety_tui.guide.ports import DeskState, IncidentSummary, NextDeadline, SignInResult
from esafety_tui.kernel.errors import EvidenceError, RolledBack, Shortened
from tests.plain.acts import Act, Script, lines, pick, secret, sign_in, tick, type_, word
from tests.plain.desk import Desk
from tests.plain.scripted import Scripted, sit
from tests.plain.test_words import EVERY_DOOR, MISUSE, QUIT, TWO
from tests.screens.fake_desk import OFFICERS, PASSPHRASE

NEW = "Something has happened: start a new incident (two officers)"
THIRD = "Eve Frost, Assistant Head"


class Alarmed(Desk):
    """Raises what the door is told to raise, until a reason is given; keeps the reason."""

    alarm: EvidenceError | None = None
    accepted = ""

    def unlock(
        self, first_id: str, first_pass: str, second_id: str | None, second_pass: str | None,
        named: tuple[str, ...], accept: str = "",
    ) -> SignInResult:  # fmt: skip
        if self.alarm is not None and not accept:
            raise self.alarm
        self.accepted = accept
        return super().unlock(first_id, first_pass, second_id, second_pass, named, accept)


class WithClock(Desk):
    """A vault that is no practice vault: the clock is to be compared, a copy is due."""

    def state(self) -> DeskState:
        open_ = len(self.present) == 2
        return replace(super().state(), compare_clock=open_, copy_due=open_)


def test_the_one_alarm_that_may_be_accepted_asks_why_and_for_both_again() -> None:
    """A shortened vault: the reason reaches the desk with both passphrases typed again."""
    desk = Alarmed()
    desk.alarm = Shortened("Entries are missing.", "Compare the second copy.")
    sit(desk, Script([pick(EVERY_DOOR), *sign_in(PASSPHRASE, TWO), *lines("put back on purpose"),
                      *sign_in(PASSPHRASE, TWO), *QUIT]))  # fmt: skip
    assert desk.accepted == "put back on purpose"


def test_no_other_alarm_can_be_talked_away() -> None:
    """The vault stays shut, whatever is typed; back leads to the door."""
    desk = Alarmed()
    desk.alarm = RolledBack("This vault is older than what you saw.", "Fetch the second copy.")
    person = sit(desk, Script([pick(EVERY_DOOR), *sign_in(PASSPHRASE, TWO), word("back", "older"),
                               pick("Leave the program")]))  # fmt: skip
    assert not desk.present and "Only if this copy" not in person.transcript


def test_who_is_named_cannot_open_it() -> None:
    """Ticked by number, refused by the desk, said in its words; two others open it."""
    desk = Desk()
    acts = [pick(NEW), tick(TWO[1], hear="Is one of these officers named"), type_("A. Pupil"),
            *sign_in(PASSPHRASE, TWO), pick(TWO[0], "Carl Dunne is named in this incident."),
            secret(PASSPHRASE), pick(THIRD), secret(PASSPHRASE), pick(MISUSE.offer),
            word("EOF")]  # fmt: skip
    sit(desk, Script(acts))
    assert ("open_incident", ("o2",), "A. Pupil", False, "misuse") in desk.calls


def test_named_while_signed_in_ends_the_session() -> None:
    """From the list: whoever is named is out before anything is opened."""
    desk = Desk(open_with=OFFICERS[:2])
    acts = [pick("Start a new incident"), tick(TWO[0]), type_(""),
            pick(TWO[1], "this session has been ended"), secret(PASSPHRASE), pick(THIRD),
            secret(PASSPHRASE), pick(MISUSE.offer), word("EOF")]  # fmt: skip
    sit(desk, Script(acts))
    verbs = desk.verbs()
    assert verbs.index("sign_out") < verbs.index("unlock") < verbs.index("open_incident")


@pytest.mark.parametrize(
    ("chosen", "done"),
    [
        ([pick("Compare it", "At the door."), type_("speaking clock"), type_("14:07:30")],
         {"source": "speaking clock", "trusted": "14:07:30"}),
        ([pick("It is not compared, and I say why"), type_("no clock here")],
         {"reason": "no clock here"}),
        ([word("back", "At the door.")], {"reason": "left out"}),
    ],
)  # fmt: skip
def test_the_clock_is_asked_for_and_never_stands_in_the_way(
    chosen: list[Act], done: dict[str, str]
) -> None:
    """Compared, not compared with a reason, or left out: written down, and on they go."""
    desk = WithClock()
    left = [word("quit"), pick("Leave", "esafety backup"),
            pick("Leave it out this time", "Before you leave.")]  # fmt: skip
    sit(desk, Script([pick(EVERY_DOOR), *sign_in(PASSPHRASE, TWO), *chosen, *left]))
    acts = [call[2] for call in desk.calls if call[0] == "act"]
    assert acts == [done, {"reason": "left out"}]


def test_the_list_says_what_is_due_and_finds_by_words() -> None:
    """Due next first; ten incidents, the others by part of their line."""
    desk = Desk(open_with=OFFICERS[:2])
    numbers = range(20, 0, -1)
    desk.cards = tuple(
        IncidentSummary(f"i{n}", f"HVS-2026-{n:04d}", f"{n} Nov 2026", "open") for n in numbers
    )
    desk.next = (
        NextDeadline("i7", "HVS-2026-0007", "tell the LADO", "today 17:00 GMT", "1 h 50 min"),
    )
    seen: list[str] = []

    def answer(said: str, prompt: str) -> str:
        seen.append(" ".join(said.split()))
        return ("0007", "EOF")[len(seen) - 1]

    sit(desk, answer)
    assert "Due next: 1. today 17:00 GMT, 1 h 50 min: HVS-2026-0007, tell the LADO" in seen[0]
    assert "10 more. Older ones:" in seen[0] and "HVS-2026-0007, open" not in seen[0]
    assert "4. Open HVS-2026-0007, open, 7 Nov 2026" in seen[1] and "0008" not in seen[1]


def test_without_a_vault_it_says_where_set_up_is() -> None:
    """Nothing is asked; exit code 2."""
    from esafety_tui.plain.session.run import run_terminal_session

    person = Scripted(lambda said, prompt: "quit")
    assert run_terminal_session(Desk(has_vault=False), person) == 2
    assert "There is no vault on this computer yet." in person.transcript


def test_a_lone_officer_adds_words_to_what_they_cannot_read() -> None:
    """Words only; STOP there freezes that incident, not a new one."""
    desk = Desk(open_with=OFFICERS[:1])
    desk.cards = (IncidentSummary("inc1", "HVS-2026-0001", "21 Nov 2026", "open"),)
    desk.open_incident((), "", True)
    desk.cards = desk.cards[-1:]
    desk.cases["inc1"] = replace(desk.cases["inc1"], readable=False)
    acts = [pick("Open HVS-2026-0001, open, 21 Nov 2026", "words, STOP"), pick("Add words to it"),
            *lines("told: she rang again"), pick("Yes, write it down"), word("stop"),
            pick("Leave these steps", "STOP is written down"), word("EOF")]  # fmt: skip
    sit(desk, Script(acts))
    assert desk.cases["inc1"].notes == ("told: she rang again",)
    assert ("stop", "inc1") in desk.calls


def test_a_fault_is_told_without_what_it_says() -> None:
    """Kind and place for the maintainers; no message, no value, no name."""
    from esafety_tui.plain.session.run import run_terminal_session

    class Broken(Desk):
        def incidents(self) -> tuple[IncidentSummary, ...]:
            raise RuntimeError("Gwen Example")

    desk = Broken(open_with=OFFICERS[:2])
    person = Scripted(lambda said, prompt: "EOF")
    assert run_terminal_session(desk, person) == 1
    assert "RuntimeError at test_door.py" in " ".join(person.heard)
    assert "Gwen" not in person.transcript and desk.closed == 1
