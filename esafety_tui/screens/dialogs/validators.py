"""Set-up's texts and the checks of what is typed there. Pure.

A check returns a sentence that says what to do, or None.
"""

from __future__ import annotations

import re

from esafety_tui.screens.widgets.choices import Choice

NATIONS = (
    Choice("england", "England"),
    Choice("wales", "Wales"),
    Choice("scotland", "Scotland"),
    Choice("northern-ireland", "Northern Ireland"),
)
ONLY_TWO = (
    "With only two officers this will not work: if one of them is named in an\n"
    "incident, or away, or forgets the passphrase, nobody here can open the\n"
    "vault. Then only the paper keys in the sealed envelopes help."
)
POLICY = (
    "It says what people are called, who is told and when, and what your table of sanctions\n"
    "names. You can copy it, change it in any editor and adopt it later. If you are not sure,\n"
    "take the first line."
)
PRINT_NOW = (
    "Print them now. Put each paper key in its own envelope, seal it, sign",
    "across the flap, and give the two envelopes to two different people. Then",
    "delete the saved paper-key files: the paper is the key.",
)

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_SITE = re.compile(r"[A-Z0-9]{2,8}")
_INITIALS = re.compile(r"[A-Z]{2,4}")


def require_text(text: str) -> str | None:
    """Ask for something."""
    return None if text else "please fill this in."


def check_domain(text: str) -> str | None:
    """Ask for a domain such as hillview.sch.uk, in lower case."""
    if _DOMAIN.fullmatch(text) and len(text) <= 100:
        return None
    return "write it like hillview.sch.uk, in small letters."


def check_site_code(text: str) -> str | None:
    """Ask for two to eight capitals or digits, beginning every incident number."""
    return None if _SITE.fullmatch(text) else "use two to eight capital letters or digits."


def check_initials(text: str) -> str | None:
    """Ask for two to four capitals, beginning every exhibit number."""
    return None if _INITIALS.fullmatch(text) else "use two to four capital letters."


def check_not_taken(text: str, taken: list[str]) -> str | None:
    """Refuse what another officer has; equal initials get a middle initial."""
    if text.casefold() in (t.casefold() for t in taken):
        return "another officer has the same; add a middle initial or name."
    return None
