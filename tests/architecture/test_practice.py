"""A practice vault takes the same paths as a real one, but for the branches listed with a reason.

What is done in real vaults alone is not tested where tests use practice vaults. docs/practice.md is
the list; this holds it against the code, both ways.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "esafety_tui"
LIST = ROOT / "docs" / "practice.md"
_ROW = re.compile(r"\| `([\w/]+\.py)` \| `([\w.]+)` \| (\S.*?) \|")


def _tests(node: ast.AST) -> list[ast.expr]:
    """Return what a node decides by, if it decides anything."""
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
        return [node.test]
    if isinstance(node, ast.BoolOp):
        return list(node.values)
    if isinstance(node, ast.comprehension):
        return list(node.ifs)
    if isinstance(node, ast.Compare):
        return [node]
    if isinstance(node, ast.Match):
        return [node.subject]
    return []


def _speaks(test: ast.expr) -> bool:
    """Whether an expression asks for practice: a name, an attribute, or the reserved domain."""
    for node in ast.walk(test):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        text = node.value if isinstance(node, ast.Constant) else None
        if "practice" in str(name or text or "").lower():
            return True
    return False


def branches(tree: ast.AST, where: str = "") -> Iterator[str]:
    """Yield the dotted name of what holds each branch on practice."""
    for node in ast.iter_child_nodes(tree):
        inside = where
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{where}.{node.name}".strip(".")
        if any(_speaks(test) for test in _tests(node)):
            yield inside or "module"
        yield from branches(node, inside)


@cache
def in_code() -> set[tuple[str, str]]:
    """Return (file, function) of every branch in the package."""
    return {
        (path.relative_to(PACKAGE).as_posix(), name)
        for path in sorted(PACKAGE.rglob("*.py"))
        for name in branches(ast.parse(path.read_text("utf-8")))
    }


def in_list() -> dict[tuple[str, str], str]:
    """Return what the list names, with its reason."""
    return {(m[1], m[2]): m[3] for m in _ROW.finditer(LIST.read_text("utf-8"))}


def test_every_branch_on_practice_is_listed_with_its_reason() -> None:
    listed = in_list()
    assert set(listed) == in_code()
    assert all(len(reason.split()) > 4 for reason in listed.values())


def test_nothing_below_casework_knows_practice() -> None:
    """Store, keyring and heads cannot tell: a path of theirs that only real vaults take is none."""
    assert not [where for where, _ in in_code() if where.startswith("data/")]


def test_a_seeded_branch_is_found() -> None:
    for text in (
        "def f(x):\n    if x.practice:\n        return 1",
        "def f(x):\n    return 1 if x.directory.practice else 2",
        "def f(practice):\n    return practice and g()",
        "def f(o):\n    return [x for x in o if not x.practice]",
        "def f(o):\n    return o.endswith('.practice.invalid') or g()",
        "def f(domain):\n    return domain == PRACTICE_DOMAIN",
    ):
        assert list(branches(ast.parse(text))), text
    assert not list(branches(ast.parse("def f(x):\n    return g(practice=x.practice)")))
