"""Killed at any moment: what was acknowledged is there, and the vault opens by itself.

A forked child runs the verbs and says each acknowledgement through a pipe; the parent sends
SIGKILL at a random moment, signs in and compares. Kill is not power loss: what the disk's own
cache may lose is not shown here. ESAFETY_KILLS sets the number of rounds (``make slow``: 1000).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework import capture, formwork, opening, stop
from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.session import Session
from esafety_tui.data import platform
from esafety_tui.data.store import Store
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import PNG, TO_CAPTURE, Practice, copy_of

ROUNDS = int(os.environ.get("ESAFETY_KILLS", "100"))
SENTINEL = b"a clear line that must never lie in the vault"
Say = Callable[[int, str], None]


def work(practice: Practice, say: Say, seed: int) -> None:
    """Run the verbs for ever; ``say`` each acknowledgement the moment it is given."""
    rng = random.Random(seed)
    session = practice.sign_in()
    while True:
        case = opening.open_new(session)
        for step, values in TO_CAPTURE:
            told(session, case.answer(step, values), say)
        for _ in range(6):
            told(session, rng.choice(VERBS)(case), say)
        told(session, stop.stop(case), say)
        told(session, stop.tick(case, 1, "done"), say)


def take(case: CaseFile) -> OpenRecord:
    large = case.session.folder.parent / "large.bin"
    return capture.take_file(case, large, "a file", "seen here")


VERBS: tuple[Callable[[CaseFile], object], ...] = (
    lambda case: capture.add_url(case, "https://x.example/1", "insults", "saw it"),
    take,
    lambda case: capture.note(case, "words"),
    lambda case: formwork.render(case),
)


def told(session: Session, result: object, say: Say) -> None:
    """Say what a verb acknowledged, whatever it returns."""
    result = getattr(result, "receipt", result)
    if isinstance(result, OpenRecord):
        line = session.store.raw[result.seq]
        say(result.seq, _hash(line))
    else:
        say(result.seq, result.head)  # type: ignore[attr-defined]


def _hash(line: bytes) -> str:
    from esafety_tui.kernel.canon import sha256_hex

    return sha256_hex(line)


def killed(practice: Practice, seed: int, acks: int, after: float) -> list[tuple[int, str]]:
    """Fork a writer, kill it ``after`` seconds from its ``acks``-th word, return all it said.

    Counting words, not seconds from the start, keeps the kill amid the writing on a busy machine.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # the child never returns into pytest
        try:
            os.close(reader)

            def say(seq: int, head: str) -> None:
                os.write(writer, f"{seq} {head}\n".encode())

            work(practice, say, seed)
        finally:
            os._exit(70)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        heard = [pipe.readline() for _ in range(acks)]
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        rows = b"".join([*heard, pipe.read()]).decode().splitlines(keepends=True)
    assert os.WIFSIGNALED(status), (
        f"the writer ended by itself: {os.waitstatus_to_exitcode(status)}"
    )
    whole = [row.split() for row in rows if row.endswith("\n")]
    return [(int(seq), head) for seq, head in whole]


def compare(practice: Practice, said: list[tuple[int, str]]) -> Store:
    """Sign in as anybody would; every acknowledged entry must be there, unchanged."""
    session = practice.sign_in()
    store = session.store
    for seq, head in said:
        assert _hash(store.raw[seq]) == head, f"entry {seq} was acknowledged and is not there"
    assert store.orphans() == []
    for card in session.cards():
        records = session.read_all(card)
        for record in records:
            for name in record.blobs:
                if name not in store.holds.blobs:
                    b"".join(store.release(session.reader(card), record, {"purpose": "test"})[1])
                else:
                    assert (practice.folder / "blobs" / f"{name}.age").is_file()
    practice.close()
    return store


def nothing_clear(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            assert SENTINEL not in path.read_bytes(), path.name
        assert path.suffix != ".db-journal", "a journal was left"


def test_killed_at_any_moment(
    template: Practice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(20261121)
    entries = torn = 0
    practice = template
    began = time.monotonic()
    for n in range(ROUNDS):
        if n % 10 == 0:  # ten kills to a vault: damage would add up
            home = tmp_path / f"{n}"
            home.mkdir()
            os.environ["XDG_STATE_HOME"] = str(home / ".home" / "state")
            practice = copy_of(template, home)
            (home / "large.bin").write_bytes(PNG + SENTINEL * 20_000)
        # Every tenth dies at the door, the others after up to 12 acknowledgements.
        acks = 0 if n % 10 == 5 else rng.randrange(1, 13)
        said = killed(practice, n, acks, rng.uniform(0, 0.03))
        torn += any((practice.folder / "blobs").glob("*.tmp"))
        torn += (practice.folder / "evidence.db-journal").exists()
        compare(practice, said)
        nothing_clear(practice.folder)
        entries += len(said)
    took = time.monotonic() - began
    with capsys.disabled():
        print(  # noqa: T201 - the figure is the result
            f"\nkill -9: {ROUNDS} rounds in {took:.0f} s, {entries} acknowledged entries, 0 lost, "
            f"{torn} times in the middle of a write"
        )
    assert entries > 3 * ROUNDS, "the writer hardly got to write"


def test_a_writer_that_is_not_killed_says_all_it_wrote(practice: Practice) -> None:
    """The loop above would prove nothing if the writer acknowledged before it wrote."""
    (practice.home / "large.bin").write_bytes(PNG + SENTINEL)
    said: list[int] = []

    class Enough(Exception):
        pass

    def say(seq: int, head: str) -> None:
        rows = practice.sql("SELECT max(seq) FROM entry")
        assert rows[0][0] >= seq
        said.append(seq)
        if len(said) > 25:
            raise Enough

    with pytest.raises(Enough):
        work(practice, say, 1)
    assert said == sorted(said)


def test_set_up_that_is_killed_leaves_no_half_vault(tmp_path: Path) -> None:
    from esafety_tui.casework.doorplate import doorplate
    from esafety_tui.casework.founding import found
    from esafety_tui.data.officers import FLOOR
    from tests.casework.support import school

    words = {i: f"practice words of {i}" for i in ("AB", "CD", "EF")}
    rng = random.Random(7)
    outcomes = set()
    for n in range(12):
        folder = tmp_path / f"v{n}" / "vault"
        child = os.fork()
        if child == 0:
            try:
                found(folder, school(words), platform.SystemClock(), FLOOR)
            finally:
                os._exit(0)
        time.sleep(rng.uniform(0.0, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if doorplate(folder) is None:
            outcomes.add("nothing")
            assert found(folder, school(words), platform.SystemClock(), FLOOR)
            assert [p.name for p in folder.parent.iterdir()] == ["vault"]
        else:
            outcomes.add("whole")
            practice = Practice(folder.parent, words, _ids(folder), ())
            practice.sign_in()
            practice.close()
    assert "nothing" in outcomes


def _ids(folder: Path) -> dict[str, str]:
    from esafety_tui.casework.doorplate import doorplate

    plate = doorplate(folder)
    assert plate is not None
    return {"".join(w[0] for w in name.split()): i for i, name in plate.officers}
