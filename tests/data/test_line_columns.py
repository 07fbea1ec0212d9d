"""Lines kept in columns are the lines that were taken in, and take few bytes each."""

from __future__ import annotations

import gc
import random
import threading
import tracemalloc

import pytest

from esafety_tui.data import ledger, merkle
from esafety_tui.data.ledger import EntryLine
from esafety_tui.data.line_columns import LineColumns
from esafety_tui.kernel.canon import sha256_hex

PEOPLE = sorted(sha256_hex(b"person %d" % n) for n in range(4))


def lines(count: int, seed: int = 3) -> list[EntryLine]:
    """Return ``count`` sound lines that differ in everything in which lines differ."""
    rng, made, numbers = random.Random(seed), list[EntryLine](), dict[str, int]()
    prev = ledger.ZEROS
    for seq in range(count):
        inc = rng.choice(["", f"{rng.randrange(9):032x}"])
        names = [sha256_hex(rng.randbytes(8)) for _ in range(rng.choice([0, 0, 0, 1, 3]))]
        made.append(
            EntryLine(
                seq, prev, inc, numbers.get(inc, 0), sha256_hex(rng.randbytes(8)), tuple(names),
                tuple(sorted(rng.sample(PEOPLE, rng.choice([1, 2, 2])))),
                rng.choice(["2026-11-21T14:07:12.345Z", "0000-00-00T00:00:00.000Z",
                            "9999-99-99T99:99:99.999Z"]),
                rng.choice([0, 7, 10**15 - 1]), rng.choice(["", "boot-1", "A-b-9"]),
                rng.choice(["", sha256_hex(b"machine")]),
            )
        )  # fmt: skip
        numbers[inc] = numbers.get(inc, 0) + 1
        prev = sha256_hex(made[-1].to_bytes())
    return made


def shown(line: EntryLine) -> EntryLine:
    """Return the line as a vault shows it: a file that one alone names was never taken in."""
    return line if len(line.by) > 1 else line._replace(blobs=())


def columns(of: list[EntryLine]) -> LineColumns:
    """Return the same lines as the chain hands them over, in columns."""
    chain, found = ledger.EntryChain(), LineColumns()
    for line in of:
        found.append(chain.append_line(line.to_bytes()))
    return found


def test_every_line_comes_out_as_it_was_and_so_do_its_bytes() -> None:
    made = lines(400)
    found = columns(made)
    assert list(found) == [shown(line) for line in made]
    assert list(found.stored) == [line.to_bytes() for line in made]
    assert any(line.blobs and len(line.by) == 1 for line in made)


def test_it_is_a_sequence_like_any_other() -> None:
    made = lines(50)
    found, plain = columns(made), [shown(line) for line in made]
    assert len(found) == len(found.stored) == 50
    assert found[7] == plain[7]
    assert found[-1] == plain[-1]
    assert found[5:40:3] == plain[5:40:3]
    assert found.stored[-3:] == [line.to_bytes() for line in made[-3:]]
    assert list(reversed(found)) == plain[::-1]
    assert list(found.between(44, 99)) == plain[44:]
    for outside in (50, -51):
        with pytest.raises(IndexError):
            found[outside]


def test_lines_of_an_incident_those_with_files_and_the_first_of_each() -> None:
    plain = [shown(line) for line in lines(300)]
    found = columns(lines(300))
    for inc in {line.inc for line in plain}:
        assert found.of_incident(inc) == [line for line in plain if line.inc == inc]
    assert found.of_incident("f" * 32) == []
    assert found.with_files() == [line for line in plain if line.blobs]
    assert found.openings() == [line for line in plain if line.inc and not line.iseq]


def test_a_line_out_of_order_is_refused_and_changes_nothing() -> None:
    made = lines(3)
    found = columns(made[:2])
    with pytest.raises(ValueError, match="order"):
        found.append(made[1])
    assert list(found) == [shown(line) for line in made[:2]]


def test_the_root_of_a_stream_is_the_root_of_the_tree() -> None:
    found = columns(lines(77))
    for size in (0, 1, 2, 63, 64, 77):
        leaves = [merkle.hash_leaf(data) for data in found.stored[:size]]
        assert merkle.compute_root(iter(leaves)) == merkle.MerkleTree(leaves).root()


def test_readers_beside_an_appending_thread_see_whole_lines() -> None:
    made = lines(3000)
    plain, found = [shown(line) for line in made], LineColumns()

    def append_all() -> None:
        for line in made:
            found.append(line)

    writer = threading.Thread(target=append_all)
    writer.start()
    seen = 0
    while writer.is_alive() or seen < len(made):
        seen = len(found)
        assert found[seen - 1 : seen] == plain[seen - 1 : seen] or not seen
        for inc in (plain[0].inc, plain[1].inc):
            mine = found.of_incident(inc)
            assert mine == [line for line in plain if line.inc == inc][: len(mine)]
    writer.join()
    assert list(found) == plain


def test_an_entry_takes_two_hundred_bytes_at_most() -> None:
    """Counted by the interpreter, not by the clock; twenty entries an incident, as in the bench."""
    by, machine = tuple(PEOPLE[:2]), sha256_hex(b"machine")

    def fill(found: LineColumns, chain: ledger.EntryChain, upto: int) -> None:
        for seq in range(chain.size, upto):
            inc = f"{seq // 20:032x}"
            line = EntryLine(seq, chain.prev, inc, seq % 20, sha256_hex(b"%d" % seq), (), by,
                        "2026-11-21T14:07:12.345Z", seq, f"boot-{seq // 100}", machine)  # fmt: skip
            found.append(chain.append_line(line.to_bytes()))

    found, chain = LineColumns(), ledger.EntryChain()
    fill(found, chain, 1000)
    tracemalloc.start()
    try:
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        fill(found, chain, 11_000)
        gc.collect()
        taken = (tracemalloc.get_traced_memory()[0] - before) / 10_000
    finally:
        tracemalloc.stop()
    assert 64 < taken <= 200
