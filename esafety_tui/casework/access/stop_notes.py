"""STOP pressed while it is locked: a note on the disk, since nothing can be signed without a key.

docs/format.md section 5b. The note is sealed when it is locked and written as it is when STOP is
pressed, so that a locked program needs no key for it and nobody without the LEDGER key can make
one. The next sign-in records the STOP before anything else: casework/incident/deferred_stop.py.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data import platform
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.plainfiles import read_plain
from esafety_tui.kernel.canon import canonical_bytes, parse_canonical, require_fields
from esafety_tui.kernel.clock import format_stamp, format_uk_time
from esafety_tui.kernel.errors import EvidenceError, Tampered

FILE = "stop.sealed"
_NAME = re.compile(r"stop\.sealed(\.[0-9]{1,4})?")


NOT_OPENED = (
    "There is a note that STOP was pressed while it was locked, put there on {when}. It does not "
    "open, so nobody can tell for which incident: it is damaged, or of other keys. If one of you "
    "pressed STOP then, press it in that incident again."
)
WAITING = (
    "STOP was pressed while it was locked, on {when}, and is not written down yet. Sign in: "
    "that is written first of all."
)


class UnopenedNote(Tampered):
    """A note that these keys do not open."""


@dataclass(frozen=True, slots=True)
class PressedStop:
    """A STOP that is not written down yet: in which incident ("" for none), and when (UTC).

    ``instead``: another incident has been frozen since, so one was frozen in its stead.
    """

    inc: str
    at: str
    instead: bool = False


def seal_stop_note(session: OpenSession, inc: str) -> bytes:
    """Return the note for ``inc`` ("" for none), sealed under the LEDGER key."""
    body = canonical_bytes({"v": 1, "inc": inc, "entries": session.store.chain.size})
    return session.keyring.box.seal_bytes(body, _note_place(session))


def write_stop_note(folder: Path, note: bytes) -> None:
    """Put the note on the disk, beside one that waits. Raises StorageFailed.

    The same one, pressed twice, keeps its time.
    """
    for number in itertools.count():
        path = folder / (f"{FILE}.{number}" if number else FILE)
        if not os.path.lexists(path):
            return platform.write_atomically(path, note)
        with contextlib.suppress(OSError):
            if read_plain(path, links=False) == note:
                return None


def list_stop_notes(folder: Path) -> tuple[Path, ...]:
    """Return the notes on the disk, told without a key. Raises OSError."""
    return tuple(sorted(p for p in folder.iterdir() if _NAME.fullmatch(p.name)))


def read_stop_note(session: OpenSession, path: Path) -> PressedStop | None:
    """Return the STOP that a note is of, None where it is written down.

    A freeze of that incident later than the lock says that it is: so an old note freezes nothing.
    Raises NotOpened for one that does not open.
    """
    try:
        sealed = read_plain(path, links=False)
        note = parse_canonical(session.keyring.box.open_bytes(sealed, _note_place(session)))
        require_fields(note, {"v": int, "inc": str, "entries": int})
        at = _file_time_stamp(path)
    except (OSError, EvidenceError) as err:
        raise UnopenedNote(NOT_OPENED.format(when=_read_note_time(path)), "") from err
    inc, entries = note["inc"], note["entries"]
    since = {
        hold.inc
        for seq, hold in session.store.held.items()
        if seq >= entries and hold.act == "freeze"
    }
    return None if inc in since or (since and not inc) else PressedStop(inc, at, bool(since))


def list_waiting_stops(session: OpenSession) -> frozenset[str]:
    """Return the incidents of the STOPs that still have to be written."""
    found = set()
    for path in list_stop_notes(session.folder):
        with contextlib.suppress(UnopenedNote):
            noted = read_stop_note(session, path)
            found |= {noted.inc} if noted else set()
    return frozenset(found)


def reseal_stop_notes(session: OpenSession, before: LedgerBox) -> None:
    """Seal what still waits under the keys in force; ``before`` is what opens it.

    One that stays under old keys is told and moved aside at the next sign-in.
    """
    place = _note_place(session)
    for path in list_stop_notes(session.folder):
        with contextlib.suppress(OSError, EvidenceError):
            was = path.stat()
            body = before.open_bytes(read_plain(path, links=False), place)
            platform.write_atomically(path, session.keyring.box.seal_bytes(body, place))
            os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))  # it says when it was pressed


def describe_stop_notes(session: OpenSession) -> tuple[str, ...]:
    """Return what a check that writes nothing says of the notes."""
    said = []
    for path in list_stop_notes(session.folder):
        try:
            if read_stop_note(session, path):
                said.append(WAITING.format(when=_read_note_time(path)))
        except UnopenedNote as err:
            said.append(err.what)
    return tuple(said)


def remove_stop_note(path: Path) -> None:
    """Take a note away; one that stays freezes nothing a second time."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _read_note_time(path: Path) -> str:
    try:
        return format_uk_time(datetime.fromtimestamp(path.lstat().st_mtime, UTC))
    except (OSError, ValueError, OverflowError):
        return "a day that is not known"


def _file_time_stamp(path: Path) -> str:
    """Return the file's time as a stamp, "" for one that no calendar has."""
    try:
        return format_stamp(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    except (ValueError, OverflowError):
        return ""


def _note_place(session: OpenSession) -> str:
    return f"evidence-stop/v1/{session.keyring.directory.origin}"
