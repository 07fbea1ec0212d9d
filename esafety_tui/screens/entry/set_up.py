"""The first run begins: what set-up needs, then its steps.

This is the first screen of a new computer, so the steps are loaded once it has been read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esafety_tui.screens.dialogs.text_page import TextPageScreen

if TYPE_CHECKING:
    from esafety_tui.screens.base.frame import ScreenHost

WELCOME = (
    "This computer becomes the designated computer for looking at online-safety",
    "incidents. You need about ten minutes, a printer and two envelopes, and all",
    "the officers here: at least two senior members of staff, better three.",
    "",
    "Each officer gets a passphrase of their own. Two officers together open the",
    "evidence vault; one alone can write words.",
    "",
    "If something is happening right now, do not set up first: press F9.",
)


async def set_up_vault(shell: ScreenHost) -> None:
    """Say what is needed, then ask for it. Returns when the vault is there."""
    draft = None
    while True:
        screen = TextPageScreen("First run", "Setting up esafety", WELCOME, "Set up this computer")
        if not await shell.ask_screen(screen):
            continue
        from esafety_tui.screens.entry.set_up_steps import SetUpDraft, run_set_up_steps

        draft = draft or SetUpDraft()
        if await run_set_up_steps(shell, draft):
            return
