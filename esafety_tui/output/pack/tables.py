"""The two lists of a pack as CSV: exhibits and continuity.

A spreadsheet must never run what a person typed: a cell that could be read as a formula starts
with an apostrophe, and invisible characters are spelled out. UTF-8 with a byte order mark, so that
Excel reads accents; the exact words are in the records.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from esafety_tui.kernel.clock import format_stamp, format_uk_time
from esafety_tui.output.pack.source import PackSource

_FORMULA = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠")  # noqa: RUF001 - full width too


def spreadsheet_cell(text: str) -> str:
    """Return ``text`` as a spreadsheet cell that no program takes for a formula or a command."""
    shown = "".join(
        f"<U+{ord(char):04X}>" if unicodedata.category(char) in {"Cc", "Cf", "Cs"} else char
        for char in text
    )
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def _csv_bytes(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([spreadsheet_cell(text) for text in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "surrogatepass")


def _utc_and_uk_times(when: datetime) -> tuple[str, str]:
    return format_stamp(when), format_uk_time(when)


def exhibit_list_csv(source: PackSource) -> bytes:
    """Return data/exhibit-list.csv: what is in the pack, then what was left out and why."""
    rows: list[tuple[str, ...]] = [
        (
            item.ref, f"exhibits/{item.disk_name}", item.description, item.corrected, item.sha256,
            str(item.size), *_utc_and_uk_times(item.taken_at), item.by, "yes", "",
        )
        for item in source.exhibits
    ]  # fmt: skip
    rows += [(item.ref, *[""] * 8, "no", item.reason) for item in source.withheld]
    head = (
        "Exhibit", "File", "Description", "Corrections", "SHA-256", "Size in bytes", "Taken (UTC)",
        "Taken (UK time)", "Taken by", "In this pack", "Reason left out",
    )  # fmt: skip
    return _csv_bytes(head, rows)


def continuity_csv(source: PackSource) -> bytes:
    """Return data/continuity.csv: who had what and when, in the order given."""
    rows = [
        (*_utc_and_uk_times(row.when), row.ref, row.what, row.by, row.note)
        for row in source.continuity
    ]
    head = ("Time (UTC)", "Time (UK)", "Exhibit", "What happened", "By", "Note")
    return _csv_bytes(head, rows)
