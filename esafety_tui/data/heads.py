"""What an officer remembers of a vault: the last head, in two places, under the officer's own key.

format.md section 8. Losing the file is a warning, as is an empty or unreadable one. Contradicting
it, or content that does not verify, is an alarm: the vault has been put back, cut or rewritten.
Nobody without the officer's passphrase can forge the memory.
"""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from esafety_tui.data import platform
from esafety_tui.data.officers import Officer
from esafety_tui.kernel.canon import Json, canonical, parse_canonical
from esafety_tui.kernel.errors import BadInput, StorageFailed, Tampered

Head = tuple[int, str]
"""Size and hex Merkle root."""


def _key(officer: Officer) -> bytes:
    derive = HKDF(hashes.SHA256(), 32, salt=None, info=b"evidence-heads/v1")
    return derive.derive(officer.identity.text.encode())


def places(officer_id: str, beside: Path) -> tuple[Path, Path]:
    """Return the two files of an officer: beside the key file, and in the state folder."""
    name = f"officer-{officer_id[:16]}.heads"
    return beside / name, platform.state_folder() / name


def _seal(officer: Officer, heads: Mapping[str, str]) -> bytes:
    body: dict[str, Json] = {"v": 1, "typ": "evidence-heads", "heads": dict(heads)}
    mac = hmac.new(_key(officer), canonical(body), "sha256").hexdigest()
    return canonical({**body, "mac": mac})


def _open(officer: Officer, data: bytes) -> dict[str, str]:
    try:
        value = parse_canonical(data)
        mac = value.pop("mac")
        good = hmac.new(_key(officer), canonical(value), "sha256").hexdigest()
        if value["v"] != 1 or not hmac.compare_digest(mac, good):
            raise ValueError
        return {str(k): str(v) for k, v in value["heads"].items()}
    except (BadInput, KeyError, TypeError, ValueError, AttributeError) as err:
        raise Tampered(
            "An officer's memory of this vault's last head has been altered.",
            "Stop. Do not add to this vault. Compare it with the last printed head.",
        ) from err


def _read(officer: Officer, path: Path) -> dict[str, str] | None:
    """Return what one file remembers, None where it is missing, empty or cannot be read.

    A power cut or a worn stick leaves such files; that is a loss, not a contradiction. Raises
    Tampered for a file with content that does not carry the officer's mark.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return _open(officer, data) if data else None


def remember(officer: Officer, beside: Path, origin: str, head: Head) -> tuple[Path, ...]:
    """Write the head to both places. Returns the places that took it; none is not an error here.

    A full or read-only disk must not undo an entry that is already acknowledged, so the caller
    compares the result with :func:`places` and says in words what was not remembered. A file that
    was altered is left as it is, so that the next sign-in raises the alarm. One that is missing
    or empty is made again, with what the other place remembers of other vaults.
    """
    known: dict[Path, dict[str, str] | None] = {}
    for path in places(officer.id, beside):
        # An altered file is left out of `known`: it is neither believed nor written over.
        with contextlib.suppress(Tampered):
            known[path] = _read(officer, path)
    sound = {k: v for heads in known.values() if heads is not None for k, v in heads.items()}
    written = []
    for path, heads in known.items():
        kept = {**(sound if heads is None else heads), origin: f"{head[0]}:{head[1]}"}
        try:
            platform.make_private(path.parent)
            platform.write_atomic(path, _seal(officer, kept))
        except StorageFailed:
            continue
        written.append(path)
    return tuple(written)


def recall(officer: Officer, beside: Path, origin: str) -> tuple[list[Head], list[Path]]:
    """Read both places. Returns remembered heads, and the places where none can be read.

    Raises Tampered when a file does not carry the officer's own mark.
    """
    found: list[Head] = []
    missing: list[Path] = []
    for path in places(officer.id, beside):
        text = (_read(officer, path) or {}).get(origin)
        if text is not None:
            size, _, root = text.partition(":")
            found.append((int(size), root))
        else:
            missing.append(path)
    return found, missing
