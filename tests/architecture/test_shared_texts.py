"""A sentence that both faces say stands once, in ``guide``: two copies would soon differ."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "esafety_tui"
FACES = ("screens", "plain")
SHORTEST = 20
"""Characters of a text that counts: shorter ones are keys, signs and single words."""


def list_texts(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of a module that are long enough to count, without its docstrings."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and len(text) >= SHORTEST and id(node) not in silent:
            yield text


def find_texts(face: str) -> dict[str, str]:
    """Return the texts of a face, with the file that each stands in."""
    return {
        text: path.relative_to(PACKAGE).as_posix()
        for path in sorted((PACKAGE / face).rglob("*.py"))
        for text in list_texts(ast.parse(path.read_text("utf-8")))
    }


def test_no_text_stands_in_both_faces() -> None:
    """Guards one voice: what both say is worked out in ``guide`` and drawn by each."""
    screens, plain = map(find_texts, FACES)
    assert len(screens) > 200 and len(plain) > 100
    both = [f"{screens[t]} and {plain[t]}: {t!r}" for t in sorted(set(screens) & set(plain))]
    assert not both, "\n".join(both)


def test_a_text_is_found_where_it_stands() -> None:
    """Guards the search: constants, parts of f-strings and joined lines; no docstrings."""
    text = """
def f(name):
    'A docstring that is long enough.'
    return f"Nothing was saved for {name}.", ("Write the whole path " "of a folder.")
"""
    found = list(list_texts(ast.parse(text)))
    assert found == ["Write the whole path of a folder.", "Nothing was saved for "]
