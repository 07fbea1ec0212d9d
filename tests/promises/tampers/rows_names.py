"""Names that are not UTF-8, collide, or look like another, by somebody without a key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from esafety_tui.kernel.text import show_invisible
from tests.promises.tampers.row import Tamper
from tests.promises.tampers.rows_files import put, spoiled

KIND = "name"
RAW = (
    b"bad\xff.txt", b"data/bad\xff", b"data/exhibits/AS_9\xff.png", b"keys/\xfe.pem",
    b"Thumbs.db\xff", b"data/records/\xc3.json",
)  # fmt: skip
ALIKE = (
    "readme.txt", "data/FORM.PDF", "data/exhibits/AS_1.PNG", "VERIFY.html", "README.txt ",
    "README.txt.", "verify.html\u200b", "\u202egnp.exe", "data\uff0fform.pdf", "caf\u00e9.txt",
    "cafe\u0301.txt", "READM\u0395.txt", "data/records/00000\uff12.json",
    "data/exhibits/AS_\u0661.png", "[x].png", "<img src=x onerror=alert(1)>.png", "a\tb",
)  # fmt: skip


def rows() -> Iterator[Tamper]:
    """Return the rows of names."""
    for raw in RAW:

        def unreadable(pack: Path, raw: bytes = raw) -> None:
            Path(os.fsdecode(os.fsencode(pack) + b"/" + raw)).write_bytes(b"x")

        item = show_invisible(os.fsdecode(raw))
        yield Tamper(KIND, f"not UTF-8: {raw!r}", False, spoiled(unreadable), item=item,
                     unseen="hidden")  # fmt: skip

    def folder(pack: Path) -> None:
        Path(os.fsdecode(os.fsencode(pack) + b"/data/\xff")).mkdir()

    yield Tamper(KIND, "not UTF-8: a folder", False, spoiled(folder), item="data/<U+DCFF>",
                 unseen="hidden")  # fmt: skip

    def renamed(pack: Path) -> None:
        new = Path(os.fsdecode(os.fsencode(pack) + b"/README\xff.txt"))
        (pack / "README.txt").rename(new)

    yield Tamper(KIND, "not UTF-8: in place of README.txt", False, spoiled(renamed),
                 item="README<U+DCFF>.txt", unseen="hidden")  # fmt: skip
    for name in ALIKE:
        make = put(name, b"x")
        yield Tamper(KIND, f"like another: {name!r}", False, make, item=show_invisible(name))

    def other_folder(pack: Path) -> None:
        (pack / "d\u0430ta").mkdir()
        (pack / "d\u0430ta/form.pdf").write_bytes(b"x")

    yield Tamper(KIND, "like another: a folder", False, spoiled(other_folder), item="d\u0430ta")
