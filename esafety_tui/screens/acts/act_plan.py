"""One act of the table as a form: its texts filled in, a line for each thing it asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from esafety_tui.guide.ports import OfficerCard
from esafety_tui.kernel.acts.model import ActField, ActName
from esafety_tui.kernel.acts.table import ACTS
from esafety_tui.screens.acts.form_line import FormLine, Sort
from esafety_tui.screens.dialogs.field_form import Check, accept_any_text
from esafety_tui.screens.dialogs.folder_question import check_whole_path
from esafety_tui.screens.dialogs.validators import require_text
from esafety_tui.screens.widgets.choices import Choice

NOTHING: Mapping[str, str] = {}
UNPICKED: Mapping[str, tuple[Choice, ...]] = {}
LINE_SORTS: Mapping[str, Sort] = {
    "text": "text", "words": "words", "pick": "pick", "folder": "folder", "second": "second",
    "secret": "secret", "paper": "paper",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActPlan:
    """One act, before it is filled in.

    Attributes:
        happens: what will happen, one sentence each.
        values, secrets: what is given already. go: label of the button.
        sure: question and detail asked once more before it is done, if any.
        done: title of the result. long: what to know while it is done on a screen of its own,
            with a way to stop it; "" for what is done in a few seconds.
    """

    name: ActName
    title: str
    happens: tuple[str, ...]
    lines: tuple[FormLine, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    go: str = "Do it"
    sure: tuple[str, str] | None = None
    done: str = "Done."
    long: str = ""


def plan_act(
    name: ActName,
    facts: Mapping[str, str] = NOTHING,
    *,
    values: Mapping[str, str] = NOTHING,
    secrets: Mapping[str, str] = NOTHING,
    offered: Mapping[str, str] = NOTHING,
    choices: Mapping[str, tuple[Choice, ...]] = UNPICKED,
    before: tuple[FormLine, ...] = (),
    present: Sequence[OfficerCard] = (),
) -> ActPlan:
    """Return the form of an act.

    Args:
        facts: what its texts name. values, secrets: what is given already, by field.
        offered: what stands in a line at first. choices: what a line is picked from.
        before: lines that only this vault has. present: who agrees to it where two have to.
    """
    row = ACTS[name]
    known = {**values, **facts}
    lines = tuple(
        FormLine(each.name, each.label, LINE_SORTS[each.kind], find_line_check(each),
             offered.get(each.name, ""), choices.get(each.name, ()))
        for each in row.fields if each.label
    )  # fmt: skip
    agreed = passphrase_lines(present) if row.agreed else ()
    return ActPlan(
        name, row.title.format_map(known), tuple(text.format_map(known) for text in row.happens),
        (*before, *lines, *agreed), values, secrets, row.button,
        (row.sure[0].format_map(known), row.sure[1]) if row.sure else None,
        row.done.format_map(known), row.note,
    )  # fmt: skip


def find_line_check(each: ActField) -> Check:
    """Return what is asked of a line before the act is done."""
    if each.kind == "folder":
        return check_whole_path
    if each.kind == "second":
        return check_optional_path
    return require_text if each.needed else accept_any_text


def check_optional_path(text: str) -> str | None:
    """Accept nothing, or a whole path."""
    return check_whole_path(text) if text else None


def passphrase_lines(present: Sequence[OfficerCard]) -> tuple[FormLine, ...]:
    """Return a line for what each of those present gives again."""
    return tuple(FormLine(o.id, f"{o.name}, {o.asked}", "pass") for o in present)
