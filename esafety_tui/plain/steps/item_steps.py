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
from esafety_tui.plain.terminal.line_format import wrap_text
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack

ADD = {CaptureContent.ADDRESSES: "Write down an address",
    CaptureContent.FILES: "Take in a file or screenshot",
       CaptureContent.NOTHING: "Write one down"}  # fmt: skip


def format_item(item: ExhibitView) -> list[str]:
    """Return one sealed item in lines, what is odd about an address below it."""
    marks = "".join(f" {mark}." for mark in (item.corrected, item.disclosure_bar) if mark)
    if item.kind == "url":
        notes = [f"Note: {note}" for note in warn_about_address(item.label)]
        return [*wrap_text(f"#{item.seq}: {item.label}. {item.detail}.{marks}", "", "  "),
                *(row for note in notes for row in wrap_text(note, "  ", "  "))]  # fmt: skip
    size = f"{item.size} bytes, {short_hash(item.sha256)}"
    return wrap_text(f"{item.label}: {item.kind}, {size}. {item.detail}.{marks}", "", "  ")


def run_capture_step(shell: PromptShell) -> None:
    """Take one after another until there are no more."""
    step = shell.current_incident.current_step
    orientation.announce_step(shell)
    while True:
        there = list_sealed_items(shell, step)
        shell.say_texts(*(there or ["Nothing is written down here yet."]))
        some = (
            has_counting_record(step, shell.current_incident.case)
            if step.kind is StepKind.MANY
            else bool(there)
        )
        none = "Go on; these are all" if some else "There is none, with a reason"
        chosen = shell.ask_number("What do you want?", (ADD[step.takes], none))
        try:
            if chosen == 0:
                _add_item(shell, step)
                continue
            why = "" if some else _ask_why_none(shell, step)
        except GoBack:
            shell.say_texts("Nothing was sealed.")
            continue
        ask_step.record_answer(shell, answer_none(why) if why else DONE)
        return


def _ask_why_none(shell: PromptShell, step: Step) -> str:
    return field_input.ask_field(
        shell, why_none_field(step), shell.current_incident.drafts.setdefault(step.id, {})
    )


def list_sealed_items(shell: PromptShell, step: Step) -> list[str]:
    """Return what this step has taken so far."""
    case = shell.current_incident.case
    if step.kind is StepKind.MANY:
        records = list_records(step, case)
        return [
            row for one in records for row in wrap_text(f"#{one.seq}: {one.shown_text}", "", "  ")
        ]
    return [row for item in list_items(step, case.items) for row in format_item(item)]


def _add_item(shell: PromptShell, step: Step) -> None:
    """Ask for one thing, read it back, seal it. The draft stays until it is sealed."""
    incident = shell.current_incident
    drafts = incident.drafts.setdefault(step.id, {})
    while True:
        given = _ask_item_parts(shell, step, drafts)
        said = [f"{_find_field(step, name).label}: {value}" for name, value in given.items()]
        shell.say_texts(
            "", "You give:", *(row for line in said for row in wrap_text(line, "  ", "    "))
        )
        if shell.ask_yes_or_no(IS_RIGHT, "Yes, seal it", "No, change it"):
            break
    _seal_item(shell, step, given)
    incident.drafts.pop(step.id, None)
    incident.refresh_case()


def _find_field(step: Step, name: str) -> StepField:
    return next(field for field in step.fields if field.name == name)


def _ask_item_parts(shell: PromptShell, step: Step, drafts: dict[str, Any]) -> dict[str, Any]:
    """Ask for the parts of one thing. Raises Back from the first of them."""
    if step.takes is CaptureContent.NOTHING:
        field_input.ask_fields(shell, step.fields, drafts)
        return {f.name: drafts[f.name] for f in step.fields if drafts[f.name]}
    first, *others = step.fields
    if step.takes is CaptureContent.ADDRESSES:
        drafts[first.name] = field_input.ask_field(shell, first, drafts)
    else:
        drafts[first.name] = _ask_file_path(shell, first.label, drafts.get(first.name, ""))
    draft_saving.save_drafts(shell)
    for field in others:
        before = drafts.get(field.name, "")
        drafts[field.name] = (
            field_input.ask_field(shell, field, drafts)
            if field.choices
            else field_input.ask_line(shell, field.label, before)
        )
        draft_saving.save_drafts(shell)
    return {field.name: drafts[field.name] for field in step.fields}


def _ask_file_path(shell: PromptShell, label: str, before: str) -> str:
    """Ask for the whole path of one file; dropped and quoted ones are understood."""
    while True:
        typed = field_input.ask_line(shell, label, before, path=True)
        found = split_paths(typed)
        if len(found) == 1 and Path(found[0]).is_absolute():
            return found[0]
        shell.say_texts("Give the whole path of one file that is there, one at a time.")


def _seal_item(shell: PromptShell, step: Step, given: dict[str, Any]) -> None:
    desk, incident = shell.desk, shell.current_incident
    if step.takes is CaptureContent.FILES:
        path, what, whence = Path(given["path"]), given["description"], given["provenance"]
        item = shell.run_long_verb(
            TAKING_IN,
            lambda report: desk.add_file(incident.incident_id, path, what, whence, report),
        )
        shell.say_texts("", f"Sealed as {item.label}.")
        return
    if step.takes is CaptureContent.ADDRESSES:
        receipt = shell.run_short_verb(
            desk.add_url, incident.incident_id, given["url"], given["concern"], given["known"]
        )
    else:
        receipt = shell.run_short_verb(desk.describe, incident.incident_id, step.id, given)
    shell.say_texts("", f"Sealed: {receipt.at}, #{receipt.seq}.")
