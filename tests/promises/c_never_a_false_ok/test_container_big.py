"""Containers at the limits of the ZIP format, both layouts, read by the check and by 7-Zip."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from esafety_tui.output.pack import ziplayout
from esafety_tui.output.pack.ziplayout import KNOWN_LAYOUTS
from tests.output.zip_surgery import WORDS, by_pyzipper, by_us, sums

assert sys.platform != "win32", "sparse files"

WHEN = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
TOP = "HVS-2026-0007"
GIB = 1 << 30


def seven_zip(*args: str) -> str:
    done = subprocess.run(["7z", *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long("tests/output/test_ziplayout.py, every limit without the bytes")
@pytest.mark.parametrize("layout", [0, 2])
def test_a_file_of_more_than_4_gib_and_one_behind_it(layout: int, tmp_path: Path) -> None:
    """The stored bytes are zeros, so that the container takes no room: sparse."""
    rules, when, path = KNOWN_LAYOUTS[layout], ziplayout.encode_dos_time(WHEN), tmp_path / "a.zip"
    lines, size = b"", 4 * GIB + 12_345
    salt = bytes(16)
    keys = hashlib.pbkdf2_hmac("sha1", WORDS.encode(), salt, 1000, 66)
    with path.open("wb") as out:
        for name, count in (("data/exhibits/AB_1.mp4", size), ("README.txt", 100)):
            full, place = f"{TOP}/{name}".encode(), out.tell()
            lines += ziplayout.directory_entry(rules, full, count, when, place)
            out.write(ziplayout.local_header(rules, full, count, when) + salt + keys[64:])
            mac = hmac.new(keys[32:64], digestmod="sha1")
            for _ in range(count >> 20):
                mac.update(bytes(1 << 20))
            mac.update(bytes(count & 0xFFFFF))
            out.seek(count, 1)
            out.write(mac.digest()[:10])
        place = out.tell()
        out.write(lines + ziplayout.directory_end(rules, 2, len(lines), place))
    assert path.stat().st_blocks * 512 < GIB
    number, found = sums(path)
    assert number == rules.number
    assert "Everything is Ok" in seven_zip("t", f"-p{WORDS}", str(path))
    for name, sha256 in found.items():
        command = ["7z", "x", "-so", f"-p{WORDS}", str(path), name]
        digest = hashlib.sha256()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as done:
            assert done.stdout is not None
            while piece := done.stdout.read(1 << 20):
                digest.update(piece)
        assert digest.hexdigest() == sha256


@pytest.mark.long("tests/output/test_ziplayout.py, every limit without the bytes")
@pytest.mark.parametrize("make", [by_pyzipper, by_us])
def test_70_000_files(make: object, tmp_path: Path) -> None:
    write = by_us if make is by_us else by_pyzipper
    files = [(f"data/records/{n:06d}.json", b"%d" % n) for n in range(70_000)]
    path = write(tmp_path / "a.zip", TOP, files, WHEN)
    _, found = sums(path)
    assert len(found) == 70_000
    assert all(found[f"{TOP}/{n}"] == hashlib.sha256(data).hexdigest() for n, data in files)
    assert "Files: 70000" in seven_zip("t", f"-p{WORDS}", str(path))
