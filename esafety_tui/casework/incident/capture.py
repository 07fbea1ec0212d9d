"""Taking in addresses, screenshots and files; and the only ways a stored file can be looked at.

policy, "Other incidents": record the address and the nature of the concern, store screenshots on
the designated computer, never of child sexual abuse. Nothing is opened, previewed or fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from esafety_tui.casework.incident import opinions, permissions
from esafety_tui.casework.incident.capture_files import acquire_files
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.originals import check_free_text
from esafety_tui.flows.engine import checks
from esafety_tui.flows.procedure.built_in_fields import HOW_KNOWN
from esafety_tui.flows.procedure.model import Problem
from esafety_tui.kernel.errors import BadInput, Frozen
from esafety_tui.kernel.records import EntryReceipt, OpenRecord
from esafety_tui.kernel.views import OriginalFile


def capture_address(case: CaseFile, url: str, concern: str, how_known: str) -> EntryReceipt:
    """Seal one address with the nature of the concern. Nothing is fetched.

    On the illegal side an address already known is a note in words (:func:`note`).
    """
    case.refuse_capture("url")
    checked, why = checks.check_url(url), checks.check_text(concern)
    for value in (checked, why):
        if isinstance(value, Problem):
            raise BadInput(value.text, "Nothing was saved.")
    if how_known not in HOW_KNOWN:
        raise BadInput("Say how you know of it.", "Choose saw it, was told, or both.")
    return case.write_record(
        "url", {"url": str(checked), "concern": str(why), "how_known": how_known}
    )


def record_note(case: CaseFile, text: str, kind: str = "note") -> EntryReceipt:
    """Seal words; always possible, whatever was stopped or frozen. ``kind``: note, referral, ...

    A note is a statement: each line says how its writer knows it. Raises BadInput.
    """
    if kind not in {"note", "described", "referral", "seizure", "custody"}:
        raise BadInput("These are not words.", "Report this as a fault.")
    if kind != "note":
        return case.write_record(kind, {"text": check_free_text(text)})
    kept, thought = opinions.separate_opinions({"text": opinions.check_statement(text)}, ("text",))
    return case.write_record(kind, {**kept, **thought})


def capture_file(
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
    original = OriginalFile(path, description, provenance)
    [taken] = acquire_files(case, [original], progress)
    return taken.need_record()


def find_exhibit(case: CaseFile, seq: int) -> OpenRecord:
    """Return the record of a screenshot or file. Raises BadInput."""
    for record in case.records:
        if record.seq == seq and record.type in {"screenshot", "file"}:
            return record
    raise BadInput("There is no such item in this incident.", "Choose one from the list.")


def view_exhibit(case: CaseFile, seq: int, purpose: str) -> Iterator[bytes]:
    """Yield a stored file's original bytes to two officers; the reading is an entry first.

    Raises Frozen for a frozen item, Refused for one that is held and where a step of the way
    forbids to look or copy.
    """
    case.session.require_pair()
    record = find_exhibit(case, seq)
    blob = record.field_text("blob")
    frozen = blob in case.session.store.holds.blobs  # refused with its own sentence, by the store
    released = case.is_frozen and blob in permissions.released_files(case.records)
    if not frozen and not released:
        permissions.refuse_disclosure(case.procedure, case.state)
    return case.release_original(
        record, {"exhibit": record.field_text("exhibit"), "purpose": purpose}
    )


def refuse_pictures(case: CaseFile, images: Sequence[int]) -> None:
    """Raise Frozen for pictures on a frozen incident's form: it takes no file, so not this one.

    A picture that is frozen or held itself is refused where it is opened, in its own words.
    """
    stays = case.session.store.holds.blobs | case.files_awaiting_police
    if (
        case.is_frozen
        and images
        and not any(find_exhibit(case, seq).field_text("blob") in stays for seq in images)
    ):
        raise Frozen(
            "This incident was stopped. Its form shows no pictures.",
            "Draw it without them. What was released with a police reference goes in the pack.",
        )
