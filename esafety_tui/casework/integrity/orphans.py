"""Files of the vault that nothing names: moved aside with an entry, never deleted."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data import platform
from esafety_tui.kernel.errors import StorageFailed

FOLDER = "orphans"


def move_orphans(session: OpenSession) -> None:
    """Record what no entry names, then move it. A kill in between records it once more."""
    store, inside = session.store, session.folder / "blobs"
    if not inside.exists() and not store.lines.with_files():
        platform.make_private(inside)  # an empty folder that a copying program left out
    found = store.list_orphans()
    if not found:
        return
    # A name that is not UTF-8 is kept as its bytes in hexadecimal.
    names = [os.fsencode(path.name).decode("utf-8", "backslashreplace") for path in found]
    session.append_record("orphan.moved", {"files": len(names), "names": names})
    try:
        move_file_aside(found, session.folder / FOLDER)
    except (OSError, StorageFailed):
        session.warnings.append(
            "A file that no entry names could not be moved out of the vault's folder of sealed "
            "files. It does no harm there. Look at that folder, and check the disk."
        )
        return
    session.warnings.append(
        f"{len(names)} sealed file(s) that no entry names were moved aside, not deleted."
    )


def move_file_aside(found: Sequence[Path], away: Path) -> None:
    """Move into ``away``; a name taken there gets a number, so nothing is written over."""
    platform.make_private(away)
    for path in found:
        name = path.name
        for number in itertools.count(1):
            if not os.path.lexists(away / name):
                break
            name = f"{path.name}.{number}"
        path.rename(away / name)
    platform.sync_folder(away)
    platform.sync_folder(found[0].parent)
