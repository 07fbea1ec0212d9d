"""Nothing readable is written into a vault's own folder, whatever writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import sheets
from esafety_tui.kernel.errors import BadInput
from esafety_tui.output.pack.target import claim_target
from tests.casework.support import Practice

PLACES = ("", "blobs", "orphans/deep", "policy")


def _places(real: Practice) -> list[Path]:
    link = real.home / "stick"
    link.symlink_to(real.folder / "blobs", target_is_directory=True)
    return [*(real.folder / place for place in PLACES), link]


@pytest.mark.posix
def test_no_sheet_and_no_pack_lies_in_the_vault(real: Practice) -> None:
    """The two functions that every sheet, form, certificate and pack go through."""
    for place in _places(real):
        with pytest.raises(BadInput, match="inside a vault"):
            sheets.save_sheet_bytes(place / "form.pdf", b"%PDF-1.4")
        with pytest.raises(BadInput, match="inside a vault"):
            claim_target(place, "EXS-2026-0001.zip", ".mark", 1)
    assert not list(real.folder.rglob("*.pdf"))


@pytest.mark.posix
def test_a_ring_of_links_is_a_sentence(tmp_path: Path) -> None:
    """A folder that cannot be followed is refused, not crashed on."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(BadInput, match="cannot be followed"):
        sheets.save_sheet_bytes(tmp_path / "a" / "form.pdf", b"%PDF-1.4")
