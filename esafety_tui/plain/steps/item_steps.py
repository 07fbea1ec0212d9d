"""Steps that take one thing after another: records in words, addresses, files.

Rule: nothing is opened, shown or fetched; a path is looked at for its presence only. Each thing is
read back, confirmed and sealed as a record of its own; the desk refuses what may not be taken.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from esafety_tui.flows.procedure.built_in_fields import why_none_field
from esafety_tui.flows.procedure.model import CaptureContent, Step, StepField, StepKind
from esafety_tui.guide.answer_text import DONE, answer_none
from esafety_tui.guide.capture_step import (
    TAKING_IN,
    has_counting_record,
    list_items,
    list_records,
)
from esafety_tui.guide.folder_input import split_paths
from esafety_tui.guide.ports import ExhibitView
from esafety_tui.guide.shared_text import IS_RIGHT, short_hash
from esafety_tui.kernel.text import warn_about_address
from esafety_tui.plain.steps import ask_step, draft_saving, field_input, orientation
from esafety_tui.plain.terminal.line_format import rows
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back

ADD = {CaptureContent.ADDRESSES: "Write down an address",
    CaptureContent.FILES: "Take in a file or screenshot",
       CaptureContent.NOTHING: "Write one down"}  # fmt: skip


def item_lines(item: ExhibitView) -> list[str]:
    """Return one sealed item in lines, what is odd about an address below it."""
    marks = "".join(f" {mark}." for mark in (item.corrected, item.disclosure_bar) if mark)
    if item.kind == "url":
        notes = [f"Note: {note}" for note in warn_about_address(item.label)]
        return [*rows(f"#{item.seq}: {item.label}. {item.detail}.{marks}", "", "  "),
                *(row for note in notes for row in rows(note, "  ", "  "))]  # fmt: skip
    size = f"{item.size} bytes, {short_hash(item.sha256)}"
    return rows(f"{item.label}: {item.kind}, {size}. {item.detail}.{marks}", "", "  ")


def run(shell: Shell) -> None:
    """Take one after another until there are no more."""
    step = shell.at.step
    orientation.announce(shell)
    while True:
        there = sealed(shell, step)
        shell.say(*(there or ["Nothing is written down here yet."]))
        some = (
            has_counting_record(step, shell.at.case) if step.kind is StepKind.MANY else bool(there)
        )
        none = "Go on; these are all" if some else "There is none, with a reason"
        chosen = shell.number("What do you want?", (ADD[step.takes], none))
        try:
            if chosen == 0:
                _add(shell, step)
                continue
            why = "" if some else _why_none(shell, step)
        except Back:
            shell.say("Nothing was sealed.")
            continue
        ask_step.record(shell, answer_none(why) if why else DONE)
        return


def _why_none(shell: Shell, step: Step) -> str:
    return field_input.one(shell, why_none_field(step), shell.at.drafts.setdefault(step.id, {}))


def sealed(shell: Shell, step: Step) -> list[str]:
    """Return what this step has taken so far."""
    case = shell.at.case
    if step.kind is StepKind.MANY:
        records = list_records(step, case)
        return [row for one in records for row in rows(f"#{one.seq}: {one.shown_text}", "", "  ")]
    return [row for item in list_items(step, case.items) for row in item_lines(item)]


def _add(shell: Shell, step: Step) -> None:
    """Ask for one thing, read it back, seal it. The draft stays until it is sealed."""
    incident = shell.at
    drafts = incident.drafts.setdefault(step.id, {})
    while True:
        given = _given(shell, step, drafts)
        said = [f"{_field(step, name).label}: {value}" for name, value in given.items()]
        shell.say("", "You give:", *(row for line in said for row in rows(line, "  ", "    ")))
        if shell.yes(IS_RIGHT, "Yes, seal it", "No, change it"):
            break
    _seal(shell, step, given)
    incident.drafts.pop(step.id, None)
    incident.refresh_case()


def _field(step: Step, name: str) -> StepField:
    return next(field for field in step.fields if field.name == name)


def _given(shell: Shell, step: Step, drafts: dict[str, Any]) -> dict[str, Any]:
    """Ask for the parts of one thing. Raises Back from the first of them."""
    if step.takes is CaptureContent.NOTHING:
        field_input.fields(shell, step.fields, drafts)
        return {f.name: drafts[f.name] for f in step.fields if drafts[f.name]}
    first, *others = step.fields
    if step.takes is CaptureContent.ADDRESSES:
        drafts[first.name] = field_input.one(shell, first, drafts)
    else:
        drafts[first.name] = _path(shell, first.label, drafts.get(first.name, ""))
    draft_saving.keep(shell)
    for field in others:
        before = drafts.get(field.name, "")
        drafts[field.name] = (
            field_input.one(shell, field, drafts)
            if field.choices
            else field_input.line(shell, field.label, before)
        )
        draft_saving.keep(shell)
    return {field.name: drafts[field.name] for field in step.fields}


def _path(shell: Shell, label: str, before: str) -> str:
    """Ask for the whole path of one file; dropped and quoted ones are understood."""
    while True:
        typed = field_input.line(shell, label, before, path=True)
        found = split_paths(typed)
        if len(found) == 1 and Path(found[0]).is_absolute():
            return found[0]
        shell.say("Give the whole path of one file that is there, one at a time.")


def _seal(shell: Shell, step: Step, given: dict[str, Any]) -> None:
    desk, incident = shell.desk, shell.at
    if step.takes is CaptureContent.FILES:
        path, what, whence = Path(given["path"]), given["description"], given["provenance"]
        item = shell.work(
            TAKING_IN, lambda report: desk.add_file(incident.inc, path, what, whence, report)
        )
        shell.say("", f"Sealed as {item.label}.")
        return
    if step.takes is CaptureContent.ADDRESSES:
        receipt = shell.call(
            desk.add_url, incident.inc, given["url"], given["concern"], given["known"]
        )
    else:
        receipt = shell.call(desk.describe, incident.inc, step.id, given)
    shell.say("", f"Sealed: {receipt.at}, #{receipt.seq}.")
