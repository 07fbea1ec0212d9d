"""Checks of what is typed: text in, the value to record out, or a Problem in words.

Each check accepts its own result unchanged, so a recorded answer can be replayed. Nothing is
opened, fetched or looked up. Time comes in as an argument.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from esafety_tui.flows.procedure.model import Problem
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.text import show_invisible

URL_LIMIT = 8_192
TEXT_LIMIT = 20_000
NAME_LIMIT = 200

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WHEN = re.compile(
    r"(?P<about>about )?"
    r"(?:(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    r"|(?P<d2>\d{1,2})[/.](?P<m2>\d{1,2})[/.](?P<y2>\d{4})"
    r"|(?P<d3>\d{1,2}) (?P<m3>[A-Za-z]{3,9}) (?P<y3>\d{4}))"
    r"(?:[ T,]+(?P<h>\d{1,2})[:.](?P<min>\d{2})(?: ?(?P<zone>GMT|BST))?)?",
    re.ASCII | re.IGNORECASE,
)
_WHEN_HELP = "Write the date like 21 Nov 2026, or with the time: 21 Nov 2026 14:07."


def check_url(raw: str) -> str | Problem:
    """Return the address exactly as given, without the blanks around it.

    Any text a school may have to write down is taken: hxxps://, a bare domain, javascript:, an
    international name. Control and direction characters, inner blanks, an empty text and more
    than 8,192 characters are refused.
    """
    value = raw.strip(" \t\r\n")
    if not value:
        return Problem("The address is empty. Type or paste it.")
    if len(value) > URL_LIMIT:
        return Problem(
            f"This address has {len(value):,} characters; {URL_LIMIT:,} are the most. "
            "Write down the beginning here and save the whole as a file."
        )
    if any(char.isspace() for char in value):
        return Problem("There is a blank or a line break inside. Write one address at a time.")
    if show_invisible(value) != value:
        return Problem(
            "There are invisible or control characters inside. "
            "Type the address, or describe it in words."
        )
    return value


def check_name(raw: str) -> str | Problem:
    """Return a person's or a computer's name on one line, without the blanks around it."""
    value = " ".join(raw.split())
    if not value:
        return Problem("The name is empty. Type it.")
    if len(value) > NAME_LIMIT:
        return Problem(f"This name is too long; {NAME_LIMIT} characters are the most.")
    if show_invisible(value) != value:
        return Problem("There are invisible or control characters in this name. Type it again.")
    return value


def check_text(raw: str) -> str | Problem:
    """Return free text as typed, with plain line ends and no blank lines around it.

    Direction marks and joiners are kept, since quoted messages hold them; screens and forms make
    them visible. Control characters other than line end and tab are refused.
    """
    value = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not value:
        return Problem("There is nothing here yet. Write a few words.")
    if len(value) > TEXT_LIMIT:
        return Problem(
            f"This text has {len(value):,} characters; {TEXT_LIMIT:,} are the most. "
            "Shorten it, or add the rest as a note."
        )
    if any(_is_control_character(char) for char in value):
        return Problem("There are control characters in this text. Type it, or paste plain text.")
    return value


def check_number(raw: str) -> str | Problem:
    """Return a whole number of at most nine digits, without leading zeros."""
    value = raw.strip()
    if value.isascii() and value.isdigit() and len(value) <= 9:
        return str(int(value))
    return Problem("Write a whole number in digits, for example 3.")


def check_date_time(raw: str, now: datetime | None = None) -> str | Problem:
    """Return ``21 Nov 2026 14:07 GMT`` (UK time) or ``21 Nov 2026``, "about " kept before it.

    ``now`` refuses what lies in the future. Where the clock goes back, GMT or BST may be typed;
    without it the earlier of the two is meant. A time the clock skipped is refused.
    """
    match = _WHEN.fullmatch(" ".join(raw.split()))
    if match is None:
        return Problem(_WHEN_HELP)
    part = match.groupdict()
    try:
        day = datetime(
            int(part["y1"] or part["y2"] or part["y3"]),
            _month_number(part["m1"] or part["m2"] or part["m3"]),
            int(part["d1"] or part["d2"] or part["d3"]),
            int(part["h"] or 0),
            int(part["min"] or 0),
            tzinfo=LONDON,
        )
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 2200:
        return Problem(f"There is no such date or time. {_WHEN_HELP}")
    zoned = _time_in_zone(day, (part["zone"] or "").upper())
    if zoned is None:
        return Problem("The clock did not show this time on that day. Check GMT or BST.")
    if now is not None and zoned > now:
        return Problem("This lies in the future. Check the date and the time.")
    words = f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"
    if part["h"] is not None:
        words += f" {zoned:%H:%M} {zoned.tzname()}"
    return ("about " if part["about"] else "") + words


def parse_recorded_time(recorded: str) -> datetime | None:
    """Return the moment, UTC, that :func:`check_date_time` wrote, None for anything else.

    A day without a time is its beginning in UK time, so that a deadline never runs too late.
    """
    plain = recorded.removeprefix("about ").rsplit(" ", 1)
    zoned = len(plain) > 1 and plain[1] in ("GMT", "BST")
    words, zone = (plain[0], plain[1]) if zoned else (recorded.removeprefix("about "), "")
    try:
        form = "%d %b %Y %H:%M" if zoned else "%d %b %Y"
        found = datetime.strptime(words, form).replace(tzinfo=LONDON)
    except ValueError:
        return None
    meant = _time_in_zone(found, zone)
    # In UTC: two times of one zone are compared by their faces, also in the hour that comes twice.
    return meant.astimezone(UTC) if meant is not None else None


def _time_in_zone(day: datetime, zone: str) -> datetime | None:
    """Return the time with the fold that its zone name asks for, None where there is none."""
    for fold in (0, 1):
        found = day.replace(fold=fold)
        skipped = found.timestamp() != _local_round_trip(found).timestamp() or (
            _local_round_trip(found).replace(tzinfo=None) != day.replace(tzinfo=None)
        )
        if not skipped and zone in ("", found.tzname()):
            return found
    return None


def _local_round_trip(local: datetime) -> datetime:
    return datetime.fromtimestamp(local.timestamp(), LONDON)


def _month_number(word: str) -> int:
    """Return 1 to 12 for a number or an English name, whole or three letters. ValueError."""
    if word.isdigit():
        return int(word)
    names = _MONTHS if len(word) > 3 else [month[:3] for month in _MONTHS]
    return names.index(word.capitalize()) + 1


def _is_control_character(char: str) -> bool:
    return char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cs"}
