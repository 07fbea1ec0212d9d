"""One drill of each scenario, made once; and the program run as a user would run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.demo.drill import PracticeDrill

ROOT = Path(__file__).parents[2]


def run(*args: str, home: Path, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``esafety`` with a home of its own and no terminal."""
    env = {
        "PATH": os.environ["PATH"], "HOME": str(home), "XDG_STATE_HOME": str(home / "state"),
        "XDG_DATA_HOME": str(home / "data"), "PYTHONPATH": str(ROOT), **more,
    }  # fmt: skip
    env |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return subprocess.run(
        [sys.executable, "-m", "esafety_tui.cli", *args],
        input=given, capture_output=True, text=True, env=env, check=False, timeout=120,
    )  # fmt: skip


@dataclass(frozen=True)
class Drilled:
    """A finished drill: its folder, its lines, and the secrets of its invented people."""

    out: Path
    home: Path
    steps: tuple[Mapping[str, Any], ...]
    result: Mapping[str, Any]

    @property
    def pack(self) -> Path:
        return Path(self.result["pack"])


def _drill(folder: Path, scenario: str) -> Drilled:
    """Drill in this process; ``test_drill_runs_without_any_network`` starts the program for it."""
    steps: list[Mapping[str, Any]] = []

    def report(step: str, detail: str) -> None:
        steps.append({"step": step, "detail": detail})

    with pytest.MonkeyPatch.context() as place:
        place.setenv("XDG_STATE_HOME", str(folder / "state"))
        result = PracticeDrill(folder / "D", scenario, report).run_drill()
    return Drilled(folder / "D", folder, tuple(steps), result)


@pytest.fixture(scope="session")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """The drill of route C."""
    return _drill(tmp_path_factory.mktemp("other"), "other")


@pytest.fixture(scope="session")
def illegal(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """The drill of route A."""
    return _drill(tmp_path_factory.mktemp("illegal"), "illegal")
