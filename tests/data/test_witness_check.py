"""Signatures verified by two processes: nothing counts that nobody verified, whoever helps."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from esafety_tui.data import ledger, signature_worker, witness_check
from esafety_tui.data.ledger import EntryLine
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.signature_worker import ALL_SOUND
from esafety_tui.data.witness_check import WitnessCheck
from esafety_tui.data.witnesses import SignedEntry
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import Tampered
from esafety_tui.kernel.records import Person

COUNT = 40
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def pair() -> list[OfficerKeys]:
    return sorted(
        (OfficerKeys.generate_keys("A"), OfficerKeys.generate_keys("B")), key=lambda o: o.id
    )


@pytest.fixture(scope="module")
def people(pair: list[OfficerKeys]) -> list[Person]:
    return [
        Person(o.id, "officer", o.name, "", o.name, o.spki, o.identity.recipient.to_text, b"")
        for o in pair
    ]


@pytest.fixture(scope="module")
def entries(pair: list[OfficerKeys]) -> list[SignedEntry]:
    """Entries signed by two."""
    made, prev = [], ledger.ZEROS
    for seq in range(COUNT):
        line = EntryLine(seq, prev, "", seq, sha256_hex(b"%d" % seq), (), tuple(o.id for o in pair),
                    "2026-11-21T14:07:12.345Z", seq, "boot", "")  # fmt: skip
        data = line.to_bytes()
        prev = sha256_hex(data)
        made.append(
            SignedEntry(line, data, {o.id: o.sign_message(ledger.SIGN_PREFIX + data) for o in pair})
        )
    return made


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_check, "WORTH", 1)
    monkeypatch.setattr(witness_check, "BATCH", 3)


def started(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def worker() -> subprocess.Popen[bytes]:
    return started("-m", "esafety_tui.data.signature_worker")


def saying(script: str) -> Start:
    return lambda: started("-c", f"import sys\n{script}")


def no_process() -> subprocess.Popen[bytes]:
    raise OSError(11, "no process")


LIAR = """
import hashlib, struct
from esafety_tui.data import signature_worker as w
frames = w.read_frames(sys.stdin.buffer)
for frame in frames:
    if not frame: break
for frame in frames:
    sys.stdout.buffer.write({answer}); sys.stdout.buffer.flush()
"""
STARTS: dict[str, Start] = {
    "the worker": worker,
    "none to be had": no_process,
    "ends at once": saying("pass"),
    "reads and ends": saying("sys.stdin.buffer.read(3000)"),
    "talks nonsense": saying("sys.stdout.buffer.write(b'x' * 9999)"),
    "never answers": saying("sys.stdin.buffer.read()"),
    "answers for another batch": saying(
        LIAR.format(answer="struct.pack('>32sI', bytes(32), w.ALL_SOUND)")
    ),
}


def spoilt(entries: list[SignedEntry], *which: int) -> list[SignedEntry]:
    """Return the entries, those numbered with a signature of another entry."""
    made = list(entries)
    for seq in which:
        line, data, sigs = made[seq]
        first = line.by[0]
        made[seq] = SignedEntry(line, data, {**sigs, first: entries[seq - 1].sigs[first]})
    return made


def checked(people: list[Person], entries: list[SignedEntry], start: Start) -> int:
    with WitnessCheck(people) as check:
        check.take(iter(entries), start, len(entries))
        return check.finish()


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_sound_entries_are_counted_whoever_helps(
    people: list[Person], entries: list[SignedEntry], start: Start
) -> None:
    assert checked(people, entries, start) == COUNT


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize("which", [(1,), (20, 39), (39, 7)])
def test_the_first_bad_signature_is_named_whoever_helps(
    people: list[Person], entries: list[SignedEntry], start: Start, which: tuple[int, ...]
) -> None:
    with pytest.raises(Tampered, match=f"^Entry {min(which)} is not witnessed"):
        checked(people, spoilt(entries, *which), start)


def test_the_second_process_does_a_part_of_it_and_is_gone_afterwards(
    people: list[Person], entries: list[SignedEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    here: list[int] = []
    real = signature_worker.verify_batch

    def counted(keys: signature_worker.Keys, batch: bytes) -> int:
        here.append(1)
        return real(keys, batch)

    monkeypatch.setattr(signature_worker, "verify_batch", counted)
    processes = []

    def start() -> subprocess.Popen[bytes]:
        processes.append(worker())
        return processes[0]

    with WitnessCheck(people) as check:
        check.take(iter(entries * 1), start, COUNT)
        assert check._driver is not None
        check._driver.join()  # nobody else asks: all of it is done over there
        assert check.finish() == COUNT
        assert here == []
    assert processes[0].poll() is not None


def test_a_context_that_is_left_by_an_error_ends_the_process(
    people: list[Person], entries: list[SignedEntry]
) -> None:
    processes = []

    def start() -> subprocess.Popen[bytes]:
        processes.append(saying("import time; time.sleep(600)")())
        return processes[0]

    def leave() -> None:
        with WitnessCheck(people) as check:
            check.take(iter(entries), start, COUNT)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave()
    assert processes[0].poll() is not None


def test_who_was_no_officer_then_or_is_not_named_is_no_witness(
    people: list[Person], pair: list[OfficerKeys], entries: list[SignedEntry]
) -> None:
    line, data, sigs = entries[5]
    stranger = OfficerKeys.generate_keys("C")
    others = [
        {pair[0].id: sigs[pair[0].id]},
        {**sigs, stranger.id: stranger.sign_message(ledger.SIGN_PREFIX + data)},
        {pair[0].id: sigs[pair[0].id], pair[1].id: b"x" * 300},
        {pair[0].id: sigs[pair[0].id], pair[1].id: b""},
    ]
    for other in others:
        bad = [*entries[:5], SignedEntry(line, data, other), *entries[6:]]
        with pytest.raises(Tampered, match=r"^Entry 5 is not witnessed"):
            checked(people, bad, worker)


def test_more_than_may_wait_is_verified_while_it_is_packed(
    people: list[Person], entries: list[SignedEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_check, "MOST", 1000)
    most: list[int] = []

    def fed(check: WitnessCheck) -> Iterator[SignedEntry]:
        for one in entries:
            most.append(check._bytes)
            yield one

    with WitnessCheck(people) as check:
        check.take(fed(check), no_process, COUNT)
        assert check.finish() == COUNT
    assert max(most) <= 1000


def test_what_the_worker_is_given_holds_no_line(
    people: list[Person], entries: list[SignedEntry], tmp_path: Path
) -> None:
    """Keys, signatures and hashes cross, and nothing that the vault seals."""
    seen = tmp_path / "seen"
    start = saying(
        f"out = open({str(seen)!r}, 'wb', 0)\n"
        "while data := sys.stdin.buffer.read1(): out.write(data)"
    )
    with WitnessCheck(people) as check:
        check.take(iter(entries), start, COUNT)
        while not seen.exists() or people[0].sign_spki not in seen.read_bytes():
            time.sleep(0.01)
        check.finish()
    data = seen.read_bytes()
    assert people[0].sign_spki in data
    for line, stored, _ in entries:
        assert stored not in data
        assert line.rec.encode() not in data
        assert bytes.fromhex(line.rec) not in data


def test_serving_ends_with_its_input_and_refuses_a_torn_frame(people: list[Person]) -> None:
    out = io.BytesIO()
    given = io.BytesIO()
    for frame in (people[0].sign_spki, b"no key", b"", b""):
        signature_worker.write_frame(given, frame)
    given.seek(0)
    signature_worker.serve(given, out)
    out.seek(0)
    assert signature_worker.read_answer(out, b"") == ALL_SOUND
    for torn in (b"\0\0", b"\0\0\0\5abc", b"\xff\xff\xff\xff"):
        with pytest.raises(EOFError):
            list(signature_worker.read_frames(io.BytesIO(torn)))
