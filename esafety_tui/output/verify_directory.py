"""Reads the list of files of a container, and believes nothing that is not written in one way.

From each member name and size alone are taken. From these every byte that is not of a member is
made again and compared (docs/format.md section 10): headers, list of files, end. So no ZIP program
can find other names, lengths or places in it than were found here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import BinaryIO

from esafety_tui.kernel.errors import NewerVersion, NotSound
from esafety_tui.kernel.text import show_invisible
from esafety_tui.output.pack import ziplayout
from esafety_tui.output.pack.layout import REFERENCE, is_pack_name
from esafety_tui.output.pack.ziplayout import END, END_64, ENTRY, KNOWN_LAYOUTS, LOCATOR, ZipLayout
from esafety_tui.output.verify_files import MAX_FILES

_LONGEST_ENTRY = ENTRY.size + 256
"""Bytes of a line of the list: more than any name of a pack and both extra fields take."""
_DAMAGED = "the container is damaged or cut short"
_EXTRA = "the container holds bytes that belong to no file, or is cut short"
_OTHER_LAYOUT = "it is not written as a pack is: ZIP programs could unpack something else from it"


@dataclass(frozen=True, slots=True)
class ContainerDirectory:
    """The files of a container.

    Attributes:
        top: name of the folder that holds all of them.
        when: their one date, as :func:`ziplayout.encode_dos_time` gives it.
        sizes: name below ``top`` to bytes in clear, in the order of the container.
        places: name to where its stored bytes begin.
    """

    layout: int
    top: str
    when: bytes
    sizes: dict[str, int]
    places: dict[str, int]


@dataclass(frozen=True, slots=True)
class _DirectoryEnd:
    count: int
    size: int
    place: int
    data: bytes


def read_directory(raw: BinaryIO, item: str) -> ContainerDirectory:
    """Read and check all of ``raw`` but the members themselves.

    Args:
        item: what the container is called in errors.

    Raises:
        NotSound: a byte is not as the layout has it. NewerVersion: its layout is not known here.
    """
    end = _find_directory_end(raw, item)
    raw.seek(end.place)
    listed = raw.read(end.size)
    if len(listed) < ENTRY.size or not listed.startswith(b"PK\1\2"):
        raise NotSound(item, _DAMAGED)
    layout = _find_layout(listed, item)
    if end.data != ziplayout.directory_end(layout, end.count, end.size, end.place):
        raise NotSound(item, _OTHER_LAYOUT)
    found = ContainerDirectory(layout.number, "", listed[12:16], {}, {})
    found = replace(found, top=_top_folder(_read_file_line(listed, 0, end, item)[0], item))
    at, place = 0, 0
    for _ in range(end.count):
        name, size = _read_file_line(listed, at, end, item)
        inner = _name_in_pack(name, found)
        entry = ziplayout.directory_entry(layout, name, size, found.when, place)
        head = ziplayout.local_header(layout, name, size, found.when)
        raw.seek(place)
        if listed[at : at + len(entry)] != entry or raw.read(len(head)) != head:
            raise NotSound(inner, _OTHER_LAYOUT)
        found.sizes[inner], found.places[inner] = size, place + len(head)
        at += len(entry)
        place += len(head) + size + ziplayout.OVERHEAD
        if place > end.place:
            raise NotSound(inner, _DAMAGED)
    if at != len(listed) or place != end.place:
        raise NotSound(item, _EXTRA)
    return found


def _find_directory_end(raw: BinaryIO, item: str) -> _DirectoryEnd:
    """Find the end of the list without a search: it is where the file ends."""
    length = raw.seek(0, 2)
    back = min(length, END.size + LOCATOR.size + END_64.size)
    raw.seek(length - back)
    data = raw.read(back)
    short = data[-END.size :]
    if len(short) < END.size or not short.startswith(b"PK\5\6"):
        raise NotSound(item, _EXTRA)
    _, _, _, _, count, size, place, _ = END.unpack(short)
    if data[END_64.size : END_64.size + 4] == b"PK\6\7" and data.startswith(b"PK\6\6"):
        count, size, place = END_64.unpack(data[: END_64.size])[-3:]
    else:
        data = short
    if not 0 < count <= MAX_FILES or size > count * _LONGEST_ENTRY:
        raise NotSound(item, "it does not hold the number of files of a pack")
    if place + size + len(data) != length:
        raise NotSound(item, _EXTRA)
    return _DirectoryEnd(count, size, place, data)


def _find_layout(listed: bytes, item: str) -> ZipLayout:
    """Return the layout that the first line of the list names."""
    made_by, system = listed[4], listed[5]
    if made_by > ziplayout.CURRENT_LAYOUT.made_by:
        raise NewerVersion(
            "This container was made by a newer version of the program.",
            "Check it with that version, or ask the school which one it is.",
        )
    for layout in KNOWN_LAYOUTS:
        if made_by in (layout.made_by, layout.made_by_64) and layout.system == system:
            return layout
    raise NotSound(item, _OTHER_LAYOUT)


def _read_file_line(listed: bytes, at: int, end: _DirectoryEnd, item: str) -> tuple[bytes, int]:
    """Return name and bytes in clear of the line at ``at``."""
    if len(listed) < at + ENTRY.size:
        raise NotSound(item, _DAMAGED)
    size, length = struct.unpack_from("<LH", listed, at + 24)
    after = at + ENTRY.size + length
    if size == 0xFFFFFFFF:
        size = int.from_bytes(listed[after + 4 : after + 12], "little")
    if size > end.place:
        raise NotSound(item, _DAMAGED)
    return listed[at + ENTRY.size : after], size


def _top_folder(name: bytes, item: str) -> str:
    top = name.decode("ascii", "replace").partition("/")[0]
    if REFERENCE.fullmatch(top) is None:
        raise NotSound(item, "its top folder is not named after an incident")
    return top


def _name_in_pack(name: bytes, found: ContainerDirectory) -> str:
    full = name.decode("utf-8", "replace")
    inner = full.removeprefix(f"{found.top}/")
    if inner == full or not name.isascii() or not is_pack_name(inner):
        raise NotSound(show_invisible(full), "it was added: a pack has no such file")
    if inner in found.sizes:
        raise NotSound(inner, "it is in the container twice")
    return inner
