"""Files of the school's policy, each kept under the hash of its bytes: ``policy/<SHA-256>.toml``.

format.md section 1. Clear text, since they hold roles and wording and never people. A file is on
the disk, synced and read back before anything names it, and what is read has the hash it is asked
by: a link, a folder or other bytes are never taken for it. What a file means is not asked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from esafety_tui.data import platform
from esafety_tui.data.plainfiles import NotPlainFile, read_plain
from esafety_tui.flows.procedure.toml_reader import SIZE_LIMIT
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import BadInput, Refused, StorageFailed, Tampered
from esafety_tui.kernel.records import Contact

FOLDER = "policy"
NAME = re.compile(r"([0-9a-f]{64})\.toml")


class MissingPolicyFile(Refused):
    """The vault has no such file."""


@dataclass(frozen=True, slots=True)
class ShippedFiles:
    """The files that come with the program: name to digest, and digest to bytes."""

    profiles: Mapping[str, str]
    procedures: Mapping[str, str]
    source: Mapping[str, bytes]


@cache
def shipped_policy_files() -> ShippedFiles:
    """Return the files that come with the program."""
    kinds: dict[str, dict[str, str]] = {"profiles": {}, "procedures": {}}
    source: dict[str, bytes] = {}
    for kind, names in kinds.items():
        for entry in (files("esafety_tui.flows") / kind).iterdir():
            if entry.name.endswith(".toml"):
                data = entry.read_bytes()
                names[entry.name.removesuffix(".toml")] = sha256_hex(data)
                source[sha256_hex(data)] = data
    return ShippedFiles(kinds["profiles"], kinds["procedures"], source)


def policy_file_path(vault: Path, digest: str) -> Path:
    """Return where the file of that digest lies in a vault."""
    return vault / FOLDER / f"{digest}.toml"


def store_policy_file(vault: Path, data: bytes) -> str:
    """Write a file under its hash, synced and read back, and return the hash.

    Raises StorageFailed.
    """
    digest = sha256_hex(data)
    platform.make_private(vault / FOLDER)
    platform.write_atomically(policy_file_path(vault, digest), data)
    try:
        platform.sync_folder(vault)
        read_stored_policy(vault, digest)
    except (OSError, Refused, Tampered) as err:
        raise StorageFailed(
            "A file of the school's policy did not read back from the disk as written.",
            "Check the disk, then try again. Nothing was changed.",
        ) from err
    return digest


def read_stored_policy(vault: Path, digest: str) -> bytes:
    """Return the bytes of that hash. Raises Missing, Tampered where they are not there."""
    path = policy_file_path(vault, digest)
    try:
        data = read_plain_bytes(path)
    except FileNotFoundError as err:
        raise MissingPolicyFile(
            "This vault has no file of the procedure or profile that is asked for.",
            f"Copy {FOLDER}/{path.name} back from the vault's second copy.",
        ) from err
    except OSError as err:
        raise _changed_policy_file(path) from err
    if data is None or sha256_hex(data) != digest:
        raise _changed_policy_file(path)
    return data


def is_sound_policy_file(vault: Path, digest: str) -> bool:
    """Whether the vault has the file of that hash, unchanged."""
    try:
        read_stored_policy(vault, digest)
    except (Refused, Tampered):
        return False
    return True


def read_plain_bytes(path: Path) -> bytes | None:
    """Return a file's bytes, None for a link, a folder, a pipe or one that is too large.

    Raises OSError.
    """
    try:
        return read_plain(path, SIZE_LIMIT, links=False)
    except NotPlainFile:
        return None


def list_stored_digests(vault: Path) -> list[str]:
    """Return the digests that files in the vault's folder are named by, sorted."""
    folder = vault / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return []
    found = (NAME.fullmatch(path.name) for path in folder.iterdir())
    return sorted(match[1] for match in found if match)


def contact_slots(profile: Profile, given: Iterable[Contact], today: str) -> tuple[Contact, ...]:
    """Return the contacts of a vault with this profile, filled with what is known by kind.

    Args:
        given: what was typed, or what the vault has. One with a value stays, whatever the profile
            says. A value typed for the first time counts as checked ``today`` (ISO day).
    """
    known = {contact.kind: contact for contact in given}
    rows = []
    for slot in profile.contacts:
        has = known.pop(slot.kind, Contact(slot.kind, slot.label, ""))
        value = has.value.strip() or slot.number
        own = value and value != slot.number
        rows.append(Contact(slot.kind, slot.label, value, has.verified or (today if own else "")))
    return (*rows, *(c for c in known.values() if c.value.strip()))


def read_given_file(path: Path) -> bytes:
    """Return the bytes of a file that somebody names. Raises BadInput."""
    try:
        data = read_plain_bytes(path)
    except OSError as err:
        raise BadInput(f"{path.name} cannot be read.", "Name a file that is there.") from err
    if data is None:
        raise BadInput(
            f"{path.name} is a link, no file, or larger than {SIZE_LIMIT // 1_000_000} MB.",
            "Name the file itself.",
        )
    return data


def _changed_policy_file(path: Path) -> Tampered:
    return Tampered(
        "A file of the school's policy in this vault was changed. It is not used.",
        f"Copy {FOLDER}/{path.name} back from the vault's second copy.",
    )
