"""Closing an incident to an officer in plain mode."""

from __future__ import annotations

from esafety_tui.guide.ports import Act as Deed
from esafety_tui.guide.ports import ActResult, Progress
from esafety_tui.kernel.errors import NotEligible
from esafety_tui.kernel.involved import END, OFFER
from tests.plain.acts import Script, pick, secret, type_, word
from tests.plain.desk import Desk
from tests.plain.scripted import sit
from tests.plain.test_words import LEGS, answered, opened
from tests.screens.fake_desk import OFFICERS, PASSPHRASE

WHO = [f"{o.name}, {o.position}" for o in OFFICERS]


class Closing(Desk):
    """Notes what is closed to whom; who is signed in ends the session."""

    def __init__(self) -> None:
        super().__init__()
        self.deeds: list[tuple[dict[str, str], dict[str, str]]] = []

    def act(self, act: Deed, progress: Progress) -> ActResult:
        if act.name != "restrict":
            return super().act(act, progress)
        self.deeds.append((dict(act.values), dict(act.passphrases)))
        if act.values["who"] in {o.id for o in self.present}:
            self.sign_out()
            raise NotEligible("The session was ended.", "Two others sign in.")
        return ActResult(("It is closed.",), None, ("Old copies still open it.",))


def test_two_close_it_and_hear_what_old_copies_open() -> None:
    desk = Closing()
    acts = [
        *opened(), *answered(LEGS[0]), word("far"), pick(OFFER), pick(WHO[2], "they are not asked"),
        type_("A parent named them.", "sealed to a new key"), type_(""),
        secret(PASSPHRASE), secret(PASSPHRASE), pick("Back to the question", "Old copies still"),
        word("EOF"),
    ]  # fmt: skip
    sit(desk, Script(acts))
    [(values, given)] = desk.deeds
    assert values == {"inc": "inc1", "who": "o3", "reason": "A parent named them."}
    assert given == {"o1": PASSPHRASE, "o2": PASSPHRASE}


def test_who_is_signed_in_is_out_before_anything_else() -> None:
    desk = Closing()
    acts = [
        *opened(), *answered(LEGS[0]), word("far"), pick(OFFER), pick(WHO[1]),
        pick(END, "is signed in"), word("EOF", "The session was ended."),
    ]  # fmt: skip
    sit(desk, Script(acts))
    assert [values["who"] for values, _ in desk.deeds] == ["o2"] and not desk.present
