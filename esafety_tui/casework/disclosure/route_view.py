"""The route taken as the form prints it, from the records alone: step, choice, time, source.

Pure: reads a case file, writes nothing. What was answered in full stands in the chronology; here
is what was chosen, how long it was on the screen, and which steps were left out and why.
"""

from __future__ import annotations

from collections.abc import Mapping

from esafety_tui.casework.incident import answer_record, chronology, entries
from esafety_tui.casework.incident.answer_log import parse_answer
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure.model import ITEM_KINDS, SourceStatus, StepKind
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import parse_stamp
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.output.form.view import PolicySource, RouteStep

_DONE = {
    StepKind.GATE: "Each line was confirmed",
    StepKind.RECORD: "Written down",
    StepKind.REVIEW: "Said to be right and complete",
    StepKind.SIGN: "Done",
    StepKind.EXPORT: "Done",
}


def answers_in_force(case: CaseFile) -> dict[str, OpenRecord]:
    """Return the last answer to each step that is still on the way taken, as it is in force."""
    left = set(engine.answered_off_path(case.procedure, case.state))
    given = {a.step: a.values for a in case.state.answers if a.step not in left}
    # One that did not fit the way was passed over: it is no answer, whatever came last.
    counted = [r for r in case.counted_answers if r.field_text("step") in given]
    last = {
        r.field_text("step"): r
        for r in counted
        if parse_answer(r).values == given[r.field_text("step")]
    }
    return {step: last[step] for step in given if step in last}


def list_route_steps(case: CaseFile) -> tuple[RouteStep, ...]:
    """Return the steps answered on the way taken, in the order of the flowchart."""
    given = answers_in_force(case)
    way = engine.steps_on_path(case.procedure, case.state)
    return tuple(
        _route_step(case, number, given[step_id])
        for number, step_id in enumerate(way, 1)
        if step_id in given
    )


def _route_step(case: CaseFile, number: int, record: OpenRecord) -> RouteStep:
    sourced, who = (
        record.field_text("status") == SourceStatus.SOURCED,
        record.field_text("confirmed"),
    )
    source = record.field_text("source") + (f"\nConfirmed by {who}" if who else "")
    changed = record.type == "answer.changed" or bool(record.fields.get("again"))
    return RouteStep(
        number,
        record.seq,
        parse_stamp(record.at),
        record.field_text("question"),
        _chosen_words(case, record),
        record.field_text("reason") if changed else "",
        format_time_spent(record.fields.get("seconds")),
        source,
        not (sourced or who),
        record.field_text("skipped"),
        _route_notes(record),
    )


def _chosen_words(case: CaseFile, record: OpenRecord) -> str:
    """Return what was chosen, in the words that were offered."""
    values = record.fields.get("values")
    chosen = values if isinstance(values, Mapping) else {}
    offered = chronology.key_text_pairs(record, "options")
    keys = [chosen["option"]] if "option" in chosen else _text_list(chosen.get("options", ()))
    if keys:
        return "; ".join(offered.get(str(key), str(key)) for key in keys)
    kind = case.procedure.get_step(record.field_text("step")).kind
    if record.field_text("skipped"):
        number = _count_described(case, record) if kind in ITEM_KINDS else 0
        return f"Said to be none; {number} written down here" if number else "Left out"
    if kind in _DONE:
        return _DONE[kind]
    return f"{_count_described(case, record)} written down, then gone on"


def _count_described(case: CaseFile, record: OpenRecord) -> int:
    """Return how many records belong to a step that takes one after another."""
    step = case.procedure.get_step(record.field_text("step"))
    types = {"addresses": {"url"}, "files": {"screenshot", "file"}}.get(str(step.takes))
    if types is not None:
        return sum(r.type in types for r in case.records)
    return sum(r.field_text("step") == step.id for r in case.records if entries.is_counted(case, r))


def _route_notes(record: OpenRecord) -> tuple[str, ...]:
    """Return who had to be told, and what the policy's matrix names, in sentences."""
    told = [str(name) for name in _text_list(record.fields.get("tell", ()))]
    lines = [f"To be told: {'; '.join(told)}."] if told else []
    named = record.fields.get("matrix")
    if isinstance(named, Mapping):
        marks = "; ".join(str(name) for name in _text_list(named.get("named", ()))) or "nothing"
        lines.append(f"The policy names for “{named.get('row', '')}”: {marks}.")
        unsure = "; ".join(str(name) for name in _text_list(named.get("uncertain", ())))
        if unsure:
            lines.append(f"To be confirmed with the school: {unsure}.")
    return tuple(lines)


def _text_list(value: Json) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def format_time_spent(seconds: Json) -> str:
    """Return ``1 min 20 s``, ``not known`` for a time that nobody measured."""
    if type(seconds) is not int or seconds <= answer_record.NOT_KNOWN:
        return "not known"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def list_sources(case: CaseFile) -> tuple[PolicySource, ...]:
    """Return procedure and profile with name, version and full digest."""
    procedure, profile = case.procedure, case.profile
    followed = f"{procedure.title}\n{procedure.name}, version {procedure.version}"
    day = profile.policy.date
    dated = f", policy of {day.day} {day:%b %Y}" if day else ""
    return (
        PolicySource("Procedure followed", followed, procedure.digest),
        PolicySource(
            "Policy of the school", f"{profile.title}\n{profile.name}{dated}", profile.digest
        ),
    )
