"""The wheel holds everything the program reads at run time, and nothing that is not the package."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from scripts.build_verify_html import build

ROOT = Path(__file__).resolve().parents[2]


PAGE = "esafety_tui/output/pack/verify.html"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a fresh clone has of the package: no page that checks packs."""
    folder = tmp_path_factory.mktemp("clone")
    skip = shutil.ignore_patterns("__pycache__", "verify.html")
    for name in ("esafety_tui", "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def names(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from a fresh clone, without fetching anything."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(clone)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(built) as wheel:
        assert wheel.read(PAGE) == build()
        return set(wheel.namelist())


def test_an_editable_install_builds_the_page_in_the_tree(clone: Path, tmp_path: Path) -> None:
    (clone / PAGE).unlink(missing_ok=True)
    list(WheelBuilder(str(clone)).build(directory=str(tmp_path), versions=["editable"]))
    assert (clone / PAGE).read_bytes() == build()


def test_package_data_is_in_the_wheel(names: set[str]) -> None:
    """Every file beside the modules is there: a fresh install draws, prints and verifies."""
    data = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "esafety_tui").rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert data <= names, sorted(data - names)
    for ending in (".toml", ".tcss", ".ttf", "words/eff-large.txt", "verify.html"):
        assert any(name.endswith(ending) for name in names), ending
    assert any("licen" in name.lower() or "ofl" in name.lower() for name in names)


def test_nothing_else_is_in_the_wheel(names: set[str]) -> None:
    """One import name; no tests, no folder of a builder."""
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"esafety_tui"}
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in names)
