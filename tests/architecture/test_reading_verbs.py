"""Nothing outside data opens records or files past the store: no reading without an entry."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "esafety_tui"
INSIDE = frozenset({"read_original", "decrypt_file", "decrypt_stream", "parse_record"})
"""What opens sealed things without an entry: for data alone."""
HIDDEN = frozenset({"_open_record", "_read_unless_frozen", "_open_original"})
"""The same, as methods of the store."""
KEY_FILES = {("casework/destruction/verify_gone.py", "decrypt_file")}
"""Opens key files, to show that a destroyed key is in none of them; no record, no sealed file."""


def past_the_store(tree: ast.AST, where: str) -> list[str]:
    """Return what in a module outside data opens sealed things without an entry."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
            names = {node.attr} & (INSIDE | (frozenset() if own else HIDDEN))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("esafety_tui"):
            names = {alias.name for alias in node.names} & INSIDE
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = {node.value} & (INSIDE | HIDDEN)  # getattr by name
        else:
            continue
        found += [f"{where}: {name}" for name in names if (where, name) not in KEY_FILES]
    return found


def test_nothing_outside_data_reads_past_the_store() -> None:
    modules = [p for p in PACKAGE.rglob("*.py") if "data" not in p.relative_to(PACKAGE).parts[:1]]
    assert len(modules) > 100
    bad = []
    for path in modules:
        tree = ast.parse(path.read_text("utf-8"))
        bad += past_the_store(tree, path.relative_to(PACKAGE).as_posix())
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize(
    "breach",
    [
        "session.store._open_record(3, key)",
        "case.session.store._read_unless_frozen(name, sha256, key)",
        "store._open_original(reader, record)()",
        "blobs.read_original(folder, name, sha256, key)",
        "from esafety_tui.data.age import decrypt_file",
        "from esafety_tui.data.blobs import read_original as quietly",
        "age.decrypt_stream(src, [key])",
        "ledger.parse_record(data, line)",
        "getattr(store, '_open_record')(3, key)",
    ],
)
def test_a_seeded_breach_is_caught(breach: str) -> None:
    """Guards the scan itself."""
    assert past_the_store(ast.parse(breach), "casework/x.py")


def test_each_forbidden_name_is_one_of_data() -> None:
    """A function of data that gets another name may not slip out of the list."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (PACKAGE / "data").rglob("*.py")]
    defined = {n.name for t in trees for n in ast.walk(t) if isinstance(n, ast.FunctionDef)}
    assert defined >= INSIDE | HIDDEN
