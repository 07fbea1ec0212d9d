"""Steps that take one thing after another: what is sealed there, what counts, what is asked for.

Rule: what one officer alone wrote down at a step for two is shown, and does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from esafety_tui.flows.engine import checks
from esafety_tui.flows.procedure.model import CaptureContent, Problem, Step
from esafety_tui.guide.ports import CaseView, DescribedRecord, ExhibitView

TAKING_IN = "Taking it in"


def list_items(step: Step, items: Iterable[ExhibitView]) -> list[ExhibitView]:
    """Return what was taken at a step: its addresses, or its files."""
    addresses = step.takes is CaptureContent.ADDRESSES
    return [item for item in items if (item.kind == "url") == addresses]


def list_records(step: Step, case: CaseView) -> list[DescribedRecord]:
    """Return the records that were written down at a step."""
    return [record for record in case.described if record.step_id == step.id]


def has_counting_record(step: Step, case: CaseView) -> bool:
    """Whether anything counts that was written down at a step."""
    return any(not record.alone for record in list_records(step, case))


def find_address_problem(addresses: Sequence[str], concern: str, known: str) -> Problem | None:
    """Return what keeps addresses from being sealed, with the field meant, or None."""
    for address in addresses or ("",):
        checked = checks.check_url(address)
        if isinstance(checked, Problem):
            return Problem(checked.text, "url")
    if not concern:
        return Problem("Write in a few words what worries you about it.", "concern")
    if not known:
        return Problem("Choose how you know of it: saw it, was told, or both.", "known")
    return None


def find_file_problem(paths: Sequence[str], description: str, provenance: str) -> Problem | None:
    """Return what keeps a file from being taken in, or None; the desk finds out the rest."""
    if not paths:
        return Problem("Type the path of a file, or drop the file here.", "path")
    if not Path(paths[0]).is_absolute():
        return Problem("Type the whole path, for example /home/me/screenshot.png.", "path")
    if not description:
        return Problem("Write what it shows and why it matters.", "description")
    if not provenance:
        return Problem("Write who made or gave it, and how.", "provenance")
    return None
