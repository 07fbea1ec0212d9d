"""One byte or row changed anywhere in a vault is found, or does no harm; the test says which.

Found: signing in by two, reading everything, or the audit raises one of our errors. Harmless: all
of that reads back exactly as before, and the thing changed is one of those named below, each with
the assertion that shows it. Anything else (a wrong word, another exception) fails the test. Files
that concern other people than the first two are read by those people. ESAFETY_FLIPS sets the
number of cases (``make slow``: 10,000).
"""

from __future__ import annotations

import itertools
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from esafety_tui.casework.access.backup_media import KnownBackup
from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.incident import capture, frozen_content, opening, stop
from esafety_tui.casework.inspection import audit
from esafety_tui.casework.policy import current_policy, policy_files
from esafety_tui.casework.signin.unlock import open_session
from esafety_tui.data import heads, platform
from esafety_tui.data.officers import OfficerKeys, read_key_file
from esafety_tui.kernel.errors import EvidenceError, Tampered
from tests.casework.support import STATE, Practice, copy_of, real_png
from tests.faults import contents, strace, writer
from tests.faults.damage import Damage, Kept, bytes_of, row_of

assert sys.platform != "win32", "strace"

CASES = int(os.environ.get("ESAFETY_FLIPS", "90"))
DATABASE, JOURNAL = "vault/evidence.db", "vault/evidence.db-journal"


@dataclass(slots=True)
class Look:
    """What people see who open the vault as it lies there."""

    held: contents.Contents
    warnings: list[str]
    plate: object
    copies: KnownBackup


@dataclass(slots=True)
class Rig:
    """A vault of ``size`` entries put back after each case, and everybody's keys, opened once."""

    practice: Practice
    size: int
    kept: Kept
    people: Mapping[str, OfficerKeys]
    _before: dict[str, Look] = field(default_factory=dict, repr=False)

    @property
    def home(self) -> Path:
        return self.practice.home

    def pair(self, name: str) -> list[OfficerKeys]:
        """Return the two who would notice: those a file is made for, filled up with AB, CD."""
        if wrap := re.search(r"/inc/[0-9a-f]+\.(\d+)\.age$", name):  # EF is named in that incident
            eligible = sorted((o for i, o in self.people.items() if i != "EF"), key=lambda o: o.id)
            return list(list(itertools.combinations(eligible, 2))[int(wrap[1])])
        named = [o for o in self.people.values() if o.short_id in name]
        first = [self.people[i] for i in ("AB", "CD")]
        return [*named, *(o for o in first if o not in named)][:2]

    def before(self, name: str) -> Look:
        """Return what the same two see in the vault as it was; ask before anything is changed."""
        key = self._key(name)
        if key not in self._before:
            found = self.look(name)
            self._before[key] = replace(found, held=found.held.first(self.size))
            self.kept.restore()
        return self._before[key]

    def _key(self, name: str) -> str:
        return "".join(o.short_id for o in self.pair(name))

    def look(self, name: str) -> Look:
        """Sign in by two and read everything, key files and memories of others included."""
        folder, key = self.practice.folder, self._key(name)
        plate = read_public_info(folder)
        if plate is None:
            raise Tampered("There is no vault here.", "")
        pair = self.pair(name)
        for who in ("AB", "CD", "EF"):
            file = read_key_file(self.practice.key_file(who))
            if name.endswith(self.practice.key_file(who).name):
                file.unlock_keys(self.practice.words[who])
            if file.officer_id != self.people[who].id:
                raise Tampered("A key file is another's.", "")
        for who in ("EF",):
            heads.read_pinned_heads(self.people[who], folder / "officers", plate.origin)
        folders = {o.id: folder / "officers" for o in pair}
        session = open_session(folder, plate.origin, pair, folders, platform.SystemClock())
        try:
            expected = self._before.get(key)
            if expected and expected.held.others["holds"] != contents.held(session):
                for card in session.read_case_cards():  # the records say what is frozen, too
                    opening.reopen_incident(session, card.inc)
            seen = contents.of(session)
            return Look(seen, list(session.warnings), plate, session.copies)
        finally:
            session.close_session()

    def audited(self) -> None:
        """Let one officer check the whole vault, by passphrase."""
        audit.audit_vault(self.practice.folder, self.practice.ids["AB"], self.practice.words["AB"])


def rig(practice: Practice, home: Path, size: int) -> Rig:
    """Return a rig around a copy of the vault in ``home``."""
    home.mkdir()
    os.environ["XDG_STATE_HOME"] = str(home / STATE.parent)
    mine = copy_of(practice, home)
    (home / "vault" / "lock").touch()
    people = {i: mine.officer(i) for i in mine.ids}
    people |= {f"paper {n}": mine.paper_officer(n) for n in range(len(mine.paper))}
    return Rig(mine, size, Kept.of(home), people)


@pytest.fixture
def filled(practice: Practice, tmp_path: Path) -> tuple[Practice, int]:
    """A vault with files, a freeze and a restricted incident, and how many entries it has."""
    case = practice.case()
    path = tmp_path / "s.png"
    for size in (1, 70_000):
        path.write_bytes(real_png() + bytes(size))
        capture.capture_file(case, path, "A picture", "here")
    capture.capture_address(case, "https://x.example/1", "insults", "saw it")
    frozen = practice.case(case.session)
    capture.capture_file(frozen, path, "A picture", "here")
    stop.record_stop(frozen)
    opening.open_new_incident(case.session, named=[practice.ids["EF"]])
    size = case.session.store.chain.size
    practice.close()
    return practice, size


HARMLESS = {
    DATABASE: "database: unused bytes of a page, counters of SQLite",
    JOURNAL: "journal: all that was acknowledged is there, the entry at work whole or not at all",
    "vault/reserve": "reserve: zeros that nobody reads",
    "vault/lock": "lock: a file whose content nobody reads",
}


def harmless(rig: Rig, damage: Damage, seen: Look) -> str:
    """Return under which name a change does no harm, having asserted why; fail otherwise.

    Everything has been read back exactly as before. What is left is to say why nobody had to
    notice, for the few things of which that is true.
    """
    where, path = damage.where, rig.home / damage.where
    if where in HARMLESS:
        return HARMLESS[where]
    if where == "vault/vault.json":
        same = seen.plate == rig.before(where).plate
        assert same or any("before sign-in" in text for text in seen.warnings), damage
        return "front page: put right after sign-in, and said"
    if path.parent.name == policy_files.FOLDER:
        assert current_policy.PUT_RIGHT in seen.warnings, damage
        assert policy_files.is_sound_policy_file(rig.home / "vault", path.stem), damage
        return "file of the policy: put right at the sign-in, and said"
    if path.name == "backups.json":
        was = rig.before(where).copies
        assert (seen.copies.data, seen.copies.keys) == (was.data, was.keys), damage
        return "cache of the second copy: found again in the entries"
    if path.suffix == ".reg":
        before = rig.before(where).held.registers
        for inc, state in seen.held.registers.items():
            assert state in ({}, before[inc]), damage
        return "register card: a cache; shown as before or not at all"
    if path.suffix == ".heads":
        assert any("memory" in text for text in seen.warnings), damage
        return "memory lost or emptied: a warning"
    if where == "table meta" and frozen_content.LOST in seen.warnings:
        return "list of closed files: made again from the records, and said"
    if where == "table hold" and any("A freeze of" in text for text in seen.warnings):
        return "freeze: put in force again by the records, and said"
    stray = damage.what.startswith(("insert", "double"))
    assert where == "table meta" and stray, f"{damage}: nobody noticed"
    return "meta: a row of a name that nobody reads"


def judge(rig: Rig, damage: Damage) -> str:
    """Return how a change was taken: found at which door, or harmless and why."""
    try:
        seen = rig.look(damage.where)
    except EvidenceError:
        return "found by two"
    if seen.held.refused > rig.before(damage.where).held.refused:
        return "found: two who may open an incident are refused"
    assert seen.held.begins_with(rig.before(damage.where).held), (
        f"{damage}: something else was read"
    )
    if any("freeze was removed" in text for text in seen.warnings):
        return "found when the case is opened: frozen all the same"
    try:
        rig.audited()
    except EvidenceError:
        return "found by the audit"
    return harmless(rig, damage, seen)


def run(rig: Rig, cases: int, hurt: list[str], rng: random.Random) -> Counter[str]:
    """Do ``cases`` changes, each to one of the files ``hurt`` or to a row ("table")."""
    outcome: Counter[str] = Counter()
    for n in range(cases):
        name = hurt[n % len(hurt)]
        rig.before("" if name == "table" else name)
        if name == "table":
            damage = row_of(rig.practice.db, rng)
        else:
            damage = bytes_of(rig.home / name, name, rng)
        outcome[judge(rig, damage)] += 1
        rig.kept.restore()
    return outcome


def tell(title: str, outcome: Counter[str], began: float) -> None:
    rows = "".join(f"\n  {count:6} {how}" for how, count in outcome.most_common())
    took = time.monotonic() - began
    print(f"\n{title}: {outcome.total()} cases in {took:.0f} s{rows}")  # noqa: T201 - the result


def test_one_change_anywhere(
    filled: tuple[Practice, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began, mine = time.monotonic(), rig(filled[0], tmp_path / "work", filled[1])
    files = [p.relative_to(mine.home).as_posix() for p in mine.kept.files]
    hurt = [x for name in files for x in (name, "table", DATABASE)]
    outcome = run(mine, CASES, hurt, random.Random(20261121))
    with capsys.disabled():
        tell("changes", outcome, began)
    found = sum(count for how, count in outcome.items() if how.startswith("found"))
    assert found > CASES // 2


def test_one_change_in_a_journal_that_is_still_needed(
    filled: tuple[Practice, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed between writing the database and letting its journal go: the journal is the way back.

    SQLite checks a journal's pages; where it stops believing it, our chain and seals decide.
    """
    began = time.monotonic()
    size = cut_off(filled[0], tmp_path)
    mine = rig(filled[0], tmp_path / "work", size)
    assert (mine.home / JOURNAL) in mine.kept.files
    outcome = run(mine, CASES // 10, [JOURNAL], random.Random(7))
    with capsys.disabled():
        tell("changes of a hot journal", outcome, began)


def cut_off(practice: Practice, tmp_path: Path) -> int:
    """Kill a writer at the last moment of a commit, when the journal is about to go.

    Returns how many entries were acknowledged.
    """
    work = writer.Work(practice, lambda _line: None)
    session = work.session
    done = strace.run(
        lambda _say: session.append_record("clock.checked", {"source": "phone"}),
        tmp_path / "trace",
        "-e", "trace=unlink", "-e", "inject=unlink:error=EIO:signal=KILL:when=1",
    )  # fmt: skip
    assert os.WIFSIGNALED(done.status), "it was not cut off"
    session.store.close()
    assert (practice.folder / "evidence.db-journal").stat().st_size > 0
    return session.store.chain.size
