"""Sittings at one real vault, one after another, and a search for words in clear."""

from __future__ import annotations

import base64
from pathlib import Path

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data import platform
from esafety_tui.data.draft_folder import DRAFTS_FOLDER
from esafety_tui.data.officers import FLOOR
from tests.casework.support import Practice


def forms(text: str) -> list[bytes]:
    """Return how ``text`` might stand in a file: UTF-8, UTF-16 both ways, base64 at each offset."""
    plain = [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    coded = []
    for data in plain:
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + data)
            # The first and last digits hold bits of what stands beside it.
            coded.append(whole[4 if shift else 0 : len(whole) // 4 * 4 - 4])
    return plain + coded


def clear_in(folder: Path, text: str) -> list[str]:
    """Return the files below ``folder`` that hold ``text`` in clear, in any of its forms."""
    sought = forms(text)
    files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    return [p.name for p in files if any(form in p.read_bytes() for form in sought)]


class Sitting:
    """Desks on one real vault, one after another."""

    def __init__(self, real: Practice) -> None:
        self.real = real
        self.desks: list[Desk] = []

    def desk(self, *who: str) -> Desk:
        """Return a desk with these officers signed in, AB and CD where none are named."""
        made = Desk(self.real.folder, platform.SystemClock(), FLOOR, self.real.home / "sheets")
        self.desks.append(made)
        first, *others = who or ("AB", "CD")
        ids, words = self.real.ids, self.real.words
        second = (ids[others[0]], words[others[0]]) if others else (None, None)
        made.unlock(ids[first], words[first], second[0], second[1], ())
        return made

    @property
    def drafts(self) -> list[Path]:
        """The drafts that lie in the vault."""
        folder = self.real.folder / DRAFTS_FOLDER
        return sorted(folder.iterdir()) if folder.is_dir() else []
