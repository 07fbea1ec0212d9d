"""Key files: what opens them, what is refused before any work is done, what an edit does."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.data import officers
from esafety_tui.data.officers import FLOOR, KdfCost, OfficerKeys, read_key_file, write_key_file
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NewerVersion,
    Tampered,
    WrongPassphrase,
)

WORDS = "calm river slate pepper orbit"


@pytest.fixture(scope="module")
def officer() -> OfficerKeys:
    return OfficerKeys.generate_keys("Ada Bellweather")


@pytest.fixture
def path(officer: OfficerKeys, tmp_path: Path) -> Path:
    return write_key_file(tmp_path, officer, WORDS, FLOOR)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(path.read_bytes())
    change(value)
    path.write_bytes(canonical_bytes(value))


@pytest.mark.posix
def test_opens_with_the_passphrase_and_shows_no_secret(officer: OfficerKeys, path: Path) -> None:
    opened = read_key_file(path).unlock_keys(WORDS)
    assert (opened.id, opened.private_der()) == (officer.id, officer.private_der())
    assert repr(opened) == f"Officer({officer.short_id})"
    assert opened.identity.to_text not in repr(vars(opened))
    assert path.stat().st_mode & 0o077 == 0
    assert path.name == f"officer-{officer.id[:16]}.evkey"


@pytest.mark.parametrize("words", ["", WORDS + " ", WORDS.upper(), WORDS.replace(" ", "")])
def test_wrong_passphrase(path: Path, words: str) -> None:
    with pytest.raises(WrongPassphrase) as caught:
        read_key_file(path).unlock_keys(words)
    assert words.strip() == "" or words not in str(caught.value)


def test_passphrase_that_is_not_unicode_is_merely_wrong(path: Path) -> None:
    with pytest.raises(WrongPassphrase):
        read_key_file(path).unlock_keys("calm \udcff river")


def test_passphrase_is_normalised_nfkc(officer: OfficerKeys, tmp_path: Path) -> None:
    typed = "cafe\u0301 ﬁve \uff57ords"
    path = write_key_file(tmp_path, officer, typed, FLOOR)
    assert read_key_file(path).unlock_keys(unicodedata.normalize("NFKC", typed)).id == officer.id
    assert read_key_file(path).unlock_keys("caf\u00e9 five words").id == officer.id


HEADER_EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "name": lambda v: v.update(name="Cosmo Dunnock"),
    "enc_pub": lambda v: v.update(
        enc_pub=OfficerKeys.generate_keys("x").identity.recipient.to_text
    ),
    "sign_spki": lambda v: v.update(
        sign_spki=officers.encode_base64(OfficerKeys.generate_keys("x").spki)
    ),
    "salt": lambda v: v["kdf"].update(salt=officers.encode_base64(bytes(16))),
    "cost": lambda v: v["kdf"].update(t=2),
    "ct": lambda v: v.update(ct=v["ct"][:-8] + "AAAAAAA="),
    "ct empty": lambda v: v.update(ct=""),
}


@pytest.mark.parametrize("what", HEADER_EDITS)
def test_an_edited_header_does_not_open(path: Path, what: str) -> None:
    edit(path, HEADER_EDITS[what])
    with pytest.raises((WrongPassphrase, Tampered)):
        read_key_file(path).unlock_keys(WORDS)


NOT_KEYS: dict[str, Callable[[dict[str, Any]], object]] = {
    "other type": lambda v: v.update(typ="evidence-heads"),
    "extra field": lambda v: v.update(extra=1),
    "other kdf": lambda v: v["kdf"].update(alg="scrypt"),
    "argon2 version": lambda v: v["kdf"].update(v=16),
    "cost is text": lambda v: v["kdf"].update(m="much"),
    "cost is a list": lambda v: v["kdf"].update(m=[1]),
    "no ct": lambda v: v.pop("ct"),
    "kdf is a number": lambda v: v.update(kdf=3),
    "salt too short": lambda v: v["kdf"].update(salt="AAAA"),
    "salt not base64": lambda v: v["kdf"].update(salt="*" * 24),
}


@pytest.mark.parametrize("what", NOT_KEYS)
def test_what_is_no_key_file_is_said_before_a_passphrase_is_asked(path: Path, what: str) -> None:
    edit(path, NOT_KEYS[what])
    with pytest.raises(BadInput):
        read_key_file(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("m", 19455), ("m", 2097153), ("m", 2**40), ("m", -1), ("t", 0), ("t", 17), ("t", 2**31),
     ("p", 0), ("p", 9), ("p", 2**24)],
)  # fmt: skip
def test_absurd_cost_is_refused_before_deriving(
    path: Path, name: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def derived(*_args: object) -> bytes:
        raise AssertionError("the key was derived")

    edit(path, lambda v: v["kdf"].update({name: value}))
    monkeypatch.setattr(officers, "_derive_key", derived)
    began = time.monotonic()
    with pytest.raises(BadInput):
        read_key_file(path).unlock_keys(WORDS)
    assert time.monotonic() - began < 1


def test_floor_and_default_are_within_the_bounds() -> None:
    assert FLOOR.require_in_bounds() == KdfCost(19456, 1, 1)
    assert KdfCost().require_in_bounds() == KdfCost(262144, 3, 4)
    assert KdfCost(2097152, 16, 8).require_in_bounds().m == 2097152


def test_newer_version(path: Path) -> None:
    edit(path, lambda v: v.update(v=2))
    with pytest.raises(NewerVersion):
        read_key_file(path)


@pytest.mark.parametrize(
    "data",
    [
        b'{"ct":"","ct":""}', b'{"v":1,"v":1}', b"", b"[]", b"null", b"\xff", b"[" * 100_000,
        b'{"v":1.0}',
    ],
)  # fmt: skip
def test_malformed_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.evkey"
    path.write_bytes(data)
    with pytest.raises(BadInput):
        read_key_file(path)


def test_duplicate_key_and_other_layouts_are_refused(path: Path) -> None:
    data = path.read_bytes()
    for other in (b'{"name":"A",' + data[1:], data + b"\n", b" " + data):
        path.write_bytes(other)
        with pytest.raises(BadInput):
            read_key_file(path)


def test_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="stick"):
        read_key_file(tmp_path / "none.evkey")


def test_passphrase_changed_by_writing_again_leaves_one_file(
    officer: OfficerKeys, path: Path
) -> None:
    assert write_key_file(path.parent, officer, "other words entirely", FLOOR) == path
    assert [p.name for p in path.parent.glob("*.evkey")] == [path.name]
    assert read_key_file(path).unlock_keys("other words entirely").id == officer.id
    with pytest.raises(WrongPassphrase):
        read_key_file(path).unlock_keys(WORDS)


def test_signatures_are_deterministic_and_checked(officer: OfficerKeys) -> None:
    signed = officer.sign_message(b"line")
    assert signed == officer.sign_message(b"line")
    assert officers.verify_with_key(officer.spki, signed, b"line") == b"line"
    for key, sig, message in (
        (officer.spki, signed, b"lime"), (OfficerKeys.generate_keys("x").spki, signed, b"line"),
        (officer.spki, b"", b"line"), (b"", signed, b"line"),
    ):  # fmt: skip
        with pytest.raises(Tampered):
            officers.verify_with_key(key, sig, message)


def test_paper_key_round_trip_and_misreadings(officer: OfficerKeys) -> None:
    signing, identity = officers.encode_base64(officer.private_der()), officer.identity.to_text
    lines = "\n".join(signing[i : i + 40] for i in range(0, len(signing), 40))
    assert OfficerKeys.restore_from_paper("Paper key 1", lines, f" {identity}\n").id == officer.id
    for bad in (
        (signing[:-9], identity),
        (signing, identity[:-1] + ("Q" if identity[-1] == "X" else "X")),
        ("", ""),
        ("£", "£"),
    ):
        with pytest.raises(EvidenceError):
            OfficerKeys.restore_from_paper("Paper key 1", *bad)
