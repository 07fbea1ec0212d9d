"""Signing in past what lies in the vault by accident, and what the officers remember."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import capture, opening
from esafety_tui.data import heads
from esafety_tui.kernel.errors import Tampered
from tests.casework.support import PNG, Practice


def moved(session: OpenSession) -> list[list[str]]:
    """Return the names in each ``orphan.moved`` record."""
    store = session.store
    assert session.keyring.vault is not None
    opened = [
        store.read_vault_record(n.seq, session.keyring.require_vault_identity())
        for n in store.lines_of_incident("")
    ]
    return [list(r.fields["names"]) for r in opened if r.type == "orphan.moved"]  # type: ignore[arg-type]


def test_the_same_stray_name_twice_and_nothing_is_written_over(practice: Practice) -> None:
    """Guards the numbering in ``_move_aside``, for folders and for files."""
    inside, away = practice.folder / "blobs", practice.folder / "orphans"
    for words in ("1", "2", "3"):
        (inside / "x").mkdir()
        (inside / "x" / "f").write_text(words)
        (inside / "Thumbs.db").write_text(words)
        session = practice.sign_in()
        assert any("moved aside" in w for w in session.warnings)
        practice.close()
    assert not list(inside.iterdir())
    for name, words in (("", "1"), (".1", "2"), (".2", "3")):
        assert (away / f"Thumbs.db{name}").read_text() == words
        assert (away / f"x{name}" / "f").read_text() == words


def test_a_kill_after_the_record_records_it_again_and_never_moves_in_silence(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the order: the record first, then the move."""
    stray = practice.folder / "blobs" / "stray"
    stray.write_text("1")

    def killed(*_: object) -> None:
        assert stray.exists(), "moved before it was written down"
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        patch.setattr(Path, "replace", killed_unless(Path.replace, stray))
        with pytest.raises(KeyboardInterrupt):
            practice.sign_in()
    assert moved(practice.sign_in()) == [["stray"], ["stray"]]
    assert not stray.exists()


def killed_unless(real: object, stray: Path) -> object:
    def replace(self: Path, target: Path) -> Path:
        if self == stray:
            raise KeyboardInterrupt
        return real(self, target)  # type: ignore[operator, no-any-return]

    return replace


def test_a_move_that_fails_is_a_warning(practice: Practice) -> None:
    """Guards the OSError: a file where the folder of orphans should be."""
    (practice.folder / "blobs" / "stray").write_text("1")
    (practice.folder / "orphans").write_text("in the way")
    session = practice.sign_in()
    assert any("could not be moved" in w for w in session.warnings)
    assert (practice.folder / "blobs" / "stray").exists()


def test_an_empty_folder_of_sealed_files_that_was_not_copied_is_made(practice: Practice) -> None:
    (practice.folder / "blobs").rmdir()
    case = practice.case()
    assert (practice.folder / "blobs").is_dir() and case.inc


def test_a_lost_folder_of_sealed_files_is_a_sentence(practice: Practice, tmp_path: Path) -> None:
    """Guards Store.orphans: entries name files, so the folder cannot be gone."""
    case = practice.case()
    (tmp_path / "s.png").write_bytes(PNG)
    capture.capture_file(case, tmp_path / "s.png", "x", "y")
    practice.close()
    shutil.rmtree(practice.folder / "blobs")
    with pytest.raises(Tampered, match="folder of sealed files is missing"):
        practice.sign_in()
    assert not (practice.folder / "blobs").exists()


def files(practice: Practice, *who: str) -> list[Path]:
    return [
        p for i in who for p in heads.sidecar_paths(practice.ids[i], practice.folder / "officers")
    ]


def test_no_memory_at_all_asks_for_the_printed_head(practice: Practice) -> None:
    """Guards the sentence: without any memory nothing shows that the tail was not cut."""
    opening.open_new_incident(practice.sign_in())
    practice.close()
    for path in files(practice, "AB", "CD"):
        path.unlink()
    words = " ".join(practice.sign_in().warnings)
    assert "printed head" in words and "before you carry on" in words and "normal" not in words
    practice.close()
    files(practice, "AB")[0].unlink()
    assert "That is normal after" in " ".join(practice.sign_in().warnings)


def test_an_empty_memory_lets_in_with_a_warning_once(practice: Practice) -> None:
    opening.open_new_incident(practice.sign_in())
    practice.close()
    files(practice, "AB")[1].write_bytes(b"")
    assert any("memory" in w for w in practice.sign_in().warnings)
    practice.close()
    assert practice.sign_in().warnings == []


def sizes(practice: Practice) -> set[int]:
    officer = practice.officer("AB")
    found = heads.read_pinned_heads(officer, practice.folder / "officers", practice.origin)
    assert not found.missing and not found.foreign
    return {memory.as_checkpoint_head[0] for memory in found.memories}


def test_memories_follow_within_a_second_and_always_at_the_end(practice: Practice) -> None:
    """Guards the throttle: older in between, never wrong, and up to date after closing."""
    session = practice.sign_in()
    case = opening.open_new_incident(session)
    session.pin_current_head()
    before = session.store.chain.size
    capture.record_note(case, "told: one")
    assert sizes(practice) <= {before, before + 1}
    for kind in ("head.signed", "stop", "form.ink"):
        session.append_record(kind, {}, case.card)
        assert sizes(practice) == {session.store.chain.size}, kind
    capture.record_note(case, "told: two")
    end = session.store.chain.size
    practice.close()
    assert sizes(practice) == {end}
    assert practice.sign_in().warnings == []


def test_a_memory_older_than_a_second_is_renewed(practice: Practice) -> None:
    """Guards ``_memory_is_old`` by the entries' own clock."""
    session = practice.sign_in()
    case = opening.open_new_incident(session)
    session.pin_current_head()
    size, mono = session._remembered or (0, 0)
    session._remembered = (size, mono - 1000)
    capture.record_note(case, "told: words")
    assert sizes(practice) == {session.store.chain.size}


def test_few_memories_are_written_while_records_follow_one_another(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards P8: four files after every record cost more than the record."""
    case = opening.open_new_incident(practice.sign_in())
    calls: list[int] = []
    real = heads.pin_head

    def counted(*args: object) -> object:
        calls.append(1)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(heads, "pin_head", counted)
    first = case.session.store.lines[-1].mono
    for n in range(20):
        capture.record_note(case, f"told: words {n}")
    seconds = (case.session.store.lines[-1].mono - first) // 1000 + 1
    assert len(calls) <= 2 * seconds
