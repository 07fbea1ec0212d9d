"""What a drill tells of a way through a procedure: steps, who was told, the table, times. Pure.

Everything is read off the procedure as the school has it, the answers and the profile; nothing is
decided here. In words for people: :func:`lines`. As data, for a program: :func:`as_data`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from esafety_tui.casework.incident.deadlines import describe_deadline
from esafety_tui.demo.drill_walk import (
    ScenarioRun,
    list_demanded_kinds,
    list_notified_kinds,
    list_path_answers,
)
from esafety_tui.flows.engine import deadlines as due
from esafety_tui.flows.engine import engine, fit
from esafety_tui.flows.procedure.model import Answer, Procedure, Step, StepKind
from esafety_tui.flows.profile.policy_items import PolicyGap, RoleConflict, SafeReading
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.kernel.canon import Json

_DONE = {
    StepKind.GATE: "each line confirmed", StepKind.RECORD: "written down",
    StepKind.MANY: "written down",
    StepKind.CAPTURE: "taken down, then gone on", StepKind.REVIEW: "right and complete",
    StepKind.SIGN: "signed", StepKind.EXPORT: "written and read back",
}  # fmt: skip
CONFIRM = "confirm with school"


@dataclass(frozen=True, slots=True)
class MatrixNames:
    """What a table of the policy says of one line.

    Attributes:
        row: the line. named: actions it ticks. uncertain: to be confirmed with the school.
        offered: the other actions. chosen: whether the way came to the table.
    """

    row: str
    named: tuple[str, ...]
    uncertain: tuple[str, ...]
    offered: tuple[str, ...]
    note: str
    source: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DrillDeadline:
    """One timer of the profile that the way began. ``by`` is None where it was met."""

    label: str
    began: str
    by: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class DrillReport:
    """A walk at its end; what :func:`lines` says of it."""

    walk: ScenarioRun
    state: engine.FlowState
    now: datetime

    @property
    def list_step_ids(self) -> tuple[str, ...]:
        """Ids of the steps of the way."""
        return engine.steps_on_path(self.walk.procedure, self.state)

    @property
    def list_notified_kinds(self) -> tuple[str, ...]:
        """Kinds of contact that were told."""
        return list_notified_kinds(self.walk.procedure, self.state)

    @property
    def list_required_kinds(self) -> tuple[str, ...]:
        """Kinds of contact that had to be told."""
        rows = (list_demanded_kinds(self.walk.procedure, one) for one in self._list_given_answers)
        kinds = [kind for row in rows for kind in sorted(row)]
        stopped = ("police", "dsl") if self.state.stopped else ()
        return tuple(dict.fromkeys([*stopped, *kinds]))

    @property
    def list_linked_procedures(self) -> tuple[str, ...]:
        """Procedures of a new, linked incident that the answers offer."""
        return engine.case_facts(self.walk.procedure, self.state).carry_on

    @property
    def _list_given_answers(self) -> list[Answer]:
        return list_path_answers(self.walk.procedure, self.state)

    def read_matrix_row(self) -> MatrixNames | None:
        """Return what the policy's table says of this, None where it has no line for it."""
        scenario, profile = self.walk.scenario, self.walk.profile
        matrix = profile.find_matrix(scenario.group)
        rows = [row for key in scenario.rows if matrix and (row := matrix.find_row(key))]
        if matrix is None or not rows:
            return None
        row = rows[0]
        labels = {one.key: one.label for one in matrix.columns}
        rest = (key for key in labels if key not in {*row.marks, *row.uncertain})
        chosen = any(
            self.walk.procedure.get_step(one.step).matrix for one in self._list_given_answers
        )
        return MatrixNames(
            row.label, tuple(labels[k] for k in row.marks), tuple(labels[k] for k in row.uncertain),
            tuple(labels[k] for k in rest), row.note, matrix.source, chosen,
        )  # fmt: skip

    def list_relevant_gaps(self) -> tuple[SafeReading | PolicyGap, ...]:
        """Return the readings and gaps of the profile that bear on this."""
        profile, words = self.walk.profile, self.walk.scenario.touches
        all_of_them: list[SafeReading | PolicyGap] = [*profile.readings, *profile.gaps]
        return tuple(
            one for one in all_of_them if any(word.lower() in _format_gap(one) for word in words)
        )

    def list_conflicted_roles(self) -> tuple[RoleConflict, ...]:
        """Return who cannot act, of those named and of those who lead or do a step here."""
        steps = (self.walk.procedure.get_step(one.step) for one in self._list_given_answers)
        acting = {self.walk.scenario.named} | {role for step in steps for role in step.roles}
        return tuple(one for one in self.walk.profile.conflicts if one.who in acting)

    def list_started_deadlines(self) -> tuple[DrillDeadline, ...]:
        """Return the timers that began, as if the way was gone from ``now`` on, a second a step."""
        procedure, profile = self.walk.procedure, self.walk.profile
        timed = [(one, self.now + timedelta(seconds=n)) for n, one in enumerate(self.state.log)]
        running = {
            one.key: one for one in due.find_running_timers(procedure, profile, timed, self.state)
        }
        began: dict[str, str] = {}
        for given in self._list_given_answers:
            for key in _list_started_timers(procedure.get_step(given.step), given):
                began.setdefault(key, procedure.get_step(given.step).title)
        timers = {one.key: one for one in profile.timers}
        return tuple(
            DrillDeadline(
                timers[key].label, title, running[key].by if key in running else None,
                timers[key].source,
            )
            for key, title in began.items()
        )  # fmt: skip


def _list_started_timers(step: Step, given: Answer) -> Iterator[str]:
    chosen = {given.single_value("option"), *given.list_values("options")}
    yield from step.starts
    yield from (key for one in step.options if one.key in chosen for key in one.starts)


def _format_gap(one: SafeReading | PolicyGap) -> str:
    other = one.because if isinstance(one, SafeReading) else ""
    return f"{one.text} {other}".replace("\n", " ").lower()


def format_answer(procedure: Procedure, given: Answer) -> str:
    """Return an answer in the words that were offered."""
    step = procedure.get_step(given.step)
    keys = {given.single_value("option"), *given.list_values("options")}
    chosen = [one.label for one in step.options if one.key in keys]
    if given.single_value("done") == "none":
        return f"left out: {given.single_value('why_none')}"
    return "; ".join(chosen) or _DONE[step.kind]


def format_step(number: int, procedure: Procedure, given: Answer) -> str:
    """Return one step of the way: number, question, answer, source."""
    step = procedure.get_step(given.step)
    question = " ".join(step.question.split())
    return f"{number}. {question}\n-> {format_answer(procedure, given)}\n   [{step.source}]"


def name_contact_kinds(profile: Profile, kinds: Iterable[str]) -> str:
    """Return what the school calls these kinds of contact."""
    return "; ".join(fit.contact_name(profile, kind) for kind in kinds) or "nobody"


def list_report_lines(story: DrillReport) -> Iterator[tuple[str, str]]:
    """Yield what is to be said at the end of a drill, each with its heading."""
    profile = story.walk.profile
    lead = next((one.label for one in profile.roles if one.key == "online-safety-lead"), "")
    yield "leads", f"{profile.names['lead']}: {lead}"
    yield "told", name_contact_kinds(profile, story.list_notified_kinds)
    missing = [kind for kind in story.list_required_kinds if kind not in story.list_notified_kinds]
    yield "still to tell", name_contact_kinds(profile, missing)
    yield from _list_matrix_lines(story.read_matrix_row(), story.walk.scenario.group)
    for one in story.list_relevant_gaps():
        more = one.because if isinstance(one, SafeReading) else f"Offered: {one.offered}"
        head = "safe reading" if isinstance(one, SafeReading) else "not in policy"
        yield head, f"{_flatten_text(one.text)} {_flatten_text(more)}"
    for clash in story.list_conflicted_roles():
        who = _name_conflicted_roles(profile, clash)
        yield "conflict", f"{who[0]} named or involved: {who[1]} acts. [{clash.source}]"
    for timer in story.list_started_deadlines():
        when = f"due {describe_deadline(timer.by, story.now)}" if timer.by else "met"
        yield "deadline", f"{timer.label}, from “{timer.began}” on: {when}. [{timer.source}]"
    for name in story.list_linked_procedures:
        yield "offered", f"a new, linked incident: {name}"


def _list_matrix_lines(found: MatrixNames | None, group: str) -> Iterator[tuple[str, str]]:
    if found is None:
        yield "table", f"The policy has no line for this among {group}."
        return
    marks = [*found.named, *(f"{one} ({CONFIRM})" for one in found.uncertain)]
    yield "table", f"“{found.row}”: {'; '.join(marks) or 'nothing ticked'}. [{found.source}]"
    rest = "; ".join(found.offered) or "nothing more"
    yield "also offered", rest if found.chosen else f"{rest}. The way did not come to the table."
    if found.note:
        yield "note", _flatten_text(found.note)


def _name_conflicted_roles(profile: Profile, clash: RoleConflict) -> tuple[str, str]:
    labels = {one.kind: one.label for one in profile.contacts}
    labels |= {one.key: one.label for one in profile.roles}
    return labels.get(clash.who, clash.who), labels.get(clash.then, clash.then)


def _flatten_text(text: str) -> str:
    return " ".join(text.split())


def fold_report_row(heading: str, words: str) -> str:
    """Return heading and words for a terminal of 80 columns, what does not fit below."""
    rows = [part for row in words.split("\n") for part in _fold_data_row(row)] or [""]
    return "\n".join(f"{heading if n == 0 else '':<16} {row}" for n, row in enumerate(rows))


def _fold_data_row(row: str) -> list[str]:
    lead = row[: len(row) - len(row.lstrip())]
    return textwrap.wrap(
        row, 80 - 17, subsequent_indent=lead, break_long_words=False, break_on_hyphens=False
    )


def convert_to_data(story: DrillReport) -> dict[str, Json]:
    """Return the story as JSON can hold it: ids and kinds beside the words."""
    walk, table = story.walk, story.read_matrix_row()
    given: Sequence[Answer] = story._list_given_answers
    return {
        "profile": walk.profile.name, "scenario": walk.scenario.name,
        "procedure": walk.procedure.name, "steps": list(story.list_step_ids),
        "route": [[one.step, format_answer(walk.procedure, one),
        walk.procedure.get_step(one.step).source]
                  for one in given],
        "told": list(story.list_notified_kinds), "must_tell": list(story.list_required_kinds),
        "offers": list(story.list_linked_procedures),
        "table": None if table is None else {
            "row": table.row, "named": list(table.named), "uncertain": list(table.uncertain),
            "offered": list(table.offered), "source": table.source, "chosen": table.chosen,
        },
        "touching": [_flatten_text(one.text) for one in story.list_relevant_gaps()],
        "deadlines": [[one.label, one.by is None] for one in story.list_started_deadlines()],
    }  # fmt: skip
