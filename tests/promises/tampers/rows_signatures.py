"""The two signatures over the statement: exchanged, missing, written in other ways."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from esafety_tui.output.pack.layout import STATEMENT
from tests.promises.tampers.row import SOUND, Make, Said, Tamper
from tests.promises.tampers.rows_files import spoiled
from tests.promises.tampers.world import World, edit_json, retag

ORDER = int("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16)
"""Number of points of P-256 (FIPS 186-5)."""


def _rows(change: Callable[[list[Said]], object]) -> Make:
    """Return what changes the list of signatures, which nobody signs."""

    def spoil(pack: Path) -> None:
        retag(edit_json(pack, STATEMENT, lambda envelope: change(envelope["signatures"])))

    return spoiled(spoil)


def _first(change: Callable[[bytes], bytes]) -> Make:
    """Return what changes the first signature wherever it stands."""

    def spoil(pack: Path) -> None:
        def edit(envelope: Said) -> None:
            row = envelope["signatures"][0]
            data = change(base64.b64decode(row["sig"]))
            row["sig"] = base64.b64encode(data).decode()
            (pack / f"statement.{row['keyid'][:16]}.sig").write_bytes(data)

        retag(edit_json(pack, STATEMENT, edit))

    return spoiled(spoil)


def _numbers(change: Callable[[int, int], tuple[int, int]]) -> Callable[[bytes], bytes]:
    return lambda sig: encode_dss_signature(*change(*decode_dss_signature(sig)))


def _swap(rows: list[Said]) -> None:
    rows[0]["sig"], rows[1]["sig"] = rows[1]["sig"], rows[0]["sig"]


LISTS: dict[str, Callable[[list[Said]], object]] = {
    "one is missing": lambda rows: rows.pop(),
    "none": lambda rows: rows.clear(),
    "the first twice": lambda rows: rows.__setitem__(1, rows[0]),
    "a third": lambda rows: rows.append({"keyid": "0" * 64, "sig": rows[0]["sig"]}),
    "exchanged": _swap,
    "key in capitals": lambda rows: rows[0].update(keyid=rows[0]["keyid"].upper()),
    "key cut": lambda rows: rows[0].update(keyid=rows[0]["keyid"][:16]),
    "a field more": lambda rows: rows[0].update(alg="x"),
    "not base64": lambda rows: rows[0].update(sig="!" + rows[0]["sig"]),
    "base64 with a line end": lambda rows: rows[0].update(sig=rows[0]["sig"] + "\n"),
    "a stranger's key": lambda rows: rows[0].update(keyid="0" * 64),
    "empty": lambda rows: rows[0].update(sig=""),
}
BYTES: dict[str, Callable[[bytes], bytes]] = {
    "one bit": lambda sig: sig[:-1] + bytes([sig[-1] ^ 1]),
    "a byte after it": lambda sig: sig + b"\0",
    "long length": lambda sig: sig[:1] + b"\x81" + sig[1:],
    "r is 0": _numbers(lambda _r, s: (0, s)),
    "a zero too many": lambda sig: b"\x30" + bytes([sig[1] + 1, 2, sig[3] + 1, 0]) + sig[4:],
    "s is the order": _numbers(lambda r, _s: (r, ORDER)),
    "raw": lambda sig: sig[-64:],
    "negative": lambda sig: sig[:4] + bytes([sig[4] | 0x80]) + sig[5:] if sig[3] == 32 else sig[:9],
    "r and s exchanged": _numbers(lambda r, s: (s, r)),
}


def _envelope(change: Callable[[Said], object]) -> Make:
    return spoiled(lambda pack: retag(edit_json(pack, STATEMENT, change)))


def _text(change: Callable[[bytes], bytes]) -> Make:
    def spoil(pack: Path) -> None:
        path = pack / STATEMENT
        path.write_bytes(change(path.read_bytes()))
        retag(pack)

    return spoiled(spoil)


def _old(world: World, folder: Path) -> Path:
    """A changed statement under the signatures of the old one."""
    pack = world.copy(folder)
    old = (pack / STATEMENT).read_bytes()
    world.refit(pack, lambda body: body["predicate"].update(purpose="Another purpose"))

    def keep(envelope: Said) -> None:
        envelope["signatures"] = json.loads(old)["signatures"]
        for row in envelope["signatures"]:
            path = pack / f"statement.{row['keyid'][:16]}.sig"
            path.write_bytes(base64.b64decode(row["sig"]))

    return retag(edit_json(pack, STATEMENT, keep))


def rows() -> Iterator[Tamper]:
    """Return the rows of signatures."""
    kind = "signature"
    for name, change in LISTS.items():
        yield Tamper(kind, name, False, _rows(change), item=STATEMENT)
    for name, alter in BYTES.items():
        yield Tamper(kind, name, False, _first(alter), item=STATEMENT)
    other = _numbers(lambda r, s: (r, ORDER - s))
    yield Tamper(kind, "the other s, just as valid", False, _first(other), SOUND)
    yield Tamper(kind, "of another statement", False, _old, item=STATEMENT)
    payload = _envelope(lambda envelope: envelope.update(payload=envelope["payload"][:-4]))
    yield Tamper(kind, "payload cut", False, payload, item=STATEMENT)
    kinds = _envelope(lambda envelope: envelope.update(payloadType="application/json"))
    yield Tamper(kind, "payload of another type", False, kinds, item=STATEMENT)
    yield Tamper(
        kind,
        "a blank in the envelope",
        False,
        _text(lambda data: data.replace(b'{"payload"', b'{ "payload"')),
        item=STATEMENT,
    )
    yield Tamper(kind, "a key twice", False,
                 _text(lambda data: b'{"payload":"",' + data[1:]), item=STATEMENT)  # fmt: skip
