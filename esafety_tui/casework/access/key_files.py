"""Where an officer's key file lies, and the two things one officer does with it alone.

A new passphrase makes a new file for the same keys; an older copy still opens with the older
passphrase. Whose passphrase is known to somebody else needs new keys instead (officerwork).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from esafety_tui.casework.access import passphrases
from esafety_tui.data import officers, platform, sticks
from esafety_tui.data.officers import KdfCost, OfficerKeyFile, OfficerKeys, read_key_file
from esafety_tui.data.plainfiles import read_plain
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.kernel.canon import canonical_bytes, parse_canonical
from esafety_tui.kernel.errors import BadInput, EvidenceError, OutputFailed, StorageFailed

FOLDER = "esafety keys"
HINTS = "key-places.json"


def key_file_name(officer_id: str) -> str:
    """Return the file name of an officer's key file (format.md section 1)."""
    return f"officer-{officer_id[:16]}.evkey"


def candidate_places(vault: Path, officer_id: str) -> Iterator[Path]:
    """Yield where the key file may lie: the vault, where it was moved to, sticks put in."""
    yield vault / "officers"
    hint = _read_place_hints().get(officer_id)
    if hint:
        yield Path(hint)
    for root in sticks.list_removable_roots():
        yield root / FOLDER
        yield root


def find_key_file(vault: Path, officer_id: str) -> OfficerKeyFile:
    """Return the officer's key file. Raises BadInput where it is nowhere to be found."""
    for folder in candidate_places(vault, officer_id):
        path = folder / key_file_name(officer_id)
        with contextlib.suppress(OSError):
            if path.is_file():
                file = read_key_file(path)
                if file.officer_id == officer_id:
                    return file
                raise BadInput(
                    "This key file is another officer's.", "Choose that officer's own file."
                )
    raise BadInput(
        "The officer's key file is not here.", "Put the stick with the key file in, then try again."
    )


@translate_os_errors("change the passphrase")
def change_passphrase(file: OfficerKeyFile, old: str, new: str, kdf: KdfCost) -> OfficerKeyFile:
    """Give a key file a new passphrase; the file is replaced when the new one has opened.

    Raises WrongPassphrase, BadInput (too weak, or the same), StorageFailed; the old file stays.
    """
    officer = file.unlock_keys(old)
    advice = passphrases.judge_passphrase(new)
    if advice is not None or new == old:
        raise BadInput(advice or "That is the passphrase it has.", "Choose another passphrase.")
    folder = file.path.parent
    aside = folder / f".{secrets.token_hex(8)}.tmp"
    try:
        platform.make_private(aside)
        officers.write_key_file(aside, officer, new, kdf).replace(file.path)
        platform.sync_folder(folder)
    except OSError as err:
        raise platform.describe_os_error(err, "replace the key file") from err
    finally:
        shutil.rmtree(aside, ignore_errors=True)  # the next sign-in removes what stays
    made = read_key_file(file.path)
    made.unlock_keys(new)
    return made


@translate_os_errors("move the key file")
def move_key_file(file: OfficerKeyFile, passphrase: str, target: Path) -> Path:
    """Move a key file and its memory of heads into ``target``, usually a stick.

    The copy is opened with the passphrase there before the file here is removed. Returns the new
    path. Raises WrongPassphrase, OutputFailed, BadInput; the file here stays then.
    """
    officer = file.unlock_keys(passphrase)
    path = target / file.path.name
    if path.parent.resolve() == file.path.parent.resolve():
        raise BadInput("The key file is there already.", "Choose another folder.")
    for source in (file.path.with_suffix(".heads"), file.path):
        if source.exists():
            _copy_key_file(source, target / source.name)
    _opens_key_file(path, passphrase, officer)
    remember_place(officer.id, target)
    try:
        file.path.unlink()
        file.path.with_suffix(".heads").unlink(missing_ok=True)
        platform.sync_folder(file.path.parent)
    except OSError as err:
        raise OutputFailed(
            "The key file was copied, but the one here could not be removed.",
            "Remove it by hand, or both copies open the vault.",
        ) from err
    return path


def _copy_key_file(source: Path, target: Path) -> None:
    try:
        if target.exists():
            raise BadInput(f"There is a file {target.name} already.", "Choose another folder.")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = read_plain(source)
        platform.write_atomically(target, data)
        if read_plain(target) != data:
            raise OutputFailed("The key file did not read back.", "Use another stick.")
    except OSError as err:
        raise OutputFailed(
            "The key file could not be copied there.", "Check the stick, or choose another folder."
        ) from err


def _opens_key_file(path: Path, passphrase: str, officer: OfficerKeys) -> None:
    try:
        there = read_key_file(path).unlock_keys(passphrase)
    except EvidenceError as err:
        raise OutputFailed(
            "The copy of the key file does not open.", "Use another stick. Nothing was removed."
        ) from err
    if there.id != officer.id:
        raise OutputFailed("The copy of the key file is not the same.", "Use another stick.")


def _read_place_hints() -> dict[str, str]:
    path = platform.state_folder() / HINTS
    try:
        value = parse_canonical(read_plain(path))
        return {str(k): str(v) for k, v in value.items()}
    except (OSError, EvidenceError, AttributeError):  # only a hint: the stick is looked for anyway
        return {}


def remember_place(officer_id: str, folder: Path) -> None:
    """Keep in mind where an officer's key file was moved; a disk that refuses loses only that."""
    known = {**_read_place_hints(), officer_id: os.fspath(folder)}
    with contextlib.suppress(StorageFailed):
        platform.make_private(platform.state_folder())
        platform.write_atomically(platform.state_folder() / HINTS, canonical_bytes(dict(known)))
