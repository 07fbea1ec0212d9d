"""Before the form is drawn: what is still missing, opinions, pictures. Then it is frozen.

Rule: nothing is hidden and nothing is forced. No picture is chosen at first and one that is
frozen or held is never offered; lines marked "think" stay in the vault unless they are chosen.
"""

from __future__ import annotations

from esafety_tui.flows.model import Mark
from esafety_tui.plain import steps
from esafety_tui.plain.lines import numbered
from esafety_tui.plain.shell import Shell
from esafety_tui.screens.ports import Readiness

WHY = (
    "Why is it sealed although something is missing? The reason and what is missing are printed on "
    "the form."
)
THOUGHTS = "Some lines say what you think. Do they go on the form and into the pack?"
PICTURES = "Shall a screenshot be shown on the form? Most forms need none: each is listed."


def draw(shell: Shell, ready: Readiness) -> bool:
    """Freeze the form's content and draw it. True: they go to what is missing instead."""
    walk = shell.at
    reason = ""
    if not ready.complete:
        labels = [m.what for m in ready.missing]
        shell.say("", "The police would still ask for this:", *numbered(labels))
        there = [m for m in ready.missing if m.step_id]
        ways = [f"Go to: {m.what}" for m in there]
        chosen = shell.number("What do you want?", (*ways, "Draw the form all the same"))
        if chosen < len(there):
            walk.goto(there[chosen].step_id)
            return True
        reason = steps.reason(shell, WHY)
    thoughts = _has_thoughts(shell) and not shell.yes(
        THOUGHTS, "No: they stay in the vault", "Yes: print them, marked as opinion"
    )
    pictures = [i for i in walk.case.items if i.kind == "screenshot" and not i.shut]
    places = (
        shell.numbers(PICTURES, [f"{i.label}: {i.detail}" for i in pictures]) if pictures else ()
    )
    images = tuple(pictures[place].seq for place in places)
    form = shell.work("Drawing the form", lambda report: shell.desk.prepare_form(
        walk.inc, images, report, thoughts=thoughts, reason=reason))  # fmt: skip
    walk.refresh()
    shell.say("Drawn. It is frozen as it stands; nothing on it changes afterwards.")
    if shell.yes("Shall the form be read out here?", "Read it out", "Go on"):
        shell.say("", *form.lines)
    return False


def _has_thoughts(shell: Shell) -> bool:
    walk = shell.at
    given = [v for answer in walk.state.answers for v in answer.values.values()]
    texts = [v for v in given if isinstance(v, str)]
    texts += [*walk.case.notes, *(d.words for d in walk.case.described)]
    return any(f"{Mark.THINK}: " in text for text in texts)
