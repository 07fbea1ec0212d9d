"""A gate confirmed at another computer is confirmed again on its own step, with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.administration.officer_changes import PairConsent, designate_computer
from esafety_tui.data import platform
from tests.screens import real
from tests.screens.real import TO_ADDRESSES, answered
from tests.screens.rig import SIZE, build, typed, until


async def test_the_step_about_the_computer_asks_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = real.make(tmp_path)
    desk = vault.desk()
    real.sign_in(desk, vault.words[:2])
    inc = answered(desk, TO_ADDRESSES[:7])
    desk.sign_out()
    monkeypatch.setattr(platform, "_machine_identity", lambda: "another")
    real.sign_in(desk, vault.words[:2])
    ids = [o.id for o in desk.state().present]
    consent = PairConsent(dict(zip(ids, vault.words[:2], strict=True)), "PC 1 is broken.")
    designate_computer(desk.context.session, "PC 2 · library", consent)
    async with build(desk).run_test(size=SIZE) as pilot:
        await real.open_case(pilot)
        await until(pilot, "watched")
        await pilot.press("escape")
        await until(pilot, "Source:")
        assert desk.case(inc).gate_elsewhere == "designated"
        await pilot.press("f8")
        await until(pilot, "Why does the work go on at this computer?")
        await pilot.press("escape")
        assert desk.case(inc).gate_elsewhere == "designated"
        await pilot.press("f8")
        await until(pilot, "Why does the work go on at this computer?")
        await typed(pilot, "the other one is broken")
        await pilot.press("f8")
        await until(pilot, "watched")
        assert desk.case(inc).gates_again == ()
    desk.close()
