"""The folders that the operating system keeps for a program of its user: vault and sheets."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def default_vault() -> Path:
    """Return the platform's data folder for the vault."""
    return Path(platformdirs.user_data_path("esafety", appauthor=False)) / "vault"


def sheets_folder() -> Path:
    """Return where sheets to print are saved: a folder among the user's documents."""
    return Path(platformdirs.user_documents_path()) / "esafety sheets"
