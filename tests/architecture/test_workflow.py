"""The workflow for other systems: what it asks for exists, and what it runs passes here."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import start
from tests.architecture.test_house import ROOT, readme_blocks

WORKFLOW = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
SMALL = ("tests/kernel", "tests/data/test_merkle.py", "tests/flows/test_small.py")
"""Places whose portable tests run in the suite; make slow runs all of them."""


def keys(name: str) -> list[str]:
    """Return the values of a key, wherever it stands; one line each, without quotes."""
    return [
        found.strip().strip('"') for found in re.findall(rf"^[ -]*{name}: (.+)$", WORKFLOW, re.M)
    ]


def portable(*words: str) -> subprocess.CompletedProcess[str]:
    """Run pytest's portable selection as the workflow does."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n0",
        "-p",
        "no:cacheprovider",
        "-m",
        "portable",
    ]
    return subprocess.run(
        [*command, *words], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "CI": "true"},
    )  # fmt: skip


def test_it_may_read_and_nothing_else() -> None:
    """Guards least permissions: one block, for all jobs; the token is not left on the disk."""
    assert re.findall(r"^( *)permissions:\n((?:\1 +.*\n)+)", WORKFLOW, re.M) == [
        ("", "  contents: read\n")
    ]
    assert "secrets." not in WORKFLOW and "pull_request_target" not in WORKFLOW
    assert WORKFLOW.count("persist-credentials: false") == WORKFLOW.count("uses: actions/checkout@")


def test_every_action_and_system_is_pinned() -> None:
    """Guards against another version tomorrow: full tags, no ``latest``, no branch."""
    actions = keys("uses")
    assert actions and all(re.fullmatch(r"actions/[\w-]+@v\d+\.\d+\.\d+", one) for one in actions)
    assert keys("system") == ["[ubuntu-24.04, windows-2025, macos-15]"]
    assert keys("python") == ['["3.11", "3.14"]']
    assert "latest" not in WORKFLOW


def test_its_commands_are_those_of_the_readme_and_exist() -> None:
    """Guards against a workflow that runs what nobody else does, or what is gone."""
    commands = keys("run")
    ours = [command for command in commands if not command.startswith(("apt-get", "git config"))]
    assert set(ours) == {"python start.py drill", "python start.py test -m portable", ".ci/run"}
    for command in ours:
        script = shlex.split(command)[1 if command.startswith("python ") else 0]
        assert (ROOT / script).is_file(), script
    assert "python start.py drill" in readme_blocks()
    assert "python start.py test" in readme_blocks()
    assert start.USAGE.startswith("usage: python start.py practice | drill | test")
    assert keys("shell")[:3] == ["bash", "powershell", "cmd"]


def test_what_was_never_run_is_said() -> None:
    """Guards the page's honesty: whoever runs it there changes the page."""
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    assert "It has been run on one of them." in page
    for system in ("ubuntu-24.04", "windows-2025", "macos-15"):
        assert system in page


def test_portable_tests_pass_without_what_windows_lacks() -> None:
    """Guards the selection itself: some hundred tests, with POSIX and programs taken away."""
    done = portable(*SMALL)
    assert done.returncode == 0, done.stdout[-3000:]
    found = re.search(r"(\d+) passed", done.stdout)
    assert found is not None and int(found[1]) > 100
    assert "skipped" not in done.stdout


@pytest.mark.long("test_portable_tests_pass_without_what_windows_lacks")
def test_every_portable_test_can_be_collected() -> None:
    """Guards that most of the suite stays portable, and some of every folder."""
    done = portable("--collect-only")
    assert done.returncode == 0, done.stdout[-3000:]
    names = [line for line in done.stdout.splitlines() if "::" in line]
    assert len(names) > 3000
    folders = {path.name for path in (ROOT / "tests").iterdir() if list(path.glob("test_*.py"))}
    assert folders - {Path(name).parts[1] for name in names} == {"faults", "terminal"}
