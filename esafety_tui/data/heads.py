"""What an officer remembers of a vault: the last head, in two places, under the officer's own key.

format.md section 8. Losing the file is a warning. Contradicting it is an alarm: the vault has been
put back, cut or rewritten. Nobody without the officer's passphrase can forge the memory.
"""

from __future__ import annotations

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


def remember(officer: Officer, beside: Path, origin: str, head: Head) -> tuple[Path, ...]:
    """Write the head to both places. Returns the places that took it; none is not an error here.

    A full or read-only disk must not undo an entry that is already acknowledged, so the caller
    compares the result with :func:`places` and says in words what was not remembered. A file that
    was altered is left as it is, so that the next sign-in raises the alarm.
    """
    written = []
    for path in places(officer.id, beside):
        try:
            platform.make_private(path.parent)
            heads = _open(officer, path.read_bytes()) if path.exists() else {}
            heads[origin] = f"{head[0]}:{head[1]}"
            platform.write_atomic(path, _seal(officer, heads), durable=False)
        except (OSError, StorageFailed, Tampered):
            continue
        written.append(path)
    return tuple(written)


def recall(officer: Officer, beside: Path, origin: str) -> tuple[list[Head], list[Path]]:
    """Read both places. Returns remembered heads, and the places where a file is missing.

    Raises Tampered when a file does not carry the officer's own mark.
    """
    found: list[Head] = []
    missing: list[Path] = []
    for path in places(officer.id, beside):
        if not path.exists():
            missing.append(path)
            continue
        text = _open(officer, path.read_bytes()).get(origin)
        if text is not None:
            size, _, root = text.partition(":")
            found.append((int(size), root))
        else:
            missing.append(path)
    return found, missing
