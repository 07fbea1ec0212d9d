"""What the officers' memories are like: missing, older, another vault's, forged, or none at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from esafety_tui.casework.signin.unlock import open_session
from esafety_tui.data import heads, platform
from esafety_tui.kernel.errors import RolledBack
from tests.casework.support import Practice
from tests.casework.test_heads_alarms import grow


@pytest.fixture
def used(practice: Practice) -> Practice:
    """A vault in which AB and CD were signed in."""
    practice.sign_in()
    practice.close()
    return practice


def test_a_missing_and_an_older_memory(used: Practice) -> None:
    beside, state = heads.sidecar_paths(used.ids["AB"], used.key_file("AB").parent)
    older = beside.read_bytes()
    grow(used)
    beside.write_bytes(older)
    assert used.sign_in().warnings == [], "an older memory is still one of this vault"
    used.close()
    state.unlink()
    (warning,) = used.sign_in().warnings
    assert "is missing on this computer" in warning
    used.close()
    assert used.sign_in().warnings == [], "and it was made again"


def test_a_memory_of_another_vault_only(used: Practice, tmp_path: Path) -> None:
    mine, made = used.officer("AB"), tmp_path / "made"
    beside, state = heads.sidecar_paths(mine.id, used.key_file("AB").parent)
    state.unlink()
    path = heads.pin_head(mine, made, "other.example/evidence", (1, "ab" * 32))[0]
    shutil.copy(path, beside)
    state.unlink()
    warnings = used.sign_in().warnings
    assert any("knows other vaults only" in w for w in warnings)
    assert any("is missing on this computer" in w for w in warnings)


def test_a_forged_memory_and_anothers_in_its_place(used: Practice) -> None:
    beside, state = heads.sidecar_paths(used.ids["CD"], used.key_file("CD").parent)
    other = heads.sidecar_paths(used.ids["AB"], used.key_file("AB").parent)[0].read_bytes()
    for path in (beside, state):
        kept = path.read_bytes()
        for data in (other, kept.replace(b":", b";", 3), b"altered"):
            path.write_bytes(data)
            with pytest.raises(RolledBack, match=r"Cosmo Dunnock remembers .* was altered"):
                used.sign_in()
            with pytest.raises(RolledBack):
                used.sign_in("CD")
        path.write_bytes(kept)
    assert used.sign_in().warnings == []


def test_two_paper_keys_remember_nothing_and_say_so(used: Practice) -> None:
    papers = [used.paper_officer(n) for n in (0, 1)]
    before = sorted(used.home.rglob("*.heads"))
    session = open_session(used.folder, used.origin, papers, {}, platform.SystemClock())
    assert any("Paper keys remember nothing" in w for w in session.warnings)
    assert session.checked == session.store.chain.size - 1, "nothing was checked before"
    session.close_session()
    assert sorted(used.home.rglob("*.heads")) == before
    mixed = [used.officer("AB"), papers[0]]
    folders = {mixed[0].id: used.key_file("AB").parent}
    session = open_session(used.folder, used.origin, mixed, folders, platform.SystemClock())
    assert session.warnings == []
    session.close_session()
