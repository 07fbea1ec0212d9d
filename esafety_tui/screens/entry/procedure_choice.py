"""What is it about? The procedures that a new incident can be opened with.

Rule: the way for "we do not know yet" stands first and is marked. Every procedure asks itself
whether something is against the law before anybody looks.
"""

from __future__ import annotations

from esafety_tui.guide.engine_input import procedure_of, profile_of
from esafety_tui.guide.ports import Desk
from esafety_tui.screens.base.frame import Shell, in_thread
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.widgets.choices import Choice

FIRST = "misuse"
WHERE = "A new incident · before it is opened"
QUESTION = "What is it about?"
AFTER = "If you are not sure, take the first line. You can go over to another one later."


def offers(desk: Desk) -> tuple[Choice, ...]:
    """Return the procedures offered, FIRST at the top. Blocking. Raises Refused."""
    policy = desk.policy()
    profile = profile_of(desk, policy.profile)
    found = []
    for name in sorted(policy.procedures, key=lambda name: (name != FIRST, name)):
        procedure = procedure_of(desk, policy.procedures[name], profile)
        if procedure.offer:
            found.append(Choice(name, procedure.offer))
    return tuple(found)


async def what_about(shell: Shell) -> str | None:
    """Ask which procedure fits; None for back."""
    choices = await in_thread(offers, shell.desk)
    return await shell.ask(ChooseScreen(WHERE, QUESTION, choices, after=AFTER))
