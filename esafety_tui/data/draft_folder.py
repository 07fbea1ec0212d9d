"""The folder of drafts in a vault: ``drafts/<inc>.<random>.age``, format.md section 5a."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from esafety_tui.data import platform

DRAFTS_FOLDER = "drafts"

_DRAFT_NAME = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{16}\.age")


def list_drafts(vault: Path, inc: str) -> list[Path]:
    """Return the drafts of an incident that lie in a vault, the newest first."""
    folder = vault / DRAFTS_FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return []
    found = [p for p in folder.glob(f"{inc}.*.age") if _DRAFT_NAME.fullmatch(p.name)]
    return sorted(found, key=lambda p: (-p.lstat().st_mtime_ns, p.name))


def remove_drafts(paths: Sequence[Path]) -> None:
    """Remove drafts from the disk. Raises StorageFailed."""
    try:
        for path in paths:
            path.unlink(missing_ok=True)
        if paths and paths[0].parent.is_dir():
            platform.sync_folder(paths[0].parent)
    except OSError as err:
        raise platform.describe_os_error(err, "remove a draft") from err
