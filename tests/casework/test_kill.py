"""Killed at any moment: what was acknowledged is there, and the vault opens by itself.

A forked child runs one of the writer's verbs and says each acknowledgement through a pipe, while
a second thread of it reads what a screen asks for; the parent sends SIGKILL at a random moment of
that verb, signs in and compares. Kill is not power loss: tests/faults/test_order.py follows what a
power cut could take. ESAFETY_KILLS sets the number of rounds (``make slow``: 1000).
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.desk import desk_state
from esafety_tui.casework.signin.create_vault import create_vault
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR
from esafety_tui.kernel.errors import EvidenceError
from tests.casework.support import Practice, copy_of, school
from tests.faults import aftermath, writer

assert sys.platform != "win32", "fork and SIGKILL"

ROUNDS = int(os.environ.get("ESAFETY_KILLS", "14"))
TOGETHER = 10
"""Kills to a vault: damage would add up."""


def work(practice: Practice, inc: str, verb: str, say: Callable[[str], None]) -> None:
    """Run one verb, then write words until the end comes."""
    writing = writer.Work(practice, say, inc=inc)
    threading.Thread(target=ask, args=(writing, say), daemon=True).start()
    if verb != "enter":
        writer.enter(writing)
    say(f"start {verb}")
    writer.VERBS[verb](writing)
    while True:
        writer.note(writing)


def ask(writing: writer.Work, say: Callable[[str], None]) -> None:
    """Read beside the writer, from memory and from the database, until the end comes."""
    while writing.entered is None:
        time.sleep(0.001)
    session = writing.entered
    try:
        while True:
            desk_state.of(session, session.clock.read_clock().wall, "a computer", locked=False)
            store = session.store
            store.signatures_of(0)
            with contextlib.suppress(EvidenceError):  # new keys came in force in between
                store.read_vault_record(0, session.keyring.require_vault_identity())
            store.list_orphans()
            time.sleep(0.003)  # a lock of Python's is not fair: the writer is to have its turn
    except BaseException as err:
        say(f"crash {err!r}")
        os._exit(71)


def killed(practice: Practice, inc: str, verb: str, after: float) -> list[str]:
    """Fork a writer, kill it ``after`` seconds from the start of the verb; return all it said."""
    reader, out = os.pipe()
    child = os.fork()
    if child == 0:  # the child never returns into pytest
        try:
            os.close(reader)
            work(practice, inc, verb, lambda line: _put(out, line))
        except BaseException as err:
            _put(out, f"crash {err!r}")
        finally:
            os._exit(70)
    os.close(out)
    with os.fdopen(reader, "rb") as pipe:
        heard: list[bytes] = []
        while not heard or not heard[-1].startswith((b"start", b"crash")):
            heard.append(pipe.readline())
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        rows = b"".join([*heard, pipe.read()]).decode().splitlines(keepends=True)
    assert os.WIFSIGNALED(status), f"the writer ended by itself: {rows[-1]}"
    return [row.rstrip("\n") for row in rows if row.endswith("\n")]


def _put(out: int, line: str) -> None:
    os.write(out, f"{line}\n".encode())


def torn(practice: Practice) -> bool:
    """Whether the kill came in the middle of a write."""
    inside = [path for path in practice.folder.rglob("*") if path.parent.name != "orphans"]
    generations = [path for path in inside if path.parent.name == "keyring" and path.is_dir()]
    left = any(path.name.endswith((".tmp", "-journal")) for path in inside)
    return left or len(generations) > 1


def durations(practice: Practice) -> dict[str, float]:
    """Run every verb once in this process, which imports all, and return seconds for each."""
    found, writing = {}, writer.Work(practice, lambda _line: None)
    for name, verb in writer.VERBS.items():
        if name != "enter":
            writer.enter(writing)  # a new incident where the verb before ended it
        began = time.monotonic()
        verb(writing)
        found[name] = time.monotonic() - began
    practice.close()
    return found


def fresh(template: Practice, home: Path) -> Practice:
    """Return a copy of the template with what the writer needs beside it."""
    home.mkdir()
    os.environ["XDG_STATE_HOME"] = str(home / ".home" / "state")
    made = copy_of(template, home)
    writer.lay_out(made)
    return made


def test_killed_at_any_moment(
    template: Practice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng, counts = random.Random(20261121), Counter[str]()
    began, verbs = time.monotonic(), sorted(writer.VERBS)
    lasts = durations(fresh(template, tmp_path / "warm"))
    practice, inc = template, ""
    for n in range(ROUNDS):
        if n % TOGETHER == 0:
            practice = fresh(template, tmp_path / f"{n}")
            inc = writer.begin(practice)
        verb = verbs[n % len(verbs)]
        said = killed(practice, inc, verb, rng.uniform(0, lasts[verb]))
        counts["torn"] += torn(practice)
        counts["entries"] += aftermath.sound(practice, said)
        inc = next((line.split()[1] for line in said if line.startswith("case")), inc)
    took = time.monotonic() - began
    with capsys.disabled():
        print(  # noqa: T201 - the figure is the result
            f"\nkill -9: {ROUNDS} rounds of {len(verbs)} verbs in {took:.0f} s, "
            f"{counts['entries']} acknowledged entries, 0 lost, {counts['torn']} times in the "
            "middle of a write, each time one complete generation and no clear text; "
            "a reader was beside each"
        )
    assert counts["entries"] >= ROUNDS // 2, "the writer hardly got to write"


def test_a_writer_that_is_not_killed_says_all_it_wrote(practice: Practice) -> None:
    """The loop above would prove nothing if the writer acknowledged before it wrote."""
    writer.lay_out(practice)
    said: list[int] = []

    def say(line: str) -> None:
        if line.startswith("ack"):
            seq = int(line.split()[1])
            assert practice.sql("SELECT max(seq) FROM entry")[0][0] >= seq
            said.append(seq)

    writer.run(writer.Work(practice, say), writer.VERBS)
    assert said == sorted(said)
    assert len(said) >= len(writer.VERBS)


def test_set_up_that_is_killed_leaves_no_half_vault(tmp_path: Path) -> None:
    words = {i: f"practice words of {i}" for i in ("AB", "CD", "EF")}
    rng = random.Random(7)
    outcomes = set()
    for n in range(8):
        folder = tmp_path / f"v{n}" / "vault"
        child = os.fork()
        if child == 0:
            try:
                create_vault(folder, school(words), platform.SystemClock(), FLOOR)
            finally:
                os._exit(0)
        time.sleep(rng.uniform(0.0, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if read_public_info(folder) is None:
            outcomes.add("nothing")
            assert create_vault(folder, school(words), platform.SystemClock(), FLOOR)
            assert [p.name for p in folder.parent.iterdir()] == ["vault"]
        else:
            outcomes.add("whole")
            practice = Practice(folder.parent, words, _ids(folder), ())
            practice.sign_in()
            practice.close()
    assert "nothing" in outcomes


def _ids(folder: Path) -> dict[str, str]:
    plate = read_public_info(folder)
    assert plate is not None
    return {"".join(w[0] for w in name.split()): i for i, name in plate.officers}
