"""What one officer alone can do with an incident that they cannot read."""

from __future__ import annotations

from esafety_tui.guide.choice import Choice

CANNOT_READ = (
    "This was written down earlier. One officer alone cannot read it again; you can add words, and "
    "two officers together carry on with the questions."
)
ADD_WORDS = Choice("note", "Add words to it")
TO_LIST = Choice("list", "To the list")
