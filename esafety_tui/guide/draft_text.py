"""What was typed and not sealed, as both faces give it back: at its place, or as words. Pure.

Rule: a place that is gone, since STOP came or another answer led elsewhere, gives words back with
what was asked, to be added as a note. Ticks and choices are no words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from esafety_tui.flows.engine import engine
from esafety_tui.flows.engine.engine import FlowState
from esafety_tui.flows.engine.marked_statement import mark_unmarked_lines
from esafety_tui.flows.procedure.model import KnowledgeMark, Procedure
from esafety_tui.kernel.unsent import NOTE, UnsentText, list_texts

BACK = "What you had typed is back. It is not sealed yet."
STOPPED = "What you were writing when you stopped"
ALONE = "What {names} typed alone, and did not seal"
HOW = "It is a draft: kept, and not sealed. Nothing of it is in the record."
WAYS = ("Add these words as a note", "Keep them for later", "Put them away for good")
AWAY = (
    "Put these words away for good?",
    "They are in no record. Nobody can read them afterwards.",
    "Put them away",
    "Keep them",
)

_NOT_WORDS = frozenset({"option", "options", "confirmed", "done", "known"})
_LABELS = {"urls": "Address", "paths": "File"}
"""Of lists, which no field of a step is called by."""


def has_known_place(
    procedure: Procedure, state: FlowState, one: UnsentText, *, frozen: bool
) -> bool:
    """Whether words can be shown where they were typed."""
    if one.place == NOTE:
        return True
    if one.step_of_place not in engine.steps_on_path(procedure, state):
        return False
    return not (frozen and procedure.get_step(one.step_of_place).is_capture)


def title_lost_draft(lost: Iterable[UnsentText], here: int, names: dict[str, str]) -> str:
    """Say whose words these are. ``here`` officers are there; ``names`` by their ids."""
    alone = {names.get(one.by[0], "an officer") for one in lost if 0 < len(one.by) < here}
    return ALONE.format(names=" and ".join(sorted(alone))) if alone else STOPPED


def format_draft_lines(procedure: Procedure, one: UnsentText) -> list[str]:
    """Return words with what was asked, line by line."""
    step = procedure.get_step(one.step_of_place) if one.step_of_place in procedure else None
    found: list[str] = []
    for name, value in one.values.items():
        field = step.find_field(name) if step is not None else None
        label = field.label if field is not None else _LABELS.get(name, "")
        for text in () if name in _NOT_WORDS else list_texts([value]):
            rows = [row for row in text.split("\n") if row.strip()]
            said = any(row.split(":")[0] in set(KnowledgeMark) for row in rows)
            found += [row if said or not label else f"{label}: {row}" for row in rows]
    return found


def quote_draft_words(words: Sequence[UnsentText]) -> str:
    """Return words without what was asked, each line marked; for who cannot read the incident."""
    given = (list_texts([v]) for one in words for n, v in one.values.items() if n not in _NOT_WORDS)
    rows = [row for found in given for text in found for row in text.split("\n") if row.strip()]
    return mark_unmarked_lines("\n".join(rows), KnowledgeMark.TOLD) if rows else ""
