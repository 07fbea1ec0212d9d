"""Every golden vector, by the product and by the second reader: both answer as its header says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reader.refusal import ANSWERS, Refusal
from tests.vectors import make, ours, theirs
from tests.vectors.vector import HERE, KINDS, Vector, files, read


def _every() -> list[Path]:
    return [path for kind in KINDS for path in files(kind)]


def _answer(kind: str, vector: Vector) -> tuple[str, object]:
    try:
        return "ok", theirs.READERS[kind](vector)
    except Refusal as refusal:
        return refusal.answer, None


@pytest.mark.parametrize("path", _every(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_both_readers_answer_as_the_vector_says(path: Path, tmp_path: Path) -> None:
    kind, vector = path.parent.name, read(path)
    answer, found = _answer(kind, vector)
    assert answer == vector.expect
    if answer == "ok":
        assert ours.READERS[kind](vector, tmp_path) == found
        return
    with pytest.raises(ours.errors(kind, answer)):
        ours.READERS[kind](vector, tmp_path)


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
