"""Every golden vector, by the product and by the second reader: both answer as its header says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reader.refusal import ANSWERS, Refusal
from tests.vectors import make, ours, theirs
from tests.vectors.vector import HERE, KINDS, Vector, files, read


def _answer(kind: str, vector: Vector) -> tuple[str, object]:
    try:
        return "ok", theirs.READERS[kind](vector)
    except Refusal as refusal:
        return refusal.answer, None


def _said(kind: str, vector: Vector, folder: Path) -> str:
    """Return what is wrong with the two answers to one vector, "" for nothing."""
    folder.mkdir()
    answer, found = _answer(kind, vector)
    if answer != vector.expect:
        return f"the second reader says {answer} for {vector.expect}"
    try:
        value = ours.READERS[kind](vector, folder)
    except Exception as err:  # which error it is, is what this test is about
        due = answer != "ok" and isinstance(err, ours.errors(kind, answer))
        return "" if due else f"the product says {err!r} for {answer}"
    if answer != "ok":
        return f"the product says ok for {answer}"
    return "" if value == found else f"the product reads {value!r}, the second reader {found!r}"


@pytest.mark.parametrize("kind", KINDS)
def test_both_readers_answer_as_the_vectors_say(kind: str, tmp_path: Path) -> None:
    told = {path.name: _said(kind, read(path), tmp_path / path.name) for path in files(kind)}
    assert {name: said for name, said in told.items() if said} == {}


def test_the_vectors_are_what_the_script_writes() -> None:
    for kind in KINDS:
        assert {path.name: path.read_bytes() for path in files(kind)} == make.made(kind), kind


def test_each_kind_has_vectors_of_either_sort_and_words_that_are_explained() -> None:
    page = (HERE / "README.md").read_text("utf-8")
    seen = set()
    for kind in KINDS:
        words = {read(path).expect for path in files(kind)}
        assert "ok" in words, kind
        assert len(words) > 1, kind
        assert f"`{kind}`" in page, kind
        seen |= words
    assert seen <= ANSWERS | {"ok"}
    assert all(f"`{word}`" in page for word in seen)
