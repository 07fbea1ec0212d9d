"""A statement needs the sound signatures of two different officers, and one way to write it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.kernel.canon import canonical_bytes, parse_json
from esafety_tui.output.pack import layout
from esafety_tui.output.pack.folder import write_plain_folder
from esafety_tui.output.pack.source import PackSource
from tests.output.pack_samples import build_sample, quiet
from tests.output.pack_tampering import broken, retag, write_statement


@pytest.fixture(scope="module")
def source() -> PackSource:
    return build_sample()


@pytest.fixture(scope="module")
def sound(source: PackSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plain_folder(source, tmp_path_factory.mktemp("sound"), quiet)


@pytest.fixture
def pack(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / sound.name))


def envelope(pack: Path) -> dict[str, Any]:
    value: dict[str, Any] = parse_json((pack / layout.STATEMENT).read_bytes())
    return value


def test_a_statement_with_one_signature(pack: Path) -> None:
    one = envelope(pack)
    write_statement(pack, {**one, "signatures": one["signatures"][:1]})
    assert broken(pack) == layout.STATEMENT


def test_a_statement_signed_by_the_same_officer_twice(pack: Path) -> None:
    one = envelope(pack)
    write_statement(pack, {**one, "signatures": [one["signatures"][0]] * 2})
    assert broken(pack) == layout.STATEMENT


def test_one_signature_under_two_names(pack: Path) -> None:
    one = envelope(pack)
    first, second = one["signatures"]
    write_statement(pack, {**one, "signatures": [first, {**second, "sig": first["sig"]}]})
    assert broken(pack) == layout.STATEMENT


def test_a_third_signature(pack: Path, source: PackSource) -> None:
    one = envelope(pack)
    third = next(o.id for o in source.officers if o.id not in str(one["signatures"]))
    more = [*one["signatures"], {"keyid": third, "sig": one["signatures"][0]["sig"]}]
    write_statement(pack, {**one, "signatures": more})
    assert broken(pack) == layout.STATEMENT


@pytest.mark.parametrize("field", ["payload", "payloadType", "signatures"])
def test_an_envelope_without_a_field(pack: Path, field: str) -> None:
    one = envelope(pack)
    del one[field]
    (pack / layout.STATEMENT).write_bytes(canonical_bytes(one))
    retag(pack)
    assert broken(pack) == layout.STATEMENT


def test_a_statement_in_other_words_is_refused(pack: Path) -> None:
    file = pack / layout.STATEMENT
    file.write_bytes(file.read_bytes().replace(b'{"payload"', b'{ "payload"'))
    retag(pack)
    assert broken(pack) == layout.STATEMENT


def test_a_signature_that_stands_twice_beside_the_second(pack: Path) -> None:
    one = envelope(pack)
    first, second = one["signatures"]
    write_statement(pack, {**one, "signatures": [first, first, second]})
    assert broken(pack) == layout.STATEMENT
