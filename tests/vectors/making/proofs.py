"""Vectors of canonical JSON, sealed boxes, heads and Merkle proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tests.vectors.making.keys import ORIGIN, PEOPLE, STRANGER, Maker, b64, boxed, case, seed
from tests.vectors.making.lines import Cases
from tests.vectors.vector import Vector


def json_texts() -> Cases:
    """Yield the vectors of JSON that is, or is not, its own JCS."""
    sound = {
        "ok-empty-object": b"{}",
        "ok-scalars": b'[true,false,null,0,-1,9007199254740991,""]',
        "ok-control-signs": rb'"\b\t\n\f\r\"\\\u0000\u001f"',
        "ok-not-escaped": '"/\x7f\u2028\u00e9<>&\U0001f600"'.encode(),
        "ok-sorted-by-utf-16": '{"\U0001f600":1,"\ufb33":2}'.encode(),
        "ok-as-deep-as-may-be": b"[" * 32 + b"]" * 32,
        "ok-brackets-in-text": b'"' + b"[" * 40 + b'"',
        "ok-nested": b'{"a":{"":[[]],"b":{}},"b":[1,2]}',
    }
    wrong = {
        "key-twice": b'{"a":1,"a":1}', "key-twice-escaped": rb'{"a":1,"\u0061":1}',
        "float": b"1.5", "float-whole": b"1.0", "exponent": b"1e2", "minus-zero": b"-0",
        "leading-zero": b"[01]", "plus": b"[+1]", "nan": b"NaN", "infinity": b"Infinity",
        "too-great": b"9007199254740992", "space": b'{"a": 1}', "space-before": b" {}",
        "unsorted": b'{"b":1,"a":1}',
        "sorted-by-code-point": '{"\ufb33":2,"\U0001f600":1}'.encode(),
        "escaped-slash": rb'"\/"', "escaped-letter": rb'"\u0061"',
        "escaped-in-capitals": rb'"\u001F"',
        "escaped-newline-long": rb'"\u000a"', "bare-control-sign": b'"\x01"',
        "half-a-pair": rb'"\ud83d"', "not-utf-8": b'"\xe9"', "utf-16": '{"a":1}'.encode("utf-16"),
        "single-quotes": b"{'a':1}", "comma-at-the-end": b"[1,]", "comment": b"[1/**/]",
        "cut": b'{"a":1', "nothing": b"", "byte-order-mark": b"\xef\xbb\xbf{}",
        "deep": b"[" * 10_000, "too-deep-by-one": b"[" * 33 + b"]" * 33,
        "objects-too-deep": b'{"a":' * 33 + b"1" + b"}" * 33,
    }  # fmt: skip
    trailing = {"line-feed-after": b"{}\n", "second-value": b"{}{}", "zero-after": b"{}\0"}
    for expect, cases in (("ok", sound), ("malformed", wrong), ("trailing data", trailing)):
        for name, data in cases.items():
            yield name, case(expect, name.replace("-", " "), data)


def boxes() -> Cases:
    """Yield the vectors of seal(K, x, aad)."""
    key, place = seed("ledger"), f"evidence-entry/v1/{ORIGIN}/7"
    sealed = boxed(key, b"what is sealed", place)
    head = [("key", key.hex()), ("place", place)]
    cases = {
        "ok": ("ok", sealed), "ok-empty": ("ok", boxed(key, b"", place)),
        "cut": ("damaged", sealed[:-1]), "one-more": ("damaged", sealed + b"\0"),
        "nothing": ("damaged", b""), "only-a-nonce": ("damaged", sealed[:12]),
        "first-byte": ("damaged", bytes([sealed[0] ^ 1]) + sealed[1:]),
        "last-byte": ("damaged", sealed[:-1] + bytes([sealed[-1] ^ 1])),
    }  # fmt: skip
    for name, (expect, data) in cases.items():
        yield name, case(expect, name.replace("-", " "), data, *head)
    yield (
        "other-place",
        case("damaged", "of the next entry", sealed, head[0], ("place", place[:-1] + "8")),
    )
    yield "other-key", case("damaged", "another key", sealed, ("key", seed("other").hex()), head[1])


def _note(body: bytes, *signers: Maker) -> bytes:
    lines = [_signature(person, body) for person in signers]
    return body + b"\n" + b"".join(lines)


def _signature(person: Maker, body: bytes, name: str = "", key_id: bytes = b"") -> bytes:
    raw = (key_id or bytes.fromhex(person.id[:8])) + person.sign(body)
    return f"— officer-{name or person.id[:16]} {b64(raw)}\n".encode()


def checkpoints() -> Cases:
    """Yield the vectors of signed heads. ``key``: id and SPKI of those known."""
    body = f"{ORIGIN}\n205\n{b64(seed('root'))}\n".encode()
    first, second, third = PEOPLE
    good = _note(body, first, second)
    alien = _signature(second, body, "", b"abcd")
    short = f"{ORIGIN}\n205\n{b64(bytes(31))}\n".encode()
    line = _signature(second, body)
    damaged = bytearray(good)
    damaged[good.index(b"205")] = ord("3")
    cases = {
        "ok-two": ("ok", good), "ok-one": ("ok", _note(body, third)),
        "ok-empty-ledger": ("ok", _note(body.replace(b"205", b"0"), first)),
        "ok-a-strangers-line-beside": ("ok", _note(body, first, STRANGER)),
        "ok-other-key-id-beside": ("ok", _note(body, first) + alien),
        "stranger-alone": ("not listed", _note(body, STRANGER)),
        "other-key-id": ("not listed", body + b"\n" + _signature(first, body, "", b"abcd")),
        "size-changed": ("bad signature", bytes(damaged)),
        "root-changed": ("bad signature", good.replace(b64(seed("root")).encode(),
                                                       b64(seed("other")).encode())),
        "origin-changed": ("bad signature", good.replace(b"exs.", b"exz.")),
        "one-of-two-bad": ("bad signature", good + _signature(third, b"another body")),
        "blank-line-signed": ("bad signature", body + b"\n" + _signature(first, body + b"\n")),
        "signed-twice": ("malformed", good + line),
        "unsigned": ("malformed", body), "no-signature-line": ("malformed", body + b"\n"),
        "extension-line": ("malformed", _note(body + b"extra\n", first)),
        "no-root": ("malformed", _note(ORIGIN.encode() + b"\n205\n", first)),
        "origin-with-a-space": ("malformed", _note(body.replace(b"exs.", b"e s."), first)),
        "size-with-leading-zero": ("malformed", _note(body.replace(b"205", b"0205"), first)),
        "size-below-zero": ("malformed", _note(body.replace(b"205", b"-1"), first)),
        "size-of-16-digits": ("malformed", _note(body.replace(b"205", b"1%015d" % 0), first)),
        "root-without-padding": ("malformed", _note(body.replace(b"=\n", b"\n"), first)),
        "root-of-31-bytes": ("malformed", _note(short, first)),
        "hyphen-for-dash": ("malformed", good.replace("—".encode(), b"-")),
        "carriage-returns": ("malformed", good.replace(b"\n", b"\r\n")),
        "bare-key-id": ("malformed", body + b"\n" + f"— x {b64(bytes(4))}\n".encode()),
        "no-line-feed-at-the-end": ("trailing data", good[:-1]),
        "not-utf-8": ("malformed", good[:-1] + b"\xff\n"),
        "65-signatures": ("malformed", body + b"\n" + b"".join(
            f"— x{n} {b64(bytes(40))}\n".encode() for n in range(65))),
    }  # fmt: skip
    head = [("key", f"{person.id} {b64(person.spki)}") for person in PEOPLE]
    for name, (expect, data) in cases.items():
        yield name, case(expect, name.replace("-", " "), data, *head)


def _h(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


LEAVES = [_h(b"\0line %d" % n) for n in range(40)]


def _k(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162 section 2.1.1."""
    if not leaves:
        return _h(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = _k(len(leaves))
    return _h(b"\1" + mth(leaves[:k]) + mth(leaves[k:]))


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = _k(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """Section 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = _k(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def _listed(nodes: Sequence[bytes]) -> bytes:
    return "".join(f"{b64(node)}\n" for node in nodes).encode()


def _spoiled(proof: list[bytes]) -> dict[str, list[bytes]]:
    other = _h(b"other")
    return {
        "first-node-changed": [other, *proof[1:]], "last-node-changed": [*proof[:-1], other],
        "first-node-missing": proof[1:], "last-node-missing": proof[:-1],
        "one-node-more": [*proof, other], "first-node-twice": [proof[0], *proof],
        "nodes-reversed": proof[::-1], "node-short": [proof[0][:31], *proof[1:]],
        "node-long": [proof[0] + b"\0", *proof[1:]], "no-nodes": [],
    }  # fmt: skip


def inclusions() -> Cases:
    """Yield the vectors of inclusion proofs: base64 nodes, each with a line feed."""
    for size, index in ((1, 0), (2, 1), (7, 6), (8, 3), (13, 0), (13, 12), (33, 32), (40, 21)):
        yield f"ok-{index}-of-{size}", _inclusion("ok", path(index, LEAVES[:size]), index, size)
    for name, nodes in _spoiled(path(5, LEAVES[:13])).items():
        yield name, _inclusion("bad proof", nodes, 5, 13)
    good = path(5, LEAVES[:13])
    yield "another-leaf", _inclusion("bad proof", good, 5, 13, leaf=LEAVES[6])
    yield "another-index", _inclusion("bad proof", good, 4, 13, leaf=LEAVES[5])
    yield "another-root", _inclusion("bad proof", good, 5, 13, root=mth(LEAVES[:14]))
    yield "smaller-size", _inclusion("bad proof", good, 5, 8)
    yield "root-is-the-leaf", _inclusion("bad proof", [], 0, 2, root=LEAVES[0])
    yield "index-at-size", _inclusion("bad proof", good, 13, 13)
    yield "index-below-zero", _inclusion("bad proof", good, -1, 13)
    yield "empty-tree", _inclusion("bad proof", [], 0, 0, leaf=_h(b""))


def _inclusion(
    expect: str, nodes: Sequence[bytes], index: int, size: int, leaf: bytes = b"", root: bytes = b""
) -> Vector:
    head = [
        ("index", str(index)), ("size", str(size)),
        ("leaf", (leaf or LEAVES[index]).hex()), ("root", (root or mth(LEAVES[:size])).hex()),
    ]  # fmt: skip
    return case(expect, f"leaf {index} of {size}", _listed(nodes), *head)


def consistencies() -> Cases:
    """Yield the vectors of consistency proofs: base64 nodes, each with a line feed."""
    for old, new in ((0, 0), (0, 5), (1, 2), (3, 7), (4, 8), (6, 8), (7, 7), (13, 33), (32, 40)):
        nodes = subproof(old, LEAVES[:new]) if old else []
        yield f"ok-{old}-to-{new}", _consistency("ok", nodes, old, new)
    good = subproof(6, LEAVES[:13])
    for name, nodes in _spoiled(good).items():
        yield name, _consistency("bad proof", nodes, 6, 13)
    other = mth(LEAVES[1:14])
    yield "other-old-root", _consistency("bad proof", good, 6, 13, old_root=other)
    yield "other-new-root", _consistency("bad proof", good, 6, 13, new_root=other)
    yield "new-root-is-the-old", _consistency("bad proof", [], 1, 2, new_root=mth(LEAVES[:1]))
    yield "shrunk", _consistency("bad proof", good, 13, 6)
    yield "same-size-other-root", _consistency("bad proof", [], 7, 7, new_root=other)
    yield "same-size-with-a-node", _consistency("bad proof", [other], 7, 7)
    yield "from-nothing-with-a-node", _consistency("bad proof", [other], 0, 7)
    yield "from-nothing-other-root", _consistency("bad proof", [], 0, 7, old_root=other)
    yield "empty-other-root", _consistency("bad proof", [], 0, 0, new_root=other)
    yield (
        "power-of-two-with-its-root",
        _consistency("bad proof", [mth(LEAVES[:4]), *subproof(4, LEAVES[:13])], 4, 13),
    )


def _consistency(
    expect: str, nodes: Sequence[bytes], old: int, new: int, old_root: bytes = b"",
    new_root: bytes = b"",
) -> Vector:  # fmt: skip
    head = [
        ("old", str(old)), ("new", str(new)),
        ("old-root", (old_root or mth(LEAVES[:old])).hex()),
        ("new-root", (new_root or mth(LEAVES[:new])).hex()),
    ]  # fmt: skip
    return case(expect, f"{old} to {new}", _listed(nodes), *head)
