"""Anything in the database that is not the schema of its version: an alarm, with a sentence.

At opening and in ``esafety verify VAULT``. The suite has one of each kind, the long runs have each
(``make slow``).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.inspection import verify_file
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.kernel.door import DeskState
from esafety_tui.kernel.errors import EvidenceError, NotSound, Tampered
from tests.casework.support import Practice, copy_of
from tests.promises.a_nothing_lost.schema_attacks import ALL, SOME, put_in

LONG = pytest.mark.long("one attack of each kind")


@pytest.fixture(scope="module")
def rig(real_template: Practice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """One real vault for all attacks: none of them may change anything of it."""
    made = copy_of(real_template, tmp_path_factory.mktemp("rig"))
    yield made
    made.close()


def files(vault: Practice) -> dict[str, bytes]:
    """Return every file of the vault but the database."""
    found = {p.name: p.read_bytes() for p in vault.folder.rglob("*") if p.is_file()}
    for name in ("evidence.db", "evidence.db-journal", "lock"):
        found.pop(name, None)
    return found


@pytest.mark.parametrize(
    "name", [pytest.param(n, id=n, marks=[] if n in SOME else LONG) for n in ALL]
)
def test_an_alarm_at_opening_and_in_verify(rig: Practice, name: str) -> None:
    sound, before = rig.db.read_bytes(), files(rig)
    try:
        put_in(rig.db, ALL[name])
        assert rig.db.read_bytes() != sound, "the attack changed nothing"
        spoiled = rig.db.read_bytes()
        with pytest.raises(Tampered) as alarm:
            rig.sign_in()
        asked = {"officer": rig.ids["AB"], "passphrase": rig.words["AB"]}
        with pytest.raises(NotSound) as verdict:
            verify_file.verify_any_file(rig.folder, asked, None, None)
        said = f"{alarm.value.what} {alarm.value.do}"
        assert said in str(verdict.value)
        assert "database" in said
        assert "Stop" in said
        assert "extra" not in said, "a name that somebody else chose"
        assert rig.db.read_bytes() == spoiled, "something was written"
        assert files(rig) == before
    finally:
        rig.close()
        rig.db.write_bytes(sound)
        rig.db.with_name("evidence.db-journal").unlink(missing_ok=True)


def test_the_list_has_what_it_says() -> None:
    assert set(SOME) <= set(ALL)
    assert sum(name.startswith(("BEFORE", "AFTER")) for name in ALL) == 2 * 3 * 4 * 4
    assert len(ALL) > 180


@pytest.mark.long("the sentence, and that it is a NotSound")
def test_the_command_says_so_and_returns_1(real: Practice) -> None:
    put_in(real.db, ALL["BEFORE INSERT hold IGNORE"])
    done = subprocess.run(
        [sys.executable, "-m", "esafety_tui.cli", "verify", str(real.folder), "--from-pipe"],
        input=f'{{"officer": "{real.ids["AB"]}", "passphrase": "{real.words["AB"]}"}}',
        capture_output=True, text=True, check=False, timeout=120, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "holds a trigger on the table hold" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "endless view meta", "not UTF-8",
        pytest.param("thousands", marks=LONG), pytest.param("megabytes", marks=LONG),
    ],
)  # fmt: skip
def test_the_door_opens_and_shows_no_entry(real: Practice, name: str) -> None:
    """The first screen reads the database, too, before anybody has signed in."""
    put_in(real.db, ALL[name])
    desk = Desk(real.folder, SystemClock(), FLOOR, real.home / "sheets")
    seen: list[DeskState] = []
    asker = threading.Thread(target=lambda: seen.append(desk.state()), daemon=True)
    asker.start()
    asker.join(30)
    assert seen, "the door hangs"
    assert seen[0].session == "closed"
    assert seen[0].last is None
    assert seen[0].school == "Example School"
    with pytest.raises(EvidenceError):
        desk.unlock(real.ids["AB"], real.words["AB"], None, None, ())


def test_verify_has_every_page_compared(real: Practice) -> None:
    """A list of free pages that does not fit: nothing reads it until something is removed."""
    data = bytearray(real.db.read_bytes())
    data[36:40] = (1).to_bytes(4, "big")
    real.db.write_bytes(data)
    asked = {"officer": real.ids["AB"], "passphrase": real.words["AB"]}
    with pytest.raises(NotSound, match="database is damaged"):
        verify_file.verify_any_file(real.folder, asked, None, None)


def test_a_hot_journal_is_recovered_and_then_looked_at(real: Practice, tmp_path: Path) -> None:
    """What a journal brings back is looked at like anything else."""
    script = tmp_path / "cut.py"
    script.write_text(
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA cache_size=1')\n"
        "db.execute('BEGIN IMMEDIATE')\n"
        "db.execute('CREATE TABLE more (a)')\n"
        "for n in range(2000): db.execute('INSERT INTO more VALUES (randomblob(400))')\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, str(script), str(real.db)], check=False, timeout=60)
    assert real.db.with_name("evidence.db-journal").exists()
    size = real.sign_in().store.chain.size
    assert size == real.sql("SELECT count(*) FROM entry")[0][0] > 2
    assert real.sql("SELECT name FROM sqlite_master WHERE name = 'more'") == []
