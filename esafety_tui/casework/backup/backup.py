"""A second copy of the vault, made while it is open (format.md section 11).

1. Database, ``vault.json``, sealed files and keys are written beside the copy there, and synced.
2. They are read back from the target, the page cache out of the way; the keys are opened.
3. One file is replaced: the list of what counts. That is the switch.
4. What the list does not name is removed: files frozen since, and those of shredded incidents.
5. The entry ``backup.made`` is written. Only from here on is it "backed up".

Whatever fails before the switch leaves the copy made before as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession, record_as_read
from esafety_tui.casework.backup import backup_target
from esafety_tui.casework.backup.write_copy import Copying, Overtaken
from esafety_tui.casework.incident import lost_freezes
from esafety_tui.casework.integrity import backup_status, outdated_backups
from esafety_tui.casework.integrity.backup_status import backup_sentence, last_known_backup
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import format_stamp
from esafety_tui.kernel.errors import BadInput, StorageFailed, VaultBusy
from esafety_tui.kernel.records import EntryReceipt
from esafety_tui.kernel.views import Progress

__all__ = ["Done", "backup_sentence", "last_known_backup", "make"]

TRIES = 4
LABEL = 120
"""Characters of a label at most."""


@dataclass(frozen=True, slots=True)
class Done:
    """A copy that was read back, counts, and has its entry.

    Attributes:
        data, keys: the folders of the two parts; ``keys`` None where the keys were not copied.
        entries: how many it holds. files, size: of both parts; size in bytes.
        added: sealed files written this time. left_out: sealed files in no copy. removed: files
            and folders of earlier copies taken away. read_back: how the page cache was kept out.
    """

    copy: str
    data: Path
    keys: Path | None
    generation: int
    entries: int
    files: int
    size: int
    added: int
    left_out: int
    removed: int
    read_back: str
    warnings: tuple[str, ...]
    receipt: EntryReceipt


@translate_os_errors("make the second copy")
def make(
    session: OpenSession, target: Path, keys_target: Path | None, label: str, progress: Progress
) -> Done:
    """Copy the vault into ``target`` and, apart, its keys into ``keys_target``.

    Args:
        label: the officers' own words for the medium, for the entry alone.

    Raises:
        BadInput, Refused: nothing was written.
        StorageFailed, OutputFailed, Tampered: nothing is acknowledged.
    """
    label = " ".join(label.split()) or "second copy"
    if len(label) > LABEL:
        raise BadInput(f"The label is longer than {LABEL} characters.", "Use a few words.")
    place = backup_target.examine(session, target, keys_target)
    lost_freezes.record_lost_freezes(session)
    run = _copied(session, place, progress)
    lost_freezes.write_memory_freezes(session, run.frozen)
    fields: dict[str, Json] = {
        "copy": run.copy, "label": label, "generation": run.data.generation,
        "size": run.data.size, "root": run.data.root, "created": run.data.created,
        "files": run.files, "bytes": run.size, "left_out": run.data.left_out,
        "keys": run.keys is not None, "read_back": run.read_back,
        outdated_backups.REPLACES: place.before.copy if place.before else "",
    }  # fmt: skip
    receipt = session.append_record("backup.made", fields)
    outdated_backups.take_up_new_backup(
        session, record_as_read(session.store.lines[receipt.seq], receipt.type, fields)
    )
    warnings = [*place.warnings, *run.warnings]
    try:
        known = backup_status.take_up_backup(session, receipt, run.data, keys=run.keys is not None)
        warnings += backup_status.describe_keys_gap(session, known)
    except StorageFailed:
        warnings.append("This computer could not note the copy for the home screen.")
    outdated_backups.refresh_outdated(session)
    return Done(
        run.copy, place.data, place.keys, run.data.generation, run.data.size, run.files,
        run.size, run.added, run.data.left_out, run.removed, run.read_back, tuple(warnings),
        receipt,
    )  # fmt: skip


def _copied(session: OpenSession, place: backup_target.Target, progress: Progress) -> Copying:
    """Return a finished run that no freeze and no change of keys has overtaken."""
    for _ in range(TRIES):
        run = Copying(session, place, progress, format_stamp(session.clock.read_clock().wall))
        with backup_target.sentences(place, run.frozen):
            try:
                run.go()
            except Overtaken:
                continue
            if not run.overtaken():
                return run
    raise VaultBusy(
        "The vault was changed again and again while it was copied. No copy was acknowledged.",
        "Finish what is being done in it, then copy again.",
    )
