"""Signing in: keys, the whole chain, the witnesses of what is new, and every remembered head.

format.md section 8. A vault that contradicts what an officer remembers is not opened: that is an
alarm, with words a head teacher understands. A STOP pressed while it was locked is written first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from esafety_tui.casework.access import rekey_cleanup
from esafety_tui.casework.access.logins import Login, unlock_keys
from esafety_tui.casework.access.public_info import public_info_bytes, read_public_info
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import (
    clock_check,
    deferred_stop,
    draft_files,
    frozen_content,
    lost_freezes,
)
from esafety_tui.casework.integrity import (
    accept_rollback,
    alarms,
    backup_status,
    head_memory,
    officer_lists,
    outdated_backups,
    printed_heads,
)
from esafety_tui.casework.integrity.orphans import move_orphans
from esafety_tui.casework.policy import confirmations, current_policy, policy_files
from esafety_tui.data import generations, platform
from esafety_tui.data.age import Identity
from esafety_tui.data.directory import Directory
from esafety_tui.data.draft_folder import DRAFTS_FOLDER
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.store import EvidenceStore
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import Clock, format_stamp
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    StorageFailed,
)

__all__ = ["RESERVE", "Login", "open_session", "open_store", "unlock_keys", "unlock_vault"]

RESERVE = 256 * 1024
"""Bytes of the spare file that STOP may give up when the disk is full."""


@translate_os_errors("open the vault")
def unlock_vault(
    folder: Path, logins: Sequence[Login], clock: Clock, accept: str = "",
    papers: Sequence[OfficerKeys] = (),
) -> OpenSession:  # fmt: skip
    """Open the vault for one or two people, wholly checked; ``accept`` as in open_session.

    ``papers``: paper keys that sign in as well, or alone.

    Raises WrongPassphrase, NotEligible, BadInput, Tampered, RolledBack or StorageFailed. The
    caller holds the vault's lock file.
    """
    plate = read_public_info(folder)
    if plate is None:
        raise BadInput("There is no vault here.", "Set one up, or choose the right folder.")
    officers, keys = unlock_keys(folder, logins)
    session = open_session(folder, plate.origin, [*officers, *papers], keys, clock, accept)
    # A key file on a stick may have any name: it is asked for again when its officer signs.
    session.key_files = {x.officer_id: x.key_file for x in logins if x.key_file}
    return session


@translate_os_errors("open the vault")
def open_session(
    folder: Path, origin: str, officers: Sequence[OfficerKeys], folders: dict[str, Path],
    clock: Clock,
    accept: str = "", say: tuple[str, Mapping[str, Json]] = ("session.opened", {}),
) -> OpenSession:  # fmt: skip
    """Open and check the vault with unlocked officers (key files or paper keys).

    Args:
        folders: where each officer's key file lies, by id; none for a paper key.
        accept: the reason why two officers accept that entries they remember are missing. It is
            used only where that is the one alarm; an entry ``history.accepted`` then says so.
        say: type of the record that says who is in, and more fields for it.
    """
    generations.recover_generation(folder)
    keyring = Keyring(folder / "keyring", origin, officers)
    # Sealed files that were cut off are moved aside with an entry; these were never anything yet.
    inside = (folder / "officers", folder / "keyring", keyring.folder, keyring.folder / "inc",
              folder / policy_files.FOLDER, folder / DRAFTS_FOLDER)  # fmt: skip
    platform.clear_unfinished((folder, *inside))
    store = open_store(folder, keyring)
    try:
        machine = platform.machine_fingerprint()
        session = OpenSession(folder, keyring, store, clock, machine, officers[0].id, folders)
        found = head_memory.judge_pinned_heads(session)
        session.warnings.extend(found.warnings)
        given_up = accept_rollback.weigh_contradictions(session, found, accept)
        session.checked = store.check_signatures(keyring.directory.people, found.known)
        _check_directory(session, found.looked)
        printed_heads.check_signed_heads(session)
        if given_up:
            accept_rollback.accept_history(session, found, given_up, accept)
        _check_public_info(session)
        rekey_cleanup.remove_leftovers(session)
        draft_files.reseal_old_drafts(session)
        store.raise_version()
        move_orphans(session)
        _renew_disk_reserve(session)
        current_policy.read_policy_in_force(session)
        session.confirmed = confirmations.list_confirming_entries(session)
        _record_opening(session, *say)
        backup_status.find_last_backup(session)
        outdated_backups.refresh_outdated(session)
        session.warnings.extend(session.copies.holding)
        deferred_stop.write_deferred_stops(session)
    except BaseException:
        store.close()
        raise
    return session


def _record_opening(session: OpenSession, kind: str, more: Mapping[str, Json]) -> None:
    now = session.clock.read_clock()
    said: dict[str, Json] = {
        "officers": len(session.officers), "entries": session.store.chain.size,
        "checked": session.checked, "clock": format_stamp(now.wall), "running": now.mono,
        "awake": now.awake, "designated": session.is_designated,
        "computer": session.keyring.directory.machines.get(session.machine, "not designated"),
        **more,
    }  # fmt: skip
    outdated_backups.find_outdated_backups(session)
    frozen_content.open_frozen_list(session)
    compared = lost_freezes.restore_lost_freezes(session)
    if session.store.closed is not None:
        said[frozen_content.NUMBER] = session.store.closed.next_number
        said[lost_freezes.HOLDS] = compared
        said[confirmations.LIST] = list(session.confirmed)
        said[outdated_backups.LIST] = [medium.entry for medium in session.copies.media]
    session.append_record(kind, said)
    session.warnings.extend(clock_check.clock_sentences(session, now))


def open_store(folder: Path, keyring: Keyring) -> EvidenceStore:
    """Open the database that belongs to the keyring's generation. Raises as Store does."""
    known = keyring.directory
    return EvidenceStore(folder, known.origin, keyring.box, known.generation, known.shredded)


def _renew_disk_reserve(session: OpenSession) -> None:
    """Keep the spare room that lets STOP be written on a full disk."""
    path = session.folder / "reserve"
    try:
        if not path.exists() or path.stat().st_size < RESERVE:
            platform.write_atomically(path, bytes(RESERVE))
    except StorageFailed:
        session.warnings.append(
            "The disk is nearly full. Free some room now, so that everything can be written down."
        )


def _check_directory(session: OpenSession, start: int) -> None:
    """Compare each directory with the entry that brought it. One officer alone cannot.

    The keys in force open every entry of two of the vault's own. Of those from ``start`` on, one
    that does not open is a warning (accepting.py); the last one, or several, say older keys.
    """
    vault = session.keyring.vault
    if vault is None:
        return
    officer_lists.check_present_list(session)
    own = [x.seq for x in session.store.lines_of_incident("") if len(x.by) > 1]
    shut = [seq for seq in own if seq >= start or seq == own[-1]]
    shut = [seq for seq in shut if not _opens_record(session.store, seq, vault)]
    if len(shut) > 1 or shut == own[-1:]:
        raise alarms.OLD_KEYS.make_error(seq=shut[0])


def _opens_record(store: EvidenceStore, seq: int, vault: Identity) -> bool:
    try:
        store.read_vault_record(seq, vault)
    except EvidenceError:
        return False
    return True


def _check_public_info(session: OpenSession) -> None:
    plate = read_public_info(session.folder)
    directory = session.keyring.directory
    people = tuple((p.id, p.name) for p in directory.officers_present)
    if plate is not None and (plate.school, plate.officers) == (directory.school, people):
        return
    session.warnings.append(
        "The names shown before sign-in were not those of this vault. They were put right."
    )
    # A disk that refuses leaves the front page as it was: the same is said at the next sign-in.
    with contextlib.suppress(StorageFailed):
        platform.write_atomically(session.folder / "vault.json", _expected_public_info(directory))


def _expected_public_info(known: Directory) -> bytes:
    return public_info_bytes(known.origin, known.school, known.people)
