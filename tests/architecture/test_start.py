"""README's commands do in any shell what README says they do."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import start
from tests.architecture.test_house import ROOT, readme_blocks

SOURCE = (ROOT / "start.py").read_text(encoding="utf-8")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every command that would be run; none is."""
    seen: list[list[str]] = []

    def run(command: list[str], **_options: Any) -> subprocess.CompletedProcess[bytes]:
        seen.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(os, "execve", lambda _path, command, _env: seen.append(command))
    return seen


def test_the_commands_mean_the_same_in_bash_cmd_and_powershell() -> None:
    """No sign that one of the three reads in its own way; PowerShell 5.1 knows no ``&&``."""
    commands = [block for block in readme_blocks() if block.startswith("python start.py")]
    assert len(commands) == 3
    for command in commands:
        assert re.fullmatch(r"python start\.py [a-z]+", command)


def test_an_old_python_can_read_it_and_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence, not a syntax error; and nothing outside the standard library is asked for."""
    tree = ast.parse(SOURCE, feature_version=(3, 7))
    imported = {name.name for n in ast.walk(tree) if isinstance(n, ast.Import) for name in n.names}
    imported |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported <= set(sys.stdlib_module_names)
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert start.main(["practice"]) == 2
    assert capsys.readouterr().err == "Python 3.11 or newer is needed; this is 3.9.\n"


def test_the_test_command_does_the_three_that_stand_beneath_it(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain pip, written out in README for whoever wants to see each step."""
    monkeypatch.setattr(sys, "base_prefix", "elsewhere")  # an environment is active
    start.main(["test"])
    said = [" ".join(["python", *command[1:]]).replace(" --quiet", "") for command in commands]
    assert "\n".join(said) in readme_blocks()


def test_the_first_command_installs_the_lock_and_runs_the_words(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without an environment it makes one beside itself, and never asks the system's pip."""
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    monkeypatch.setattr(start, "HERE", tmp_path)
    start.main(["practice", "--plain"])
    made, lock, program, ran = commands
    assert made == [sys.executable, "-m", "venv", "--clear", str(tmp_path / ".venv")]
    assert lock[1:] == [
        "-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements.lock",
    ]  # fmt: skip
    assert program[1:] == ["-m", "pip", "install", "--quiet", "--no-deps", "."]
    assert Path(ran[0]).stem == "esafety" and ran[1:] == ["practice", "--plain"]
    assert all(Path(one[0]).is_relative_to(tmp_path) for one in (lock, program, ran))


def test_where_pip_fails_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]
) -> None:
    """An exit code and a sentence; not a program on top of half an installation."""

    def fail(command: list[str], **_options: Any) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(sys, "base_prefix", "elsewhere")
    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(SystemExit, match="pip could not install"):
        start.main(["practice"])
    assert len(commands) == 1
