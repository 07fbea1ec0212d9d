"""Canonical bytes: one way to write, one way to read."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from esafety_tui.kernel import canon, errors
from esafety_tui.kernel.clock import format_stamp, format_uk_time, parse_stamp
from esafety_tui.kernel.errors import BadInput

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TREE = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
TWO_WAYS = (
    b'{"a":1,"a":2}', b'{"a":1.5}', b'{"a":NaN}', b"[1] ", b"\xff", b"[" * 100_000, b"",
    b'"\\ud800"',
)  # fmt: skip


@given(TREE)
def test_what_is_written_reads_back_the_same(value: canon.Json) -> None:
    assert canon.parse_canonical(canon.canonical_bytes(value)) == value


@given(TREE)
def test_what_is_written_is_what_the_reference_writes(value: canon.Json) -> None:
    """The package rfc8785, by other people, is the judge of our faster writer."""
    assert canon.canonical_bytes(value) == rfc8785.dumps(cast(Any, value))


def test_every_character_and_every_order_of_keys_is_as_the_reference_has_it() -> None:
    """Keys are sorted by UTF-16: U+1F600 comes before U+FF21, which sorting by characters turns."""
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    keys = {key: index for index, key in enumerate(["\U0001f600", "\uff21", "b", "", "a\x1f"])}
    values: list[Any] = [every, keys, [[], {}, [{}], None, True, False, 0, -1], 1.5, 1e30]
    for value in [*values, canon.LARGEST, -canon.LARGEST]:
        assert canon.canonical_bytes(value) == rfc8785.dumps(value)
    assert list(canon.parse_json(canon.canonical_bytes(keys))) == [
        "",
        "a\x1f",
        "b",
        "\U0001f600",
        "\uff21",
    ]


@pytest.mark.parametrize("value", [{1: 2}, {"a": {None: 1}}, b"x", {"a"}, [float("nan")]])
def test_what_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(BadInput):
        canon.canonical_bytes(value)


@pytest.mark.parametrize("data", TWO_WAYS)
def test_what_two_readers_could_read_differently_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        canon.parse_canonical(data)


@pytest.mark.parametrize("data", [b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":"\\u0041"}'])
def test_json_that_is_not_its_own_canonical_form_is_refused(data: bytes) -> None:
    assert canon.parse_json(data)
    with pytest.raises(BadInput):
        canon.parse_canonical(data)


def test_lone_surrogates_and_big_numbers_cannot_be_written() -> None:
    for value in ("\ud800", 2**60, canon.LARGEST + 1, -canon.LARGEST - 1, {"\ud800": 1}):
        with pytest.raises(BadInput):
            canon.canonical_bytes(value)


def test_hashes_are_sha256() -> None:
    assert canon.sha256(b"x") == hashlib.sha256(b"x").digest()
    assert canon.sha256_hex(b"x") == hashlib.sha256(b"x").hexdigest()


@given(st.datetimes(datetime(1970, 1, 2), datetime(2199, 1, 1)))  # noqa: DTZ001
def test_a_stamp_keeps_the_millisecond(naive: datetime) -> None:
    when = naive.replace(tzinfo=UTC)
    assert timedelta(0) <= when - parse_stamp(format_stamp(when)) < timedelta(milliseconds=1)


def test_times_for_people_name_the_uk_zone() -> None:
    assert format_uk_time(datetime(2026, 11, 21, 14, 7, tzinfo=UTC)) == "21 Nov 2026 14:07 GMT"
    assert format_uk_time(datetime(2026, 7, 1, 14, 7, tzinfo=UTC)) == "1 Jul 2026 15:07 BST"


def test_every_error_says_what_happened_and_what_to_do() -> None:
    bad = errors.NotSound("data/form.pdf", "it was changed")
    assert bad.item == "data/form.pdf" and bad.reason == "it was changed"
    assert str(bad).startswith("data/form.pdf: it was changed") and bad.do
    assert isinstance(errors.RolledBack("a.", "b."), errors.Tampered)
