"""What the bench times is what the vault takes: its shortcut writes a whole record."""

from __future__ import annotations

from pathlib import Path

from bench import practice


def test_a_file_taken_in_for_timing_is_an_exhibit_like_any(tmp_path: Path) -> None:
    with practice.open_case(tmp_path / "vault") as case:
        practice.take_in(case, practice.random_file(tmp_path / "shot.png", 1000), 1)
        assert [r.field_text("exhibit") for r in case.records if r.type == "file"] == ["AB/1"]
