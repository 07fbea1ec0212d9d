"""What is known of the second copy: for the home screen, also when one officer is alone.

format.md section 11. The entry ``backup.made`` is sealed for two. What it says is kept once more in
the platform's state folder, sealed for every officer and bound to the entry; it is a cache, and
nothing is said that neither it nor the entries show. A session looks once, when it is opened; what
it says afterwards, :func:`second_copy_sentence` and :func:`copy_due`, it says from memory.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from esafety_tui.casework.access.backup_media import BackupPart, KnownBackup
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.integrity.backup_manifest import BackupManifest
from esafety_tui.data import platform
from esafety_tui.data.officers import encode_base64, unb64
from esafety_tui.data.plainfiles import read_plain
from esafety_tui.kernel.canon import canonical_bytes, parse_canonical, sha256_hex
from esafety_tui.kernel.clock import parse_exact_stamp
from esafety_tui.kernel.errors import BadInput, EvidenceError, StorageFailed
from esafety_tui.kernel.records import EntryReceipt, OpenRecord

STILL = "A second copy still holds files that were closed since: make it again."


def take_up_backup(
    session: OpenSession, receipt: EntryReceipt, manifest: BackupManifest, *, keys: bool
) -> KnownBackup:
    """Take up what a copy just made is, and keep it. Raises StorageFailed."""
    copy = BackupPart(
        manifest.copy, manifest.created, manifest.size, manifest.generation, receipt.seq,
        receipt.head,
    )  # fmt: skip
    before = last_known_backup(session)
    # What a lone officer could not read is still to be searched for a copy of the keys.
    upto = session.store.chain.size if before.sure or keys else before.upto
    known = KnownBackup(copy, copy if keys else before.keys, upto, before.sure)
    session.copies = replace(known, media=session.copies.media, holding=session.copies.holding)
    _write_cache(session, known)
    return known


def find_last_backup(session: OpenSession) -> None:
    """Find out, at the door, what there is. What cannot be read says nothing of a copy."""
    with contextlib.suppress(EvidenceError):
        session.copies = replace(last_known_backup(session), media=session.copies.media)


def last_known_backup(session: OpenSession) -> KnownBackup:
    """Return the last copy known: from the cache, and with two officers from the entries since."""
    known = _cached_backup(session)
    if session.keyring.vault is None:
        return known
    if not all(_entry_confirms(session, known, part) for part in ("data", "keys")):
        known = KnownBackup()  # one officer alone has all that is needed to seal another cache
    found = _search_entries(session, known)
    with contextlib.suppress(StorageFailed):  # a cache: the next time it is searched again
        if found != known:
            _write_cache(session, found)
    return found


def _search_entries(session: OpenSession, known: KnownBackup) -> KnownBackup:
    """Read the vault's own entries since ``known``, newest first, until both parts are found."""
    vault, store = session.keyring.require_vault_identity(), session.store
    data = keys = None
    for line in reversed(store.lines_of_incident("")):
        if line.seq < known.upto:
            break
        record = store.read_vault_record(line.seq, vault)
        if record.type not in {"backup.made", "restored"}:
            continue
        copy = _backup_of_record(record, sha256_hex(store.raw[line.seq]))
        data = data or copy
        if record.type == "restored" or record.fields.get("keys") is True:
            keys = copy
            break
    return KnownBackup(data or known.data, keys or known.keys, store.chain.size, True)


def _entry_confirms(session: OpenSession, known: KnownBackup, part: str) -> bool:
    """Whether the entry that a cached copy names is about that copy. For two officers."""
    copy: BackupPart | None = getattr(known, part)
    if copy is None:
        return True
    record = session.store.read_vault_record(copy.entry, session.keyring.require_vault_identity())
    whole = record.type == "restored" or part == "data" or record.fields.get("keys") is True
    told = record.type in {"backup.made", "restored"} and whole
    return told and _backup_of_record(record, copy.head) == copy


def _backup_of_record(record: OpenRecord, head: str) -> BackupPart:
    number = {name: int(record.field_text(name) or 0) for name in ("size", "generation")}
    return BackupPart(
        record.field_text("copy"),
        record.field_text("created"),
        number["size"],
        number["generation"],
        record.seq,
        head,
    )


def backup_sentence(session: OpenSession, now: datetime) -> str:
    """Return one line for the home screen, with what does not fit in further sentences.

    From memory, so that it answers while an entry is written.
    """
    known = session.copies
    if known.data is None:
        if known.sure:
            return "There is no second copy yet."
        return "This computer knows of no second copy."
    late = _count_in_words(_entries_since(session, known.data), "entry", "entries")
    text = f"Second copy: {_age_in_words(known.data.at, now)}, {late} behind."
    return " ".join([text, *describe_keys_gap(session, known), *([STILL] if known.holding else [])])


def is_backup_due(session: OpenSession) -> bool:
    """Return whether there are entries that no second copy known holds; from memory."""
    data = session.copies.data
    return data is None or _entries_since(session, data) > 0


def _entries_since(session: OpenSession, data: BackupPart) -> int:
    """Return the number of entries since; the one saying that it was made cannot be in it."""
    last = session.store.last
    return max(0, (last.seq + 1 if last else 0) - data.size - 1)


def describe_keys_gap(session: OpenSession, known: KnownBackup) -> list[str]:
    """Say where the copy of the keys would not open the copy of the data."""
    if known.data is None:
        return []
    if known.keys is None:
        return ["No copy of the keys is known: the data alone cannot be opened."]
    if known.keys.generation != known.data.generation:
        return ["The copy of the keys does not fit the copy of the data: copy both again."]
    lines = session.store.lines[known.keys.size : known.data.size]
    late = sum(1 for line in lines if line.inc and line.iseq == 0)
    if late:
        what = _count_in_words(late, "incident", "incidents")
        return [f"The copy of the keys is older: {what} could not be opened with it."]
    return []


def _count_in_words(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _age_in_words(at: str, now: datetime) -> str:
    try:
        hours = int((now - parse_exact_stamp(at)).total_seconds() // 3600)
    except ValueError:
        return "of unknown age"
    if hours < 0:
        return "of unknown age, since the clock was changed"
    if hours < 1:
        return "less than an hour old"
    if hours < 48:
        return f"{_count_in_words(hours, 'hour', 'hours')} old"
    return f"{hours // 24} days old"


def _cache_path() -> Path:
    return platform.state_folder() / "backups.json"


def _read_cache() -> dict[str, str]:
    """Return origin to sealed text of every vault known here; {} where nothing can be read."""
    try:
        value = parse_canonical(read_plain(_cache_path()))
        if (value["v"], value["typ"]) != (1, "evidence-backups"):
            return {}
        return {str(k): str(v) for k, v in value["backups"].items()}
    except (OSError, BadInput, AttributeError, KeyError, TypeError):
        return {}


def _write_cache(session: OpenSession, known: KnownBackup) -> None:
    origin = session.store.origin
    plain = canonical_bytes({
        "v": 1, "upto": known.upto, "sure": known.sure,
        "data": asdict(known.data) if known.data else None,
        "keys": asdict(known.keys) if known.keys else None,
    })  # fmt: skip
    sealed = encode_base64(session.keyring.box.seal_bytes(plain, f"evidence-backups/v1/{origin}"))
    everything = {**_read_cache(), origin: sealed}
    platform.make_private(_cache_path().parent)
    whole = canonical_bytes({"v": 1, "typ": "evidence-backups", "backups": everything})
    platform.write_atomically(_cache_path(), whole, durable=False)


def _cached_backup(session: OpenSession) -> KnownBackup:
    """Return what the cache says, as far as it fits this vault's entries."""
    origin = session.store.origin
    try:
        sealed = unb64(_read_cache()[origin])
        value = parse_canonical(
            session.keyring.box.open_bytes(sealed, f"evidence-backups/v1/{origin}")
        )
        data, keys = (_matching_backup(session, value[part]) for part in ("data", "keys"))
        whole = (data is None) == (value["data"] is None)
        upto = int(value["upto"]) if whole and value["upto"] <= session.store.chain.size else 0
        sure = bool(value["sure"]) and upto == session.store.chain.size
        return KnownBackup(data, keys, upto, sure)
    except (EvidenceError, KeyError, TypeError, ValueError):
        return KnownBackup()


def _matching_backup(session: OpenSession, row: Mapping[str, Any] | None) -> BackupPart | None:
    """Return a copy of the cache whose entry is in this vault; a rewound vault has it no more."""
    if row is None:
        return None
    copy = BackupPart(**row)
    raw = session.store.raw
    there = 0 <= copy.entry < len(raw) and sha256_hex(raw[copy.entry]) == copy.head
    return copy if there else None
