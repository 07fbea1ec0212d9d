"""Remembered heads: under the officer's own key, in two places; missing is not contradicting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esafety_tui.data import heads
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.errors import Tampered
from tests.data.remembered import recalled

ORIGIN = "exs.practice.invalid/evidence"
HEAD = (5, "ab" * 32)


@pytest.fixture(scope="module")
def officer() -> OfficerKeys:
    return OfficerKeys.generate_keys("Ada Bellweather")


def test_both_places_remember_and_either_is_enough(officer: OfficerKeys, tmp_path: Path) -> None:
    written = heads.pin_head(officer, tmp_path, ORIGIN, HEAD)
    assert written == heads.sidecar_paths(officer.id, tmp_path)
    assert recalled(officer, tmp_path, ORIGIN) == ([HEAD, HEAD], [])
    written[0].unlink()
    assert recalled(officer, tmp_path, ORIGIN) == ([HEAD], [written[0]])


def test_several_vaults_are_kept_apart(officer: OfficerKeys, tmp_path: Path) -> None:
    heads.pin_head(officer, tmp_path, ORIGIN, HEAD)
    heads.pin_head(officer, tmp_path, "other/evidence", (9, "cd" * 32))
    assert recalled(officer, tmp_path, ORIGIN)[0] == [HEAD, HEAD]
    assert len(recalled(officer, tmp_path, "third/evidence")[1]) == 2


def test_nobody_else_can_write_the_memory(officer: OfficerKeys, tmp_path: Path) -> None:
    path = heads.pin_head(officer, tmp_path, ORIGIN, HEAD)[0]
    body = json.loads(path.read_bytes())
    forgeries = [
        canonical_bytes({**body, "heads": {ORIGIN: "4:" + "ab" * 32}}),
        canonical_bytes({**body, "mac": "00" * 32}), canonical_bytes({**body, "v": 2}),
        canonical_bytes({k: v for k, v in body.items() if k != "mac"}), b"[]", b"{}", b"null",
    ]  # fmt: skip
    other = OfficerKeys.generate_keys("Cosmo Dunnock")
    heads.pin_head(other, tmp_path, ORIGIN, (4, "ab" * 32))
    forgeries.append(heads.sidecar_paths(other.id, tmp_path)[0].read_bytes())
    for data in forgeries:
        path.write_bytes(data)
        with pytest.raises(Tampered):
            heads.read_pinned_heads(officer, tmp_path, ORIGIN)


def test_an_altered_memory_is_left_for_the_alarm_and_costs_no_entry(
    officer: OfficerKeys, tmp_path: Path
) -> None:
    beside, state = heads.pin_head(officer, tmp_path, ORIGIN, HEAD)
    beside.write_bytes(b"altered")
    assert heads.pin_head(officer, tmp_path, ORIGIN, (6, "ef" * 32)) == (state,)
    assert beside.read_bytes() == b"altered"
    with pytest.raises(Tampered):
        heads.read_pinned_heads(officer, tmp_path, ORIGIN)


def test_a_place_that_takes_nothing_is_not_an_error(officer: OfficerKeys, tmp_path: Path) -> None:
    (tmp_path / "stick").write_bytes(b"a file where the folder should be")
    written = heads.pin_head(officer, tmp_path / "stick", ORIGIN, HEAD)
    assert written == (heads.sidecar_paths(officer.id, tmp_path)[1],)
