"""The words that work at every prompt, at every prompt; and how the plain mode is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.guide.ports import CaseHandle, DeskState, ExportResult, Receipt
from esafety_tui.plain.steps import export
from esafety_tui.plain.terminal import prompts
from esafety_tui.plain.terminal.terminal_port import IdleTimeout
from tests.plain.acts import Act, Script, leg_acts, pick, secret, sign_in, tick, type_, word
from tests.plain.desk import Desk
from tests.plain.routes import Leg, way
from tests.plain.scripted import sit
from tests.screens.fake_desk import OFFICERS, PASSPHRASE

MISUSE = fit_procedure(load_procedure("misuse"), load_profile())
LEGS = list(way(MISUSE, "first"))
REPORTED, DANGER = LEGS[0], LEGS[1]
TWO = tuple(f"{o.name}, {o.position}" for o in OFFICERS[:2])
EVERY_DOOR = "Open the vault: carry on, look up, sign, export (two officers)"
QUIT = (word("quit"), pick("Leave", "Leave esafety?"))


def opened() -> Iterator[Act]:
    """Yield the acts up to the first question of a new incident."""
    yield pick("Something has happened: start a new incident (two officers)")
    yield tick(hear="Is one of these officers named")
    yield type_("Invented Pupil")
    yield from sign_in(PASSPHRASE, TWO)
    yield pick(MISUSE.offer)


def answered(*legs: Leg) -> Iterator[Act]:
    """Yield the acts that answer these legs."""
    for leg in legs:
        yield from leg_acts(leg, Path())


def sealed(desk: Desk) -> list[str]:
    """Return the verbs that wrote something, in order."""
    reading = {"state", "case", "contacts", "policy", "flow_source", "incidents", "due_next",
               "keeping", "close", "readiness"}  # fmt: skip
    return [verb for verb in desk.verbs() if verb not in reading]


def test_words_at_every_prompt_answer_and_ask_again() -> None:
    """call, help, why, map, far (and back to the question): nothing is sealed, nothing is lost."""
    script = Script([*opened(), *answered(REPORTED, DANGER)], "quit")
    words = ["call", "help", "WHY", "map"]
    asked: list[str] = []

    def curious(said: str, prompt: str) -> str:
        if "Leave esafety?" in said:
            return "1"
        if len(asked) % (len(words) + 1) < len(words):
            asked.append(prompt)
            if len(asked) % (len(words) + 1) == 1:
                curious.first = said  # type: ignore[attr-defined]
            return words[(len(asked) - 1) % (len(words) + 1)]
        assert prompt == asked[-1], "the same prompt comes again"
        asked.append(prompt)
        return script(curious.first, prompt)  # type: ignore[attr-defined]

    plain = Desk()
    sit(plain, Script([*opened(), *answered(REPORTED, DANGER), *QUIT]))
    desk = Desk()
    person = sit(desk, curious)
    assert sealed(desk) == sealed(plain)
    assert desk.cases["inc1"].answers == plain.cases["inc1"].answers
    for heard in ("999  A child is in danger now.", "Designated safeguarding lead: ext. 214",
                  "stop: STOP: freeze", "Source: ", "The way so far:", "you are here"):  # fmt: skip
        assert heard in person.transcript


class Milestone(Desk):
    """A desk whose incidents follow a policy that leaves much open."""

    def open_incident(
        self, named: tuple[str, ...], others: str, words_only: bool, procedure: str = "misuse"
    ) -> CaseHandle:
        made = super().open_incident(named, others, words_only, procedure)
        case = self.cases[made.inc]
        sources = (case.sources[0], load_profile("milestone").digest)
        self.cases[made.inc] = replace(case, sources=sources)
        return made


def test_what_the_policy_leaves_open_is_said_and_why_says_the_sentences() -> None:
    """At the step itself; of the other steps' gaps nothing, of the whole policy's at the end."""
    acts = [
        *opened(), word("why", "Do not look"), *answered(REPORTED),
        word("why", "Not in your policy: a general step."),
        *answered(DANGER),
        word("why", "Not all of this is in your policy. Read on the safe side: type why."),
        *QUIT,
    ]  # fmt: skip
    person = sit(Milestone(), Script(acts))
    heard = " ".join(person.transcript.split())
    assert heard.count("Not in your policy: a general step.") == 1
    assert "On this step, not in your policy: What is done about illegal misuse" in heard
    assert "On this step, read on the safe side: Anything that may be illegal goes" in heard
    assert heard.count("On the whole policy, not in your policy: Whether the new legal duty") == 3
    assert "a data breach" not in heard


def test_far_goes_to_an_earlier_answer_which_is_changed_with_a_reason() -> None:
    """The old answer is offered, Enter keeps each of its fields, the reason is asked for."""
    desk = Desk()
    acts = [
        *opened(), *answered(REPORTED, DANGER), word("far"),
        pick("Change an answer; the old one is kept", "everything so far"),
        pick("Step 1, what was reported", "Which answer?"),
        pick("Change it; the old answer is kept", "Answered before:"),
        type_("Another Example"), type_(""), type_(""), type_(""),
        pick("Yes, write it down", "Who told you: Another Example"),
        type_("I misheard the name"), type_(""), *QUIT,
    ]  # fmt: skip
    sit(desk, Script(acts))
    given = desk.cases["inc1"].answers[-1]
    assert (given.step_id, given.reason) == ("reported", "I misheard the name")
    assert given.values["by"] == "Another Example"
    assert given.values["words"] == REPORTED.values["words"]


def test_back_goes_one_question_back_and_keeps_what_was_typed() -> None:
    """Inside a step to the field before, from its first one to the step before."""
    desk = Desk()
    acts = [
        *opened(), type_("Gwen Example"), type_("20 Nov 2026"), type_("told: they wro"),
        word("back"), type_("", "20 Nov 2026"), type_("", "told: they wro"),
        type_(""), pick("Yes, write it down", "told: they wro"), *QUIT,
    ]  # fmt: skip
    sit(desk, Script(acts))
    assert desk.cases["inc1"].answers[0].values["words"] == "told: they wro"


def test_a_note_is_marked_read_back_and_sealed_and_the_prompt_comes_again() -> None:
    """A line that does not say how it is known is asked about, never marked silently."""
    desk = Desk()
    acts = [
        *opened(), word("note"), type_("she saw three pages"), word("2", "How do you know it?"),
        type_("think: a joke"), type_(".stop"), word(""), type_(""),
        pick("Yes, write it down", "told: she saw three pages"),
        *answered(REPORTED), *QUIT,
    ]  # fmt: skip
    sit(desk, Script(acts))
    assert desk.cases["inc1"].notes == ("told: she saw three pages\nthink: a joke\ntold: stop",)


def test_list_leaves_the_incident_and_it_goes_on_where_it_was() -> None:
    """The list opens it again at the first question that is open."""
    desk = Desk()
    acts = [*opened(), *answered(REPORTED), word("list"),
            pick("Open HVS-2026-0001, open, 21 Nov 2026"), *answered(DANGER), *QUIT]  # fmt: skip
    sit(desk, Script(acts))
    assert [a.step_id for a in desk.cases["inc1"].answers] == ["reported", "danger"]


def test_behind_the_lock_nothing_is_said_and_four_words_work() -> None:
    """Wrong passphrase, then the right one; the question comes again where it was."""
    desk = Desk()
    acts = [
        *opened(), *answered(REPORTED), word("lock"), word("far", "Locked."), word("note"),
        word("call"), pick(TWO[1]), secret("wrong"), pick(TWO[1]), secret(PASSPHRASE),
        pick(TWO[0]), secret("wrong"), pick(TWO[0]), secret(PASSPHRASE), *answered(DANGER), *QUIT,
    ]  # fmt: skip
    person = sit(desk, Script(acts))
    locked = person.transcript.split("Locked. Either")[1].split("Open again.")[0]
    assert "Gwen Example" not in locked and "Here only stop, call, help and quit work" in locked
    assert len(desk.cases["inc1"].answers) == 2


def test_one_carries_on_alone_and_the_second_brings_everything_back() -> None:
    """Nothing of two is said to one; a half typed note is kept for both."""
    desk = Desk()
    state = desk.state

    def opened_by_two() -> DeskState:
        desk.place = "inc1"
        if "inc1" in desk.cases:
            alone = len(desk.present) < 2
            desk.cases["inc1"] = replace(desk.cases["inc1"], readable=not alone)
        return state()

    desk.state = opened_by_two  # type: ignore[method-assign]
    acts = [
        *opened(), *answered(REPORTED), word("lock"), pick(TWO[1]), secret(PASSPHRASE),
        pick("Carry on alone: words, STOP, who was told", f"{TWO[1].split(',')[0]} is back."),
        pick("The second officer is here: go on together", "The step here takes two"),
        pick(TWO[0]), secret(PASSPHRASE), *answered(DANGER), *QUIT,
    ]  # fmt: skip
    person = sit(desk, Script(acts))
    alone = person.transcript.split("is back.")[1].split("go on together >")[0]
    assert "Gwen Example" not in alone
    assert len(desk.cases["inc1"].answers) == 2


def test_one_of_two_leaves_in_words() -> None:
    desk = Desk()
    acts = [*opened(), word("list"), pick("One of us is leaving"), pick(TWO[0], "Who leaves?"),
            word("quit", "One officer is signed in")]  # fmt: skip
    person = sit(desk, Script([*acts, pick("Leave")]))
    assert any(call[0] == "leave" for call in desk.calls)
    assert "is alone: words only." in person.transcript


def test_signing_out_at_the_lock_leads_to_the_door() -> None:
    """Nobody stays in; two have to open it again."""
    desk = Desk()
    out = pick("Sign out: two officers have to open the vault again", "Locked.")
    sit(desk, Script([*opened(), word("lock"), out, pick("Leave the program")]))
    assert "sign_out" in desk.verbs() and not desk.present


@pytest.mark.parametrize("end", ["EOF", "quit"])
def test_the_end_signs_out(end: str) -> None:
    """At the end of input and by the word: the desk is closed once and nobody is in."""
    desk = Desk()
    person = sit(desk, Script([*opened(), *(QUIT if end == "quit" else ())], "EOF"))
    assert desk.closed == 1
    assert person.heard[-1].startswith("The session is ended")


def test_ctrl_c_asks_and_loses_nothing() -> None:
    """It says so, and the same question comes again."""
    desk = Desk()
    acts = [*opened(), type_("Gwen Example"), word("^C"), pick("Go on", "Ctrl+C."),
            *list(answered(REPORTED))[1:], *QUIT]  # fmt: skip
    sit(desk, Script(acts))
    assert desk.cases["inc1"].answers[0].values == REPORTED.values


def test_nobody_typing_locks_and_a_half_typed_line_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that was being typed arrives behind the lock and is not lost."""
    desk = Desk()
    script = Script([*opened(), type_("Gwen Ex", "Locked: nobody typed"), pick(TWO[0]),
                     secret(PASSPHRASE), pick(TWO[1]), secret(PASSPHRASE), type_("20 Nov 2026"),
                     *QUIT])  # fmt: skip
    slept: list[str] = []

    def sleepy(said: str, prompt: str) -> str:
        if prompt == "Who told you" and not slept:
            slept.append(prompt)
            raise IdleTimeout
        return script(said, prompt)

    person = sit(desk, sleepy)
    assert "lock" in desk.verbs() and "reopen" in desk.verbs()
    assert "Your line was kept: Gwen Ex" in person.transcript
    assert prompts.IDLE_SECONDS > 60


def test_what_a_pack_goes_without_is_said_where_the_export_ends() -> None:
    said: list[str] = []
    lacks = ("data/profile.toml is not in this pack: it could not be read.",)
    done = ExportResult(Path("x.zip"), "CODE", 40, 9, "", Receipt(1, "", ""), lacks=lacks)
    export._report_pack(SimpleNamespace(say_texts=lambda *lines: said.extend(lines)), done)  # type: ignore[arg-type]
    assert f"Note: {lacks[0]}" in said


def test_a_passphrase_is_never_in_what_was_said() -> None:
    """Neither at the door nor at the lock nor in a wrong attempt."""
    desk = Desk()
    acts = [pick(EVERY_DOOR), pick(TWO[0]), secret("not it at all"), pick(TWO[1]),
            secret(PASSPHRASE), *sign_in(PASSPHRASE, TWO), *QUIT]  # fmt: skip
    person = sit(desk, Script(acts))
    assert "A passphrase is not right." in person.transcript
    assert PASSPHRASE not in person.transcript and "not it at all" not in person.transcript
