"""Signing in and changing keys in a vault of 500 incidents, and the checks after it."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench.large import Large, consent, standard
from bench.rounds import load, paired, report, rounds
from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.destruction import shredding
from esafety_tui.casework.incident import retention
from esafety_tui.casework.incident.opening import reopen_incident
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.signin.create_vault import Founder
from esafety_tui.casework.signin.unlock import open_session, unlock_keys
from esafety_tui.data.officers import FLOOR, KdfCost
from esafety_tui.data.platform import SystemClock

WHY = "The bench measures this."


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def unlocking(folder: Path) -> None:
    """Sign-in of two officers at the default cost: Argon2id, and everything else."""
    vault = standard(folder / "vault", KdfCost())
    plate = read_public_info(vault.folder)
    assert plate is not None
    officers, keys = unlock_keys(vault.folder, vault.logins(0, 1))
    sizes = []

    def passphrases() -> float:
        return _timed(lambda: unlock_keys(vault.folder, vault.logins(0, 1)))

    def everything_else() -> float:
        start = time.perf_counter()
        session = open_session(vault.folder, plate.origin, officers, keys, SystemClock())
        taken = time.perf_counter() - start
        sizes.append(session.store.chain.size)
        session.close_session()
        return taken

    times = paired({"Argon2id, both officers": passphrases, "everything else": everything_else})
    incidents = len(list((vault.folder / "keyring" / "g1" / "inc").glob("*.card")))
    report(
        f"unlock  two officers, {incidents} incidents, {sizes[-1]} entries", times,
        "everything else", {},
    )  # fmt: skip


class Rounds:
    """The three changes of keys, one after another, in one session."""

    def __init__(self, vault: Large, session: OpenSession) -> None:
        self.vault, self.session = vault, session
        self._words = consent(vault)
        self._joined = iter("KLMNOPQRSTUVWXYZ")
        self._doomed = iter([card.inc for card in session.read_case_cards()])
        self.said: tuple[str, ...] = ()

    def rotate(self) -> float:
        """Put new keys in force for everybody as before."""
        agreed = PairConsent(self._words, WHY)
        return _timed(lambda: officer_changes.rotate_keys(self.session, agreed))

    def enrol(self) -> float:
        """Enrol one more officer."""
        letter = next(self._joined)
        new = Founder(f"Newcomer {letter}", "Teacher", f"N{letter}", "five plain words as practice")
        agreed = PairConsent(self._words, WHY)
        return _timed(lambda: officer_changes.enrol_officer(self.session, new, agreed, FLOOR))

    def shred(self) -> float:
        """Destroy one incident whose time is over, with the look on the disk that follows."""
        inc = next(self._doomed)
        case = reopen_incident(self.session, inc)
        day = retention.today_in_uk(self.session).isoformat()
        retention.set_review_date(case, day, WHY, self._words)
        start = time.perf_counter()
        done = shredding.destroy_incidents(
            self.session, [inc], {inc: case.card.reference}, self._words, "The time is over."
        )
        self.said = done.found
        return time.perf_counter() - start


def _copied(vault: Path, target: Path) -> Callable[[], float]:
    def run() -> float:
        subprocess.run(["rm", "-rf", target], check=True)
        start = time.perf_counter()
        subprocess.run(["cp", "-r", vault, target], check=True)
        for path in target.rglob("*"):
            fd = os.open(path, os.O_RDONLY)
            os.fsync(fd)
            os.close(fd)
        return time.perf_counter() - start

    return run


def rotation(folder: Path) -> None:
    """Rotate, enrol, shred / a plain copy of the vault; then what the checks say."""
    vault = standard(folder / "vault")
    files = sum(p.is_file() for p in vault.folder.rglob("*"))
    session = vault.sign_in()
    try:
        acts = Rounds(vault, session)
        contestants = {
            "rotate": acts.rotate, "enrol": acts.enrol, "shred one": acts.shred,
            "cp -r, fsync each": _copied(vault.folder, folder / "copy"),
        }  # fmt: skip
        found: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(min(3, rounds())):
            for name, act in contestants.items():
                found[name].append(act())
        size, incidents = session.store.chain.size, len(session.read_case_cards())
    finally:
        session.close_session()
    print(f"\nrotation  {incidents} incidents, {size} entries, {files} files, {vault.mib:.0f} MiB "
          f"({load()}, {len(found['rotate'])} rounds)")  # fmt: skip
    for name, values in found.items():
        ratio = statistics.median(
            a / b for a, b in zip(values, found["cp -r, fsync each"], strict=True)
        )
        print(f"  {name:<20} {statistics.median(values):7.2f} s {ratio:8.2f} x copy")
    _check(vault, acts.said)


def _check(vault: Large, said: tuple[str, ...]) -> None:
    """Print what the checks say: the look after shredding, another pair, the whole check."""
    start = time.perf_counter()
    other = vault.sign_in(1, 2)
    warned = other.warnings
    other.close_session()
    second = time.perf_counter()
    first, beside = vault.logins(0, 2)
    whole = audit_vault(vault.folder, first.officer_id, first.passphrase, beside)
    end = time.perf_counter()
    print("  after shredding:", *said, sep="\n    ")
    print(f"  another pair signs in ({second - start:.2f} s):", *warned or ["no warning"],
          sep="\n    ")  # fmt: skip
    print(f"  the whole check by two ({end - second:.2f} s):", *whole, sep="\n    ")
