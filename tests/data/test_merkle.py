"""The Merkle tree against RFC 9162's own recursive definitions, written out again here."""

from __future__ import annotations

import functools
import hashlib

import pytest

from esafety_tui.data import merkle
from esafety_tui.kernel.errors import Tampered

LINES = [b"line %d" % n for n in range(300)]
LEAVES = [merkle.hash_leaf(line) for line in LINES]


def _sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1


@functools.cache  # the same subtree stands in many trees
def _mth(start: int, end: int) -> bytes:
    """Section 2.1.1, MTH of D[start:end]."""
    if start == end:
        return _sha(b"")
    if end - start == 1:
        return _sha(b"\0" + LINES[start])
    k = _split(end - start)
    return _sha(b"\1" + _mth(start, start + k) + _mth(start + k, end))


def _path(m: int, start: int, end: int) -> list[bytes]:
    """Section 2.1.3, PATH(m, D[start:end])."""
    if end - start == 1:
        return []
    k = _split(end - start)
    if m < k:
        return [*_path(m, start, start + k), _mth(start + k, end)]
    return [*_path(m - k, start + k, end), _mth(start, start + k)]


def _subproof(m: int, start: int, end: int, whole: bool) -> list[bytes]:
    """Section 2.1.4.1, SUBPROOF(m, D[start:end], b)."""
    if m == end - start:
        return [] if whole else [_mth(start, end)]
    k = _split(end - start)
    if m <= k:
        return [*_subproof(m, start, start + k, whole), _mth(start + k, end)]
    return [*_subproof(m - k, start + k, end, False), _mth(start, start + k)]


def test_root_and_frontier_match_the_rfc_up_to_300_leaves() -> None:
    frontier = merkle.MerkleFrontier()
    for size in range(301):
        expected = _mth(0, size)
        assert merkle.compute_root(LEAVES[:size]) == expected
        assert (frontier.size, frontier.root()) == (size, expected)
        if size < 300:
            frontier.append_leaf(LEAVES[size])


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle.compute_root([]).hex().startswith("e3b0c44298fc1c14")


def test_every_inclusion_proof_up_to_300_leaves() -> None:
    for size in range(1, 301):
        tree, root = merkle.MerkleTree(LEAVES[:size]), _mth(0, size)
        for index in range(size):
            proof = tree.inclusion_proof(index)
            assert proof == _path(index, 0, size)
            assert merkle.verify_inclusion(LEAVES[index], index, size, proof, root) == root


def test_every_consistency_proof_up_to_300_leaves() -> None:
    roots = [_mth(0, size) for size in range(301)]
    for new, root in enumerate(roots):
        tree = merkle.MerkleTree(LEAVES[:new])
        for old in range(new + 1):
            proof = tree.consistency_proof(old)
            assert proof == (_subproof(old, 0, new, True) if old else [])
            assert merkle.verify_consistency(old, new, proof, roots[old], root) == root


@pytest.mark.parametrize("index", [-1, 5])
def test_no_proof_outside_the_tree(index: int) -> None:
    with pytest.raises(IndexError):
        merkle.MerkleTree(LEAVES[:5]).inclusion_proof(index)
    with pytest.raises(IndexError):
        merkle.MerkleTree(LEAVES[:5]).consistency_proof(index if index < 0 else 6)


def _wrong(proof: list[bytes]) -> list[list[bytes]]:
    """Every proof with one hash flipped, dropped, doubled or swapped, or one added."""
    flipped = [[*proof[:n], _sha(proof[n]), *proof[n + 1 :]] for n in range(len(proof))]
    dropped = [[*proof[:n], *proof[n + 1 :]] for n in range(len(proof))]
    doubled = [[*proof[: n + 1], *proof[n:]] for n in range(len(proof))]
    short = [[*proof[:n], proof[n][:31], *proof[n + 1 :]] for n in range(len(proof))]
    return [*flipped, *dropped, *doubled, *short, proof[::-1], [*proof, _sha(b"")]]


def test_a_wrong_inclusion_proof_is_refused() -> None:
    refused = 0
    for size in (1, 2, 3, 7, 8, 13, 33):
        tree = merkle.MerkleTree(LEAVES[:size])
        for index in range(size):
            proof = tree.inclusion_proof(index)
            for wrong in _wrong(proof):
                if wrong != proof:
                    with pytest.raises(Tampered):
                        merkle.verify_inclusion(LEAVES[index], index, size, wrong, tree.root())
                    refused += 1
    assert refused > 1000


def test_a_wrong_claim_with_a_right_inclusion_proof_is_refused() -> None:
    tree = merkle.MerkleTree(LEAVES[:13])
    proof, root = tree.inclusion_proof(5), tree.root()
    # Sizes whose path to leaf 5 has another shape; within one shape the root alone decides.
    claims = [(LEAVES[6], 5, 13), (LEAVES[5], 4, 13), (LEAVES[5], 13, 13), (LEAVES[5], -1, 13)]
    for leaf, index, size in [*claims, (LEAVES[5], 5, 8), (LEAVES[5], 5, 17), (LINES[5], 5, 13)]:
        with pytest.raises(Tampered):
            merkle.verify_inclusion(leaf, index, size, proof, root)
    with pytest.raises(Tampered):
        merkle.verify_inclusion(LEAVES[5], 5, 13, proof, merkle.compute_root(LEAVES[:14]))


def test_a_leaf_beyond_the_tree_is_refused() -> None:
    for index, size in ((1, 1), (0, 0), (-1, 1)):
        with pytest.raises(Tampered):
            merkle.verify_inclusion(LEAVES[0], index, size, [], LEAVES[0])


def test_a_hash_cut_at_another_place_is_refused() -> None:
    both = LEAVES[0] + LEAVES[1]
    with pytest.raises(Tampered):
        merkle.verify_inclusion(both[:31], 0, 2, [both[31:]], merkle.compute_root(LEAVES[:2]))


def test_an_inner_node_does_not_pass_as_a_line() -> None:
    inner = LEAVES[0] + LEAVES[1]
    assert merkle.hash_leaf(inner) != merkle.hash_node(LEAVES[0], LEAVES[1])


def test_a_wrong_consistency_proof_is_refused() -> None:
    refused = 0
    for new in (1, 2, 3, 7, 8, 13, 33):
        tree = merkle.MerkleTree(LEAVES[:new])
        for old in range(new + 1):
            proof, old_root = tree.consistency_proof(old), merkle.compute_root(LEAVES[:old])
            for wrong in _wrong(proof):
                if wrong != proof:
                    with pytest.raises(Tampered):
                        merkle.verify_consistency(old, new, wrong, old_root, tree.root())
                    refused += 1
    assert refused > 800


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (3, 5), (4, 5), (4, 8), (5, 5), (7, 12)])
def test_a_rewritten_history_is_not_consistent(old: int, new: int) -> None:
    tree = merkle.MerkleTree(LEAVES[:new])
    proof, old_root = tree.consistency_proof(old), merkle.compute_root(LEAVES[:old])
    other = merkle.compute_root(LEAVES[100 : 100 + new])
    with pytest.raises(Tampered):
        merkle.verify_consistency(old, new, proof, _sha(old_root), tree.root())
    if old:
        with pytest.raises(Tampered):
            merkle.verify_consistency(old, new, proof, old_root, other if new else _sha(b"x"))
    with pytest.raises(Tampered):
        merkle.verify_consistency(new + 1, new, proof, old_root, tree.root())


@pytest.mark.parametrize(("old", "claimed"), [(4, 16), (4, 5), (3, 16)])
def test_a_wrong_size_with_a_right_consistency_proof_is_refused(old: int, claimed: int) -> None:
    # Sizes of another shape: within one shape only the signature binds a root to its size.
    tree = merkle.MerkleTree(LEAVES[:12])
    proof, old_root = tree.consistency_proof(old), merkle.compute_root(LEAVES[:old])
    with pytest.raises(Tampered):
        merkle.verify_consistency(old, claimed, proof[:1], old_root, tree.root())
    with pytest.raises(Tampered):
        merkle.verify_consistency(old, 2 * claimed + 24, proof, old_root, tree.root())


def test_a_tree_never_shrinks_and_an_empty_proof_proves_nothing() -> None:
    same = merkle.compute_root(LEAVES[:8])
    with pytest.raises(Tampered):
        merkle.verify_consistency(8, 5, [], same, same)
    with pytest.raises(Tampered):
        merkle.verify_consistency(3, 5, [], same, same)


def test_an_empty_tree_has_one_root_only() -> None:
    with pytest.raises(Tampered):
        merkle.verify_consistency(0, 0, [], merkle.EMPTY_ROOT, _sha(b"x"))
    with pytest.raises(Tampered):
        merkle.verify_consistency(-1, 5, [], merkle.EMPTY_ROOT, merkle.compute_root(LEAVES[:5]))
