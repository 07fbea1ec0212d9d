"""Refusal of a form that is not sound."""

from __future__ import annotations

from esafety_tui.kernel.errors import NotSound


def require_sound(good: object, what: str) -> None:
    """Raise NotSound about the form as a whole unless ``good``."""
    if not good:
        raise NotSound("form", what)
