"""Folders and files that officers name by a path, in either face. Nothing is opened."""

from __future__ import annotations

import os
from pathlib import Path

from esafety_tui.kernel.text import parse_dropped_paths

WHOLE_FOLDER = "Write the whole path of a folder, for example /media/stick."


def suggest_folder() -> str:
    """Return the folder offered to save something in: Documents, else the home folder."""
    home = Path.home()
    folder = home / "Documents"
    return str(folder if folder.is_dir() else home)


def parse_folder(typed: str) -> Path | None:
    """Return the folder meant, ``~`` being the home folder; None where it is no whole path."""
    path = Path(typed).expanduser()
    return path if path.is_absolute() else None


def split_paths(line: str) -> list[str]:
    """Return the paths of a line that was typed, or of files that were dropped on it."""
    return parse_dropped_paths(line, os.path.lexists) or [os.fspath(Path(line).expanduser())]
