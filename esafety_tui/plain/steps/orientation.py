"""Where people are: the head of a step, why it is asked, the map of the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.model import SourceStatus, Step
from esafety_tui.flows.profile import policy_gaps
from esafety_tui.flows.profile.policy_items import PolicyGap, SafeReading
from esafety_tui.guide import step_text
from esafety_tui.guide.case_state import CaseState
from esafety_tui.plain.terminal.line_format import join_broken_lines, number_labels
from esafety_tui.plain.terminal.prompts import PromptShell

MORE = "type why"
NO_STEP = "You are not inside an incident. Open one from the list, or start a new one."


def announce_step(shell: PromptShell) -> None:
    """Say the incident, the step's number, what comes next, the question and what goes with it."""
    incident = shell.current_incident
    step, known = incident.current_step, engine.measure_progress(incident.procedure, incident.state)
    said = incident.take_pending_notice()
    shut = ", FROZEN" if incident.case.frozen else ", HELD" if incident.case.awaiting_police else ""
    after = f" Next: {known.next_title.rstrip('?')}." if known.next_title else ""
    place = f"{incident.case.reference}{shut}. Step {known.number} of about {known.about}.{after}"
    practice = "PRACTICE. " if shell.practice else ""
    lines = [
        *([said] if said else []),
        "",
        f"{practice}{place}",
        join_broken_lines(step.question),
        join_broken_lines(step.why),
    ]
    if left := policy_gaps.describe_gap(incident.profile, incident.procedure.name, step, MORE):
        lines.append(f"{left}.")
    if not incident.case.machine_ok:
        lines.append("This is NOT the designated computer.")
    if step.status is not SourceStatus.SOURCED and not incident.step_confirmation:
        lines.append(f"To be confirmed: {step_text.ASK}.")
    if step.forbids:
        lines.append(f"From here on, do not: {'; '.join(step_text.list_prohibitions(step))}.")
    shell.say_texts(
        *lines,
        *name_notified_contacts(incident, step.tell),
        *step_text.state_advice(incident.matrix_advice),
    )


def name_notified_contacts(incident: CaseState, kinds: Iterable[str]) -> list[str]:
    """Return a line saying who must be told, with known numbers; none for nobody."""
    named = step_text.name_contacts(kinds, incident.profile, incident.numbers, ", ")
    return [f"{named}."] if named else []


def format_source(incident: CaseState) -> str:
    """Return where the instruction comes from and whether the school has confirmed it."""
    step = incident.current_step
    if step.status is SourceStatus.SOURCED:
        return f"Source: {step.source}."
    sure = incident.step_confirmation
    return f"Source: {step.source}. " + (
        step_text.name_confirmation(sure) if sure else f"So {step_text.ASK}."
    )


def explain_step(shell: PromptShell) -> None:
    """Say why the step is asked, and its source."""
    if shell.incident is None:
        shell.say_texts(NO_STEP)
        return
    step = shell.incident.current_step
    shell.say_texts(
        "",
        join_broken_lines(step.question),
        f"Why: {join_broken_lines(step.why)}",
        format_source(shell.incident),
    )
    shell.say_texts(*list_policy_gaps(shell.incident, step))
    shell.say_texts(
        *name_notified_contacts(shell.incident, step.tell),
        *step_text.state_advice(shell.incident.matrix_advice),
    )


def list_policy_gaps(incident: CaseState, step: Step) -> list[str]:
    """Return gaps and safe readings of the policy: those of this step, then the general ones."""
    profile, at = incident.profile, (incident.profile, incident.procedure.name, step)
    said = [
        *_format_gaps("On this step", policy_gaps.gaps_at_step(*at),
        policy_gaps.safe_readings_at_step(*at)),
        *_format_gaps("On the whole policy", (gap for gap in profile.gaps if not gap.steps),
               (reading for reading in profile.readings if not reading.steps)),
    ]  # fmt: skip
    return [join_broken_lines(line) for line in said]


def _format_gaps(
    where: str, gaps: Iterable[PolicyGap], readings: Iterable[SafeReading]
) -> Iterator[str]:
    for gap in gaps:
        yield f"{where}, not in your policy: {step_text.state_gap(gap)}"
    for one in readings:
        yield (
            f"{where}, read on the safe side: {one.text} Because: {one.because} "
            f"Source: {one.source}."
        )


def show_progress_map(shell: PromptShell) -> None:
    """Say the way taken, where we are, and what may come next."""
    if shell.incident is None:
        shell.say_texts(NO_STEP)
        return
    incident = shell.incident
    titles = []
    for step_id in incident.path_step_ids:
        title = incident.procedure.get_step(step_id).title
        here = "; you are here" if step_id == incident.state.at else ""
        done = "answered" if incident.state.answer_to_step(step_id) else "open"
        titles.append(f"{title}: {done}{here}")
    shell.say_texts("", f"{incident.procedure.title}. The way so far:", *number_labels(titles))
    shell.say_texts(*_list_steps_ahead(incident))


def _list_steps_ahead(incident: CaseState) -> list[str]:
    step = incident.current_step
    leads = [
        f"{option.label}: {incident.procedure.get_step(option.next).title}"
        for option in step.options
        if option.next
    ]
    if leads:
        return ["What comes next depends on the answer:", *leads]
    after = [incident.procedure.get_step(step_id).title for step_id in graph.follower_ids(step)]
    return [f"Next: {', '.join(after)}." if after else "This is the end of the procedure."]
