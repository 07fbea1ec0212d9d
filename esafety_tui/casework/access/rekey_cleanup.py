"""What a new generation leaves behind, removed when it is in force: format.md section 4a, step 4.

Done after every opening until nothing is left, so that a program that was cut off in between has
not kept what two officers had decided to destroy. It removes nothing that an entry still needs.
"""

from __future__ import annotations

import contextlib
import glob
import shutil
from pathlib import Path
from typing import Protocol

from esafety_tui.data import draft_folder, generations, platform
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.errors import VaultError

LEFT = (
    "Something that is no longer part of this vault could not be removed from the disk. "
    "Check the disk; it is tried again at the next sign-in."
)


class OpenedVault(Protocol):
    """As much of a session as is needed here."""

    folder: Path
    keyring: Keyring
    store: EvidenceStore
    warnings: list[str]


def remove_leftovers(session: OpenedVault) -> bool:
    """Remove what is left of shredded incidents and of people who left. Returns whether all went.

    A disk that refuses is a warning of the session: what is in force is sound all the same.
    """
    gone = True
    try:
        found = list_leftovers(session)
    except OSError:
        found, gone = [], False
    for path in found:
        try:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        except OSError:
            gone = False
    try:
        generations.remove_old_generations(session.keyring.folder)
        for name in ("blobs", "officers", draft_folder.DRAFTS_FOLDER):
            with contextlib.suppress(FileNotFoundError):  # an empty folder may be missing
                platform.sync_folder(session.folder / name)
        session.store.compact_database()
    except (OSError, VaultError):
        gone = False
    if not gone and LEFT not in session.warnings:
        session.warnings.append(LEFT)
    return gone


def list_leftovers(session: OpenedVault) -> list[Path]:
    """Return what a new generation, or a rehearsal or restore that was cut short, left behind."""
    store, people = session.store, session.keyring.directory.people
    lines = store.lines.with_files()
    kept = {name for x in lines if x.inc not in store.shredded for name in x.blobs}
    files = {name for x in lines if x.inc in store.shredded for name in x.blobs} - kept
    found = [session.folder / "blobs" / f"{name}.age" for name in sorted(files)]
    # What no entry names was moved aside; of a shredded incident nothing is kept there either.
    aside = session.folder / "orphans"
    found += [p for p in sorted(aside.glob("*.age*")) if p.name[:64] in files]
    for inc in sorted(store.shredded):
        found += draft_folder.list_drafts(session.folder, inc)
    # Copies of the keys that a rehearsal or a restore left when it was cut short.
    name, beside = session.folder.name, session.folder.absolute().parent
    cut = [*beside.glob(f".{glob.escape(name)}.rehearsal-*"), beside / f".{name}.restore"]
    found += [p for p in cut if p.is_dir() and not p.is_symlink()]
    for person in people:
        if not person.is_present and person.kind == "officer":
            stem = session.folder / "officers" / f"officer-{person.short_id}"
            found += [stem.with_suffix(".evkey"), stem.with_suffix(".heads")]
    return [path for path in found if path.exists()]
