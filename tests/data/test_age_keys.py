"""age keys: one text for one key, no unsound key, no secret in what is shown."""

from __future__ import annotations

import pytest

from esafety_tui.data import age, bech32
from esafety_tui.data.age import Identity, Recipient
from esafety_tui.kernel.errors import BadInput

ANNA = Identity.generate()


@pytest.mark.parametrize("low_order", [bytes(32), b"\x01" + bytes(31)])
def test_sealing_for_a_low_order_key_is_refused(low_order: bytes) -> None:
    with pytest.raises(BadInput, match="no sound key"):
        age.encrypt_to(b"x", [Recipient(low_order)])


def test_keys_are_written_as_the_specification_writes_them() -> None:
    """The example of C2SP age.md: a secret of 32 bytes 0x42."""
    text = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
    public = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
    assert Identity(b"\x42" * 32).to_text == text
    assert Identity.parse_text(text).recipient.to_text == public
    assert Recipient.parse_text(public) == Identity.parse_text(text).recipient


def test_keys_of_another_length_are_refused() -> None:
    for size in (0, 31, 33):
        with pytest.raises(BadInput):
            Recipient(bytes(size))
        with pytest.raises(BadInput):
            Identity(bytes(size))


def _misspelt(text: str) -> list[str]:
    other = {"q": "p", "Q": "P"}
    flips = [
        text[:n] + other.get(c, "q" if text.islower() else "Q") + text[n + 1 :]
        for n, c in enumerate(text)
    ]
    return [
        *flips,
        text[:-1],
        text + "q",
        "",
        text.swapcase(),
        text[:9] + text[9:].swapcase(),
        text + "\n",
        " " + text,
        text.replace("1", "2", 1),
        text.replace(text[20], "\u212a"),
    ]


def test_misspelt_keys_are_refused() -> None:
    for text in _misspelt(ANNA.recipient.to_text):
        with pytest.raises(BadInput):
            Recipient.parse_text(text)
    for text in _misspelt(ANNA.to_text):
        with pytest.raises(BadInput) as caught:
            Identity.parse_text(text)
        assert ANNA.to_text[20:40] not in str(caught.value)


def test_the_kelvin_sign_is_no_k() -> None:
    text = next(t for t in (Identity.generate().to_text for _ in range(99)) if "K" in t[16:])
    with pytest.raises(BadInput):
        Identity.parse_text(text[:16] + text[16:].replace("K", "\N{KELVIN SIGN}"))


@pytest.mark.parametrize("data", [[0] * 51 + [1], [0] * 51, [0] * 53])
def test_a_right_checksum_saves_no_padding_bits_and_no_other_length(data: list[int]) -> None:
    check = bech32._checksum_polymod([*bech32._expand_prefix("age"), *data, *[0] * 6]) ^ 1
    data = data + [check >> shift & 31 for shift in range(25, -1, -5)]
    text = "age1" + "".join(bech32._ALPHABET[value] for value in data)
    with pytest.raises(BadInput):
        Recipient.parse_text(text)


def test_a_secret_is_not_shown() -> None:
    assert repr(ANNA) == str(ANNA) == "Identity(secret)"
    assert not hasattr(ANNA, "__dict__")
