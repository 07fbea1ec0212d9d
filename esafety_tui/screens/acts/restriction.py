"""Closing an incident to an officer who turns out to be involved in it.

Rule: the officer it is about is not asked. Where they are signed in, the session ends before
anything else is shown; two others close it. What old copies still open is said when it is done.
"""

from __future__ import annotations

from esafety_tui.guide.ports import Act, OfficerCard
from esafety_tui.kernel.involved import ASIDE, END, HERE, WHO
from esafety_tui.screens.acts.act_form import done
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.base.frame import Shell, in_thread
from esafety_tui.screens.dialogs.confirm import Confirm
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.widgets.choices import Choice


async def run(shell: Shell, where: str, inc: str, reference: str) -> bool:
    """Ask who is involved, and close the incident to them. True: it is done.

    Raises NotEligible where they were signed in: nobody is then.
    """
    state = await in_thread(shell.desk.state)
    rows = [Choice(o.id, o.name, o.position) for o in state.officers]
    chosen = await shell.ask(ChooseScreen(where, WHO, rows, after=ASIDE))
    who = next((o for o in state.officers if o.id == chosen), None)
    if who is None:
        return False
    if who.id in {o.id for o in state.present}:
        return await _end(shell, inc, who)
    plan = plan_act(
        "restrict", {"reference": reference, "name": who.name},
        values={"inc": inc, "who": who.id}, present=state.present,
    )  # fmt: skip
    return await done(shell, where, plan) is not None


async def _end(shell: Shell, inc: str, who: OfficerCard) -> bool:
    question = HERE.format(name=who.name)
    if await shell.ask(Confirm(question, ASIDE, END, "No, go back")):
        act = Act("restrict", {"inc": inc, "who": who.id, "reason": ""})
        await in_thread(shell.desk.act, act, _unheard)
    return False


def _unheard(_what: str, _done: int, _total: int) -> None:
    """It is over in a moment."""
