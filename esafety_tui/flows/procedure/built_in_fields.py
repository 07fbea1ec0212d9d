"""What is asked beside a step's own words: the parts of what a capture step takes, and why none.

Rule: this is the one place for these words. Screens and plain mode draw them, casework seals them;
nobody else has a label of their own for them.
"""

from __future__ import annotations

from esafety_tui.flows.procedure.model import Check, Field, Kind, Step, Takes

HOW_KNOWN = ("saw it", "was told", "both")
"""How officers can know of an address."""
_ITEMS = {
    Takes.ADDRESSES: (
        Field("url", "Address", Check.URL),
        Field("concern", "What worries you about it", Check.NAME),
        Field("known", "How do you know of it?", choices=HOW_KNOWN),
    ),
    Takes.FILES: (
        Field("path", "File: type its whole path, or drop the file here", Check.NAME),
        Field("description", "What it shows, and why it matters", Check.NAME),
        Field("provenance", "Who made or gave it, and how", Check.NAME),
    ),
    Takes.NOTHING: (),
}
WHY_NONE = "why_none"
"""Name of the value that says why nothing is given."""
_WHY_NONE = {
    Kind.CAPTURE: "If there are none: why",
    Kind.MANY: "If there is nothing: why",
    Kind.SIGN: "The form is not signed by both. Why is it left?",
    Kind.EXPORT: "Why is no pack written?",
}
_LATER = {
    Kind.SIGN: "A missing signature is printed as missing. It can be signed on another day.",
    Kind.EXPORT: "A pack can be written on any other day.",
}


def item_fields(takes: Takes) -> tuple[Field, ...]:
    """Return what is asked for each thing that a capture step takes; nothing for other steps."""
    return _ITEMS[takes]


def why_none(step: Step, *, required: bool = True) -> Field:
    """Return the field that says why nothing is given at a step."""
    label = _WHY_NONE.get(step.kind, "None of these, because")
    return Field(WHY_NONE, label, required=required)


def left(step: Step) -> tuple[str, str]:
    """Return the question why a form is not signed or no pack written, and what is said with it."""
    return why_none(step).label, _LATER[step.kind]
