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

from esafety_tui.casework.access.backup_media import Medium
from esafety_tui.casework.access.session import Session
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


def at_door(session: Session) -> None:
    """Look up which copies there are, one for each medium; for two officers."""
    vault, store = session.keyring.vault, session.store
    if vault is None:
        return
    listed: list[int] = []
    found: list[OpenRecord] = []
    for line in reversed(store.lines_of_incident("")):
        record = _read(session, line.seq)
        if record is None:
            continue
        if record.type == KIND:
            found.append(record)
        earlier = record.fields.get(LIST) if record.type in SESSION_BEGINS else None
        if isinstance(earlier, list | tuple) and len(record.by) > 1:
            listed = [n for n in earlier if type(n) is int and 0 <= n < line.seq]
            break
    before = (_read(session, seq) for seq in listed if not store.lines[seq].inc)
    media: tuple[Medium, ...] = ()
    for made in (*(r for r in before if r is not None and r.type == KIND), *reversed(found)):
        media = _with(media, made)
    session.copies = replace(session.copies, media=media)


def _read(session: Session, seq: int) -> OpenRecord | None:
    try:
        return session.store.read_vault_record(seq, session.keyring.require_vault_identity())
    except EvidenceError:  # the door says what it is; it tells of no copy
        return None


def _with(media: Iterable[Medium], record: OpenRecord) -> tuple[Medium, ...]:
    """Take in a newer copy: what has its label, or lay where it lies, is there no more."""
    label, gone = record.field_text("label"), record.field_text(REPLACES)
    kept = [m for m in media if m.label != label and (not gone or m.copy != gone)]
    size = record.fields.get("size")
    new = Medium(
        record.field_text("copy"),
        label,
        record.field_text("created"),
        size if type(size) is int else 0,
        record.seq,
    )
    return (*kept, new)


def made(session: Session, record: OpenRecord) -> None:
    """Take up a copy just made; :func:`look` is called once it is noted."""
    session.copies = replace(session.copies, media=_with(session.copies.media, record))


def look(session: Session) -> None:
    """Work out, after a freeze, a release or a copy, which copies hold what is closed."""
    session.copies = replace(session.copies, holding=tuple(_sentences(session)))


def _sentences(session: Session) -> Iterator[str]:
    store, data = session.store, session.copies.data
    closed = {
        name: line.seq for line in store.lines.with_files() if line.inc not in store.shredded
        for name in line.blobs if name in store.holds.blobs
    }  # fmt: skip
    if not closed:
        return
    media = session.copies.media
    if not session.pair:
        media = (Medium(data.copy, "", data.at, data.size, data.entry),) if data else ()
        if data is None:
            yield PERHAPS
    for medium in media:
        frozen = _frozen_by(session, medium.entry)
        if any(seq < medium.size and name not in frozen for name, seq in closed.items()):
            name = f"“{show_invisible(medium.label)}” " if medium.label else ""
            yield HOLDS.format(which=f"{name}made on {_day(medium.at)}")


def _frozen_by(session: Session, entry: int) -> set[str]:
    """Return what was frozen when the copy was made that entry ``entry`` acknowledges."""
    then = Holds()
    for seq, hold in sorted(session.store.held.items()):
        if seq < entry:
            then.apply_hold(hold)
    return then.blobs


def _day(at: str) -> str:
    try:
        return format_day(uk_day_of_stamp(at))
    except ValueError:
        return "a day that cannot be read"
