"""The glossary and the code agree: paths exist, a term has one row, a name means one thing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "esafety_tui"
GLOSSARY = ROOT / "docs" / "glossary.md"
TWINS = "## Names that stand twice, and why"

HEADINGS = {"term", "name", "---"}
PATH = re.compile(r"`([\w./-]+\.(?:py|toml|md))`")


def split_row(line: str) -> list[str]:
    """Return the cells of a line of a table."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def list_rows(text: str) -> list[list[str]]:
    """Return the rows of all tables of a page, without their headings."""
    rows = [split_row(line) for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if row[0] not in HEADINGS]


def find_twins(package: Path) -> dict[str, list[str]]:
    """Return each name of a class or a module that stands in several files, with those files."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(package.rglob("*.py")):
        where = path.relative_to(package).as_posix()
        if path.name != "__init__.py":
            places[path.stem].append(where)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(where)
    return {name: found for name, found in places.items() if len(found) > 1}


def compare_twins(found: Mapping[str, list[str]], rows: list[list[str]]) -> Iterator[str]:
    """Yield each difference between the code and the table of names that stand twice."""
    told = {row[0].strip("`"): sorted(PATH.findall(row[1])) for row in rows}
    for name, places in sorted(found.items()):
        if told.get(name) != sorted(places):
            yield f"{name} stands in {', '.join(places)}: rename one, or write why in the table"
    for name in sorted(set(told) - set(found)):
        yield f"{name} stands once: its row in the table goes"


def test_every_path_of_the_glossary_exists() -> None:
    text = GLOSSARY.read_text("utf-8")
    paths = set(PATH.findall(text))
    assert len(paths) > 60
    gone = [
        path for path in sorted(paths) if not ((PACKAGE / path).exists() or (ROOT / path).exists())
    ]
    assert not gone, "\n".join(gone)


def test_a_term_has_one_row_of_three_cells() -> None:
    """Each row says what the term means and where it is at home; no term stands twice."""
    rows = list_rows(GLOSSARY.read_text("utf-8").partition(TWINS)[0])
    assert len(rows) > 70
    assert not [row for row in rows if len(row) != 3 or not all(row) or not PATH.search(row[2])]
    terms = [row[0].casefold() for row in rows]
    assert not {term for term in terms if terms.count(term) > 1}


def test_no_class_or_module_name_means_two_things() -> None:
    """A name that stands in several files has a row that names them all and says why."""
    rows = list_rows(GLOSSARY.read_text("utf-8").partition(TWINS)[2])
    assert rows and all(len(row) == 3 and row[2] for row in rows)
    found = find_twins(PACKAGE)
    differences = list(compare_twins(found, rows))
    assert not differences, "\n".join(differences)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "Form stands in a.py, b.py"),
        ([["`Form`", "`a.py`", "why"]], "Form stands in a.py, b.py"),
        (
            [["`Form`", "`a.py`, `b.py`", "why"], ["`Old`", "`c.py`, `d.py`", "why"]],
            "Old stands once",
        ),
    ],
)
def test_a_difference_is_named(tmp_path: Path, rows: list[list[str]], said: str) -> None:
    """A name without a row, a row that misses a place and a row without a twin are each found."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text("class Form: ...\n", "utf-8")
    (difference,) = compare_twins(find_twins(tmp_path), rows)
    assert difference.startswith(said)
