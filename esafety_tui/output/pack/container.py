"""A pack as one encrypted container: ZIP, every member AES-256 (WinZip AE-2), stored.

Written as a stream straight from the sealed files: no byte is on a disk in clear, here or in a
temporary folder. Member names stay readable and are neutral (layout.py). The passphrase is not in
the pack and is handed over on its own way.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyzipper

from esafety_tui.kernel.errors import BadInput
from esafety_tui.output.pack.bag import Member, members
from esafety_tui.output.pack.cipher import FastZip
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
    where = marked(target_dir, f"{source.reference}.zip", needed)
    with refusals_as_sentences(), where as (partial, final):
        fd = os.open(
            partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(fd, "w+b") as out:
            archive = FastZip(out, "w", pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES)
            try:
                archive.setpassword(secret)
                done = 0
                for member in members(source):
                    done = _write(archive, source, member, progress, done)
                archive.close()
            finally:
                archive.abandon()
            out.flush()
            os.fsync(out.fileno())
        if prove is not None:
            prove(partial)
        return publish(partial, final)


def _write(
    archive: FastZip, source: PackSource, member: Member, progress: Progress, done: int
) -> int:
    when = source.created.timetuple()[:6]
    info = pyzipper.zipfile_aes.AESZipInfo(f"{source.reference}/{member.name}", when)
    info.file_size = member.size
    info.compress_type = pyzipper.ZIP_STORED
    total = source.bytes_needed
    with archive.open(info, "w") as out:
        for piece in member.pieces:
            out.write(piece)
            done += len(piece)
            progress(member.name, min(done, total), total)
    return done
