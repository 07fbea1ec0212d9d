"""Taking in addresses, screenshots and files; and the only ways a stored file can be looked at.

policy, "Other incidents": record the address and the nature of the concern, store screenshots on
the designated computer, never of child sexual abuse. Nothing is opened, previewed or fetched.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from esafety_tui.casework.incident import exhibits, frozen_content, opinions, permissions
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data import acquisition, platform
from esafety_tui.data.age import Recipient
from esafety_tui.data.trouble import told
from esafety_tui.flows.engine import checks
from esafety_tui.flows.procedure.built_in_fields import HOW_KNOWN
from esafety_tui.flows.procedure.model import Problem
from esafety_tui.kernel.errors import BadInput, Frozen
from esafety_tui.kernel.records import OpenRecord, Receipt


def add_url(case: CaseFile, url: str, concern: str, how_known: str) -> Receipt:
    """Seal one address with the nature of the concern. Nothing is fetched.

    On the illegal side an address already known is a note in words (:func:`note`).
    """
    case.refuse_capture("url")
    checked, why = checks.url(url), checks.text(concern)
    for value in (checked, why):
        if isinstance(value, Problem):
            raise BadInput(value.text, "Nothing was saved.")
    if how_known not in HOW_KNOWN:
        raise BadInput("Say how you know of it.", "Choose saw it, was told, or both.")
    return case.write("url", {"url": str(checked), "concern": str(why), "how_known": how_known})


def note(case: CaseFile, text: str, kind: str = "note") -> Receipt:
    """Seal words; always possible, whatever was stopped or frozen. ``kind``: note, referral, ...

    A note is a statement: each line says how its writer knows it. Raises BadInput.
    """
    if kind not in {"note", "described", "referral", "seizure", "custody"}:
        raise BadInput("These are not words.", "Report this as a fault.")
    if kind != "note":
        return case.write(kind, {"text": _words(text)})
    kept, thought = opinions.parted({"text": opinions.checked(text)}, ("text",))
    return case.write(kind, {**kept, **thought})


def _words(text: str) -> str:
    """Return checked free text. Raises BadInput."""
    words = checks.text(text)
    if isinstance(words, Problem):
        raise BadInput(words.text, "Nothing was saved.")
    return words


def _inside(path: Path, folder: Path) -> bool:
    """Whether a file that could be opened lies in ``folder``. Raises BadInput."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError) as err:  # RuntimeError: links that form a ring
        raise BadInput(
            "That path cannot be followed. Nothing was saved.", "Choose the file itself."
        ) from err


def _open(path: Path) -> tuple[BinaryIO, os.stat_result]:
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


@told("take in the file")
def take_file(
    case: CaseFile,
    path: Path,
    description: str,
    provenance: str,
    progress: Callable[[int, int], None] | None = None,
) -> OpenRecord:
    """Take one file in byte-exact, as the presenting officer's next exhibit. Returns its record.

    Args:
        description: what it shows and why it matters. provenance: who gave it and how.
        progress: bytes done and bytes in all; may raise to cancel.

    Raises:
        Refused, Frozen: nothing may be captured now. BadInput: the file cannot be used.
    """
    case.refuse_capture("file")
    words = _words(description)
    origin = _words(provenance) if provenance.strip() else ""
    source, before = _open(path)
    with source:
        if _inside(path, case.session.folder):
            raise BadInput("That file belongs to the vault itself.", "Choose another file.")
        head = source.read(512) or b""
        source.seek(0)

        def report(done: int) -> None:
            # STOP may have come from another thread while bytes were read.
            case.session.store.refuse_frozen(case.inc)
            if done > before.st_size:  # one that keeps growing would be read for ever
                raise _changed()
            if progress is not None:
                progress(done, before.st_size)

        sealed = acquisition.acquire_file(
            source, case.session.folder / "blobs", Recipient.parse(case.card.recipient), report
        )
        after = os.fstat(source.fileno())
    if (after.st_size, after.st_mtime_ns, sealed.size) != (
        before.st_size, before.st_mtime_ns, before.st_size,
    ):  # fmt: skip
        _discard(case, sealed)
        raise _changed()
    return _exhibit(case, path, sealed, exhibits.media_type(head), words, origin)


def _changed() -> BadInput:
    return BadInput(
        "The file changed while it was being read. Nothing was saved.",
        "Wait until the other program has finished with it, then try again.",
    )


def _discard(case: CaseFile, sealed: acquisition.Sealed) -> None:
    """Delete a sealed file, unless an entry names it: that is evidence, whatever came after."""
    if any(sealed.blob in line.blobs for line in case.session.store.lines.with_files()):
        return
    folder = case.session.folder / "blobs"
    # What cannot be deleted is moved aside at the next sign-in; the first error is to be reported.
    with contextlib.suppress(OSError):
        (folder / f"{sealed.blob}.age").unlink(missing_ok=True)
        platform.sync_folder(folder)


def _exhibit(
    case: CaseFile, path: Path, sealed: acquisition.Sealed, media: str, words: str, provenance: str
) -> OpenRecord:
    try:
        frozen_content.refuse(case.session, sealed.sha256)
        producer = case.session.people[0]
        ref = exhibits.next_reference(producer.initials, case.records)
        kind = "screenshot" if media in exhibits.IMAGES else "file"
        case.write(
            kind,
            {
                "exhibit": ref, "blob": sealed.blob, "sha256": sealed.sha256, "size": sealed.size,
                "media": media, "description": words, "provenance": provenance,
                # A name that is not UTF-8 is kept as its bytes in hexadecimal.
                "name": os.fsencode(path.name).decode("utf-8", "backslashreplace"),
                "producer": producer.id,
            },
            blobs=[sealed.blob],
        )  # fmt: skip
    except Exception:
        _discard(case, sealed)
        raise
    return case.records[-1]


def exhibit(case: CaseFile, seq: int) -> OpenRecord:
    """Return the record of a screenshot or file. Raises BadInput."""
    for record in case.records:
        if record.seq == seq and record.type in {"screenshot", "file"}:
            return record
    raise BadInput("There is no such item in this incident.", "Choose one from the list.")


def view(case: CaseFile, seq: int, purpose: str) -> Iterator[bytes]:
    """Yield a stored file's original bytes to two officers; the reading is an entry first.

    Raises Frozen for a frozen item, Refused for one that is held and where a step of the way
    forbids to look or copy.
    """
    case.session.need_pair()
    record = exhibit(case, seq)
    blob = record.text("blob")
    frozen = blob in case.session.store.holds.blobs  # refused with its own sentence, by the store
    released = case.frozen and blob in permissions.released(case.records)
    if not frozen and not released:
        permissions.refuse_letting_out(case.procedure, case.state)
    return case.release(record, {"exhibit": record.text("exhibit"), "purpose": purpose})


def refuse_pictures(case: CaseFile, images: Sequence[int]) -> None:
    """Raise Frozen for pictures on a frozen incident's form: it takes no file, so not this one.

    A picture that is frozen or held itself is refused where it is opened, in its own words.
    """
    stays = case.session.store.holds.blobs | case.held
    if (
        case.frozen
        and images
        and not any(exhibit(case, seq).text("blob") in stays for seq in images)
    ):
        raise Frozen(
            "This incident was stopped. Its form shows no pictures.",
            "Draw it without them. What was released with a police reference goes in the pack.",
        )
