"""The Merkle tree of RFC 9162 (section 2.1) over ledger lines, with SHA-256.

Rule: a verification raises Tampered or returns the root it proved. Leaves enter as leaf hashes;
only :func:`leaf_hash` sees a line. Pure: no files, no keys; whose tree it is, a checkpoint says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from esafety_tui.kernel.errors import Tampered

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def hash_leaf(line: bytes) -> bytes:
    """Return the 32-byte hash of one leaf, from its bytes."""
    return hashlib.sha256(b"\x00" + line).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node, from its two children's hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """A tree held whole, level by level, for many proofs from one computation.

    Building hashes each node once; a proof then only looks hashes up. Memory: 64 bytes of hash a
    leaf. A smaller, earlier tree is ``Tree(leaf_hashes[:size])``.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        """Build the tree over ``leaf_hashes`` (32 bytes each, oldest first)."""
        level = list(leaf_hashes)
        self._levels = [level]
        while len(level) > 1:
            above = [hash_node(left, right) for left, right in _hash_pairs(level)]
            if len(level) % 2:
                above.append(level[-1])  # a node without a neighbour rises as it is
            self._levels.append(above)
            level = above

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    def root(self) -> bytes:
        """Return the 32-byte root; of no leaves, SHA-256 of nothing."""
        return self._levels[-1][0] if self.size else EMPTY_ROOT

    def inclusion_proof(self, index: int) -> list[bytes]:
        """Return the proof that leaf ``index`` (from 0) is in this tree (section 2.1.3.1).

        Raises IndexError outside the tree.
        """
        if not 0 <= index < self.size:
            raise IndexError("no such leaf in this tree")
        return self._sibling_path(index, 0)

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """Return the proof that the first ``old_size`` leaves were this tree once (2.1.4.1).

        Empty for ``old_size`` 0 and for the whole size. Raises IndexError outside the tree.
        """
        if not 0 <= old_size <= self.size:
            raise IndexError("no such earlier size of this tree")
        if old_size in (0, self.size):
            return []
        # The lowest node that closes the old tree's right edge, and lies whole in this tree.
        level, node = _climb_right_edge(old_size - 1)
        start = [self._levels[level][node]] if node else []
        return start + self._sibling_path(node, level)

    def _sibling_path(self, node: int, level: int) -> list[bytes]:
        found = []
        for row in self._levels[level:-1]:
            if (beside := node ^ 1) < len(row):
                found.append(row[beside])
            node >>= 1
        return found


class MerkleFrontier:
    """The right edge of a growing tree: appends in constant and gives the root in log time.

    Holds one hash for each set bit of ``size`` and no leaves, hence no proofs.
    """

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        """Start with no leaves."""
        self._peaks: list[bytes] = []
        self.size = 0

    def append_leaf(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes)."""
        peak, size = leaf, self.size
        while size & 1:
            peak = hash_node(self._peaks.pop(), peak)
            size >>= 1
        self._peaks.append(peak)
        self.size += 1

    def root(self) -> bytes:
        """Return the 32-byte root of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        result = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            result = hash_node(peak, result)
        return result


def compute_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over ``leaf_hashes``, of which it keeps only the right edge."""
    edge = MerkleFrontier()
    for leaf in leaf_hashes:
        edge.append_leaf(leaf)
    return edge.root()


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bytes:
    """Prove that the leaf hash ``leaf`` stands at ``index`` in the tree of ``size`` and ``root``.

    RFC 9162, section 2.1.3.2. ``leaf`` is a :func:`leaf_hash`, not the line. Returns ``root``,
    raises Tampered.
    """
    _require_proof(0 <= index < size and _require_hashes(leaf, root, *proof))
    node, last, result = index, size - 1, leaf
    for beside in proof:
        _require_proof(last > 0)
        if node & 1 or node == last:
            result = hash_node(beside, result)
            node, last = _skip_lone_nodes(node, last)
        else:
            result = hash_node(result, beside)
        node, last = node >> 1, last >> 1
    _require_proof(last == 0 and result == root)
    return root


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bytes:
    """Prove that the tree of ``new_root`` begins with all leaves of the tree of ``old_root``.

    RFC 9162, section 2.1.4.2; beside it, every tree begins with the empty one and with itself, by
    an empty proof. Returns ``new_root``, raises Tampered.
    """
    _require_proof(0 <= old_size <= new_size and _require_hashes(old_root, new_root, *proof))
    if old_size in (0, new_size):
        expected = new_root if old_size else EMPTY_ROOT
        _require_proof(
            not proof and old_root == expected and (new_size > 0 or new_root == EMPTY_ROOT)
        )
        return new_root
    level, node = _climb_right_edge(old_size - 1)
    last = (new_size - 1) >> level
    path = [old_root, *proof] if node == 0 else list(proof)
    _require_proof(bool(path))
    old = new = path[0]
    for beside in path[1:]:
        _require_proof(last > 0)
        if node & 1 or node == last:
            old, new = hash_node(beside, old), hash_node(beside, new)
            node, last = _skip_lone_nodes(node, last)
        else:
            new = hash_node(new, beside)
        node, last = node >> 1, last >> 1
    _require_proof(last == 0 and old == old_root and new == new_root)
    return new_root


def _hash_pairs(level: Sequence[bytes]) -> zip[tuple[bytes, bytes]]:
    return zip(level[::2], level[1::2], strict=False)  # an odd last node has no partner


def _climb_right_edge(node: int) -> tuple[int, int]:
    """Return (level, node) of the highest node whose right edge is leaf ``node``."""
    level = 0
    while node & 1:
        node, level = node >> 1, level + 1
    return level, node


def _skip_lone_nodes(node: int, last: int) -> tuple[int, int]:
    """Skip the levels where ``node`` is a left child without a neighbour: no hash is due there."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _require_hashes(*values: bytes) -> bool:
    return all(len(value) == 32 for value in values)


def _require_proof(holds: bool) -> None:
    if not holds:
        raise Tampered(
            "The proof does not lead to the signed ledger head.",
            "Do not rely on it. Compare it with another copy of the ledger.",
        )
