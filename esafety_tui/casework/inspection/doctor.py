"""``esafety doctor``: what can be told about this computer and the vault without a passphrase."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from esafety_tui.casework.access import stop_notes
from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.policy import policy_files
from esafety_tui.data import memory, officers, platform
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.timeline import is_believable_time

CLOUDS = ("onedrive", "dropbox", "google drive", "googledrive", "icloud", "nextcloud", "sharepoint")
BUILT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """One thing looked at.

    Attributes:
        ok: None where this program cannot find out, which is neither good nor bad.
        do: what to do about it, "" when it is in order.
    """

    ok: bool | None
    what: str
    do: str = ""


def examine_computer(vault: Path) -> tuple[DoctorFinding, ...]:
    """Look at Python, cryptography, clock, folders and the vault's outside."""
    return (
        DoctorFinding(
            sys.version_info >= (3, 11), f"Python {sys.version.split()[0]}", "Use 3.11 or newer."
        ),
        _look_at_argon2(),
        _look_at_clock(),
        _look_at_machine(),
        _look_at_folder(platform.state_folder(), "memory of the last heads"),
        _look_at_cloud_folders(vault),
        _look_at_core_files(),
        _look_at_swap(),
        *_look_at_vault(vault),
    )


def _look_at_argon2() -> DoctorFinding:
    try:
        officers.check_argon2()
    except EvidenceError as err:
        return DoctorFinding(False, err.what, err.do)
    return DoctorFinding(True, "Keys can be derived with Argon2id.")


def _look_at_clock() -> DoctorFinding:
    now = datetime.now(UTC)
    sane = now >= BUILT and is_believable_time(now)
    return DoctorFinding(
        sane, f"The clock says {now:%d %b %Y %H:%M} UTC.", "Set the computer's clock."
    )


def _look_at_machine() -> DoctorFinding:
    source = platform.machine_source()
    if source:
        return DoctorFinding(True, f"This computer is told from others by {source}.")
    return DoctorFinding(
        False, "This computer has no identity of its own: only its name tells it from others.",
        "Keep its name, and give no other computer the same one.",
    )  # fmt: skip


def _look_at_folder(folder: Path, what: str) -> DoctorFinding:
    try:
        platform.make_private(folder)
        platform.write_atomically(folder / ".doctor", b"ok", durable=False)
        (folder / ".doctor").unlink()
    except (EvidenceError, OSError):
        return DoctorFinding(
            False, f"The folder for the {what} cannot be written.", "Check its rights."
        )
    return DoctorFinding(True, f"The folder for the {what} can be written.")


def _look_at_cloud_folders(vault: Path) -> DoctorFinding:
    text = str(vault.absolute()).lower()
    name = next((c for c in CLOUDS if c in text), "")
    return DoctorFinding(
        not name,
        "The vault is not in a folder that is copied to the internet." if not name
        else f"The vault is in a folder that {name} copies to the internet.",
        "Move it to a folder of this computer alone.",
    )  # fmt: skip


def _look_at_core_files() -> DoctorFinding:
    """Say whether a crash could write keys to a file (core(5))."""
    reader = memory.core_file_program()
    if memory.refuse_core_files():
        return DoctorFinding(True, "A crash of this program writes no memory to the disk.")
    if sys.platform == "win32":
        return DoctorFinding(
            None, "Whether Windows keeps crash dumps of programs was not checked.",
            "Ask a technician to switch off Windows Error Reporting's local dumps.",
        )  # fmt: skip
    piped = f" Here they go to {reader}." if reader else ""
    return DoctorFinding(
        False, f"This system may write this program's memory to a core file.{piped}",
        "Ask a technician to set kernel.core_pattern to |/bin/false.",
    )  # fmt: skip


def _look_at_swap() -> DoctorFinding:
    """Say whether memory may be moved to a disk, where keys could be found later."""
    areas = memory.list_swap_areas()
    if areas is None:
        return DoctorFinding(
            None, "Whether memory may be moved to the disk (swap) was not checked.",
            "Full-disk encryption covers it: ask a technician whether it is on.",
        )  # fmt: skip
    bare = [area for area in areas if not memory.is_encrypted_swap(area)]
    if not bare:
        return DoctorFinding(True, "No memory is moved to a disk in clear (swap).")
    return DoctorFinding(
        False, f"Memory may be moved to the disk in clear (swap): {', '.join(bare)}.",
        "Ask a technician to encrypt it or to switch it off (swapoff -a).",
    )  # fmt: skip


def _look_at_vault(vault: Path) -> tuple[DoctorFinding, ...]:
    try:
        plate = read_public_info(vault)
    except EvidenceError as err:
        return (DoctorFinding(False, err.what, err.do),)
    if plate is None:
        return (DoctorFinding(True, "There is no vault yet. Run esafety to set one up."),)
    missing = [
        name
        for officer_id, name in plate.officers
        if not (vault / "officers" / f"officer-{officer_id[:16]}.evkey").is_file()
    ]
    here = len(plate.officers) - len(missing)
    files = DoctorFinding(
        not missing, f"{here} of {len(plate.officers)} key files here.",
        "A key file is missing here; put the stick with it in.",
    )  # fmt: skip
    return (
        files,
        _look_at_permissions(vault),
        _look_at_policy_files(vault),
        *_look_at_waiting_stops(vault),
    )


def _look_at_waiting_stops(vault: Path) -> tuple[DoctorFinding, ...]:
    """Say that a STOP was pressed behind the lock; nothing where none waits."""
    if not stop_notes.list_stop_notes(vault):
        return ()
    return (
        DoctorFinding(
            False, "STOP was pressed while it was locked, and is not written down yet.",
            "Sign in: that is written first of all.",
        ),
    )  # fmt: skip


def _look_at_permissions(vault: Path) -> DoctorFinding:
    """Say who else may open the vault's folder. Windows' own rights are not read here."""
    if os.name == "nt":
        return DoctorFinding(
            None, "Who else may open the vault's folder was not checked.",
            "Keep it in this user's own profile, and ask a technician to look at its rights.",
        )  # fmt: skip
    if vault.stat().st_mode & 0o077:
        return DoctorFinding(False, "Others may open the vault's folder.", "Remove other rights.")
    return DoctorFinding(True, "Only this user can open the vault's folder.")


def _look_at_policy_files(vault: Path) -> DoctorFinding:
    """Say whether the files of the school's policy are those they are named by."""
    bad, names = 0, policy_files.list_stored_digests(vault)
    for name in names:
        try:
            policy_files.read_stored_policy(vault, name)
        except EvidenceError:
            bad += 1
    return DoctorFinding(
        not bad,
        f"{len(names) - bad} of {len(names)} files of the school's policy are unchanged.",
        "Sign in: what can be put right is. Else copy the folder policy from the second copy.",
    )
