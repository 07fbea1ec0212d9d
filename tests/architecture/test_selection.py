"""What a run leaves out is said: long tests, missing programs, and nothing at all under CI."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import os
import subprocess
import pytest
from tests.programs import need_program

def test_sound():
    assert True

@pytest.mark.long("test_sound")
def test_minutes():
    assert False

def test_asks_first():
    need_program("qpdf")

def test_starts_it_at_once():
    subprocess.run(["certutil", "-H"])

def test_misses_something_else():
    open("nothing.txt")

@pytest.mark.posix
def test_forks():
    assert os.fork

@pytest.mark.xfail(reason="known")
def test_known():
    assert False
"""
POSIX = """
import sys
assert sys.platform != "win32", "fork"
def test_of_posix():
    assert True
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A small suite with the rules of ours."""
    (tmp_path / "test_small.py").write_text(SUITE, "utf-8")
    (tmp_path / "test_posix.py").write_text(POSIX, "utf-8")
    marks = "".join(f'  "{name}",\n' for name in ("posix", "portable", "long(instead)", "slow"))
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers -p tests.selection -p no:cacheprovider\n"
        "markers =\n" + marks.replace('"', "").replace(",", ""),
        "utf-8",
    )
    return tmp_path


def run(suite: Path, *words: str, ci: str = "", long: str = "") -> str:
    """Run the small suite where no program of others is; return its words."""
    env = {"PATH": str(suite), "PYTHONPATH": str(ROOT), "CI": ci, "ESAFETY_LONG": long}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rfs", "--tb=line", *words],
        cwd=suite, capture_output=True, text=True, check=False, env={**os.environ, **env},
    )  # fmt: skip
    return done.stdout


def outcomes(said: str) -> dict[str, int]:
    """Return the numbers of the closing line."""
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", said.splitlines()[-1])}


@pytest.mark.parametrize("processes", [(), ("-n", "1")])
def test_a_missing_program_skips_and_a_long_test_is_left_out(
    suite: Path, processes: tuple[str, ...]
) -> None:
    """Guards the three rules at home; a file of the test's own that is missing stays a failure."""
    said = run(suite, *processes)
    found = outcomes(said)
    assert (found["passed"], found["skipped"], found["failed"], found["xfailed"]) == (3, 2, 1, 1)
    assert "qpdf is missing: apt-get install qpdf" in said
    assert "certutil is missing: apt-get install libnss3-tools" in said
    assert "FAILED test_small.py::test_misses_something_else" in said
    assert "long tests left to make slow: 1" in said


def test_under_ci_a_skip_is_a_failure(suite: Path) -> None:
    """Guards that a machine without a program can never be green, nor a file that skips itself."""
    (suite / "test_self.py").write_text(
        'import pytest\npytest.skip("not today", allow_module_level=True)\n', "utf-8"
    )
    said = run(suite, "--continue-on-collection-errors", ci="true")
    found = outcomes(said)
    assert "skipped" not in found and (found["failed"], found["error"]) == (3, 1)
    assert "Under CI no test may be skipped. Skipped: qpdf is missing" in said
    assert "Under CI no file may be skipped. Skipped: not today" in said


def test_all_runs_what_is_long(suite: Path) -> None:
    """Guards that make slow leaves nothing out."""
    assert "FAILED test_small.py::test_minutes" in (said := run(suite, long="all"))
    assert "left to make slow" not in said


def test_portable_takes_what_needs_nothing(suite: Path) -> None:
    """Guards the selection: no POSIX file, no marked test, no long one."""
    said = run(suite, "-m", "portable", "-v")
    assert "test_sound PASSED" in said
    for name in ("test_forks", "test_of_posix", "test_minutes"):
        assert name not in said


def test_the_tables_of_programs_agree() -> None:
    """What a test names when it skips is what .ci/run installs."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    listed = re.search(r"^tools=\((.*?)^\)", script, re.MULTILINE | re.DOTALL)
    assert listed is not None
    pairs = dict(pair.split("=") for pair in listed[1].split())
    assert pairs.items() <= PACKAGES.items()
    assert set(pairs.values()) == set(PACKAGES.values())
