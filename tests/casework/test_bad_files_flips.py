"""One flipped bit anywhere in a vault is found, or does no harm; the test says which.

Found: signing in, or reading everything, raises one of our errors. Harmless: everything reads
back exactly as before. Anything else (a wrong word, another exception) fails the test.
ESAFETY_FLIPS sets the number of flips.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from esafety_tui.casework import capture, opening, stop
from esafety_tui.casework.unlock import Login, unlock
from esafety_tui.data import blobs, platform
from esafety_tui.kernel.errors import EvidenceError, Tampered
from tests.casework.support import STATE, Practice, copy_of, real_png

FLIPS = int(os.environ.get("ESAFETY_FLIPS", "60"))
HARMLESS = {
    "vault/evidence.db": "unused bytes of a page, the file's change counter, a version number",
    "vault/reserve": "zeros that nobody reads",
    "vault/vault.json": "names shown before sign-in; the true ones are shown after it",
    "register": "a cache of the home screen",
    "other key": "an officer or pair who did not sign in",
}


def read_everything(home: Path, practice: Practice) -> list[object]:
    """Sign in and read all there is, as the two officers would."""
    logins = [Login(practice.ids[i], practice.words[i]) for i in ("AB", "CD")]
    session = unlock(home / "vault", logins, platform.SystemClock())
    try:
        said: list[object] = []
        for card in session.cards():
            identity = session.identity(card)
            for record in session.read_all(card):
                said.append((record.type, record.disclosures))
                for name in record.blobs:
                    # A frozen file has no reader; its name is the hash of its sealed bytes.
                    if blobs.ciphertext_hash(home / "vault/blobs" / f"{name}.age") != name:
                        raise Tampered("A sealed file was altered.", "")
                    if name not in session.store.holds.blobs:
                        pieces = session.store.read_blob(name, record.text("sha256"), identity)
                        said.append(b"".join(pieces))
            said.append((card.reference, sorted(session.store.holds.blobs)))
        directory = session.keyring.directory
        said.append((directory.digest, session.store.raw[: len(practice_lines)]))
        return said
    finally:
        session.close()


practice_lines: list[bytes] = []


@pytest.fixture
def filled(practice: Practice, tmp_path: Path) -> Practice:
    case = practice.case()
    path = tmp_path / "s.png"
    for size in (1, 70_000):
        path.write_bytes(real_png() + bytes(size))
        capture.take_file(case, path, "A picture", "here")
    capture.add_url(case, "https://x.example/1", "insults", "saw it")
    frozen = practice.case(case.session)
    capture.take_file(frozen, path, "A picture", "here")
    stop.stop(frozen)
    opening.open_new(case.session, named=[practice.ids["EF"]])
    practice_lines[:] = case.session.store.raw
    practice.close()
    return practice


def kind_of(path: Path, practice: Practice) -> str:
    """Return under which heading of HARMLESS a file may fall, or its folder's name."""
    text = path.as_posix()
    mine = {practice.ids[i][:16] for i in ("AB", "CD")}
    if text in HARMLESS:
        return text
    if path.suffix == ".reg":
        return "register"
    if path.suffix in {".evkey", ".heads"} and not any(m in text for m in mine):
        return "other key"
    if path.name.startswith("vault.") and not all(m in text for m in mine):
        return "other key"
    if path.name == "ca.age" or (path.parent.name == "inc" and path.name.count(".") == 2):
        return "other key"
    return path.parent.name


def test_one_flipped_bit_anywhere(
    filled: Practice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(20261121)
    work = tmp_path / "work"
    work.mkdir()
    os.environ["XDG_STATE_HOME"] = str(work / STATE.parent)
    copy_of(filled, work)
    before = read_everything(work, filled)
    files = [p.relative_to(filled.home) for p in filled.folder.rglob("*") if p.is_file()]
    files += [p.relative_to(filled.home) for p in (filled.home / STATE).glob("*")]
    database = Path("vault/evidence.db")
    outcome: Counter[tuple[str, str]] = Counter()
    for n in range(FLIPS):
        shutil.rmtree(work)
        work.mkdir()
        copy_of(filled, work)
        path = database if n % 3 == 0 else files[n % len(files)]
        data = bytearray((work / path).read_bytes())
        where = rng.randrange(len(data))
        data[where] ^= 1 << rng.randrange(8)
        (work / path).write_bytes(data)
        try:
            same = read_everything(work, filled) == before
        except EvidenceError:
            outcome[kind_of(path, filled), "found"] += 1
            continue
        assert same, f"byte {where} of {path}: something else was read, and nobody said so"
        kind = kind_of(path, filled)
        assert kind in HARMLESS, f"byte {where} of {path}: not found, and not known as harmless"
        outcome[kind, "harmless"] += 1
    with capsys.disabled():
        rows = ", ".join(f"{k} {how} {c}" for (k, how), c in sorted(outcome.items()))
        print(f"\nflips: {FLIPS} ({rows})")  # noqa: T201 - the figure is the result
    assert sum(c for (_, how), c in outcome.items() if how == "found") > FLIPS // 3
