"""Where a copy of the vault goes: what must not be written over, and what is worth a warning.

A place is refused only where writing there would destroy something: another vault's copy, or one
that holds entries this vault lacks. Everything else is said in a sentence and left to the officers.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.inspection.doctor import CLOUDS
from esafety_tui.casework.integrity.backup_manifest import DATA, KEYS, BackupManifest, read_manifest
from esafety_tui.data import merkle
from esafety_tui.data.outside import refuse_inside_vault
from esafety_tui.kernel.errors import BadInput, NotSound, OutputFailed, Refused, StorageFailed

MOUNTS = Path("/proc/self/mounts")
NETWORKS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "davfs", "fuse.sshfs",
            "fuse.rclone", "fuse.davfs2", "fuse.gvfsd-fuse")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """The folders of both parts, ``keys`` None where the keys stay at home.

    Attributes:
        before: the list of the copy that counts there at present, None where there is none.
    """

    data: Path
    keys: Path | None
    before: BackupManifest | None
    warnings: tuple[str, ...]


def part_name(site: str, part: str) -> str:
    """Return the neutral name of a part's folder."""
    return f"{site}-backup-{part}"


def examine(session: OpenSession, target: Path, keys_target: Path | None) -> Target:
    """Look at where the copy goes, before anything is written.

    Raises BadInput where a folder is missing or unfit, Refused where it must not be written over.
    """
    vault, site = session.folder, session.keyring.directory.site
    for folder in filter(None, (target, keys_target)):
        if not folder.is_dir():
            # Making it here would fill this computer's own disk when the stick is not in.
            raise BadInput(
                "The folder for the copy is not there.", "Put the stick in, or name a folder."
            )
        refuse_inside_vault(folder)
    data = target / part_name(site, DATA)
    keys = keys_target / part_name(site, KEYS) if keys_target else None
    _refuse_links(data, data / "blobs", *([keys] if keys else []))
    with sentences(None):
        before = _counting(data)
        _refuse_loss(session, before)
        _refuse_loss_of_keys(session, keys)
        return Target(data, keys, before, tuple(_warnings(vault, target, keys_target)))


def _refuse_links(*folders: Path) -> None:
    """A link would have what no list names removed elsewhere: in the vault itself, for one."""
    if any(folder.is_symlink() for folder in folders):
        raise BadInput(
            "What is there for the copy is a link to another place.",
            "Look at what it is, and use an empty stick or folder.",
        )


def _refuse_loss_of_keys(session: OpenSession, keys: Path | None) -> None:
    """The keys of a newer generation, or of another vault, may be all that opens its data."""
    if keys is None or not keys.is_dir():
        return
    for folder in sorted(keys.iterdir()):
        try:
            there = read_manifest(folder)
        except BadInput:  # cut short; it is no copy of keys
            continue
        if there is not None and there.origin != session.store.origin:
            raise Refused(
                "There are another vault's keys in that folder.", "Choose another folder."
            )
        if there is not None and there.generation > session.keyring.directory.generation:
            raise Refused(
                "The keys there are newer than this vault.",
                "Keep them: they open a newer copy. Use another stick or folder.",
            )


def _counting(folder: Path) -> BackupManifest | None:
    try:
        return read_manifest(folder)
    except BadInput as err:
        raise Refused(
            "There is a copy there already, and its list of files cannot be read.",
            "Keep it, and use another folder. Remove it only if you have a newer copy.",
        ) from err


def _refuse_loss(session: OpenSession, before: BackupManifest | None) -> None:
    """A vault that was rolled back must not write over the copy that still has the rest."""
    if before is None:
        return
    store = session.store
    if before.origin != store.origin:
        raise Refused("There is another vault's copy in that folder.", "Choose another folder.")
    if before.size > store.chain.size or before.generation > session.keyring.directory.generation:
        raise Refused(
            f"The copy there is newer than this vault: it holds {before.size} entries, "
            f"and this vault {store.chain.size}.",
            "Keep it: it has what this vault lacks. Use another stick or folder.",
        )
    leaves = map(merkle.hash_leaf, store.raw.between(0, before.size))
    if merkle.compute_root(leaves).hex() != before.root:
        raise Refused(
            "The copy there has other entries than this vault.",
            "Keep it, and compare both with the last printed head. Use another stick or folder.",
        )


def _warnings(vault: Path, target: Path, keys_target: Path | None) -> Iterator[str]:
    for folder in filter(None, {target, keys_target}):
        text = str(folder.absolute()).lower()
        cloud = next((name for name in CLOUDS if name in text), "")
        if cloud:
            yield f"The copy is in a folder that {cloud} copies to the internet."
        elif network_kind(folder):
            yield "The copy is on a network drive. Whoever runs it can copy or delete it."
    if target.stat().st_dev == vault.stat().st_dev:
        yield "The copy is on the same disk as the vault. Both are lost if that disk is."
    if keys_target is not None and keys_target.stat().st_dev == target.stat().st_dev:
        yield (
            "Data and keys are on the same stick or disk. Whoever finds it needs only the "
            "passphrases. Keep the keys apart."
        )


def network_kind(folder: Path) -> str:
    """Return the kind of network drive a folder is on, "" for none or where it cannot be told."""
    path = folder.resolve()
    if sys.platform == "win32":
        return "share" if str(path).startswith("\\\\") else ""
    if not MOUNTS.exists():
        return ""
    best, kind = -1, ""
    for row in MOUNTS.read_text(errors="replace").splitlines():
        _, place, found, *_ = row.split(" ")
        mount = Path(place.replace("\\040", " "))
        if path.is_relative_to(mount) and len(mount.parts) >= best:
            best, kind = len(mount.parts), found
    return kind if kind in NETWORKS else ""


@contextlib.contextmanager
def sentences(target: Target | None, frozen: frozenset[str] = frozenset()) -> Iterator[None]:
    """Turn what the system reports meanwhile into StorageFailed, and damage into OutputFailed."""
    try:
        yield
    except OSError as err:
        why = {
            28: "the disk is full", 122: "the disk is full", 30: "the disk is read-only",
            13: "permission was refused", 1: "permission was refused",
        }.get(err.errno or 0, "the stick or folder has gone or does not answer")  # fmt: skip
        what = f"Could not make the copy: {why}. No new copy was made."
        raise StorageFailed(
            what + _the_one_before(target, frozen), "Check the stick or disk, then copy again."
        ) from err
    except NotSound as err:
        what = "The copy did not read back as written, so it does not count."
        raise OutputFailed(
            what + _the_one_before(target, frozen), "Copy again, on another stick or disk."
        ) from err


def _the_one_before(target: Target | None, frozen: frozenset[str]) -> str:
    if target is None or target.before is None:
        return ""
    held = len(target.before.blobs & frozen)
    if held:
        return (
            f" The copy made before is unharmed. It still holds {held} sealed file(s) that are "
            "frozen since."
        )
    return " The copy made before is unharmed."
