"""Files acquired as exhibits: read once, sealed byte for byte and recorded, many of them together.

Files that come together share a transaction, a bounded number of them. Each has a result of its
own, given only after the commit that holds it and its read-back: what is not to be had, refused or
lost on the way says so, and the others go on. Killed in between, a file is in the vault or it is
not, and the list of exhibits says which.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.access.record_group import RecordDraft, append_record_group
from esafety_tui.casework.access.session import record_as_read
from esafety_tui.casework.incident import exhibits, frozen_content
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.originals import SealedOriginal, discard_sealed, seal_original
from esafety_tui.data import acquisition
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import EvidenceError, Frozen
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.kernel.views import OriginalFile

GROUP_FILES = 32
GROUP_BYTES = 64 << 20
"""Most files, and most of their bytes, that share a transaction. One that is not small has its own:
it is sealed by threads and reports while it is read."""

Report = Callable[[int, int], None]
"""Takes bytes done and bytes in all; may raise an EvidenceError to cancel."""


@dataclass(frozen=True, slots=True)
class AcquisitionResult:
    """What became of one file: its record, or why it was not acquired. One of the two is set."""

    original: OriginalFile
    record: OpenRecord | None = None
    error: EvidenceError | None = None

    def need_record(self) -> OpenRecord:
        """Return the record. Raises the error."""
        if self.error is not None:
            raise self.error
        assert self.record is not None  # noqa: S101 - one of the two is set
        return self.record


def acquire_files(
    case: CaseFile, originals: Sequence[OriginalFile], report: Report | None = None
) -> Iterator[AcquisitionResult]:
    """Acquire files in their order; yield what became of each, after the commit that holds it.

    Files are read one after the other while the results are asked for. An EvidenceError of one
    file, of ``report`` too, is that file's result and no other's.
    """
    sizes = [_file_size(original.path) for original in originals]
    done, total = 0, sum(sizes)
    for start, end in _group_by_size(sizes):
        counters = []
        for size in sizes[start:end]:
            counters.append(_count_progress(report, done, total))
            done += size
        yield from _acquire_group(case, originals[start:end], counters)


def _group_by_size(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the end of each group of files."""
    start = held = 0
    for index, size in enumerate(sizes):
        full = index - start == GROUP_FILES or held + size > GROUP_BYTES
        if index > start and (full or max(size, sizes[index - 1]) > acquisition.SMALL):
            yield start, index
            start, held = index, 0
        held += size
    if start < len(sizes):
        yield start, len(sizes)


def _file_size(path: Path) -> int:
    """Return the bytes of a file, 0 where nobody can say: what opens it says why."""
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _count_progress(report: Report | None, before: int, total: int) -> Callable[[int], None]:
    """Return what takes the bytes done of one file, ``before`` bytes after the first one began."""

    def count(done: int) -> None:
        if report is not None:
            report(before + done, total)

    return count


def _acquire_group(
    case: CaseFile, originals: Sequence[OriginalFile], counters: Sequence[Callable[[int], None]]
) -> list[AcquisitionResult]:
    written: dict[int, OpenRecord] = {}
    try:
        case.refuse_capture("file")
    except EvidenceError as err:
        return [AcquisitionResult(original, error=err) for original in originals]
    sealed: dict[int, SealedOriginal] = {}
    try:
        failed = _seal_group(case, originals, counters, sealed)
        failed |= _confirm_sealed(case, {i: one for i, one in sealed.items() if i not in failed})
        whole = {index: one for index, one in sealed.items() if index not in failed}
        more, written = _write_sealed(case, whole)
        failed |= more
    finally:
        discard_sealed(case, [one.sealed for index, one in sealed.items() if index not in written])
    return [
        AcquisitionResult(original, written.get(index), failed.get(index))
        for index, original in enumerate(originals)
    ]


def _seal_group(
    case: CaseFile, originals: Sequence[OriginalFile], counters: Sequence[Callable[[int], None]],
    sealed: dict[int, SealedOriginal],
) -> dict[int, EvidenceError]:  # fmt: skip
    """Seal files into ``sealed``; returns why others were not. Several are sealed two at a time.

    One alone reports as it is read, several one after the other as they are done: whoever hears of
    it is called by one thread. Everything sealed is in ``sealed``, also what failed later.
    """
    failed: dict[int, EvidenceError] = {}
    if len(originals) == 1:
        try:
            sealed[0] = seal_original(case, originals[0], counters[0])
        except EvidenceError as err:
            failed[0] = err
        return failed
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(seal_original, case, one, _count_nothing) for one in originals]
        try:
            for index, future in enumerate(waiting):
                try:
                    counters[index](0)  # who has cancelled need not have the next file opened
                    counters[index](future.result().sealed.size)
                except EvidenceError as err:
                    failed[index] = err
                    future.cancel()
        finally:
            for future in waiting:
                future.cancel()
            wait(waiting)
            for index, future in enumerate(waiting):
                if not future.cancelled() and future.exception() is None:
                    sealed[index] = future.result()
    return failed


def _count_nothing(_done: int) -> None:
    """Hear of bytes read and carry on."""


def _confirm_sealed(
    case: CaseFile, ready: Mapping[int, SealedOriginal]
) -> dict[int, EvidenceError]:
    """Make sealed files durable and read them back. Returns why one does not count."""
    files = [one.sealed for one in ready.values()]
    bad = acquisition.confirm_files(case.session.folder / "blobs", files) if files else {}
    return {
        index: bad[one.sealed.blob_name]
        for index, one in ready.items()
        if one.sealed.blob_name in bad
    }


def _write_sealed(
    case: CaseFile, ready: Mapping[int, SealedOriginal]
) -> tuple[dict[int, EvidenceError], dict[int, OpenRecord]]:
    """Write the entries of sealed files in one transaction. Returns errors and records.

    Bytes closed by STOP refuse their own file alone, also where another incident's STOP closes them
    while this is written: the rest is written then without them.
    """
    left, failed = dict(ready), dict[int, EvidenceError]()
    while left:
        closed = _refuse_frozen_originals(case, left)
        failed |= closed
        left = {index: one for index, one in left.items() if index not in closed}
        try:
            records = _write_exhibits(case, list(left.values())) if left else []
            return failed, dict(zip(left, records, strict=True))
        except EvidenceError as err:
            if isinstance(err, Frozen) and _refuse_frozen_originals(case, left):
                continue
            failed |= dict.fromkeys(left, err)
            left = {}
    return failed, {}


def _refuse_frozen_originals(
    case: CaseFile, ready: Mapping[int, SealedOriginal]
) -> dict[int, EvidenceError]:
    found: dict[int, EvidenceError] = {}
    for index, one in ready.items():
        try:
            frozen_content.refuse_frozen_bytes(case.session, one.sealed.sha256)
        except Frozen as err:
            found[index] = err
    return found


def _write_exhibits(case: CaseFile, ready: Sequence[SealedOriginal]) -> list[OpenRecord]:
    """Record sealed files as the presenting officer's next exhibits, all of them or none."""
    session, producer = case.session, case.session.people[0]
    first = exhibits.next_exhibit_number(producer.initials, case.records)
    drafts = []
    for number, one in enumerate(ready, first):
        sealed = one.sealed
        kind = "screenshot" if one.media in exhibits.IMAGES else "file"
        fields: dict[str, Json] = {
            "exhibit": f"{producer.initials}/{number}", "blob": sealed.blob_name,
            "sha256": sealed.sha256, "size": sealed.size, "media": one.media,
            "description": one.description, "provenance": one.provenance,
            # A name that is not UTF-8 is kept as its bytes in hexadecimal.
            "name": os.fsencode(one.original.path.name).decode("utf-8", "backslashreplace"),
            "producer": producer.id,
        }  # fmt: skip
        drafts.append(RecordDraft(kind, fields, (sealed.blob_name,)))
    receipts = append_record_group(session, case.card, drafts)
    case.records += session.watch.take_pending_records(case.inc)
    records = [
        record_as_read(session.store.lines[receipt.seq], draft.type, draft.fields)
        for receipt, draft in zip(receipts, drafts, strict=True)
    ]
    case.records += records
    case.write_register_card()
    return records
