"""Copies and one dishonest hand: a stick prepared by somebody, an older vault, another vault."""

from __future__ import annotations

import shutil

import pytest

from esafety_tui.casework import officerwork
from esafety_tui.casework.copylist import read_manifest
from esafety_tui.casework.officerwork import Consent
from esafety_tui.kernel.errors import BadInput, Refused
from tests.casework.copy_samples import forget, kept
from tests.casework.support import Practice, put_back, snapshot


@pytest.mark.parametrize("part", ["data", "blobs", "keys"])
def test_a_link_on_the_stick_does_not_have_the_vault_swept(practice: Practice, part: str) -> None:
    """Whatever no list names is removed from a copy; a link to the vault would empty that."""
    have = kept(practice)
    place = {"data": have.data_part, "keys": have.keys_part, "blobs": have.data_part / "blobs"}[
        part
    ]
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(practice.folder / "blobs" if part == "blobs" else practice.folder)
    before = {p.name for p in practice.folder.rglob("*")}
    with pytest.raises(BadInput, match="link"):
        have.make()
    assert before <= {p.name for p in practice.folder.rglob("*")}


def test_an_older_vault_does_not_take_away_newer_keys(practice: Practice) -> None:
    """They may be all that opens the data on another stick."""
    have = kept(practice)
    session = have.session
    older = snapshot(practice, "older")
    session = practice.sign_in()
    words = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    officerwork.rotate(session, Consent(words, "the yearly change"))
    have.case.session = session
    have.make()
    put_back(practice, older)
    forget(practice)
    have.case.session = practice.sign_in()
    have.target = practice.home / "another"
    have.target.mkdir()
    with pytest.raises(Refused, match="keys there are newer"):
        have.make()
    [ring] = have.keys_part.iterdir()
    listed = read_manifest(ring)
    assert listed is not None and listed.generation == 2
    (ring / "backup.json").write_bytes(
        (ring / "backup.json").read_bytes().replace(b"exs.practice", b"exs.another")
    )
    with pytest.raises(Refused, match="another vault's keys"):
        have.make()
    shutil.rmtree(have.keys_part)
    assert have.make().generation == 1
