"""Asking for a folder to save something in: the person's documents by default."""

from __future__ import annotations

from pathlib import Path

from esafety_tui.guide.folder_input import WHOLE_FOLDER, parse_folder, suggest_folder
from esafety_tui.screens.base.frame import ScreenHost
from esafety_tui.screens.dialogs.field_form import FormField, FormScreen


def check_whole_path(text: str) -> str | None:
    """Return advice if ``text`` is no whole path, else None; the desk finds out the rest."""
    return None if text and parse_folder(text) is not None else WHOLE_FOLDER


def expand_path(text: str) -> Path:
    """Return the path meant; ``~`` is the home folder."""
    return Path(text).expanduser()


async def ask_folder(shell: ScreenHost, where: str, title: str, intro: str) -> Path | None:
    """Ask for a folder and return it, or None for back."""
    blank = FormField("folder", "Folder", check=check_whole_path, value=suggest_folder())
    filled = await shell.ask_screen(FormScreen(where, title, [blank], intro=intro))
    return expand_path(filled.values["folder"]) if filled is not None else None
