"""Heads: checkpoints, signed notes, and what an officer's sidecar remembers. Section 8."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.reader import agefile, jcs, signs
from tests.reader.refusal import Refusal

_NAME = r"[^\s+\x00-\x1f\x7f]+"  # C2SP signed-note: what a key or an origin may be called
_BODY = re.compile(rf"({_NAME})\n(0|[1-9][0-9]{{0,14}})\n([A-Za-z0-9+/]{{43}}=)\n")
_SIGNATURE = re.compile(rf"— ({_NAME}) ([A-Za-z0-9+/=]+)")
_MOST = 64  # signature lines


@dataclass(frozen=True)
class Head:
    """Origin, size in entries, root of 32 bytes."""

    origin: str
    size: int
    root: bytes


def read_body(data: bytes) -> Head:
    """Read the unsigned body of a checkpoint, no extension line. Raises Refusal (malformed)."""
    text = _decoded(data)
    match = _BODY.fullmatch(text)
    if match is None:
        raise Refusal("malformed", "a checkpoint")
    origin, size, root = match.groups()
    return Head(origin, int(size), signs.unbase64(root, "a root"))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("malformed", "a head") from None


def _signatures(text: str) -> list[tuple[str, bytes]]:
    """Return key name, and key id with signature, of every line. Raises Refusal."""
    lines = text.split("\n")
    if lines.pop():
        raise Refusal("trailing data", "a signed head")
    found = []
    for line in lines:
        match = _SIGNATURE.fullmatch(line)
        if match is None:
            raise Refusal("malformed", "a signature line")
        found.append((match.group(1), signs.unbase64(match.group(2), "a signature line")))
    named = {(name, blob[:4]) for name, blob in found}
    if not 0 < len(found) <= _MOST or len(named) != len(found):
        raise Refusal("malformed", "signature lines")
    if any(len(blob) < 5 for _, blob in found):
        raise Refusal("malformed", "a signature line")
    return found


def read_note(data: bytes, keys: Mapping[str, bytes]) -> tuple[Head, list[str]]:
    """Read a signed head. Returns it with the ids of those who signed. Raises Refusal.

    ``keys``: officer id to SPKI DER. Lines of others are passed over; with no line of anybody
    known it is ``not listed``.
    """
    body, blank, rest = data.rpartition(b"\n\n")
    if not blank:
        raise Refusal("malformed", "a signed head")
    head = read_body(body + b"\n")
    known = {(f"officer-{who[:16]}", bytes.fromhex(who[:8])): who for who in keys}
    signed = []
    for name, blob in _signatures(_decoded(rest)):
        who = known.get((name, blob[:4]))
        if who is not None:
            signs.check_signature(keys[who], blob[4:], body + b"\n")
            signed.append(who)
    if not signed:
        raise Refusal("not listed", "a signed head")
    return head, signed


def read_sidecar(data: bytes, identity: agefile.Identity) -> dict[str, tuple[int, str]]:
    """Return origin to size and hex root, as an officer remembers them. Raises Refusal.

    ``wrong key`` where the MAC does not hold: changed, or another officer's.
    """
    value = jcs.load(data)
    fields: dict[str, type] = {"v": int, "typ": str, "heads": dict, "mac": str}
    for part in ("accepted", "generations"):
        if isinstance(value, dict) and part in value:
            fields[part] = dict
    jcs.shape(value, fields, "a sidecar")
    if value["typ"] != "evidence-heads":
        raise Refusal("malformed", "a sidecar")
    plain = jcs.dump({k: v for k, v in value.items() if k != "mac"})
    key = agefile.hkdf(identity.text.encode("ascii"), b"", b"evidence-heads/v1")
    if not hmac.compare_digest(hmac.digest(key, plain, "sha256").hex(), value["mac"]):
        raise Refusal("wrong key", "a sidecar")
    heads = {}
    for origin, text in value["heads"].items():
        jcs.text(text, r"(0|[1-9][0-9]{0,14}):[0-9a-f]{64}", "a remembered head")
        size, root = text.split(":")
        heads[origin] = (int(size), root)
    if any(type(n) is not int or n < 1 for n in value.get("generations", {}).values()):
        raise Refusal("malformed", "a generation")
    for looked in value.get("accepted", {}).values():
        jcs.shape(looked, {"seen": int, "entries": list}, "what was accepted")
        if any(type(seq) is not int for seq in looked["entries"]):
            raise Refusal("malformed", "what was accepted")
    return heads


def check_signed(
    seq: int, by: tuple[str, ...], fields: Mapping[str, Any], keys: Mapping[str, bytes]
) -> Head:
    """Check the record ``head.signed`` of entry ``seq``. Returns its head. Raises Refusal."""
    text, sigs = fields.get("checkpoint"), fields.get("sigs")
    if not isinstance(text, str) or not isinstance(sigs, dict):
        raise Refusal("malformed", "a signed head")
    head = read_body(text.encode("utf-8"))
    if head.size > seq or set(sigs) != set(by):
        raise Refusal("bad signature", "a signed head")
    for who in by:
        sig = signs.unbase64(sigs[who], "a signature")
        signs.check_signature(keys[who], sig, text.encode("utf-8"))
    return head


def check_remembered(size: int, root: str, have: int, root_at: Callable[[int], bytes]) -> None:
    """Raise Refusal (broken link) where the lines are not what was remembered."""
    if size > have or root_at(size).hex() != root:
        raise Refusal("broken link", "what an officer remembers")


def generation(data: bytes, origin: str) -> int:
    """Return the generation that a sidecar, already read, names for a vault."""
    found = jcs.load(data).get("generations", {}).get(origin, 1)
    assert isinstance(found, int)
    return found
