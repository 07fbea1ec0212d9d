"""The revisions that signing adds: what each of them must be, to the last byte.

Rule: all that may differ between two signings of one form is read from the file: dates, the file's
identifier, pyHanko's version, the container. Everything else is written out again here and compared
byte for byte, so a signature's revision has no room for an object, key or byte of its own.

Source: docs/format.md section 9; ISO 32000-1, 7.5.6 and 12.8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from esafety_tui.kernel.clock import format_uk_time
from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.form import signed_objects
from esafety_tui.output.form.need import require_sound
from esafety_tui.output.form.revisions import (
    Drawing,
    cross_reference_table,
    revision_ending,
    signed_trailer,
)
from esafety_tui.output.form.signed_objects import SigningFacts
from esafety_tui.output.form.tokens import write_value
from esafety_tui.output.form.view import OFFICER_FIELDS, ROLE_PAIRS

_CONTAINER = re.compile(rb"/Contents <([0-9A-F]{512,65536})>")
_SIGNED = re.compile(rb"\n/M \(D\\072([0-9]{14})Z\)\n/Reason \(([A-Za-z ]{1,40})\)\n")
_STAMP = re.compile(rb"\(certificate ([0-9a-f]{32})\)")
_CHANGED = re.compile(
    rb"\n/ModDate \(D\\072([0-9]{14}(?:Z|\\05[35][0-9]{2}\\047[0-9]{2}\\047))\)\n"
)
_XMP = re.compile(rb' xmp:ModifyDate="([0-9]{4}(?:[:T\-][0-9]{2}){5}[+\-][0-9]{2}:[0-9]{2})" ')
_VERSION = re.compile(rb' x:xmptk="pyHanko ([0-9]{1,4}(?:\.[0-9]{1,4}){1,3})">')
_IDENT = re.compile(rb"\ntrailer\n<<\n/ID \[ <[0-9a-f]{32}> <([0-9a-f]{32})> \]\n")
_OCTAL = re.compile(rb"\\([0-7]{3})")
_RANGE_WIDTH = 62  # bytes kept free for /ByteRange


@dataclass(frozen=True, slots=True)
class Increment:
    """One signature's revision.

    Attributes:
        place: name of the signed field. roles: the pair of roles of which it names one.
        container: the value of /Contents, the zeros behind it included.
        unsigned_range: offsets of the container's brackets, which it does not sign.
        end: of the revision, from the start of the file. table: offset of its table of objects.
        size: one more than the highest number of an object.
        stamp: the beginning of the certificate's hex SHA-256, as the visible mark shows it.
    """

    place: str
    roles: tuple[str, str]
    when: datetime
    container: bytes = field(repr=False)
    unsigned_range: tuple[int, int]
    end: int
    table: int
    size: int
    stamp: str
    facts: SigningFacts


def read_increments(data: bytes, drawing: Drawing, fields: list[int]) -> list[Increment]:
    """Return the signatures' revisions behind ``drawing``, which end where ``data`` ends.

    Raises NotSound: none, more than two, or one that signing does not write in this way.
    """
    found: list[Increment] = []
    end = drawing.end
    while end < len(data):
        require_sound(len(found) < len(OFFICER_FIELDS), "it has more revisions than signatures.")
        found.append(_read_increment(data, drawing, fields, found))
        end = found[-1].end
    require_sound(found, "nobody signed it.")
    require_sound(len({each.roles for each in found}) == 1, _CHANGED_MORE)
    return found


_CHANGED_MORE = "more than the signatures was changed after the form was drawn."


def _read_increment(
    data: bytes, drawing: Drawing, fields: list[int], before: list[Increment]
) -> Increment:
    start = before[-1].end if before else drawing.end
    facts, container, roles = _read_signing_facts(data, start, drawing, fields, before)
    facts = signed_objects.with_producer(facts, drawing)
    parts = signed_objects.signing_objects(drawing, facts)
    out = bytearray()
    places: list[tuple[int, int]] = []
    gap = (0, 0)
    for number in sorted(parts):
        places.append((number, start + len(out)))
        out += b"%d 0 obj\n" % number
        value = parts[number]
        if number == facts.signature:
            out += b"<<\n/Contents "
            gap = (start + len(out), start + len(out) + len(container) + 2)
            out += b"<" + container + b">\n/ByteRange " + b" " * _RANGE_WIDTH + b"\n"
            out += write_value(value)[3:]
        else:
            out += write_value(value)
        out += b"\nendobj\n"
    table = start + len(out)
    size = max(before[-1].size if before else drawing.size, max(parts) + 1)
    previous = before[-1].table if before else drawing.table
    out += cross_reference_table(places, whole=False)
    out += b"trailer\n" + write_value(signed_trailer(drawing, facts.ident, size, previous)) + b"\n"
    out += revision_ending(table)
    end = start + len(out)
    span = b"[0 %d %d %d]" % (gap[0], gap[1], end - gap[1])
    at = gap[1] - start + len(b"\n/ByteRange ")
    out[at : at + _RANGE_WIDTH] = span.ljust(_RANGE_WIDTH)
    require_sound(data.startswith(bytes(out), start), _CHANGED_MORE)
    place = OFFICER_FIELDS[len(before)]
    bare = bytes.fromhex(container.decode("ascii"))
    return Increment(place, roles, facts.when, bare, gap, end, table, size, facts.stamp, facts)


def _read_signing_facts(
    data: bytes, start: int, drawing: Drawing, fields: list[int], before: list[Increment]
) -> tuple[SigningFacts, bytes, tuple[str, str]]:
    def one(pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        match = pattern.search(data, start)
        if match is None:
            raise NotSound("form", _CHANGED_MORE)
        return match

    signed, number = one(_SIGNED), len(before)
    reason = signed[2].decode("ascii")
    roles = next((pair for pair in ROLE_PAIRS if pair[number] == reason), None)
    try:
        when = datetime.strptime(signed[1].decode("ascii"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as err:
        raise NotSound("form", _CHANGED_MORE) from err
    if roles is None:
        raise NotSound("form", _CHANGED_MORE)
    size = before[-1].size if before else drawing.size
    changed = _OCTAL.sub(lambda code: bytes([int(code[1], 8)]), one(_CHANGED)[1])
    facts = SigningFacts(
        number=number, field=fields[number], mark=size + 1, signature=size + 2,
        metadata=before[0].facts.metadata if before else size + 3,
        certification=before[0].facts.signature if before else size + 2,
        when=when, reason=reason, shown=format_uk_time(when), stamp=one(_STAMP)[1].decode("ascii"),
        changed=changed, xmp=one(_XMP)[1], version=one(_VERSION)[1],
        producer=before[-1].facts.producer if before else b"",
        ident=bytes.fromhex(one(_IDENT)[1].decode("ascii")),
    )  # fmt: skip
    return facts, one(_CONTAINER)[1], roles
