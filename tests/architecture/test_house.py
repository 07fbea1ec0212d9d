"""Sizes, words and files of the repository: what a reviewer would otherwise have to look for."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
TEST_COMMAND = "python start.py test"
# Lines a module and a function may have: tests hold tables of cases, the product does not.
LIMITS = {"esafety_tui": (300, 40), "scripts": (300, 40), "bench": (300, 40), "tests": (400, 80)}
MODULES = sorted(path for folder in LIMITS for path in (ROOT / folder).rglob("*.py"))
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".sh",
    ".html",
    ".js",
    ".tcss",
    ".txt",
    ".json",
    ".yml",
    ".lock",
    "",
}
# Written so that this file does not hold them: folders of whoever builds it, and package mirrors.
PLACES = re.compile(
    "|".join(
        ["/wo" + "rk/", "/ro" + "ot/", r"/op" + r"t/[a-z]", "find-" + "links=",
         "--index" + "-url", "--extra" + "-index", r"artifact" + r"ory", r"pypi" + r"\.\w+/simple"]
    )
)  # fmt: skip


def tracked() -> list[Path]:
    """Return the files under version control, or every file where there is no repository."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        apart = {".git", ".venv"}
        return [p for p in ROOT.rglob("*") if p.is_file() and not apart & {*p.parts}]
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def longest(path: Path) -> tuple[int, str]:
    """Return the length of a module's longest function, its docstring left out, and its name."""
    found = [(0, "")]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            told = node.body[0]
            words = 0
            if ast.get_docstring(node, clean=False) is not None:
                words = (told.end_lineno or told.lineno) - told.lineno + 1
            found.append(((node.end_lineno or node.lineno) - node.lineno + 1 - words, node.name))
    return max(found)


def find_breaches(path: Path) -> Iterator[str]:
    """Yield what is wrong with the size, the names and the docstring of one module."""
    text = path.read_text(encoding="utf-8")
    folder = path.relative_to(ROOT).parts[0]
    most_lines, longest_function = LIMITS[folder]
    size = len(text.splitlines())
    if size > most_lines:
        yield f"{size} lines, at most {most_lines}"
    lines, name = longest(path)
    if lines > longest_function:
        yield f"{name} has {lines} lines, at most {longest_function}"
    if path.stem in VAGUE:
        yield "a name that says nothing"
    if folder != "tests" and text.strip() and not ast.get_docstring(ast.parse(text)):
        yield "a module says what its rule is"


def test_every_module_stays_small() -> None:
    """At most 300 lines a module and 40 a function; a docstring; no name that says nothing."""
    assert len(MODULES) > 500
    bad = [f"{path.relative_to(ROOT)}: {what}" for path in MODULES for what in find_breaches(path)]
    assert not bad, "\n".join(bad)


def test_no_file_names_the_machine_it_was_made_on() -> None:
    """No folder of a builder, no package mirror, no host name: a clone works anywhere."""
    host = platform.node()
    marks = [host] if len(host) > 8 else []
    bad = []
    for path in tracked():
        if path.suffix not in TEXTS or path.name in {"eff-large.txt"}:
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if PLACES.search(line) or any(mark in line for mark in marks):
                bad.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not bad, "\n".join(bad)


def readme_blocks() -> list[str]:
    """Return the fenced blocks of README.md."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [b.strip() for b in re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


@pytest.mark.posix
def test_readme_has_its_two_commands_one_line_each() -> None:
    """What a stranger types first; .ci/run takes the second one from the README word for word."""
    blocks = readme_blocks()
    assert blocks[:2] == ["python start.py practice", "python start.py drill"]
    assert TEST_COMMAND in blocks
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    found = re.search(r'readme="\$\(sed -n "(.*?)" README\.md', script)
    assert found is not None
    done = subprocess.run(
        ["sed", "-n", found[1], "README.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [TEST_COMMAND]
    assert 'timeout 900 bash -c "$readme"' in script


def test_readme_help_is_the_programs_help() -> None:
    """The help block is what the program prints at 80 columns."""
    done = subprocess.run(
        [sys.executable, "-m", "esafety_tui.cli", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.stdout.strip() in readme_blocks()


def test_the_types_are_checked_as_on_every_system() -> None:
    """What runs on Windows and macOS alone is at least read by mypy; both ways to check do it."""
    script = (ROOT / "scripts" / "check_types.sh").read_text(encoding="utf-8")
    assert "systems=(linux win32 darwin)" in script
    assert 'mypy --strict --platform "$system"' in script
    for place in ("Makefile", ".ci/run"):
        lines = (ROOT / place).read_text(encoding="utf-8").splitlines()
        assert any(line.endswith("scripts/check_types.sh") for line in lines), place


def test_readme_names_the_packages_that_ci_installs() -> None:
    """A missing system package is named in one list, not two."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    listed = re.search(r"^tools=\((.*?)^\)", script, re.MULTILINE | re.DOTALL)
    assert listed is not None
    installed = {pair.partition("=")[2] for pair in listed[1].split()}
    line = next(b for b in readme_blocks() if b.startswith("apt-get install "))
    assert set(line.split()[2:]) == installed


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_has_hashes_and_no_address(name: str) -> None:
    """Every line of the lock is pinned and hashed, and says nothing of where it came from."""
    lock = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9-]+)==\S+.*\\\n    --hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE)
    entries = [line for line in lock.splitlines() if line and line[0] not in "# "]
    assert len(pins) == len(entries)
    assert "://" not in lock and "textual" in pins


def pinned(name: str) -> dict[str, Requirement]:
    """Return package to its line of a lock, where its marker holds here."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = re.findall(r"^([a-z0-9-]+==.*?) \\$", text, re.MULTILINE)
    found = [Requirement(line) for line in lines]
    return {r.name: r for r in found if r.marker is None or r.marker.evaluate()}


def test_the_locks_are_what_pyproject_asks_for_and_what_the_tests_run_on() -> None:
    """A lock that nobody tested would be worse than none: versions installed are those pinned."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    product, everything = pinned(LOCKS[0]), pinned(LOCKS[1])
    assert {n: str(everything[n]) for n in product} == {n: str(r) for n, r in product.items()}
    for wanted, lock in (
        (project["dependencies"], product),
        (project["optional-dependencies"]["dev"], everything),
    ):
        for asked in map(Requirement, wanted):
            if asked.marker is None or asked.marker.evaluate():
                (pin,) = lock[canonicalize_name(asked.name)].specifier
                assert asked.specifier.contains(pin.version), f"run make lock: {asked}"
    here = {n: f"{n}=={importlib.metadata.version(n)}" for n in everything}
    told = {n: f"{n}{r.specifier}" for n, r in everything.items()}
    assert here == told, "install requirements-dev.lock, or run make lock"


@pytest.mark.parametrize(("name", "floor"), [("cryptography", "50"), ("pillow", "13")])
def test_no_version_with_a_known_advisory_satisfies_pyproject(name: str, floor: str) -> None:
    """Below these stand published advisories on key handling and on decoders of pictures."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (asked,) = [r for r in map(Requirement, project["dependencies"]) if r.name == name]
    assert not asked.specifier.contains(f"{int(floor) - 1}.99") and asked.specifier.contains(floor)
