"""Putting a vault back from its copy: two officers, every hash, every key, and an entry.

format.md section 11. The vault is put together beside its place, opened there as at any sign-in,
and moved to its place by one rename once the entry ``restored`` is on the disk. A vault that is
there already is never written over.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.access import summaries
from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.backup.choose_copy import Source
from esafety_tui.casework.inspection import audit
from esafety_tui.casework.integrity import backup_status, missing_blobs
from esafety_tui.casework.integrity.backup_manifest import BackupManifest
from esafety_tui.casework.signin.unlock import Login, open_session, open_store, unlock_keys
from esafety_tui.data import copies, merkle, platform
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.plainfiles import read_plain
from esafety_tui.data.store import EvidenceStore
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import Clock
from esafety_tui.kernel.errors import BadInput, NotEligible, NotSound, StorageFailed, Tampered
from esafety_tui.kernel.records import EntryReceipt
from esafety_tui.kernel.views import Progress


@dataclass(frozen=True, slots=True)
class Restored:
    """A vault in its place. ``entries``: in the copy; ``left_out``: frozen files it lacks."""

    folder: Path
    copy: str
    entries: int
    left_out: int
    warnings: tuple[str, ...]
    receipt: EntryReceipt


@dataclass(frozen=True, slots=True)
class Staging:
    """A vault put together beside its place; every file has the hash its list names."""

    folder: Path
    target: Path
    source: Source


@contextlib.contextmanager
def staged(source: Source, target: Path, progress: Progress) -> Iterator[Staging]:
    """Put the vault together beside ``target``; what is not finished is removed at the end.

    Raises BadInput where something is there already, Tampered for a damaged copy, StorageFailed.
    """
    _refuse_taken(target)
    folder = target.with_name(f".{target.name}.restore")
    try:
        if folder.exists():
            shutil.rmtree(folder)  # a restore that was cut short; it was never a vault
        _bring(source, folder, progress)
        yield Staging(folder, target, source)
    except OSError as err:
        raise platform.describe_os_error(err, "put the vault back") from err
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_taken(target: Path) -> None:
    if (target / "vault.json").exists():
        raise BadInput(
            "There is a vault in that folder already. A copy is never put over a vault.",
            "Name an empty folder. Compare both before you use either.",
        )
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise BadInput("There is something in that folder already.", "Name an empty folder.")
    if not target.absolute().parent.is_dir():
        raise BadInput("The folder above it does not exist.", "Make it first, or name another.")


def _bring(source: Source, folder: Path, progress: Progress) -> None:
    for name in ("", "blobs", "officers", "policy", "keyring",
                 f"keyring/g{source.data.generation}",
                 f"keyring/g{source.data.generation}/inc"):  # fmt: skip
        platform.make_private(folder / name)
    total, done = 2 * (source.data.total_bytes + source.keys.total_bytes), 0

    def alive(more: int) -> None:
        nonlocal done
        done += more
        progress("putting the vault back", done, total)

    for place, listed in ((source.data_folder, source.data), (source.keys_folder, source.keys)):
        for file in listed.files:
            path = folder / file.name.removeprefix(f"{listed.copy}/")
            try:
                copies.write_private_file(
                    path, copies.read_file_pieces(place / file.name, alive, file.size), file.sha256
                )
                copies.read_back_file(path, file.sha256, alive)
            except FileNotFoundError as err:
                if not path.parent.is_dir():
                    raise _damaged(file.name) from err  # a name that no copy of ours has
                raise _damaged(file.name, "is missing") from err
            except NotSound as err:
                raise _damaged(file.name) from err
    _whole(source.data, folder)


def _whole(listed: BackupManifest, folder: Path) -> None:
    """Raise Tampered unless database, list and keyring tell of the same moment."""
    try:
        found = copies.read_database_facts(folder / "evidence.db")
    except NotSound as err:
        raise _damaged("evidence.db") from err
    head = (found.head.origin, found.head.size, found.head.root.hex())
    if head != (listed.origin, listed.size, listed.root):
        raise _damaged("evidence.db", "is not the one its list names")
    current = f"g{listed.generation}\n".encode()
    if read_plain(folder / "keyring" / "current") != current:
        raise _damaged("keyring/current", "is of another generation")


def _damaged(name: str, how: str = "was changed") -> Tampered:
    return Tampered(
        f"The copy is damaged: {name} {how}. Nothing was put back.", "Use another copy."
    )


@translate_os_errors("put the vault back")
def finish(
    staging: Staging, logins: Sequence[Login], reason: str, clock: Clock, accept: str = ""
) -> Restored:
    """Open the vault with two officers, record that it was restored, and move it to its place.

    Args:
        reason: why it was put back. accept: why the two accept that entries they remember are
            gone, "" where they have not been asked.

    Raises:
        NotEligible, BadInput, WrongPassphrase; Tampered for a copy that is not sound in itself;
        RolledBack where the officers remember more, unless they accept it; StorageFailed.
    """
    reason = " ".join(reason.split())
    if len(logins) != 2:
        raise NotEligible("Two officers put a vault back.", "Ask a second officer to sign in.")
    if not reason:
        raise BadInput("A reason is needed.", "Say in a few words why it is put back.")
    plate = read_public_info(staging.folder)
    if plate is None or plate.origin != staging.source.data.origin:
        raise _damaged("vault.json", "is another vault's")
    officers, keys = unlock_keys(staging.folder, logins)
    missing = _looked_through(staging, officers)
    with platform.lock_vault_file(staging.folder / "lock"):
        session = open_session(staging.folder, plate.origin, officers, keys, clock, accept)
        try:
            warnings = (*session.warnings, *audit.check_own_keys(session))
            receipt = _record(session, staging, reason, missing)
            summaries.seal_session_end(session)
        finally:
            session.close_session()
    _move(staging)
    listed = staging.source.data
    return Restored(staging.target, listed.copy, listed.size, len(missing), warnings, receipt)


def _looked_through(staging: Staging, officers: Sequence[OfficerKeys]) -> list[str]:
    """Return the sealed files the copy lawfully lacks. Nothing is written, nothing remembered.

    Raises Tampered where the entries are not those of the list, or a file is missing that was
    never frozen.
    """
    listed = staging.source.data
    keyring = Keyring(staging.folder / "keyring", listed.origin, officers)
    store = open_store(staging.folder, keyring)
    try:
        root = merkle.compute_root(map(merkle.hash_leaf, store.raw))
        if (store.chain.size, root.hex()) != (listed.size, listed.root):
            raise _damaged("evidence.db")
        missing = _missing(staging.folder, store, set(keyring.directory.shredded))
        excused = store.holds.blobs | missing_blobs.list_lawfully_missing(staging.folder, store)
    finally:
        store.close()
    if not missing <= excused:
        raise Tampered(
            f"The copy lacks {len(missing - excused)} sealed file(s) that are not frozen. "
            "Nothing was put back.",
            "Use another copy.",
        )
    return sorted(missing)


def _missing(folder: Path, store: EvidenceStore, shredded: set[str]) -> set[str]:
    names = {n for line in store.lines.with_files() if line.inc not in shredded for n in line.blobs}
    return {name for name in names if not (folder / "blobs" / f"{name}.age").is_file()}


def _record(
    session: OpenSession, staging: Staging, reason: str, missing: list[str]
) -> EntryReceipt:
    listed = staging.source.data
    fields: dict[str, Json] = {
        "copy": listed.copy, "created": listed.created, "size": listed.size, "root": listed.root,
        "generation": listed.generation, "reason": reason, missing_blobs.FIELD: missing,
        "keys": staging.source.keys.copy,
    }  # fmt: skip
    receipt = session.append_record("restored", fields)
    note = missing_blobs.redact_restore_record(
        session.store.read_vault_record(receipt.seq, session.keyring.require_vault_identity())
    )
    copies.write_restore_note(staging.folder / "evidence.db", note)
    with contextlib.suppress(StorageFailed):  # a cache for the home screen
        backup_status.take_up_backup(session, receipt, listed, keys=True)
    return receipt


def _move(staging: Staging) -> None:
    try:
        if staging.target.exists():
            staging.target.rmdir()
        staging.folder.replace(staging.target)
        platform.sync_folder(staging.target.absolute().parent)
    except OSError as err:
        raise platform.describe_os_error(err, "move the vault to its place") from err
