"""One original read once and sealed into the vault's folder, where no entry names it yet.

policy, "Other incidents": nothing is opened, previewed or fetched. The bytes are sealed as they
are; a file that changes while it is read is none.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from esafety_tui.casework.incident import exhibits
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data import acquisition, platform
from esafety_tui.data.acquisition import AcquiredFile
from esafety_tui.data.age import Recipient
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.flows.engine import checks
from esafety_tui.flows.procedure.model import Problem
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.views import OriginalFile


@dataclass(frozen=True, slots=True)
class SealedOriginal:
    """A file sealed into the vault's folder, of which no entry speaks yet."""

    original: OriginalFile
    sealed: AcquiredFile
    media: str
    description: str
    provenance: str


def check_free_text(text: str) -> str:
    """Return checked free text. Raises BadInput."""
    words = checks.check_text(text)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was saved.")
    return words


@translate_os_errors("take in the file")
def seal_original(
    case: CaseFile, original: OriginalFile, count: Callable[[int], None]
) -> SealedOriginal:
    """Seal one file into the vault's folder, where no entry names it yet.

    The caller has asked the gates of the incident. Raises Frozen once it was stopped, BadInput for
    a file that cannot be used, StorageFailed, and whatever ``count`` raises.
    """
    case.session.store.refuse_frozen(case.inc)
    words = check_free_text(original.description)
    origin = check_free_text(original.provenance) if original.provenance.strip() else ""
    source, before = open_original(original.path)
    with source:
        if lies_inside(original.path, case.session.folder):
            raise BadInput("That file belongs to the vault itself.", "Choose another file.")
        head = source.read(512) or b""
        source.seek(0)

        def report(done: int) -> None:
            # STOP may have come from another thread while bytes were read.
            case.session.store.refuse_frozen(case.inc)
            if done > before.st_size:  # one that keeps growing would be read for ever
                raise _changed_meanwhile()
            count(done)

        folder, to = case.session.folder / "blobs", Recipient.parse_text(case.card.recipient)
        sealed = acquisition.seal_file(source, folder, to, report)
        after = os.fstat(source.fileno())
    if (after.st_size, after.st_mtime_ns, sealed.size) != (
        before.st_size, before.st_mtime_ns, before.st_size,
    ):  # fmt: skip
        discard_sealed(case, [sealed])
        raise _changed_meanwhile()
    return SealedOriginal(original, sealed, exhibits.detect_media_type(head), words, origin)


def lies_inside(path: Path, folder: Path) -> bool:
    """Whether a file that could be opened lies in ``folder``. Raises BadInput."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError) as err:  # RuntimeError: links that form a ring
        raise BadInput(
            "That path cannot be followed. Nothing was saved.", "Choose the file itself."
        ) from err


def open_original(path: Path) -> tuple[BinaryIO, os.stat_result]:
    """Open a file that somebody named, with what the system says of it. Raises BadInput."""
    try:
        # O_NONBLOCK: a pipe or device named by mistake must not hang the program.
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as err:
        raise BadInput(
            "That file is not there or cannot be read. Nothing was saved.",
            "Check the path, or copy the file to this computer first.",
        ) from err
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        os.close(fd)
        raise BadInput("That is not a file. Nothing was saved.", "Choose one file, not a folder.")
    if found.st_size == 0:
        os.close(fd)
        raise BadInput("That file is empty. Nothing was saved.", "Save the screenshot again.")
    return os.fdopen(fd, "rb", buffering=0), found


def _changed_meanwhile() -> BadInput:
    return BadInput(
        "The file changed while it was being read. Nothing was saved.",
        "Wait until the other program has finished with it, then try again.",
    )


def discard_sealed(case: CaseFile, files: Sequence[AcquiredFile]) -> None:
    """Delete sealed files, unless an entry names them: that is evidence, whatever came after.

    None while nobody knows what the last transaction left on the disk: its entries may name them.
    """
    store, folder = case.session.store, case.session.folder / "blobs"
    if not files or store.unsure:
        return
    named = {name for line in store.lines.with_files() for name in line.blobs}
    # What cannot be deleted is moved aside at the next sign-in; the first error is to be reported.
    with contextlib.suppress(OSError):
        for sealed in files:
            if sealed.blob_name not in named:
                (folder / f"{sealed.blob_name}.age").unlink(missing_ok=True)
        platform.sync_folder(folder)
