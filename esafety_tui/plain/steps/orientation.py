"""Where people are: the head of a step, why it is asked, the map of the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.fit import Advice, called
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import FORBIDDEN_WORDS, Status, Step
from esafety_tui.flows.profile import policy_gaps
from esafety_tui.flows.profile.policy_items import Gap, Reading
from esafety_tui.guide.case_state import CaseState
from esafety_tui.plain.terminal.line_format import flowing, numbered
from esafety_tui.plain.terminal.prompts import Shell

ASK = "ask your safeguarding lead or the police"
MORE = "type why"
NO_STEP = "You are not inside an incident. Open one from the list, or start a new one."


def announce(shell: Shell) -> None:
    """Say the incident, the step's number, what comes next, the question and what goes with it."""
    incident = shell.at
    step, known = incident.step, engine.progress(incident.procedure, incident.state)
    said = incident.take_said()
    shut = ", FROZEN" if incident.case.frozen else ", HELD" if incident.case.held else ""
    after = f" Next: {known.next_title.rstrip('?')}." if known.next_title else ""
    place = f"{incident.case.reference}{shut}. Step {known.number} of about {known.about}.{after}"
    practice = "PRACTICE. " if shell.practice else ""
    lines = [
        *([said] if said else []),
        "",
        f"{practice}{place}",
        flowing(step.question),
        flowing(step.why),
    ]
    if left := policy_gaps.notice(incident.profile, incident.procedure.name, step, MORE):
        lines.append(f"{left}.")
    if not incident.case.machine_ok:
        lines.append("This is NOT the designated computer.")
    if step.status is not Status.SOURCED and not incident.confirmation:
        lines.append(f"To be confirmed: {ASK}.")
    if step.forbids:
        forbidden = "; ".join(FORBIDDEN_WORDS[what] for what in step.forbids)
        lines.append(f"From here on, do not: {forbidden}.")
    shell.say(*lines, *told(incident, step.tell), *advice_lines(incident.advice))


def told(incident: CaseState, kinds: Iterable[str]) -> list[str]:
    """Return a line saying who must be told, with known numbers; none for nobody."""
    found = []
    for kind in dict.fromkeys(kinds):
        name = called(incident.profile, kind)
        try:
            number = incident.numbers.get(incident.profile.contact(kind).label, "")
        except KeyError:  # a kind that is no contact of the profile: parents, the person named
            number = ""
        found.append(f"{name}: {number}" if number and kind != "police" else name)
    return [f"Must be told: {', '.join(found)}."] if found else []


def advice_lines(advice: Advice | None) -> list[str]:
    """Return what the school's matrix says; nothing where it says nothing here."""
    if advice is None:
        return []
    named = ", ".join(advice.named) or "nobody by name"
    lines = [f'{advice.whose} for "{advice.row}" names: {named}.']
    if advice.uncertain:
        lines.append(f"Confirm with school: {', '.join(advice.uncertain)}.")
    return [*lines, *([advice.note] if advice.note else [])]


def source_line(incident: CaseState) -> str:
    """Return where the instruction comes from and whether the school has confirmed it."""
    step = incident.step
    if step.status is Status.SOURCED:
        return f"Source: {step.source}."
    sure = incident.confirmation
    return f"Source: {step.source}. " + (f"Confirmed by {sure}." if sure else f"So {ASK}.")


def why(shell: Shell) -> None:
    """Say why the step is asked, and its source."""
    if shell.incident is None:
        shell.say(NO_STEP)
        return
    step = shell.incident.step
    shell.say("", flowing(step.question), f"Why: {flowing(step.why)}", source_line(shell.incident))
    shell.say(*left_open(shell.incident, step))
    shell.say(*told(shell.incident, step.tell), *advice_lines(shell.incident.advice))


def left_open(incident: CaseState, step: Step) -> list[str]:
    """Return gaps and safe readings of the policy: those of this step, then the general ones."""
    profile, at = incident.profile, (incident.profile, incident.procedure.name, step)
    said = [
        *_said("On this step", policy_gaps.gaps(*at), policy_gaps.readings(*at)),
        *_said("On the whole policy", (gap for gap in profile.gaps if not gap.steps),
               (reading for reading in profile.readings if not reading.steps)),
    ]  # fmt: skip
    return [flowing(line) for line in said]


def _said(where: str, gaps: Iterable[Gap], readings: Iterable[Reading]) -> Iterator[str]:
    for gap in gaps:
        yield f"{where}, not in your policy: {gap.text} Offered instead: {gap.offered}"
    for one in readings:
        yield (
            f"{where}, read on the safe side: {one.text} Because: {one.because} "
            f"Source: {one.source}."
        )


def map_(shell: Shell) -> None:
    """Say the way taken, where we are, and what may come next."""
    if shell.incident is None:
        shell.say(NO_STEP)
        return
    incident = shell.incident
    titles = []
    for step_id in incident.path:
        title = incident.procedure.step(step_id).title
        here = "; you are here" if step_id == incident.state.at else ""
        done = "answered" if incident.state.answer_to(step_id) else "open"
        titles.append(f"{title}: {done}{here}")
    shell.say("", f"{incident.procedure.title}. The way so far:", *numbered(titles))
    shell.say(*_ahead(incident))


def _ahead(incident: CaseState) -> list[str]:
    step = incident.step
    leads = [
        f"{option.label}: {incident.procedure.step(option.next).title}"
        for option in step.options
        if option.next
    ]
    if leads:
        return ["What comes next depends on the answer:", *leads]
    after = [incident.procedure.step(step_id).title for step_id in graph.followers(step)]
    return [f"Next: {', '.join(after)}." if after else "This is the end of the procedure."]
