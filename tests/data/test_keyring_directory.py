"""The directory: any altered byte, any missing signature."""

from __future__ import annotations

import base64
import random

import pytest

from esafety_tui.data import directory
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.canon import canonical_bytes, parse_canonical, sha256_hex
from esafety_tui.kernel.errors import EvidenceError, Tampered
from tests.casework.support import Practice


def place(practice: Practice) -> str:
    return f"evidence-directory/v1/{practice.origin}"


def test_what_it_holds(practice: Practice) -> None:
    found = practice.sign_in().keyring.directory
    assert found.is_practice and found.origin == practice.origin
    assert [p.initials for p in found.officers_present] == ["AB", "CD", "EF"]
    assert [p.kind for p in found.people].count("paper") == 2
    assert found.find_person(practice.ids["AB"]).name == "Ada Bellweather"
    with pytest.raises(Tampered):
        found.find_person("ab" * 32)


def test_any_altered_byte_of_the_file(practice: Practice) -> None:
    box = practice.sign_in().keyring.box
    path = practice.folder / "keyring/g1/directory.sealed"
    good, reader = path.read_bytes(), [practice.officer("AB")]
    assert directory.open_directory_chain(box, good, practice.origin, reader)
    rng = random.Random(1)
    for where in [0, 11, 12, len(good) - 1, *rng.sample(range(len(good)), 60)]:
        bad = bytearray(good)
        bad[where] ^= 1 << rng.randrange(8)
        with pytest.raises(Tampered):
            directory.open_directory_chain(box, bytes(bad), practice.origin, reader)
    for origin in ("", "other.practice.invalid/evidence"):
        with pytest.raises(Tampered):
            directory.open_directory_chain(box, good, origin, reader)
    with pytest.raises(Tampered):
        directory.open_directory_chain(LedgerBox(bytes(32)), good, practice.origin, reader)


def test_any_altered_byte_by_somebody_with_the_ledger_key(practice: Practice) -> None:
    box = practice.sign_in().keyring.box
    sealed = (practice.folder / "keyring/g1/directory.sealed").read_bytes()
    plain = box.open_bytes(sealed, place(practice))
    rng = random.Random(2)
    reader = [practice.officer("AB"), practice.officer("CD")]
    for where in rng.sample(range(len(plain)), 60):
        bad = bytearray(plain)
        bad[where] ^= 1 << rng.randrange(8)
        with pytest.raises(EvidenceError):
            directory.open_directory_chain(
                box, box.seal_bytes(bytes(bad), place(practice)), practice.origin, reader
            )


def test_missing_own_signature_too_few_and_wrong_ones(practice: Practice) -> None:
    box = practice.sign_in().keyring.box
    sealed = (practice.folder / "keyring/g1/directory.sealed").read_bytes()
    value = parse_canonical(box.open_bytes(sealed, place(practice)))["chain"][0]
    mine, other = practice.officer("AB"), practice.officer("CD")
    sigs = value["sigs"]

    def read(signatures: dict[str, str], *readers: OfficerKeys) -> directory.Directory:
        data = canonical_bytes({"v": 1, "chain": [{"dir": value["dir"], "sigs": signatures}]})
        return directory.open_directory_chain(
            box, box.seal_bytes(data, place(practice)), practice.origin, readers
        )

    assert read(sigs, mine, other).digest == sha256_hex(canonical_bytes(value["dir"]))
    stranger = OfficerKeys.generate_keys("Somebody Else")
    forged = base64.b64encode(stranger.sign_message(b"x")).decode()
    for bad in (
        {k: v for k, v in sigs.items() if k != mine.id}, {mine.id: sigs[mine.id]}, {},
        {**sigs, stranger.id: forged}, {**sigs, mine.id: sigs[other.id]}, {**sigs, mine.id: ""},
    ):  # fmt: skip
        with pytest.raises(Tampered):
            read(bad, mine)
    with pytest.raises(Tampered):
        read(sigs, stranger)
