"""Reading a copy back from where it was written, before it may count (format.md section 11).

The system's page cache is kept out of the way where that can be done; what was done is returned, so
that the entry can say it.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

from esafety_tui.casework.integrity.backup_manifest import (
    DATA,
    MANIFEST,
    BackupManifest,
    read_manifest,
)
from esafety_tui.data import copies, pagecache
from esafety_tui.data.plainfiles import LISTS, read_plain
from esafety_tui.kernel.errors import BadInput, NotSound

BACK = "it did not read back as written"


def prove(
    folder: Path, listed: BackupManifest, proved: AbstractSet[str], alive: copies.Alive
) -> str:
    """Read every file of a part, and compare the database's rows with the list.

    Args:
        proved: sealed files that have been read from there already.

    Returns:
        how the page cache was kept out of the way.

    Raises:
        NotSound, OSError.
    """
    how = ""
    for file in listed.files:
        if file.blob_name in proved:
            alive(file.size)
            continue
        how = pagecache.drop_cache(folder / file.name)
        if copies.hash_and_measure(folder / file.name, alive) != (file.sha256, file.size):
            raise NotSound(file.name, BACK)
    if listed.part == DATA:
        head = copies.read_database_facts(folder / listed.copy / "evidence.db").head
        if (head.size, head.root.hex()) != (listed.size, listed.root):
            raise NotSound("evidence.db", BACK)
    elif read_plain(folder / listed.copy / MANIFEST, LISTS) != listed.to_bytes():
        raise NotSound(MANIFEST, BACK)
    return how


def readable(folder: Path) -> bool:
    """Whether a folder holds a list of what counts that can be read."""
    try:
        return read_manifest(folder) is not None
    except BadInput:
        return False
