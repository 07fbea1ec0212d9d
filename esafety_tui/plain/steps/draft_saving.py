"""Drafts in plain mode: finished lines that are not sealed are kept, and said again afterwards.

Rule: a line is kept as soon as Enter ends it; one that is still being typed the terminal has, not
this program. Nothing goes into a record by itself.
"""

from __future__ import annotations

from typing import Any

from esafety_tui.flows.engine.marked_statement import mark_unmarked_lines
from esafety_tui.flows.procedure.model import KnowledgeMark
from esafety_tui.guide import draft_text
from esafety_tui.guide.ports import CaseView
from esafety_tui.kernel.errors import EvidenceError, StorageFailed
from esafety_tui.kernel.unsent import NOTE, STEP, UnsentText
from esafety_tui.plain.terminal.line_format import wrap_text
from esafety_tui.plain.terminal.line_incident import LineIncident
from esafety_tui.plain.terminal.prompts import PromptShell

UNKEPT = "Your draft could not be kept on the disk. It is kept while this program runs."
KEPT = "What you were typing is kept as a draft."
_LISTS = {"url": "urls", "path": "paths"}
"""Here one address or path is typed at a time; a draft has lists of them."""


def save_drafts(shell: PromptShell) -> None:
    """Have everything kept that was typed in the incident at work and is not sealed."""
    if shell.inc is None or shell.locked:
        return
    words = _gather_typed_text(shell)
    if words == shell.kept:
        return
    try:
        shell.run_short_verb(shell.desk.keep_unsent, shell.inc, words)
    except StorageFailed as error:
        shell.say_texts("", UNKEPT, error.what, error.do)
    except EvidenceError:
        return  # signed out or destroyed meanwhile: there is nobody to keep it for
    shell.kept = words


def _gather_typed_text(shell: PromptShell) -> tuple[UnsentText, ...]:
    incident, found = shell.incident, list(shell.left)
    if incident is not None and incident.case.last is not None:
        shell.seen = incident.case.last.seq
    for step, values in incident.drafts.items() if incident is not None else ():
        if incident is not None and values != dict(incident.state.last_given_values(step)):
            given = {k: v if isinstance(v, str) else tuple(v) for k, v in values.items()}
            given = {_LISTS.get(k, k): (v,) if k in _LISTS else v for k, v in given.items()}
            found.append(UnsentText(STEP + step, given, "", shell.seen))
    if shell.half_note:
        found.append(UnsentText(NOTE, {"text": "\n".join(shell.half_note)}, "text", shell.seen))
    return tuple(one for one in found if not one.is_blank)


def fetch_drafts(shell: PromptShell, case: CaseView) -> bool:
    """Take up what the desk kept. True: a note was being written."""
    words = shell.run_short_verb(shell.desk.unsent, case.inc)
    shell.kept, shell.seen = words, case.last.seq if case.last is not None else -1
    if not words:
        return False
    incident = shell.incident
    if incident is None:  # one officer, who cannot read the incident
        text = draft_text.quote_draft_words(words)
        shell.half_note[:] = text.split("\n") if text else []
        return bool(text)
    for one in words:
        _restore_draft(shell, incident, one)
    last = words[-1]
    if last.step_of_place and last not in shell.left:
        incident.show_step(last.step_of_place)
        incident.said = draft_text.BACK
    return last.place == NOTE


def _restore_draft(shell: PromptShell, incident: LineIncident, one: UnsentText) -> None:
    if not draft_text.has_known_place(
        incident.procedure, incident.state, one, frozen=incident.case.frozen
    ):
        shell.left.append(one)
    elif one.place == NOTE:
        shell.half_note[:] = str(one.values.get("text", "")).split("\n")
    elif one.place.startswith(STEP):
        values: dict[str, Any] = dict(one.values)
        for here, there in _LISTS.items():
            several = values.pop(there, ())
            given = [several] if isinstance(several, str) else list(several)
            values |= {here: given[0]} if given else {}
            shell.left += [UnsentText(f"words {len(shell.left) + 1}", {there: tuple(given[1:])},
                                  "", one.after, one.by)] if given[1:] else []  # fmt: skip
        incident.drafts[one.step_of_place] = values
        shell.begun |= {name for name, value in values.items() if value}


def offer_lost_drafts(shell: PromptShell) -> None:
    """Say words whose place is gone until they are a note, put away or kept for later."""
    incident, lost = shell.current_incident, list(shell.left)
    lines = [
        line for one in lost for line in draft_text.format_draft_lines(incident.procedure, one)
    ]
    names = {o.id: o.name for o in shell.run_short_verb(shell.desk.state).officers}
    if lines:
        shell.say_texts(
            "", f"{draft_text.title_lost_draft(lost, len(incident.case.officers), names)}:"
        )
        shell.say_texts(*(row for line in lines for row in wrap_text(line, "  ", "    ")))
        chosen = shell.ask_number(draft_text.HOW, draft_text.WAYS)
        if chosen == 1 or (
            chosen == 2
            and not shell.ask_yes_or_no(
                f"{draft_text.AWAY[0]} {draft_text.AWAY[1]}", *draft_text.AWAY[2:]
            )
        ):
            return
        if chosen == 0:
            shell.half_note += mark_unmarked_lines("\n".join(lines), KnowledgeMark.TOLD).split("\n")
    shell.left.clear()
    save_drafts(shell)


def forget_typed_text(shell: PromptShell) -> None:
    """Others come, or one alone: what stood here is on the disk for those who may read it."""
    shell.incident = None
    shell.half_note.clear()
    shell.left.clear()
    shell.begun.clear()
    shell.kept = ()
