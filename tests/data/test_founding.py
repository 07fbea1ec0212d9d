"""Set-up: what it refuses, what it leaves on the disk, and that it all opens again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from esafety_tui.casework.policy import policy_files
from esafety_tui.casework.signin.create_vault import Founder, School, check_school, create_vault
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR, read_key_file
from esafety_tui.kernel.errors import BadInput, EvidenceError
from tests.casework.support import Practice, school

WORDS = {i: f"practice words of {i}" for i in ("AB", "CD", "EF")}


def founders(*rows: tuple[str, str, str]) -> tuple[Founder, ...]:
    return tuple(Founder(n, p, i, "words") for n, p, i in rows)


A, B = ("Ada Bellweather", "Deputy", "AB"), ("Cosmo Dunnock", "DSL", "CD")
BAD = {
    "name": {"name": "  "}, "domain": {"domain": "http://x"}, "domain word": {"domain": "school"},
    "profile": {"profile": "nobodys"}, "site": {"site": "hv"},
    "site long": {"site": "ABCDEFG"}, "nation": {"nation": "utopia"},
    "one officer": {"founders": founders(A)},
    "same initials": {"founders": founders(A, (B[0], B[1], "ab"))},
    "same name": {"founders": founders(A, (A[0], "DSL", "CD"))},
    "no position": {"founders": founders(A, (B[0], " ", "CD"))},
    "bad initials": {"founders": founders(A, (B[0], B[1], "C"))},
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_answers_that_make_no_vault(tmp_path: Path, what: str) -> None:
    wanted: School = dataclasses.replace(school(WORDS), **BAD[what])  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        check_school(wanted)
    with pytest.raises(BadInput):
        create_vault(tmp_path / "vault", wanted, platform.SystemClock(), FLOOR)
    assert not (tmp_path / "vault").exists()


@pytest.mark.posix
def test_the_folder_as_the_format_names_it(practice: Practice) -> None:
    names = {p.relative_to(practice.folder).as_posix() for p in practice.folder.rglob("*")}
    officers = {n for n in names if n.startswith("officers/")}
    pairs = {n for n in names if n.startswith("keyring/g1/vault.")}
    assert len(pairs) == 10 and len([n for n in officers if n.endswith(".evkey")]) == 3
    known = policy_files.shipped_policy_files()
    digests = {known.profiles["generic"], *known.procedures.values()}
    policy = {f"policy/{digest}.toml" for digest in digests}
    assert policy <= names and len(policy) > 2
    assert names - officers - pairs - policy - {"lock"} == {
        "vault.json", "policy",
        "evidence.db", "blobs", "reserve", "officers", "keyring", "keyring/current",
        "keyring/g1", "keyring/g1/ledger.age", "keyring/g1/directory.sealed", "keyring/g1/ca.age",
        "keyring/g1/inc",
    }  # fmt: skip
    assert (practice.folder / "keyring/current").read_bytes() == b"g1\n"
    for path in practice.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path.name
    assert practice.folder.stat().st_mode & 0o077 == 0


def test_all_founders_and_paper_keys_witness_the_first_entry(practice: Practice) -> None:
    session = practice.sign_in()
    assert set(session.store.lines[0].by) == {p.id for p in session.keyring.directory.people}
    assert session.keyring.vault
    first = session.store.read_vault_record(0, session.keyring.require_vault_identity())
    assert first.type == "vault.created"
    assert first.field_text("directory") == session.keyring.directory.digest


def test_a_folder_in_use_is_left_alone_and_a_cut_short_set_up_is_not(
    practice: Practice, tmp_path: Path
) -> None:
    before = {p: p.read_bytes() for p in practice.folder.rglob("*") if p.is_file()}
    with pytest.raises(BadInput, match="already"):
        create_vault(practice.folder, school(WORDS), platform.SystemClock(), FLOOR)
    assert {p: p.read_bytes() for p in practice.folder.rglob("*") if p.is_file()} == before
    folder = tmp_path / "new" / "vault"
    left = folder.with_name(".vault.setup")
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"half")
    folder.mkdir()
    create_vault(folder, school(WORDS), platform.SystemClock(), FLOOR)
    assert not left.exists()


def test_a_file_where_the_vault_should_be(tmp_path: Path) -> None:
    (tmp_path / "vault").write_bytes(b"a file")
    with pytest.raises(EvidenceError):
        create_vault(tmp_path / "vault", school(WORDS), platform.SystemClock(), FLOOR)
    assert (tmp_path / "vault").read_bytes() == b"a file"


def test_paper_keys_are_shown_once_and_lie_nowhere(practice: Practice) -> None:
    for key in practice.paper:
        assert key.identity not in repr(key) and key.signing not in repr(key)
        for path in practice.home.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                assert key.identity.encode() not in data and key.signing.encode() not in data


def test_the_cost_asked_for_is_the_cost_used(practice: Practice) -> None:
    assert read_key_file(practice.key_file("AB")).kdf == FLOOR
