"""A commit whose very last step the disk refuses: the entry stands, and that is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.kernel.errors import EvidenceError
from tests.casework.support import Practice
from tests.faults import aftermath, strace


@pytest.mark.parametrize("for_good", [False, True])
def test_the_journals_end_is_not_confirmed(
    practice: Practice, tmp_path: Path, for_good: bool
) -> None:
    """SQLite syncs the folder when its journal is made and when it has gone: the second fails.

    Where the folder can be synced after all, the entry is acknowledged. Where it cannot, nobody
    knows, it is said, and nothing further is written until somebody has signed in again.
    """
    session = practice.sign_in()
    size = session.store.chain.size

    def work(say: strace.Say) -> None:
        for _ in range(2):
            try:
                say(f"ack {session.append_record('clock.checked', {'source': 'phone'}).seq}")
            except EvidenceError as err:
                say(f"error {type(err).__name__}: {err.what} | {err.do}")

    again = ("-e", "inject=fsync:error=EIO") if for_good else ()
    done = strace.run(
        work, tmp_path / "trace", "-P", str(practice.folder), "-e", "trace=fsync,fdatasync",
        "-e", "inject=fdatasync:error=EIO:when=2", *again,
    )  # fmt: skip
    session.store.close()
    told = [line for line in done.said if line.startswith(("ack", "error"))]
    if for_good:
        assert all("did not confirm" in line for line in told), told
        for line in told:
            aftermath.sentence(line)
    else:
        assert told == [f"ack {size}", f"ack {size + 1}"]
    after = practice.sign_in().store.chain.size
    assert after == size + (1 if for_good else 2) + 1  # and the one of signing in
