"""Copies of a vault: sealed bytes only, written and read back. Opens no key.

format.md section 11. A new copy is made beside the old one, never over it: every file gets its name
only when it is whole and synced. What belongs in a copy, which copy counts, and when it is
acknowledged, is the caller's. Errors of the system come out as OSError.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from esafety_tui.data import pagecache, platform, prints, schema
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.plainfiles import open_plain
from esafety_tui.kernel.canon import canonical_bytes, parse_canonical
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotSound

PIECE = 1 << 20
STEP = 1024
"""Pages of the database copied at a time, so that an entry can be written in between."""

RESTARTS = 3
"""Times the database may be written to meanwhile before it is copied in one go."""

_COPY = re.compile(r"[0-9a-f]{16}")
_SEALED = re.compile(r"[0-9a-f]{64}\.age")

Alive = Callable[[int], None]
"""Called with the bytes just done; ends the work by raising."""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What the clear part of a database says of itself. ``generation`` is 0 where it is silent."""

    head: Checkpoint
    generation: int


def read_database_facts(path: Path) -> DatabaseFacts:
    """Open a database read-only and compare its rows with its head. Its schema is looked at first.

    Raises NotSound where they differ or it is no database of ours, OSError.
    """
    try:
        with schema.open_read_only(path, "&immutable=1") as db:
            meta = dict(db.execute("SELECT k, v FROM meta"))
            entries = db.execute("SELECT count(*) FROM entry").fetchone()[0]
            well = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        head = Checkpoint.parse_body(str(meta["head"]).encode())
        generation = int(meta.get("generation", "0"))
    except (sqlite3.Error, EvidenceError, KeyError, ValueError) as err:
        raise NotSound("evidence.db", "it is not a whole database") from err
    if well != "ok" or entries != head.size or meta.get("origin") != head.origin:
        raise NotSound("evidence.db", "its entries do not fit its head")
    return DatabaseFacts(head, generation)


def copy_database(source: Path, target: Path, alive: Alive) -> None:
    """Copy a database that is in use, as it stood at one moment, to a new file, synced.

    Raises OSError, also for what SQLite reports; Tampered where the schema is not ours.
    """
    try:
        with schema.open_read_only(source) as db:
            for pages in (STEP, -1):
                target.unlink(missing_ok=True)
                with contextlib.closing(sqlite3.connect(target)) as out:
                    target.chmod(0o600)
                    # A copy cut short is thrown away whole, so it needs no journal of its own.
                    out.execute("PRAGMA journal_mode=OFF")
                    out.execute("PRAGMA synchronous=OFF")
                    if _copy_pages(db, out, pages, alive):
                        break
    except sqlite3.Error as err:
        raise _os_error_of(err) from err
    sync_file(target)


def compare_copied_rows(source: Path, copied: Path, size: int, alive: Alive) -> bool:
    """Whether the copy, as it lies on its disk, has each row of the first ``size`` entries.

    Raises OSError; Tampered where one of the two has more in it than tables of ours.
    """
    try:
        pagecache.drop_cache(copied, synced=True)
        found = []
        for path in (source, copied):
            with schema.open_read_only(path) as db:
                db.execute("BEGIN")
                found.append(prints.fingerprint_digests(prints.fingerprint_tables(db, size, alive)))
    except sqlite3.Error as err:
        raise _os_error_of(err) from err
    return found[0] == found[1]


class _CopyOvertaken(Exception):
    """The database was written to again and again while it was copied in steps."""


def _copy_pages(db: sqlite3.Connection, out: sqlite3.Connection, pages: int, alive: Alive) -> bool:
    """Whether the copy came to its end; in one go (``pages`` -1) it always does."""
    seen, restarts = 0, 0

    def watch(_status: int, remaining: int, total: int) -> None:
        nonlocal seen, restarts
        restarts += total - remaining < seen
        seen = total - remaining
        alive(0)
        if restarts > RESTARTS and pages > 0:
            raise _CopyOvertaken

    try:
        db.backup(out, pages=pages, progress=watch)
    except _CopyOvertaken:
        return False
    return True


def _os_error_of(err: sqlite3.Error) -> OSError:
    code = getattr(err, "sqlite_errorcode", 0) & 0xFF
    numbers = {sqlite3.SQLITE_FULL: 28, sqlite3.SQLITE_READONLY: 30, sqlite3.SQLITE_BUSY: 16}
    return OSError(numbers.get(code, 5), "the disk did not answer")


def read_file_pieces(path: Path, alive: Alive, most: int | None = None) -> Iterator[bytes]:
    """Yield a file of at most ``most`` bytes piece by piece. Raises OSError."""
    with open_plain(path, most) as src:
        while piece := src.read(PIECE):
            yield piece
            alive(len(piece))


def write_private_file(path: Path, pieces: Iterable[bytes], expected: str = "") -> tuple[str, int]:
    """Write a private file under a temporary name, sync, rename. Returns hex hash and size.

    Raises OSError, or NotSound where the hash is not the ``expected`` one; ``path`` is as it was
    before, and nothing else stays.
    """
    tmp = path.with_name(f".{secrets.token_hex(8)}.tmp")
    digest, size = hashlib.sha256(), 0
    try:
        fd = os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb", buffering=0) as out:
            for piece in pieces:
                _write_whole_piece(out.write, piece)
                digest.update(piece)
                size += len(piece)
            os.fsync(out.fileno())
        if expected and digest.hexdigest() != expected:
            raise NotSound(path.name, "it was changed")
        tmp.replace(path)
        platform.sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):  # a medium that has gone: the first error is the one
            tmp.unlink(missing_ok=True)
    return digest.hexdigest(), size


def _write_whole_piece(put: Callable[[memoryview], int | None], piece: bytes) -> None:
    """An unbuffered file may take less than it was given, above all on a disk nearly full."""
    rest = memoryview(piece)
    while rest:
        rest = rest[put(rest) or 0 :]


def hash_and_measure(path: Path, alive: Alive) -> tuple[str, int]:
    """Return the hex SHA-256 and the size of a file as it is read. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    for piece in read_file_pieces(path, alive):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def read_back_file(path: Path, sha256: str, alive: Alive) -> None:
    """Read a file from the disk, the page cache dropped where the system can.

    Raises NotSound unless it has the hex hash ``sha256``, OSError.
    """
    pagecache.drop_cache(path, synced=True)
    if hash_and_measure(path, alive)[0] != sha256:
        raise NotSound(path.name, "it did not read back as written")


def sync_file(path: Path) -> None:
    """Make a file's content durable. Raises OSError."""
    fd = os.open(path, os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def list_stray_copies(folder: Path, copies: set[str], blobs: set[str]) -> list[Path]:
    """Return what earlier copies left in a part's folder: nothing that is not of their making.

    Args:
        copies: ids of the copies to keep. blobs: names of the sealed files to keep.
    """
    found = [p for p in _list_folder(folder) if _COPY.fullmatch(p.name) and p.name not in copies]
    sealed = (p for p in _list_folder(folder / "blobs") if _SEALED.fullmatch(p.name))
    found += [p for p in sealed if p.stem not in blobs]
    for place in (folder, folder / "blobs"):
        found += [p for p in _list_folder(place) if p.name.startswith(".") and p.suffix == ".tmp"]
    return found


def _list_folder(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def remove_paths(paths: Iterable[Path]) -> None:
    """Remove files and folders for good. Raises OSError."""
    parents = set()
    for path in paths:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        parents.add(path.parent)
    for parent in parents:
        platform.sync_folder(parent)


def write_restore_note(database: Path, note: dict[str, Any]) -> None:
    """Add the redacted record of a restore to ``meta`` (format.md section 11), read back.

    Raises OSError, also where it does not read back; Tampered where the schema is not ours.
    """
    kept = [*read_restore_notes(database), note]
    try:
        with contextlib.closing(sqlite3.connect(database)) as db, db:
            schema.check_before_reading(db)
            db.execute("PRAGMA synchronous=EXTRA")
            db.execute(
                "INSERT OR REPLACE INTO meta VALUES ('restored', ?)",
                (canonical_bytes(kept).decode(),),
            )
    except sqlite3.Error as err:
        raise _os_error_of(err) from err
    if read_restore_notes(database) != kept:
        raise OSError(errno.EIO, "the note of the restore does not read back")


def read_restore_notes(database: Path) -> list[dict[str, Any]]:
    """Return the redacted records of restores, none believed. Unreadable ones say nothing.

    Raises Tampered where the database has more in it than tables of ours.
    """
    try:
        with schema.open_read_only(database) as db:
            rows = db.execute("SELECT v FROM meta WHERE k = 'restored'").fetchall()
        value = parse_canonical(str(rows[0][0]).encode()) if rows else []
    except (sqlite3.Error, BadInput, UnicodeEncodeError):
        return []
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
