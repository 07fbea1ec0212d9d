"""Closing an incident to an officer who turns out to be involved in it.

Rule: the officer it is about is not asked. Where they are signed in, the session ends before
anything else is shown; two others close it. What old copies still open is said when it is done.
"""

from __future__ import annotations

from esafety_tui.guide.ports import Act, OfficerCard
from esafety_tui.kernel.involved import ASIDE, END, HERE, WHO
from esafety_tui.screens.acts.act_form import perform_planned_act
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.base.frame import ScreenHost, call_in_thread
from esafety_tui.screens.dialogs.confirm import Confirm
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.widgets.choices import Choice


async def restrict_incident(shell: ScreenHost, where: str, inc: str, reference: str) -> bool:
    """Ask who is involved, and close the incident to them. True: it is done.

    Raises NotEligible where they were signed in: nobody is then.
    """
    state = await call_in_thread(shell.desk.state)
    rows = [Choice(o.id, o.name, o.position) for o in state.officers]
    chosen = await shell.ask_screen(ChooseScreen(where, WHO, rows, after=ASIDE))
    who = next((o for o in state.officers if o.id == chosen), None)
    if who is None:
        return False
    if who.id in {o.id for o in state.present}:
        return await _enact_restriction(shell, inc, who)
    plan = plan_act(
        "restrict", {"reference": reference, "name": who.name},
        values={"inc": inc, "who": who.id}, present=state.present,
    )  # fmt: skip
    return await perform_planned_act(shell, where, plan) is not None


async def _enact_restriction(shell: ScreenHost, inc: str, who: OfficerCard) -> bool:
    question = HERE.format(name=who.name)
    if await shell.ask_screen(Confirm(question, ASIDE, END, "No, go back")):
        act = Act("restrict", {"inc": inc, "who": who.id, "reason": ""})
        await call_in_thread(shell.desk.act, act, _ignore_progress)
    return False


def _ignore_progress(_what: str, _done: int, _total: int) -> None:
    """It is over in a moment."""
