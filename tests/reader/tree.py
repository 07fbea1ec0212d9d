"""Merkle trees as RFC 9162 section 2.1 writes them down, recursive and slow."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tests.reader.refusal import Refusal


def _h(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf(line: bytes) -> bytes:
    """Return H(0x00 || line)."""
    return _h(b"\x00" + line)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return MTH of leaf hashes, section 2.1.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else _h(b"")
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return _h(b"\x01" + root_of(leaves[:k]) + root_of(leaves[k:]))


def check_inclusion(
    leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Section 2.1.3.2. Raises Refusal (bad proof)."""
    fn, sn, r = index, size - 1, leaf_hash
    if not 0 <= index < size or any(len(p) != 32 for p in path):
        raise Refusal("bad proof", "inclusion")
    for p in path:
        if sn == 0:
            raise Refusal("bad proof", "inclusion")
        if fn & 1 or fn == sn:
            r = _h(b"\x01" + p + r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = _h(b"\x01" + r + p)
        fn, sn = fn >> 1, sn >> 1
    if sn or r != root:
        raise Refusal("bad proof", "inclusion")


def check_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Section 2.1.4.2, and the two cases that it leaves to the caller. Raises Refusal."""
    if not 0 <= old <= new or any(len(p) != 32 for p in path):
        raise Refusal("bad proof", "consistency")
    if old in (0, new):
        same = old_root == (_h(b"") if old == 0 else new_root)
        empty = new_root == _h(b"") if new == 0 else True
        if path or not same or not empty:
            raise Refusal("bad proof", "consistency")
        return
    _check_path(old, new, [old_root, *path] if old & (old - 1) == 0 else list(path), old_root,
                new_root)  # fmt: skip


def _check_path(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> None:
    if not path:
        raise Refusal("bad proof", "consistency")
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise Refusal("bad proof", "consistency")
        if fn & 1 or fn == sn:
            fr, sr = _h(b"\x01" + c + fr), _h(b"\x01" + c + sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _h(b"\x01" + sr + c)
        fn, sn = fn >> 1, sn >> 1
    if (fr, sr, sn) != (old_root, new_root, 0):
        raise Refusal("bad proof", "consistency")
