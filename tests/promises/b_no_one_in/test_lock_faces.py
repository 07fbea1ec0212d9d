"""The lock of both faces before a real vault: no key is left anywhere in the program."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.plain.steps import clock_check as plain_clock
from esafety_tui.plain.terminal import prompts
from esafety_tui.plain.terminal.terminal_port import IdleTimeout
from tests.casework.support import Practice
from tests.plain.acts import Act, Script, pick, secret, type_, word
from tests.plain.scripted import sit
from tests.promises.b_no_one_in import keys_left
from tests.screens.rig import SIZE, UnderTest, no_signals, until

CAPTURE = "Which addresses hold the material that worries you?"
OPEN = "Open the vault: carry on, look up, sign, export (two officers)"
ADA, COSMO = "Ada Bellweather, Senior teacher", "Cosmo Dunnock, Senior teacher"


@pytest.fixture
def desk(real: Practice, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a real vault with one incident at the capture step; nobody is in."""
    real.case()
    real.close()
    made = Desk(real.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    yield made
    made.close()


def none_anywhere(real: Practice) -> None:
    """No identity in this process opens a record of the vault, and no signing key is left."""
    found = list(keys_left.everything())
    assert not keys_left.opens(real, keys_left.identities(found).values())
    assert not keys_left.officers(found) & set(real.ids.values())


def in_plainly(real: Practice) -> Iterator[Act]:
    """Yield the acts of two from the door to the capture step."""
    yield pick(OPEN)
    yield pick("Ada Bellweather")
    yield secret(real.words["AB"])
    yield pick("Cosmo Dunnock")
    yield secret(real.words["CD"])
    yield pick(plain_clock.WAYS[1])
    yield type_("there is none here")


@pytest.mark.parametrize("how", ["lock", "idle"])
@pytest.mark.long("test_lock_keys.py and tests/plain/test_words.py")
def test_plain_mode_locks_the_keys_and_asks_for_the_second(
    desk: Desk, real: Practice, how: str
) -> None:
    """By the word, and where nobody types: one alone adds words, the second brings the rest."""

    locked = list[str]()
    alone = Script([
        pick(ADA, "Locked. Either of you"), secret(real.words["AB"]),
        pick("Carry on alone: words, STOP, who was told", "Ada Bellweather is back."),
        pick("The second officer is here: go on together", "The step here takes two"),
        pick(COSMO), secret("not the words"), pick("The second officer is here: go on together"),
        pick(COSMO), secret(real.words["CD"]), word("quit", CAPTURE), pick("Leave"),
        pick(plain_clock.WAYS[1]), type_("there is none here"),
    ])  # fmt: skip
    before = Script([*in_plainly(real)])
    at = ["door"]

    def answer(said: str, prompt: str) -> str:
        if at[0] == "door" and "EXS-" in said and "Incidents." in said:
            at[0] = "list"
            menu = said[said.rindex("Incidents.") :]
            return next(x.split(".")[0] for x in menu.split("\n") if "Open EXS-" in x)
        if at[0] == "list":
            at[0] = "locking"
            if how == "lock":
                return "lock"
            raise IdleTimeout
        if at[0] == "locking" and "If you were typing" in prompt:
            return ""
        if at[0] == "locking":
            at[0] = "locked"
            none_anywhere(real)
            locked.append(prompt)
        return (before if at[0] == "door" else alone)(said, prompt)

    person = sit(desk, answer)
    assert locked and prompts.IDLE_SECONDS == 300
    hidden = person.transcript.split("Locked. Either of you")[1].split("Cosmo Dunnock, pass")[0]
    assert "Which addresses" not in hidden


@pytest.mark.long("test_lock_keys.py and tests/screens/test_lock.py")
async def test_the_screen_locks_the_keys(desk: Desk, real: Practice) -> None:
    """Red before: every key was left; the lock stood before them."""
    desk.unlock(real.ids["AB"], real.words["AB"], real.ids["CD"], real.words["CD"], ())
    app = UnderTest(desk, clock=SystemClock(), signals=no_signals)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, "EXS-")
        await pilot.press("enter")
        await until(pilot, "Which addresses")
        assert keys_left.officers(keys_left.everything()) >= {real.ids["AB"], real.ids["CD"]}
        await pilot.press("ctrl+l")
        await until(pilot, "Locked. Either of you")
        while desk.context.signed_in is not None:
            await pilot.pause(0.02)
        await asyncio.to_thread(none_anywhere, real)
