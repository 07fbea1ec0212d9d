"""Lines and their chain: one way to write a line, and no way to lose or move one."""

from __future__ import annotations

import json

import pytest

from esafety_tui.data import ledger, merkle
from esafety_tui.data.ledger import ZEROS, EntryChain, EntryLine, parse_line
from esafety_tui.kernel.canon import canonical_bytes, sha256_hex
from esafety_tui.kernel.errors import Tampered

A, B = "a" * 64, "b" * 64
INC = "0123456789abcdef" * 2


def line(seq: int, prev: str, inc: str = "", iseq: int | None = None, **more: object) -> EntryLine:
    made = EntryLine(
        seq,
        prev,
        inc,
        seq if iseq is None else iseq,
        A,
        (),
        (A, B),
        "2026-11-21T14:07:12.345Z",
        1000 + seq,
        "boot-1",
        B,
    )
    return made._replace(**more)  # type: ignore[arg-type]


def chain_of(count: int) -> list[bytes]:
    lines: list[bytes] = []
    for seq in range(count):
        prev = sha256_hex(lines[-1]) if lines else ZEROS
        lines.append(line(seq, prev).to_bytes())
    return lines


def feed_all(lines: list[bytes]) -> EntryChain:
    chain = EntryChain()
    for data in lines:
        chain.append_line(data)
    return chain


def test_a_sound_chain_and_its_root() -> None:
    lines = chain_of(9)
    chain = feed_all(lines)
    assert (chain.size, chain.prev) == (9, sha256_hex(lines[-1]))
    assert chain.merkle_root == merkle.compute_root([merkle.hash_leaf(x) for x in lines])


def test_to_bytes_is_canonical_and_read_back_exactly() -> None:
    made = line(7, A, INC, 3, blobs=(A, B))
    data = made.to_bytes()
    assert canonical_bytes(json.loads(data)) == data
    assert parse_line(data) == made


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d + b"\n",
        lambda d: b" " + d,
        lambda d: d.replace(b",", b", ", 1),
        lambda d: d.replace(b'"seq":0', b'"seq":00'),
        lambda d: d.replace(b'"seq":0', b'"seq":-0'),
        lambda d: d.replace(b'"seq":0', b'"seq":0.0'),
        lambda d: d.replace(b'"seq":0', b'"seq":0e0'),
        lambda d: d.replace(b'"v":1', b'"v":2'),
        lambda d: d.replace(b'"v":1', b'"v":1,"w":1'),
        lambda d: d.replace(b'"v":1', b'"v":1,"v":1'),
        lambda d: d.replace(A.encode(), b"A" * 64, 1),
        lambda d: d.replace(b'"inc":""', b'"inc":"xyz"'),
        lambda d: d.replace(b"boot-1", b"b\\u006fot"),
        lambda d: d.replace(b".345Z", b".345+00:00"),
        lambda d: d.replace(b".345Z", b"Z"),
        lambda d: d.replace(b'"mono":1000', b'"mono":1000000000000000000'),
        lambda d: d.replace(b'"seq":0', '"seq":\u0660'.encode()),
        lambda d: d[:-1],
        lambda d: b"",
    ],
)
def test_only_the_canonical_form_is_a_line(change) -> None:  # type: ignore[no-untyped-def]
    data = line(0, ZEROS).to_bytes()
    changed = change(data)
    assert changed != data
    with pytest.raises(Tampered):
        parse_line(changed)


@pytest.mark.parametrize("what", ["gap", "swap", "duplicate", "head cut off", "edited"])
def test_what_breaks_the_chain(what: str) -> None:
    lines = chain_of(6)
    if what == "gap":
        del lines[3]
    elif what == "swap":
        lines[2], lines[3] = lines[3], lines[2]
    elif what == "duplicate":
        lines.insert(3, lines[2])
    elif what == "head cut off":
        del lines[0]
    else:
        lines[2] = lines[2].replace(b".345Z", b".346Z")
    with pytest.raises(Tampered):
        feed_all(lines)


def test_a_cut_tail_is_a_sound_shorter_chain_with_another_root() -> None:
    """The chain alone cannot show it: that is what remembered heads are for."""
    lines = chain_of(6)
    assert feed_all(lines[:5]).merkle_root != feed_all(lines).merkle_root


@pytest.mark.parametrize(("inc", "iseq"), [("", 0), ("", 2), (INC, 1)])
def test_iseq_counts_without_a_gap_in_every_incident(inc: str, iseq: int) -> None:
    first = line(0, ZEROS).to_bytes()
    chain = feed_all([first])
    with pytest.raises(Tampered):
        chain.append_line(line(1, sha256_hex(first), inc, iseq).to_bytes())
    assert chain.size == 1


@pytest.mark.parametrize("by", [(), (B, A), (A, A)])
def test_officers_are_named_once_in_order(by: tuple[str, ...]) -> None:
    data = line(0, ZEROS, by=by).to_bytes()
    with pytest.raises(Tampered):
        EntryChain().append_line(data)
    with pytest.raises(Tampered):
        EntryChain().chain_after(data)


def test_looking_one_line_ahead_changes_nothing() -> None:
    chain = feed_all(chain_of(3))
    root = chain.merkle_root
    longer = chain.chain_after(line(3, chain.prev).to_bytes())
    assert (chain.size, chain.merkle_root) == (3, root)
    chain.append_line(line(3, chain.prev).to_bytes())
    assert (longer.merkle_root, longer.prev, longer.incidents) == (
        chain.merkle_root,
        chain.prev,
        chain.incidents,
    )


def test_records_belong_to_one_line_and_can_be_redacted() -> None:
    rows = ledger.salt_fields({"text": "words", "number": 3, "list": ["a", {"b": True}]})
    assert len({salt for salt, _, _ in rows}) == 3
    rec = ledger.record_commitment("note", map(ledger.disclosure_digest, rows))
    mine = line(4, A, INC, 2, rec=rec)
    data = ledger.record_bytes(INC, 4, "note", rows)
    assert ledger.parse_record(data, mine) == ("note", rows)
    for other in (
        line(5, A, INC, 2, rec=rec),
        line(4, A, "", 2, rec=rec),
        line(4, A, INC, 2, rec=B),
    ):
        with pytest.raises(Tampered):
            ledger.parse_record(data, other)
    for edited in (
        ledger.record_bytes(INC, 4, "gate", rows),
        ledger.record_bytes(INC, 4, "note", rows[:2]),
        ledger.record_bytes(INC, 4, "note", (*rows, rows[0])),
        b"{}",
        b"[]",
        b'{"v":1}',
    ):
        with pytest.raises(Tampered):
            ledger.parse_record(edited, mine)


def test_equal_records_have_unequal_commitments() -> None:
    """Salts keep a guesser from confirming what a line's hash stands for."""
    one, two = ledger.salt_fields({"text": "yes"}), ledger.salt_fields({"text": "yes"})
    assert ledger.disclosure_digest(one[0]) != ledger.disclosure_digest(two[0])
