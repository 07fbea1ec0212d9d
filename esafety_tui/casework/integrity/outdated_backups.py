"""Second copies that still hold what was closed after they were made: named until made again.

A copy is sealed bytes of its own day. It knows nothing of a later freeze, so that it opens with its
keys wherever it is put back. Two officers go by the records ``backup.made``, one medium after the
other; one officer alone knows only of the last copy that this computer remembers. Each
``session.opened`` of two carries on which records count, so that no sign-in reads more than what
was written since the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from esafety_tui.casework.access.backup_media import BackupMedium
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data.holds import Holds
from esafety_tui.flows.engine.retention import format_day, uk_day_of_stamp
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.records import SESSION_BEGINS, OpenRecord
from esafety_tui.kernel.text import show_invisible

KIND = "backup.made"
LIST = "copies"
"""Field of SESSION_BEGINS: the newest record of each medium before it; of two officers only."""

REPLACES = "replaces"
"""Field of KIND: the copy that was on the same medium before, "" where there was none."""

HOLDS = (
    "The second copy {which} still holds files that were closed after it was made, and can be "
    "opened elsewhere. Keep it and its keys apart, under lock, and make that copy again as soon as "
    "you can: that takes them off it."
)
PERHAPS = (
    "If there is a second copy from before the files here were closed, it still holds them and can "
    "be opened elsewhere. Keep it and its keys apart, under lock, and make it again."
)


def find_outdated_backups(session: OpenSession) -> None:
    """Look up which copies there are, one for each medium; for two officers."""
    vault, store = session.keyring.vault, session.store
    if vault is None:
        return
    listed: list[int] = []
    found: list[OpenRecord] = []
    for line in reversed(store.lines_of_incident("")):
        record = _read_backup_record(session, line.seq)
        if record is None:
            continue
        if record.type == KIND:
            found.append(record)
        earlier = record.fields.get(LIST) if record.type in SESSION_BEGINS else None
        if isinstance(earlier, list | tuple) and len(record.by) > 1:
            listed = [n for n in earlier if type(n) is int and 0 <= n < line.seq]
            break
    before = (_read_backup_record(session, seq) for seq in listed if not store.lines[seq].inc)
    media: tuple[BackupMedium, ...] = ()
    for made in (*(r for r in before if r is not None and r.type == KIND), *reversed(found)):
        media = _replace_medium(media, made)
    session.copies = replace(session.copies, media=media)


def _read_backup_record(session: OpenSession, seq: int) -> OpenRecord | None:
    try:
        return session.store.read_vault_record(seq, session.keyring.require_vault_identity())
    except EvidenceError:  # the door says what it is; it tells of no copy
        return None


def _replace_medium(media: Iterable[BackupMedium], record: OpenRecord) -> tuple[BackupMedium, ...]:
    """Take in a newer copy: what has its label, or lay where it lies, is there no more."""
    label, gone = record.field_text("label"), record.field_text(REPLACES)
    kept = [m for m in media if m.label != label and (not gone or m.copy != gone)]
    size = record.fields.get("size")
    new = BackupMedium(
        record.field_text("copy"),
        label,
        record.field_text("created"),
        size if type(size) is int else 0,
        record.seq,
    )
    return (*kept, new)


def take_up_new_backup(session: OpenSession, record: OpenRecord) -> None:
    """Take up a copy just made; :func:`look` is called once it is noted."""
    session.copies = replace(session.copies, media=_replace_medium(session.copies.media, record))


def refresh_outdated(session: OpenSession) -> None:
    """Work out, after a freeze, a release or a copy, which copies hold what is closed."""
    session.copies = replace(session.copies, holding=tuple(_outdated_sentences(session)))


def _outdated_sentences(session: OpenSession) -> Iterator[str]:
    store, data = session.store, session.copies.data
    closed = {
        name: line.seq for line in store.lines.with_files() if line.inc not in store.shredded
        for name in line.blobs if name in store.holds.blobs
    }  # fmt: skip
    if not closed:
        return
    media = session.copies.media
    if not session.is_pair:
        media = (BackupMedium(data.copy, "", data.at, data.size, data.entry),) if data else ()
        if data is None:
            yield PERHAPS
    for medium in media:
        frozen = _frozen_before(session, medium.entry)
        if any(seq < medium.size and name not in frozen for name, seq in closed.items()):
            name = f"“{show_invisible(medium.label)}” " if medium.label else ""
            yield HOLDS.format(which=f"{name}made on {_format_day(medium.at)}")


def _frozen_before(session: OpenSession, entry: int) -> set[str]:
    """Return what was frozen when the copy was made that entry ``entry`` acknowledges."""
    then = Holds()
    for seq, hold in sorted(session.store.held.items()):
        if seq < entry:
            then.apply_hold(hold)
    return then.blobs


def _format_day(at: str) -> str:
    try:
        return format_day(uk_day_of_stamp(at))
    except ValueError:
        return "a day that cannot be read"
