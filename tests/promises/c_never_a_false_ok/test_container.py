"""What is called sound in a container is what a ZIP program unpacks; every lawful one is taken."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from esafety_tui.kernel.errors import EvidenceError, NewerVersion, NotSound
from esafety_tui.output.verify import verify_path
from tests.output.zip_surgery import (
    WORDS,
    Parts,
    by_pyzipper,
    by_us,
    copy_of,
    sums,
    taken_apart,
)
from tests.output.zip_tampers import HARMLESS, TAMPERS, roll, swap_by_unicode_path
from tests.vectors.vector import HERE

WHEN = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
TOP = "HVS-2026-0007"
FILES = (
    ("data/exhibits/AB_1.png", b"the first picture"), ("data/exhibits/AB_2.png", b"another one"),
    ("README.txt", b"words"),
)  # fmt: skip
ROUNDS = int(os.environ.get("ESAFETY_CONTAINERS", "200"))
"""Mutated containers; make slow has 2,000. Of unaltered ones there are a fifth, there 200."""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Parts]:
    """A container of each layout, in pieces."""
    folder = tmp_path_factory.mktemp("containers")
    old = by_pyzipper(folder / "1.zip", TOP, FILES, WHEN)
    new = by_us(folder / "2.zip", TOP, FILES, WHEN)
    return {1: taken_apart(old.read_bytes()), 2: taken_apart(new.read_bytes())}


def unpacked(path: Path, out: Path) -> dict[str, str]:
    """Return what 7-Zip makes of it."""
    done = subprocess.run(
        ["7z", "x", f"-p{WORDS}", f"-o{out}", "-y", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        file.relative_to(out).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in out.rglob("*") if file.is_file()
    }  # fmt: skip


@pytest.mark.parametrize("layout", [1, 2])
def test_whatever_is_altered_is_refused(
    parts: dict[int, Parts], layout: int, tmp_path: Path
) -> None:
    path, accepted = tmp_path / "a.zip", []
    for name, change in TAMPERS.items():
        mine = copy_of(parts[layout])
        change(mine)
        path.write_bytes(mine.to_bytes())
        try:
            sums(path)
        except (NotSound, NewerVersion):
            continue
        accepted.append(name)
    assert accepted == []


@pytest.mark.tool("7z")
@pytest.mark.parametrize("layout", [1, 2])
def test_the_attack_is_real(parts: dict[int, Parts], layout: int, tmp_path: Path) -> None:
    """7-Zip does unpack two exhibits under each other's names, without a word."""
    mine = copy_of(parts[layout])
    swap_by_unicode_path(mine)
    path = tmp_path / "a.zip"
    path.write_bytes(mine.to_bytes())
    found = unpacked(path, tmp_path / "out")
    assert found[f"{TOP}/{FILES[0][0]}"] == hashlib.sha256(FILES[1][1]).hexdigest()


@pytest.mark.tool("7z")
def test_what_is_accepted_unpacks_to_the_bytes_called_sound(
    parts: dict[int, Parts], tmp_path: Path
) -> None:
    accepted = 0
    for number in range(ROUNDS):
        dice = random.Random(number)
        path = tmp_path / f"{number}.zip"
        path.write_bytes(roll(dice, copy_of(parts[1 + number % 2])))
        try:
            sound = sums(path)[1]
        except EvidenceError:
            continue
        accepted += 1
        assert sound == unpacked(path, tmp_path / str(number)), number
    # Neither all nor nothing: the throws that change no meaning must come through.
    assert ROUNDS // 20 < accepted < ROUNDS // 3
    sys.stdout.write(f"{ROUNDS} mutated containers, {accepted} accepted, all as 7z unpacks them\n")


@pytest.mark.tool("7z")
def test_every_harmless_change_is_accepted(parts: dict[int, Parts], tmp_path: Path) -> None:
    for number, change in enumerate(HARMLESS):
        mine = copy_of(parts[1 + number % 2])
        change(mine)
        path = tmp_path / f"{number}.zip"
        path.write_bytes(mine.to_bytes())
        assert sums(path)[1] == unpacked(path, tmp_path / str(number))


def test_every_lawful_container_is_accepted(tmp_path: Path) -> None:
    names = [name for name, _ in FILES]
    rounds = ROUNDS // 5 if ROUNDS < 1000 else 200
    for number in range(rounds):
        dice = random.Random(number)
        sizes = [dice.choice((0, 1, 15, 16, 17, 4096)) for _ in range(dice.randint(1, 3))]
        files = [(name, dice.randbytes(size)) for name, size in zip(names, sizes, strict=False)]
        date = datetime(dice.choice((1980, 2026, 2107)), 2, 28, number % 24, 59, 58, tzinfo=UTC)
        path = tmp_path / f"{number}.zip"
        system = dice.choice((0, 3))
        made = (
            by_us(path, TOP, files, date) if number % 2
            else by_pyzipper(path, TOP, files, date, system)
        )  # fmt: skip
        want = {f"{TOP}/{name}": hashlib.sha256(data).hexdigest() for name, data in files}
        assert sums(made)[1] == want, number


def test_a_pack_of_the_first_layout_is_accepted_for_good() -> None:
    """Written by the release before layout 2: a whole pack, kept as it is."""
    path = HERE / "packs" / "container-1.zip"
    assert sums(path)[0] == 1
    assert verify_path(path, passphrase=WORDS, check_code="S76T GFEJ 9K8Y CDCQ").authentic


def test_a_newer_layout_is_not_called_unsound(parts: dict[int, Parts], tmp_path: Path) -> None:
    mine = copy_of(parts[2])
    for member in mine.members:
        member.entry[0] = 103
        member.entry_extra += b"\0\0\0\0"
    path = tmp_path / "a.zip"
    path.write_bytes(mine.to_bytes())
    with pytest.raises(NewerVersion, match="newer version"):
        sums(path)
