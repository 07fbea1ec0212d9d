"""Fields of a wrong kind: refused when written, damaged when read, by one list for every reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.fieldkinds import FIELD_KINDS, NEEDED, find_wrong_field
from tests.casework.support import Practice
from tests.reader import kinds

PAGE = Path(__file__).resolve().parents[3] / "esafety_tui/output/pack/page/kinds.js"


def test_every_reader_goes_by_one_list() -> None:
    """The product's table is format.md's, which the second reader reads, and the check page's."""
    ours = {kind: dict(fields) for kind, fields in FIELD_KINDS.items()}
    assert ours == kinds.KINDS
    assert {kind: set(names) for kind, names in NEEDED.items()} == kinds.NEEDED
    text = PAGE.read_text(encoding="utf-8")
    block = re.search(r"new Map\(`\n(.*?)\n`", text, re.DOTALL)
    assert block is not None
    rows = (line.split() for line in block[1].splitlines())
    assert {row[0]: dict(f.split(":") for f in row[1:]) for row in rows} == ours


WRONG: tuple[Json, ...] = ([[]], {"a": 1}, [True], [None])


@pytest.mark.parametrize("kind", sorted(FIELD_KINDS))
def test_each_field_is_told_by_its_name(kind: str) -> None:
    """Whatever else is there: a list of lists or an object fits none of the kinds."""
    for name in FIELD_KINDS[kind]:
        for value in WRONG:
            assert find_wrong_field(kind, {name: value}, redacted=True) == name
    needed = NEEDED.get(kind, ())
    assert find_wrong_field(kind, {}) == (needed[0] if needed else "")


def _said(session: OpenSession, fields: dict[str, Json]) -> str:
    with pytest.raises(EvidenceError) as caught:
        session.append_record("form.rendered", fields)
    return caught.value.what


def test_two_officers_cannot_seal_a_list_for_a_version(real: Practice) -> None:
    """By script, past every verb: nothing is written, and the vault opens as before."""
    session = real.sign_in()
    size = session.store.chain.size
    for version in ([1], True, "1", {"v": 1}):
        assert "version" in _said(session, {"version": version, "sha256": "0" * 64})
    assert session.store.chain.size == size
    real.close()
    assert real.sign_in().is_pair
