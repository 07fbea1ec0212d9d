"""Before the form is drawn: what is still missing, opinions, pictures. Then it is frozen.

Rule: nothing is hidden and nothing is forced. No picture is chosen at first and one that is
frozen or held is never offered; lines marked "think" stay in the vault unless they are chosen.
"""

from __future__ import annotations

from esafety_tui.flows.procedure.model import Mark
from esafety_tui.guide.ports import Readiness
from esafety_tui.plain.steps import ask_step, clock_check
from esafety_tui.plain.terminal.line_format import numbered
from esafety_tui.plain.terminal.prompts import Shell

WHY = (
    "Why is it sealed although something is missing? The reason and what is missing are printed on "
    "the form."
)
THOUGHTS = "Some lines say what you think. Do they go on the form and into the pack?"
CLOCK = ("clock-start", "clock-end")
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
    thoughts = _has_thoughts(shell) and not shell.yes(
        THOUGHTS, "No: they stay in the vault", "Yes: print them, marked as opinion"
    )
    pictures = [i for i in incident.case.items if i.kind == "screenshot" and not i.shut]
    places = (
        shell.numbers(PICTURES, [f"{i.label}: {i.detail}" for i in pictures]) if pictures else ()
    )
    images = tuple(pictures[place].seq for place in places)
    form = shell.work("Drawing the form", lambda report: shell.desk.prepare_form(
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
    open_ = [m for m in ready.missing if not m.late]
    if open_:
        shell.say("", "The police would still ask for this:", *numbered([m.what for m in open_]))
    late = [f"{m.what}." for m in ready.missing if m.late]
    shell.say(*(["", "Left out, and it cannot be made up:", *late] if late else []))
    ways = [(m.step_id, f"Go to: {m.what}") for m in open_ if m.step_id]
    ways += [(m.key, COMPARE) for m in open_ if m.key in CLOCK][:1]
    ways.append(("", "Draw the form all the same"))
    return ways[shell.number("What do you want?", [label for _, label in ways])][0]


def _has_thoughts(shell: Shell) -> bool:
    incident = shell.at
    given = [v for answer in incident.state.answers for v in answer.values.values()]
    texts = [v for v in given if isinstance(v, str)]
    texts += [*incident.case.notes, *(d.words for d in incident.case.described)]
    return any(f"{Mark.THINK}: " in text for text in texts)
