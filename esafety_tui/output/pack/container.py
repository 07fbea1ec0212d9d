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
from esafety_tui.output.pack.bag import PackMember, pack_members
from esafety_tui.output.pack.cipher import encrypt_member
from esafety_tui.output.pack.source import PackSource
from esafety_tui.output.pack.target import (
    Progress,
    ProvePack,
    marked_target,
    publish_pack,
    translate_target_errors,
)

SHORTEST_PASSPHRASE = 12
"""Characters of the shortest passphrase that is accepted."""


def encode_passphrase(passphrase: str) -> bytes:
    """Return the passphrase as ZIP programs agree on it. Raises BadInput.

    Only printable ASCII: 7-Zip on Windows and on Linux encode anything else differently.
    """
    if (
        len(passphrase) < SHORTEST_PASSPHRASE
        or not passphrase.isascii()
        or not passphrase.isprintable()
    ):
        raise BadInput(
            "This passphrase cannot protect a pack.",
            f"Use the generated words, or at least {SHORTEST_PASSPHRASE} plain letters, "
            "digits and signs.",
        )
    return passphrase.encode("ascii")


def write_container(
    source: PackSource, target_dir: Path, passphrase: str, progress: Progress,
    prove: ProvePack | None = None,
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
    secret = encode_passphrase(passphrase)
    needed = source.bytes_needed
    where = marked_target(target_dir, f"{source.reference}.zip", needed, source.bytes_at_least)
    with translate_target_errors(), where as (partial, final):
        fd = os.open(
            partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(fd, "wb") as out:
            write_zip_members(
                _report_progress(source, progress), source.reference, source.created, secret, out
            )
            out.flush()
            os.fsync(out.fileno())
        if prove is not None:
            prove(partial)
        return publish_pack(partial, final)


def write_zip_members(
    stream: Iterable[PackMember], top: str, created: datetime, secret: bytes, out: BinaryIO
) -> None:
    """Write members, each below the folder ``top``, as a container of layout 2.

    Args:
        created: aware; the date of every member. secret: the passphrase.
        out: is written from its first byte to its last, never sought in.

    Raises:
        OutputFailed: a member has more or fewer bytes than its header says.
    """
    layout, when = ziplayout.CURRENT_LAYOUT, ziplayout.encode_dos_time(created)
    place, entries = 0, []
    for member in stream:
        name = f"{top}/{member.name}".encode("ascii")
        head = ziplayout.local_header(layout, name, member.size, when)
        entries.append(ziplayout.directory_entry(layout, name, member.size, when, place))
        out.write(head)
        stored = 0
        for piece in encrypt_member(member.pieces, secret):
            stored += out.write(piece)
        if stored != member.size + ziplayout.OVERHEAD:
            raise OutputFailed(
                f"{member.name} does not have the size it was taken in with.",
                "Stop the export. Check the vault, then tell the technician.",
            )
        place += len(head) + stored
    listed = b"".join(entries)
    out.write(listed + ziplayout.directory_end(layout, len(entries), len(listed), place))


def _report_progress(source: PackSource, progress: Progress) -> Iterator[PackMember]:
    """Yield the files of the pack; ``progress`` hears of each piece that was written."""
    done, total = 0, source.bytes_needed

    def told(member: PackMember) -> Iterator[bytes]:
        nonlocal done
        for piece in member.pieces:
            yield piece
            done += len(piece)
            progress(member.name, min(done, total), total)

    for member in pack_members(source):
        yield PackMember(member.name, member.size, told(member))
