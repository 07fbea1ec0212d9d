"""Tampers by chance: any value of any file put in another's place, and signed again."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.output.pack.bag import certificate_pem
from esafety_tui.output.pack.layout import CHECKPOINT, LEDGER
from tests.promises.tampers.row import NOT_SOUND, Make, Tamper
from tests.promises.tampers.world import World, edit_json

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**53 - 1, "", "0", "1", "x", "\u0661", "\U0001f600",
    "A" * 64, "a" * 64, "0" * 64, [], {}, [[]], [None], {"v": 1}, "AA==", "A" * 43 + "=",
    "HVS-2026-0007",
)  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside ``value``."""
    rows = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in rows:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from _places(inner, (*path, key))


def disturb(value: Any, chance: random.Random) -> None:
    """Change one place of a JSON value: replaced, removed, doubled or given a neighbour."""
    *way, last = chance.choice(list(_places(value)))
    for key in way:
        value = value[key]
    act = chance.randrange(5)
    if act == 0:
        value.pop(last)
    elif act == 1 and isinstance(value, list):
        value.insert(last, value[last])
    elif act == 2:
        other = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
        value[other], value[last] = value[last], value[other]
    else:
        value[last] = chance.choice(VALUES)


def _bytes(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    other = bytes([chance.randrange(256)])
    before, after = data[:at], data[at + 1 :]
    return chance.choice((before + other + after, before + after, before + other + data[at:],
                          before + data[at:] * 2))  # fmt: skip


def _change(pack: Path, name: str, how: Callable[[bytes], bytes]) -> None:
    (pack / name).write_bytes(how((pack / name).read_bytes()))


def _line(value: dict[str, Any], chance: random.Random) -> None:
    entry = chance.choice(value["entries"])
    line = json.loads(entry["line"])
    disturb(line, chance)
    entry["line"] = canonical_bytes(line).decode()


def _certificate(pem: bytes, chance: random.Random) -> bytes:
    der = base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))
    return certificate_pem(_bytes(der, chance))


def tampered(seed: int) -> Make:
    """Return what changes one thing by chance; the same for the same seed and keys."""

    def make(world: World, folder: Path) -> Path:
        chance = random.Random(seed)
        pack = world.copy(folder, 0)
        records = sorted(p.relative_to(pack).as_posix() for p in (pack / "data/records").iterdir())
        certs = sorted(p.relative_to(pack).as_posix() for p in (pack / "certs").iterdir())
        kind = chance.randrange(7)
        if kind == 0:
            return world.refit(pack, lambda body: disturb(body["predicate"], chance))
        if kind == 1:
            edit_json(pack, chance.choice(records), lambda value: disturb(value, chance))
        elif kind == 2:
            edit_json(pack, LEDGER, lambda value: disturb(value, chance))
        elif kind == 3:
            edit_json(pack, LEDGER, lambda value: _line(value, chance))
        elif kind == 4:
            _change(pack, chance.choice(certs), lambda pem: _certificate(pem, chance))
        else:
            text = chance.choice([CHECKPOINT, LEDGER, *records, *certs])
            _change(pack, text, lambda data: _bytes(data, chance))
        return world.refit(pack)

    return make


def rows(count: int, start: int = 0) -> list[Tamper]:
    """Return ``count`` rows; only that both answer alike is asked of them."""
    return [
        Tamper("by chance", f"seed {seed}", True, tampered(seed), NOT_SOUND)
        for seed in range(start, start + count)
    ]
