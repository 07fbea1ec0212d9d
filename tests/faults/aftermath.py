"""What must hold after anything: the vault opens by itself and everything acknowledged is there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.kernel.canon import sha256_hex
from tests.casework.support import STATE, Practice
from tests.faults import contents
from tests.faults.writer import KEYS, SENTINEL, STICK


def sound(practice: Practice, said: Iterable[str]) -> int:
    """Sign in as anybody would and compare with what was said. Returns acknowledged entries."""
    session = practice.sign_in()
    raw, acknowledged = session.store.raw, 0
    for line in said:
        kind, _, rest = line.partition(" ")
        if kind == "ack":
            seq, head = rest.split()
            assert int(seq) < len(raw), f"entry {seq} was acknowledged and is not there"
            assert sha256_hex(raw[int(seq)]) == head, f"entry {seq} is not the one acknowledged"
            acknowledged += 1
        elif kind == "frozen":
            assert rest in session.store.holds.frozen, "a frozen incident thawed"
        elif kind == "shredded":
            assert rest in session.store.shredded, "a destroyed incident is back"
    assert session.store.list_orphans() == []
    contents.of(session)  # every record and file opens
    _still_frozen(session)
    _one_generation(practice, session)
    _nothing_left(practice)
    practice.close()
    return acknowledged


def _still_frozen(session: OpenSession) -> None:
    """Every file of a stopped incident is held; nothing was released here."""
    holds = session.store.holds
    for line in session.store.lines:
        if line.inc in holds.frozen:
            assert holds.blobs.issuperset(line.blobs), "a file of a stopped incident thawed"
            for name in line.blobs:
                assert (session.folder / "blobs" / f"{name}.age").is_file(), "a frozen file is gone"


def _one_generation(practice: Practice, session: OpenSession) -> None:
    """Exactly one is there, it is the one named, and the database is of the same one."""
    root = practice.folder / "keyring"
    named = (root / "current").read_text().strip()
    assert [p.name for p in root.iterdir() if p.is_dir()] == [named]
    assert session.keyring.folder.name == named
    [(number,)] = practice.sql("SELECT v FROM meta WHERE k = 'generation'")
    assert f"g{number}" == named


def _nothing_left(practice: Practice) -> None:
    """No clear byte, no journal, no temporary file; what was cut off lies among the orphans."""
    for path in files(practice):
        assert SENTINEL not in path.read_bytes(), f"clear text in {path.name}"
        assert path.suffix != ".db-journal", "a journal was left"
        if path.is_relative_to(practice.folder) and path.parent.name != "orphans":
            assert path.suffix != ".tmp", f"{path.name} was left"


def files(practice: Practice) -> list[Path]:
    """Return every file of the vault, of what is remembered of it, and of the sticks."""
    roots = [practice.home / name for name in ("vault", STATE, STICK, KEYS)]
    return [p for root in roots for p in root.rglob("*") if p.is_file()]


def sentence(line: str) -> None:
    """An error told to people: what happened, what to do, and nothing of the machine's."""
    what, _, do = line.partition(": ")[2].partition(" | ")
    if re.search(r"\b(Vault)?NotSound\b", line):
        what = what.partition(": ")[2].capitalize() + "."  # the thing that is not sound, then what
    for text in (what, do):
        assert re.fullmatch(r"[A-Z][^\n]*[.!?]", text), line
        assert not re.search(r"Errno|Traceback|Error\b|0x|/tmp|\.py|sqlite", text), line
