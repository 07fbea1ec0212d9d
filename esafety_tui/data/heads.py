"""What an officer remembers of a vault: the last head, in two places, under the officer's own key.

format.md section 8. Losing the file is a warning, as is an empty or unreadable one. Contradicting
it, or content that does not verify, is an alarm: the vault has been put back, cut or rewritten.
Nobody without the officer's passphrase can forge the memory; nor can anybody judge it. What an
officer who is *not* signed in remembers stays unknown until that officer signs in.
"""

from __future__ import annotations

import contextlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from esafety_tui.data import platform
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.plainfiles import read_plain
from esafety_tui.kernel.canon import Json, canonical_bytes, parse_canonical, require_fields
from esafety_tui.kernel.errors import BadInput, StorageFailed, Tampered

Head = tuple[int, str]
"""Size and hex Merkle root."""

Looked = tuple[int, tuple[int, ...]]
"""How many first entries two officers looked through, and which of them accept a history."""

_FILE: Mapping[str, type] = {"v": int, "typ": str, "heads": dict, "mac": str}
_HEAD = re.compile(r"(0|[1-9][0-9]{0,14}):([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class PinnedHead:
    """One remembered head.

    Attributes:
        size: number of entries. root: hex Merkle root over them.
        looked: which of its entries are ``history.accepted``, as far as two officers looked.
        generation: of the keys in force then.
    """

    size: int
    root: str
    looked: Looked = (0, ())
    generation: int = 1

    @property
    def as_checkpoint_head(self) -> Head:
        """Size and root."""
        return self.size, self.root


@dataclass(frozen=True, slots=True)
class PinnedHeads:
    """What both places remember of one vault.

    Attributes:
        missing: places where nothing can be read. foreign: places that know other vaults only.
    """

    memories: tuple[PinnedHead, ...]
    missing: tuple[Path, ...]
    foreign: tuple[Path, ...]


@dataclass(slots=True)
class _Sidecar:
    heads: dict[str, str] = field(default_factory=dict)
    looked: dict[str, Looked] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)

    def pinned_head_of(self, origin: str) -> PinnedHead | None:
        match = _HEAD.fullmatch(self.heads.get(origin, ""))
        if match is None:
            return None
        looked, generation = self.looked.get(origin, (0, ())), self.generations.get(origin, 1)
        return PinnedHead(int(match[1]), match[2], looked, generation)

    def merge_with(self, other: _Sidecar) -> None:
        """Take in what another file of the same officer remembers."""
        self.heads.update(other.heads)
        self.looked.update(other.looked)
        self.generations.update(other.generations)


def _sidecar_key(officer: OfficerKeys) -> bytes:
    derive = HKDF(hashes.SHA256(), 32, salt=None, info=b"evidence-heads/v1")
    return derive.derive(officer.identity.to_text.encode())


def sidecar_paths(officer_id: str, beside: Path) -> tuple[Path, Path]:
    """Return the two files of an officer: beside the key file, and in the state folder."""
    name = f"officer-{officer_id[:16]}.heads"
    return beside / name, platform.state_folder() / name


def _seal_sidecar(officer: OfficerKeys, side: _Sidecar) -> bytes:
    body: dict[str, Json] = {"v": 1, "typ": "evidence-heads", "heads": dict(side.heads)}
    if side.looked:
        body["accepted"] = {
            k: {"seen": seen, "entries": list(entries)}
            for k, (seen, entries) in side.looked.items()
        }
    if side.generations:
        body["generations"] = dict(side.generations)
    mac = hmac.new(_sidecar_key(officer), canonical_bytes(body), "sha256").hexdigest()
    return canonical_bytes({**body, "mac": mac})


def _open_sidecar(officer: OfficerKeys, data: bytes) -> _Sidecar:
    try:
        value = parse_canonical(data)
        parts = {name: dict for name in ("accepted", "generations") if name in value}
        require_fields(value, {**_FILE, **parts})
        mac = value.pop("mac")
        good = hmac.new(_sidecar_key(officer), canonical_bytes(value), "sha256").hexdigest()
        if value["typ"] != "evidence-heads" or not hmac.compare_digest(mac, good):
            raise ValueError
        heads = {str(k): str(v) for k, v in value["heads"].items()}
        if not all(_HEAD.fullmatch(text) for text in heads.values()):
            raise ValueError
        numbers = value.get("generations", {})
        if any(type(n) is not int or n < 1 for n in numbers.values()):
            raise ValueError
        looked = {k: _parse_looked_at(v) for k, v in value.get("accepted", {}).items()}
        return _Sidecar(heads, looked, numbers)
    except (BadInput, KeyError, TypeError, ValueError, AttributeError) as err:
        raise Tampered(
            "An officer's memory of this vault's last head has been altered.",
            "Stop. Do not add to this vault. Compare it with the last printed head.",
        ) from err


def _parse_looked_at(value: Any) -> Looked:
    require_fields(value, {"seen": int, "entries": list})
    if any(type(seq) is not int for seq in value["entries"]):
        raise ValueError("an entry is named by its number")
    return value["seen"], tuple(value["entries"])


def _read_sidecar(officer: OfficerKeys, path: Path) -> _Sidecar | None:
    """Return what one file remembers, None where it is missing, empty or cannot be read.

    A power cut or a worn stick leaves such files; that is a loss, not a contradiction. Raises
    Tampered for a file with content that does not carry the officer's mark.
    """
    try:
        data = read_plain(path)
    except OSError:
        return None
    return _open_sidecar(officer, data) if data else None


def pin_head(
    officer: OfficerKeys,
    beside: Path,
    origin: str,
    head: Head,
    looked: Looked | None = None,
    generation: int = 1,
) -> tuple[Path, ...]:
    """Write the head to both places. Returns the places that took it; none is not an error here.

    A full or read-only disk must not undo an entry that is already acknowledged, so the caller
    compares the result with :func:`places` and says in words what was not remembered. A file that
    was altered is left as it is, so that the next sign-in raises the alarm. One that is missing
    or empty is made again, with what the other place remembers of other vaults. ``looked`` None
    (one officer alone, who cannot read what was accepted) keeps what is remembered of it.
    """
    known: dict[Path, _Sidecar | None] = {}
    for path in sidecar_paths(officer.id, beside):
        # An altered file is left out of `known`: it is neither believed nor written over.
        with contextlib.suppress(Tampered):
            known[path] = _read_sidecar(officer, path)
    sound = _Sidecar()
    for side in known.values():
        if side is not None:
            sound.merge_with(side)
    written = []
    for path, side in known.items():
        kept = _Sidecar()
        kept.merge_with(side or sound)
        kept.heads[origin] = f"{head[0]}:{head[1]}"
        if looked is not None:
            kept.looked[origin] = looked
        if generation > 1 or origin in kept.generations:
            kept.generations[origin] = generation
        try:
            platform.make_private(path.parent)
            platform.write_atomically(path, _seal_sidecar(officer, kept))
        except StorageFailed:
            continue
        written.append(path)
    return tuple(written)


def read_pinned_heads(officer: OfficerKeys, beside: Path, origin: str) -> PinnedHeads:
    """Read both places. Raises Tampered when a file does not carry the officer's own mark."""
    found: list[PinnedHead] = []
    missing: list[Path] = []
    foreign: list[Path] = []
    for path in sidecar_paths(officer.id, beside):
        side = _read_sidecar(officer, path)
        memory = None if side is None else side.pinned_head_of(origin)
        if memory is not None:
            found.append(memory)
        else:
            (missing if side is None else foreign).append(path)
    return PinnedHeads(tuple(found), tuple(missing), tuple(foreign))
