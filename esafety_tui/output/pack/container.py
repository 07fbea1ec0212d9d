"""A pack as one encrypted container: ZIP layout 2, every member AES-256 (WinZip AE-2), stored.

Written as a stream straight from the sealed files: no byte is on a disk in clear, here or in a
temporary folder. Member names stay readable and are neutral (layout.py). The passphrase is not in
the pack and is handed over on its own way.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from esafety_tui.kernel.errors import BadInput, OutputFailed
from esafety_tui.output.pack import ziplayout
from esafety_tui.output.pack.bag import Member, members
from esafety_tui.output.pack.cipher import encrypted
from esafety_tui.output.pack.source import PackSource
from esafety_tui.output.pack.target import (
    Progress,
    Prove,
    marked,
    publish,
    refusals_as_sentences,
)

SHORTEST = 12
"""Characters of the shortest passphrase that is accepted."""


def passphrase_bytes(passphrase: str) -> bytes:
    """Return the passphrase as ZIP programs agree on it. Raises BadInput.

    Only printable ASCII: 7-Zip on Windows and on Linux encode anything else differently.
    """
    if len(passphrase) < SHORTEST or not passphrase.isascii() or not passphrase.isprintable():
        raise BadInput(
            "This passphrase cannot protect a pack.",
            f"Use the generated words, or at least {SHORTEST} plain letters, digits and signs.",
        )
    return passphrase.encode("ascii")


def write_container(
    source: PackSource, target_dir: Path, passphrase: str, progress: Progress,
    prove: Prove | None = None,
) -> Path:  # fmt: skip
    """Write the pack as ``target_dir/<reference>.zip`` and return that file.

    Args:
        passphrase: printable ASCII, at least 12 characters.
        progress: called after every piece with (file name, bytes done, bytes in all).
        prove: called with the whole pack before it gets its name.

    Raises:
        OutputFailed: the target refused; only ``.<reference>.zip.incomplete`` is left on it.
        Refused: STOP or cancelled; nothing is left on it.
        BadInput: the passphrase is too short or not plain.
    """
    secret = passphrase_bytes(passphrase)
    needed = source.bytes_needed
    where = marked(target_dir, f"{source.reference}.zip", needed, source.bytes_at_least)
    with refusals_as_sentences(), where as (partial, final):
        fd = os.open(
            partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(fd, "wb") as out:
            write_members(_counted(source, progress), source.reference, source.created, secret, out)
            out.flush()
            os.fsync(out.fileno())
        if prove is not None:
            prove(partial)
        return publish(partial, final)


def write_members(
    stream: Iterable[Member], top: str, created: datetime, secret: bytes, out: BinaryIO
) -> None:
    """Write members, each below the folder ``top``, as a container of layout 2.

    Args:
        created: aware; the date of every member. secret: the passphrase.
        out: is written from its first byte to its last, never sought in.

    Raises:
        OutputFailed: a member has more or fewer bytes than its header says.
    """
    layout, when = ziplayout.CURRENT, ziplayout.dos_time(created)
    place, entries = 0, []
    for member in stream:
        name = f"{top}/{member.name}".encode("ascii")
        head = ziplayout.local_header(layout, name, member.size, when)
        entries.append(ziplayout.directory_entry(layout, name, member.size, when, place))
        out.write(head)
        stored = 0
        for piece in encrypted(member.pieces, secret):
            stored += out.write(piece)
        if stored != member.size + ziplayout.OVERHEAD:
            raise OutputFailed(
                f"{member.name} does not have the size it was taken in with.",
                "Stop the export. Check the vault, then tell the technician.",
            )
        place += len(head) + stored
    listed = b"".join(entries)
    out.write(listed + ziplayout.directory_end(layout, len(entries), len(listed), place))


def _counted(source: PackSource, progress: Progress) -> Iterator[Member]:
    """Yield the files of the pack; ``progress`` hears of each piece that was written."""
    done, total = 0, source.bytes_needed

    def told(member: Member) -> Iterator[bytes]:
        nonlocal done
        for piece in member.pieces:
            yield piece
            done += len(piece)
            progress(member.name, min(done, total), total)

    for member in members(source):
        yield Member(member.name, member.size, told(member))
