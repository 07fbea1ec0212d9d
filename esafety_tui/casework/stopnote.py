"""STOP pressed while it is locked: a note on the disk, since nothing can be signed without a key.

docs/format.md section 5b. The note is sealed when it is locked and written as it is when STOP is
pressed, so that a locked program needs no key for it and nobody without the LEDGER key can make
one. Who comes in next writes the STOP down before anything else, and removes the note.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from esafety_tui.casework.session import Session
from esafety_tui.data import platform
from esafety_tui.data.plainfiles import read_plain
from esafety_tui.kernel.canon import canonical, exactly, parse_canonical
from esafety_tui.kernel.clock import stamp
from esafety_tui.kernel.errors import EvidenceError

FILE = "stop.sealed"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A STOP that is not written down yet: in which incident ("" for none), and when (UTC)."""

    inc: str
    at: str


def make(session: Session, inc: str) -> bytes:
    """Return the note for ``inc`` ("" for none), sealed under the LEDGER key."""
    body = canonical({"v": 1, "inc": inc, "entries": session.store.chain.size})
    return session.keyring.box.seal(body, _place(session))


def write(folder: Path, note: bytes) -> None:
    """Put the note on the disk. Raises StorageFailed."""
    platform.write_atomic(folder / FILE, note)


def read(session: Session) -> Pressed | None:
    """Return the STOP that the disk has a note of, None where there is none or it is written down.

    A freeze of that incident later than the lock says that it is: so an old note freezes nothing.
    """
    path = session.folder / FILE
    try:
        sealed = read_plain(path) if path.is_file() else b""
        if not sealed:
            return None
        note = parse_canonical(session.keyring.box.open(sealed, _place(session)))
        exactly(note, {"v": int, "inc": str, "entries": int})
        at = stamp(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    except (OSError, EvidenceError):  # not of this vault, or spoilt: nobody here made it
        return None
    inc, entries = note["inc"], note["entries"]
    written = any(
        seq >= entries and hold.act == "freeze" and inc in ("", hold.inc)
        for seq, hold in session.store.held.items()
    )
    return None if written else Pressed(inc, at)


def remove(folder: Path) -> None:
    """Take the note away; one that stays freezes nothing a second time."""
    with contextlib.suppress(OSError):
        (folder / FILE).unlink(missing_ok=True)


def _place(session: Session) -> str:
    return f"evidence-stop/v1/{session.keyring.directory.origin}"
