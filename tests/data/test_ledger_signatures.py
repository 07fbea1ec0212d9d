"""What stands beside a line: one way to write it, for one officer, a pair or a whole founding."""

from __future__ import annotations

import base64

import pytest

from esafety_tui.data.ledger import parse_signatures
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.errors import Tampered

A, B, C = "a" * 64, "b" * 64, "c" * 64


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("who", [(A,), (A, B), (A, B, C), ("x", A)])
@pytest.mark.parametrize("size", [1, 70, 71, 72])
def test_what_was_written_is_read(who: tuple[str, ...], size: int) -> None:
    given = {name: name.encode()[:1] * size for name in who}
    assert parse_signatures(canonical_bytes({n: b64(s) for n, s in given.items()})) == given


SOUND = b64(b"signature")
BAD = {
    "wrong order": f'{{"{B}":"{SOUND}","{A}":"{SOUND}"}}',
    "the same twice": f'{{"{A}":"{SOUND}","{A}":"{SOUND}"}}',
    "blank": f'{{"{A}":"{SOUND}", "{B}":"{SOUND}"}}',
    "more behind": f'{{"{A}":"{SOUND}","{B}":"{SOUND}"}}\n',
    "another way to write base64": f'{{"{A}":"{SOUND}","{B}":"YWJ="}}',
    "cut base64": f'{{"{A}":"{SOUND}","{B}":"YWJjZ"}}',
    "not ASCII": f'{{"{A}":"{SOUND}","{B}":"{SOUND}\u00e9"}}',
    "a list": "[]",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_no_second_way_to_write_it(data: str) -> None:
    with pytest.raises(Tampered):
        parse_signatures(data.encode())
