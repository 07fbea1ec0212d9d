"""What somebody with a copy of a pack, and without the officers' keys, can do to it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.kernel.canon import canonical_bytes, parse_json
from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.pack import layout
from esafety_tui.output.verify import Verdict, verify_path


def check(pack: Path, code: str | None = None) -> Verdict:
    return verify_path(pack, passphrase=None, check_code=code)


def broken(pack: Path, code: str | None = None) -> str:
    """Return the item that the check names; the pack must not pass."""
    with pytest.raises(NotSound) as caught:
        check(pack, code)
    assert caught.value.item in str(caught.value)
    return caught.value.item


def names(pack: Path) -> list[str]:
    return sorted(p.relative_to(pack).as_posix() for p in pack.rglob("*") if p.is_file())


def again(pack: Path) -> Callable[[str], None]:
    """Return a function that puts one file of the pack back as it was."""
    kept = {name: (pack / name).read_bytes() for name in names(pack)}

    def restore(name: str) -> None:
        (pack / name).write_bytes(kept[name])

    return restore


def reseal(pack: Path) -> None:
    """Recompute both manifests and the statement's digests, as a forger without keys can."""
    sums = {name: hashlib.sha256((pack / name).read_bytes()).hexdigest() for name in names(pack)}
    payload = {name: sums[name] for name in sums if name.startswith("data/")}
    (pack / layout.MANIFEST).write_bytes(layout.manifest_text(payload))
    sums[layout.MANIFEST] = hashlib.sha256((pack / layout.MANIFEST).read_bytes()).hexdigest()
    envelope = parse_json((pack / layout.STATEMENT).read_bytes())
    body = parse_json(base64.b64decode(envelope["payload"]))
    body["subject"] = [
        {"name": name, "digest": {"sha256": sums[name]}}
        for name in sorted(sums)
        if layout.is_in_statement(name)
    ]
    write_statement(pack, {**envelope, "payload": base64.b64encode(canonical_bytes(body)).decode()})


def write_statement(pack: Path, envelope: dict[str, Any]) -> None:
    """Write an envelope, its PAE and signature files and the tag manifest that fits them."""
    (pack / layout.STATEMENT).write_bytes(canonical_bytes(envelope))
    payload = base64.b64decode(envelope["payload"])
    (pack / layout.PAE).write_bytes(layout.pre_authentication_encoding(payload))
    for old in pack.glob("statement.*.sig"):
        old.unlink()
    for row in envelope["signatures"]:
        name = f"statement.{row['keyid'][:16]}.sig"
        (pack / name).write_bytes(base64.b64decode(row["sig"]))
    retag(pack)


def retag(pack: Path) -> None:
    tags = {
        name: hashlib.sha256((pack / name).read_bytes()).hexdigest()
        for name in names(pack)
        if not name.startswith("data/") and name != layout.TAG_MANIFEST
    }
    (pack / layout.TAG_MANIFEST).write_bytes(layout.manifest_text(tags))
