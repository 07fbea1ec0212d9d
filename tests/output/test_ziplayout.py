"""The two layouts at every limit of the ZIP format: the first is pyzipper's, to the last bit."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
import pyzipper

from esafety_tui.output.pack import ziplayout
from esafety_tui.output.pack.ziplayout import CURRENT_LAYOUT, KNOWN_LAYOUTS, OVERHEAD

WHEN = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
NAME = "HVS-2026-0007/data/exhibits/AB_1.mp4"
GIB = 1 << 30
EDGES = sorted(
    {
        max(0, edge + step)
        for edge in (0, 16, int((2 * GIB - 1) / 1.05), 2 * GIB, 4 * GIB)
        for step in (-30, -29, -28, -27, -2, -1, 0, 1, 2)
    }
    | {40 * GIB, 1 << 44}
)


def info(size: int, place: int) -> Any:
    """Return what pyzipper knows of a member when it is written, and its room for 64 bits."""
    made = pyzipper.zipfile_aes.AESZipInfo(NAME, WHEN.timetuple()[:6])
    made.file_size, made.compress_size, made.CRC = size, size + OVERHEAD, 0x12345678
    made.header_offset, made.flag_bits, made.external_attr = place, 1, 0o600 << 16
    made.wz_aes_version, made.wz_aes_vendor_id, made.wz_aes_strength = 2, b"AE", 3
    return made


@pytest.mark.parametrize("size", EDGES)
def test_layout_1_is_what_pyzipper_writes(size: int) -> None:
    when = ziplayout.encode_dos_time(WHEN)
    for place in EDGES:
        made = info(size, place)
        room = size * 1.05 > (1 << 31) - 1
        head = made.FileHeader(room)
        line = b"".join(made.central_directory())
        assert ziplayout.local_header(KNOWN_LAYOUTS[0], NAME.encode(), size, when) == head
        assert ziplayout.directory_entry(KNOWN_LAYOUTS[0], NAME.encode(), size, when, place) == line


class Far(io.BytesIO):
    """A file that says how far it has come, without the bytes before."""

    at = 0

    def tell(self) -> int:
        return self.at


class Listed(tuple[()]):
    """So many members whose lines have been written."""

    many = 0

    def __len__(self) -> int:
        return self.many


@pytest.mark.parametrize("count", [1, 0xFFFE, 0xFFFF, 0x10000, 70_000])
def test_the_end_of_layout_1_is_what_pyzipper_writes(count: int) -> None:
    for place in [*EDGES, 70 * GIB]:
        for size in (200, 2 * GIB - 1, 2 * GIB, 4 * GIB):
            out = Far()
            archive = pyzipper.AESZipFile(out, "w")
            archive.filelist = Listed()
            archive.filelist.many = count
            archive.start_dir, out.at = place, place + size
            archive._write_end_record()
            archive.fp = None
            assert out.getvalue() == ziplayout.directory_end(KNOWN_LAYOUTS[0], count, size, place)


def test_the_layout_in_force_says_its_number() -> None:
    line = ziplayout.directory_entry(CURRENT_LAYOUT, b"a/b", 0, bytes(4), 0)
    assert line[4] == 100 + CURRENT_LAYOUT.number


def test_a_clock_far_off_stops_no_report() -> None:
    first = ziplayout.encode_dos_time(datetime(1970, 1, 1, 12, tzinfo=UTC))
    last = ziplayout.encode_dos_time(datetime(2200, 6, 1, 12, tzinfo=UTC))
    assert first[2:] == (1 << 5 | 1).to_bytes(2, "little")
    assert last[2:] == (127 << 9 | 12 << 5 | 31).to_bytes(2, "little")
