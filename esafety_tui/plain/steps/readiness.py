"""Before the form is drawn: what is still missing, opinions, pictures. Then it is frozen.

Rule: nothing is hidden and nothing is forced. No picture is chosen at first and one that is
frozen or held is never offered; lines marked "think" stay in the vault unless they are chosen.
"""

from __future__ import annotations

from esafety_tui.guide.ports import Readiness
from esafety_tui.guide.readiness_step import (
    CLOCK,
    DRAW_ANYWAY,
    DRAWING,
    LEAVE_OUT,
    OPINIONS,
    PRINT_THEM,
    has_opinions,
    list_pictures,
    split_missing,
)
from esafety_tui.plain.steps import ask_step, clock_check
from esafety_tui.plain.terminal.line_format import numbered
from esafety_tui.plain.terminal.prompts import Shell

WHY = (
    "Why is it sealed although something is missing? The reason and what is missing are printed on "
    "the form."
)
COMPARE = "Compare this computer's clock now"
PICTURES = "Shall a screenshot be shown on the form? Most forms need none: each is listed."


def draw(shell: Shell, ready: Readiness) -> bool:
    """Freeze the form's content and draw it. True: they go to what is missing instead."""
    incident = shell.at
    reason = ""
    if not ready.complete:
        what = _what_first(shell, ready)
        if what in CLOCK:
            clock_check.compare_in(shell, incident.inc)
            incident.refresh_case()
            return False
        if what:
            incident.show_step(what)
            return True
        reason = ask_step.reason(shell, WHY)
    thoughts = has_opinions(incident) and not shell.yes(OPINIONS, LEAVE_OUT.words, PRINT_THEM.words)
    pictures = list_pictures(incident.case)
    places = (
        shell.numbers(PICTURES, [f"{i.label}: {i.detail}" for i in pictures]) if pictures else ()
    )
    images = tuple(pictures[place].seq for place in places)
    form = shell.work(DRAWING, lambda report: shell.desk.prepare_form(
        incident.inc, images, report, thoughts=thoughts, reason=reason))  # fmt: skip
    incident.refresh_case()
    shell.say("Drawn. It is frozen as it stands; nothing on it changes afterwards.")
    if shell.yes("Shall the form be read out here?", "Read it out", "Go on"):
        shell.say("", *form.lines)
    return False


def _what_first(shell: Shell, ready: Readiness) -> str:
    """Say what is missing. Returns the step to go to, a key of CLOCK, or "" to draw all the same.

    What cannot be made up is said and not offered.
    """
    gaps = split_missing(ready)
    if gaps.open:
        shell.say(
            "", "The police would still ask for this:", *numbered([m.what for m in gaps.open])
        )
    late = [f"{m.what}." for m in gaps.late]
    shell.say(*(["", "Left out, and it cannot be made up:", *late] if late else []))
    ways = [(m.step_id, f"Go to: {m.what}") for m in gaps.open if m.step_id]
    ways += [(m.key, COMPARE) for m in gaps.open if m.key in CLOCK][:1]
    ways.append(("", DRAW_ANYWAY.words))
    return ways[shell.number("What do you want?", [label for _, label in ways])][0]
