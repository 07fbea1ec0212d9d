"""The only flow runner: leads through one incident and returns when its screen is left."""

from __future__ import annotations

from esafety_tui.screens.frame import Shell, in_thread
from esafety_tui.screens.read import ReadScreen


async def run_case(shell: Shell, inc: str) -> None:
    """Show the incident ``inc`` as recorded so far."""
    case = await in_thread(shell.desk.case, inc)
    lines = [f"{item.label}  {item.detail}" for item in case.items]
    state = "frozen" if case.frozen else "open"
    await shell.ask(ReadScreen(case.reference, f"{case.reference} · {state}", lines, "To the list"))
