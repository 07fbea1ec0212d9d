"""The check code as people type it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.promises.tampers.row import AUTHENTIC, NOT_SOUND, UNUSABLE, Tamper
from tests.promises.tampers.world import World

Typed = Callable[[str], str]


def _gaps(gap: str) -> Typed:
    return lambda code: code.replace(" ", gap)


RIGHT: dict[str, Typed] = {
    "as printed": str,
    "without blanks": _gaps(""),
    "hyphens": _gaps("-"),
    "en dash": _gaps("\u2013"),
    "em dash": _gaps(" \u2014 "),
    "minus": _gaps("\u2212"),
    "soft hyphen": _gaps("\xad"),
    "hyphen of typographers": _gaps("\u2010"),
    "no-break hyphen": _gaps("\u2011"),
    "thin space": _gaps("\u2009"),
    "no-break space": _gaps("\xa0"),
    "narrow no-break space": _gaps("\u202f"),
    "ideographic space": _gaps("\u3000"),
    "zero width space": _gaps("\u200b"),
    "word joiner": _gaps("\u2060"),
    "tab": _gaps("\t"),
    "full-width hyphen": _gaps("\uff0d"),
    "Yezidi hyphen": _gaps("\U00010ead"),
    "figure space": _gaps("\u2007"),
    "byte order mark": lambda code: "\ufeff" + code,
    "blanks around": lambda code: f"  {code} ",
    "small letters": str.lower,
    "O for 0": lambda code: code.replace("0", "O"),
    "o for 0": lambda code: code.replace("0", "o"),
    "I for 1": lambda code: code.replace("1", "I"),
    "l for 1": lambda code: code.replace("1", "l"),
}


def _other(code: str) -> str:
    return ("1" if code[0] == "0" else "0") + code[1:]


WRONG: dict[str, Typed] = {
    "first letter": _other, "last letter": lambda code: _other(code[::-1])[::-1],
    "groups swapped": lambda code: " ".join(reversed(code.split())), "zeros": lambda _: "0" * 16,
}  # fmt: skip
UNREADABLE: dict[str, Typed] = {
    "too short": lambda code: code[:9], "too long": lambda code: code + "0",
    "twice": lambda code: f"{code} {code}", "with U": lambda code: "U" + code[1:],
    "full-width digit": lambda code: chr(0xFF10) + code[1:], "blanks alone": lambda _: "   ",
    "Arabic digit": lambda code: "\u0660" + code[1:], "dotless i": lambda code: "\u0131" + code[1:],
    "long s": lambda code: "\u017f" + code[1:], "Cyrillic O": lambda code: "\u041e" + code[1:],
    "underscores": _gaps("_"), "dots": _gaps("."), "a picture": lambda code: code + "\U0001f600",
    "ligature": lambda code: "\ufb01" + code[2:], "dashes alone": lambda _: "--",
}  # fmt: skip


def _sound(world: World, folder: Path) -> Path:
    return world.copy(folder)


def rows() -> Iterator[Tamper]:
    """Return the rows of codes."""
    for state, item, typed in (
        (AUTHENTIC, "", RIGHT), (NOT_SOUND, "check code", WRONG), (UNUSABLE, "", UNREADABLE),
    ):  # fmt: skip
        for name, change in typed.items():
            yield Tamper("code as typed", name, False, _sound, state, item, typed=change)
