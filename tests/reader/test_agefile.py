"""The second reader of age files: the vectors that tests/data/test_age.py asks of the product."""

from __future__ import annotations

import hashlib
import secrets
import zlib
from pathlib import Path

import pytest

from esafety_tui.data import age
from tests.data.test_age import KIT, OWN, SIZES, _kit
from tests.reader import agefile
from tests.reader.refusal import Refusal
from tests.vectors.vector import Vector, read

WORDS = {
    "success": "ok", "no match": "no match", "HMAC failure": "damaged",
    "header failure": "malformed", "payload failure": "damaged",
}  # fmt: skip


def _plain(vector: Vector) -> bytes:
    return zlib.decompress(vector.data) if vector.all("compressed") else vector.data


def _answer(vector: Vector) -> tuple[str, str]:
    """Return the answer, and SHA-256 of what was read."""
    texts = [text for text in vector.all("identity") if "-PQ-" not in text]
    try:
        found = agefile.opened(_plain(vector), *map(agefile.Identity, texts))
    except Refusal as refusal:
        return refusal.answer, ""
    return "ok", hashlib.sha256(found).hexdigest()


def test_own_vectors_and_those_of_the_kit_are_answered_as_they_say() -> None:
    paths: list[Path] = [*sorted(OWN.iterdir()), *_kit()]
    assert len(paths) == 12 + (67 if KIT.is_dir() else 0)
    for path in paths:
        vector = read(path)
        answer, digest = _answer(vector)
        assert answer == WORDS[vector.expect], path.name
        if answer == "ok":
            assert digest == vector["payload"], path.name


@pytest.mark.parametrize("size", SIZES)
def test_what_the_product_seals_is_read(size: int) -> None:
    one, two = age.Identity.generate(), age.Identity.generate()
    plain = secrets.token_bytes(size)
    sealed = age.encrypt_to(plain, [one.recipient, two.recipient])
    for identity in (one, two):
        assert agefile.opened(sealed, agefile.Identity(identity.to_text)) == plain
    with pytest.raises(Refusal, match="no match"):
        agefile.opened(sealed, agefile.Identity(age.Identity.generate().to_text))


def test_the_text_of_an_identity_is_read_in_its_one_way() -> None:
    text = age.Identity.generate().to_text
    assert agefile.identity_inside(text.encode() + b"\n").text == text
    for wrong in (text, text + "\r\n", text + "\n\n", " " + text + "\n", text.lower() + "\n"):
        with pytest.raises(Refusal, match="malformed"):
            agefile.identity_inside(wrong.encode())
