"""Asking for a folder to save something in: the person's documents by default."""

from __future__ import annotations

from pathlib import Path

from esafety_tui.screens.base.frame import Shell
from esafety_tui.screens.dialogs.field_form import Blank, FormScreen


def documents() -> str:
    """Return the folder offered: Documents where there is one, else the home folder."""
    home = Path.home()
    folder = home / "Documents"
    return str(folder if folder.is_dir() else home)


def whole_path(text: str) -> str | None:
    """Return advice if ``text`` is no whole path, else None; the desk finds out the rest."""
    if text and Path(text).expanduser().is_absolute():
        return None
    return "Write the whole path of a folder, for example /media/stick."


def as_path(text: str) -> Path:
    """Return the path meant; ``~`` is the home folder."""
    return Path(text).expanduser()


async def ask_folder(shell: Shell, where: str, title: str, intro: str) -> Path | None:
    """Ask for a folder and return it, or None for back."""
    blank = Blank("folder", "Folder", check=whole_path, value=documents())
    filled = await shell.ask(FormScreen(where, title, [blank], intro=intro))
    return as_path(filled.values["folder"]) if filled is not None else None
