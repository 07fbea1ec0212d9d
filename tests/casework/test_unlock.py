"""The door: who gets in, what is said, and that the clear page is trusted for nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.signin.unlock import Login, open_session, unlock_vault
from esafety_tui.data import platform
from esafety_tui.kernel.canon import canonical_bytes, parse_json
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NotEligible,
    Tampered,
    WrongPassphrase,
)
from tests.casework.support import Practice

CLOCK = platform.SystemClock()


def test_one_two_and_the_checks_that_were_made(practice: Practice) -> None:
    alone = practice.sign_in("EF")
    assert (alone.is_pair, alone.keyring.vault) == (False, None)
    practice.close()
    session = practice.sign_in("CD", "AB")
    assert session.is_pair and session.is_designated
    assert [p.initials for p in session.people] == ["CD", "AB"], "the presenting officer first"
    assert session.checked == 1, "what EF did alone is new to them; the rest they verified before"
    assert session.store.lines[-1].by == tuple(sorted(practice.ids[w] for w in ("AB", "CD")))


def test_wrong_words_same_officer_unknown_officer_no_vault(
    practice: Practice, tmp_path: Path
) -> None:
    a, c = practice.logins("AB", "CD")
    before = practice.db.read_bytes()
    cases: list[tuple[list[Login], type[EvidenceError]]] = [
        ([Login(a.officer_id, c.passphrase), c], WrongPassphrase), ([a, a], NotEligible),
        ([Login("ab" * 32, "x")], BadInput), ([], NotEligible),
        ([Login(a.officer_id, a.passphrase, practice.key_file("CD")), c], BadInput),
    ]  # fmt: skip
    for logins, error in cases:
        with pytest.raises(error) as caught:
            unlock_vault(practice.folder, logins, CLOCK)
        assert a.passphrase not in repr(logins) + str(caught.value)
    assert practice.db.read_bytes() == before
    with pytest.raises(BadInput, match="no vault"):
        unlock_vault(tmp_path / "nothing", [a], CLOCK)


def test_a_key_file_on_a_stick(practice: Practice, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    key = Path(shutil.move(practice.key_file("AB"), stick))
    a, c = practice.logins("AB", "CD")
    with pytest.raises(BadInput, match="stick"):
        unlock_vault(practice.folder, [a, c], CLOCK)
    session = unlock_vault(practice.folder, [Login(a.officer_id, a.passphrase, key), c], CLOCK)
    session.close_session()
    assert list(stick.glob("*.heads")), "what the officer remembers goes with the key"


def test_two_paper_keys_open_everything(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    practice.close()
    papers = [practice.paper_officer(n) for n in (0, 1)]
    folders = {p.id: tmp_path / "paper" for p in papers}
    session = open_session(practice.folder, practice.origin, papers, folders, CLOCK)
    records = session.read_all(session.read_case_card(case.inc))
    session.close_session()
    assert [r.type for r in records[:2]] == ["incident.opened", "answer"]


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"v":1,"v":1}', b"\xff", b'{"typ":"evidence-vault","v":2}']
)
def test_a_broken_front_page(practice: Practice, data: bytes) -> None:
    (practice.folder / "vault.json").write_bytes(data)
    with pytest.raises(BadInput):
        read_public_info(practice.folder)


def test_an_altered_front_page_is_said_and_another_origin_opens_nothing(
    practice: Practice,
) -> None:
    path = practice.folder / "vault.json"
    value = parse_json(path.read_bytes())
    path.write_bytes(canonical_bytes({**value, "school": "Another School"}))
    assert any("put right" in w for w in practice.sign_in().warnings)
    assert parse_json(path.read_bytes()) == value
    practice.close()
    path.write_bytes(canonical_bytes({**value, "origin": "exs.real.example/evidence"}))
    with pytest.raises(Tampered):
        practice.sign_in()


def test_a_directory_other_than_the_first_record_names(practice: Practice) -> None:
    """The founders' own signatures on another directory of the same origin do not help."""
    from esafety_tui.data import directory

    session = practice.sign_in()
    path = practice.folder / "keyring/g1/directory.sealed"
    box = session.keyring.box
    place = f"evidence-directory/v1/{practice.origin}"
    body = parse_json(box.open_bytes(path.read_bytes(), place))["chain"][0]["dir"]
    practice.close()
    founders = [practice.officer(w) for w in ("AB", "CD", "EF")]
    founders += [practice.paper_officer(0), practice.paper_officer(1)]
    link = directory.sign_directory({**body, "nation": "wales"}, founders)
    path.write_bytes(directory.seal_directory_chain(box, [link]))
    with pytest.raises(Tampered, match="not the one that two officers put in force"):
        practice.sign_in()


def test_every_sign_in_is_an_entry_and_is_remembered(practice: Practice) -> None:
    sizes = []
    for who in (("AB",), ("AB", "CD"), ("EF",)):
        session = practice.sign_in(*who)
        assert session.warnings == [] or who == ("EF",)
        sizes.append(session.store.chain.size)
        practice.close()
    assert sizes == [sizes[0], sizes[0] + 1, sizes[0] + 2]
