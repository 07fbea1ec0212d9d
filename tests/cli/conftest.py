"""One drill of each scenario, run once as a user would, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run(*args: str, home: Path, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``esafety`` with a home of its own and no terminal."""
    env = {
        "PATH": os.environ["PATH"], "HOME": str(home), "XDG_STATE_HOME": str(home / "state"),
        "XDG_DATA_HOME": str(home / "data"), "PYTHONPATH": str(ROOT), **more,
    }  # fmt: skip
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
    done = run("drill", "--out", str(folder / "D"), "--scenario", scenario, "--json", home=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return Drilled(folder / "D", folder, tuple(lines[:-1]), lines[-1])


@pytest.fixture(scope="session")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """The drill of route C."""
    return _drill(tmp_path_factory.mktemp("other"), "other")


@pytest.fixture(scope="session")
def illegal(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """The drill of route A."""
    return _drill(tmp_path_factory.mktemp("illegal"), "illegal")
