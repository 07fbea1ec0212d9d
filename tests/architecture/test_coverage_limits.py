"""The script that holds branch coverage against the limits says what falls short, by its room."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def covered(ran: int, of: int) -> dict[str, Any]:
    """Return a file of a report: ``of`` lines and branches, of which ``ran`` did run."""
    summary = {"covered_lines": ran - 1, "num_statements": of - 2}
    missing = [[7, -1]] if ran < of else []
    return {
        "summary": {**summary, "covered_branches": 1, "num_branches": 2}
        if missing
        else {**dict.fromkeys(summary, of), "covered_branches": 0, "num_branches": 0},
        "missing_lines": list(range(of - ran - 1)),
        "missing_branches": missing,
    }


def judged(folder: Path, **files: tuple[int, int]) -> tuple[int, str]:
    """Return the exit code and the words of the script for files with so much covered of so much.

    A name has two underscores for a slash.
    """
    names = {f"esafety_tui/{name.replace('__', '/')}.py": covered(*x) for name, x in files.items()}
    report = folder / "coverage.json"
    report.write_text(json.dumps({"files": names}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "check_coverage.py", report],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


WHOLE = ("kernel__text", "flows__engine__answers", "data__ledger", "data__merkle",
         "data__checkpoint", "output__verify", "output__verify_keys")  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_one_branch_less_is_too_little_where_something_is_decided(
    name: str, tmp_path: Path
) -> None:
    code, said = judged(tmp_path, **{name: (999, 1000), "cli": (100, 100)})
    assert code == 1
    assert "99.90 % of at least 100 %" in said and f"{name.replace('__', '/')}.py: 7->end" in said


def test_a_room_is_held_as_a_whole_and_nine_tenths_are_enough(tmp_path: Path) -> None:
    code, said = judged(tmp_path, screens__steps__a=(80, 100), screens__steps__b=(100, 100))
    assert code == 0 and "90.00 % of at least  90 %  screens/steps" in said
    code, said = judged(tmp_path, screens__steps__a=(79, 100), screens__steps__b=(100, 100))
    assert code == 1 and "screens/steps is below its limit" in said and "steps/a.py:" in said
    code, said = judged(tmp_path, screens__a=(100, 100), screens__steps__b=(80, 100))
    assert code == 1 and "screens/steps is below" in said
