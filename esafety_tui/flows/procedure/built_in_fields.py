"""The built-in fields: what a capture step asks of each item, and why nothing is given.

Rule: this is the one place for these words. Screens and plain mode draw them, casework seals them;
nobody else has a label of their own for them.
"""

from __future__ import annotations

from esafety_tui.flows.procedure.model import CaptureContent, FieldCheck, Step, StepField, StepKind

HOW_KNOWN = ("saw it", "was told", "both")
"""How officers can know of an address."""
_ITEMS = {
    CaptureContent.ADDRESSES: (
        StepField("url", "Address", FieldCheck.URL),
        StepField("concern", "What worries you about it", FieldCheck.NAME),
        StepField("known", "How do you know of it?", choices=HOW_KNOWN),
    ),
    CaptureContent.FILES: (
        StepField("path", "File: type its whole path, or drop the file here", FieldCheck.NAME),
        StepField("description", "What it shows, and why it matters", FieldCheck.NAME),
        StepField("provenance", "Who made or gave it, and how", FieldCheck.NAME),
    ),
    CaptureContent.NOTHING: (),
}
WHY_NONE = "why_none"
"""Name of the value that says why nothing is given."""
_WHY_NONE = {
    StepKind.CAPTURE: "If there are none: why",
    StepKind.MANY: "If there is nothing: why",
    StepKind.SIGN: "The form is not signed by both. Why is it left?",
    StepKind.EXPORT: "Why is no pack written?",
}
_LATER = {
    StepKind.SIGN: "A missing signature is printed as missing. It can be signed on another day.",
    StepKind.EXPORT: "A pack can be written on any other day.",
}


def item_fields(takes: CaptureContent) -> tuple[StepField, ...]:
    """Return what is asked for each thing that a capture step takes; nothing for other steps."""
    return _ITEMS[takes]


def why_none_field(step: Step, *, required: bool = True) -> StepField:
    """Return the field that says why nothing is given at a step."""
    label = _WHY_NONE.get(step.kind, "None of these, because")
    return StepField(WHY_NONE, label, required=required)


def ask_why_unfinished(step: Step) -> tuple[str, str]:
    """Return the question why a form is not signed or no pack written, and what is said with it."""
    return why_none_field(step).label, _LATER[step.kind]
