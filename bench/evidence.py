"""P1 and P3: taking files in, beside age, openssl, 7-Zip and pyrage doing a part of the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.floor import run_floor, run_floor_with_disk
from bench.practice import open_case, random_file, ready_case, take_in
from bench.rounds import Timing, absent, paired, report, sized
from esafety_tui.casework.incident.capture_files import acquire_files
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.kernel.views import OriginalFile

FLOOR = "two hashes and a cipher, two cores"
FLOOR_DISK = "the same, written, synced and read back"


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _run(*command: str | Path) -> None:
    subprocess.run(list(command), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def _recipient(folder: Path) -> str:
    key = folder / "age.key"
    _run("age-keygen", "-o", key)
    done = subprocess.run(["age-keygen", "-y", key], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _ours(case: CaseFile, path: Path) -> Timing:
    def run() -> float:
        taken = _timed(lambda: take_in(case, path, len(case.records)))
        for blob in (case.session.folder / "blobs").iterdir():
            blob.unlink()  # the disk of the machine is not part of the question
        return taken

    return run


def _peers(folder: Path, path: Path) -> dict[str, Timing]:
    out = folder / "peer.out"
    found: dict[str, Timing] = {}

    def after(act: Callable[[], object]) -> Timing:
        def run() -> float:
            out.unlink(missing_ok=True)
            start = time.perf_counter()
            act()
            _sync(out)
            return time.perf_counter() - start

        return run

    if shutil.which("openssl"):
        found["hash"] = lambda: _timed(lambda: _run("openssl", "dgst", "-sha256", path))
    if shutil.which("age"):
        seal = ("age", "-r", _recipient(folder), "-o", out, path)
        found["age -r, fsync"] = after(lambda: _run(*seal))
        if shutil.which("openssl"):

            def both() -> None:
                _run("openssl", "dgst", "-sha256", path)
                _run(*seal)

            found["openssl dgst; age -r, fsync"] = after(both)
    if shutil.which("7z"):
        found["7z a -mx0 -p, fsync"] = after(
            lambda: _run("7z", "a", "-tzip", "-mem=AES256", "-mx0", "-pbench", out, path)
        )
    return found


def p1(folder: Path) -> None:
    """One large file: hash, seal, sync and entry."""
    size = sized("BENCH_MIB", 1024)
    path = random_file(folder / "large.bin", size << 20)
    with open_case(folder / "vault") as case:
        floors: dict[str, Timing] = {
            FLOOR: partial(run_floor, size),
            FLOOR_DISK: partial(run_floor_with_disk, size, folder),
        }
        times = paired({"take in": _ours(case, path), **floors, **_peers(folder, path)})
    goals = {FLOOR: "<= 1.15", "age -r, fsync": "<= 0.7"}
    report(f"P1  take in {size} MiB (hash + seal + fsync + entry)", times, "take in", goals)
    if shutil.which("age") is None:
        absent("age")
    path.unlink()


def p3(folder: Path) -> None:
    """Many small files: dropped together, and one by one, each durable before it is said to be."""
    count = sized("BENCH_FILES", 200)
    if shutil.which("age") is None:
        absent("age (P3 needs it)")
        return
    paths = [random_file(folder / f"small-{n}.bin", 500_000) for n in range(count)]
    to, out = _recipient(folder), folder / "small.out"

    def each_by_age() -> None:
        for path in paths:
            out.unlink(missing_ok=True)
            _run("age", "-r", to, "-o", out, path)
            _sync(out)

    originals = [OriginalFile(path, "A picture", "from a parent") for path in paths]
    with open_case(folder / "vault") as first:
        session = first.session

        def together() -> float:
            case = ready_case(session)  # a new one each round: none of them grows from the others
            return _timed(lambda: [one.need_record() for one in acquire_files(case, originals)])

        def one_by_one() -> float:
            case = ready_case(session)
            return _timed(
                lambda: [next(acquire_files(case, [one])).need_record() for one in originals]
            )

        times = paired(
            {
                "add files": together,
                "add file, one by one": one_by_one,
                "one age process a file, fsync": lambda: _timed(each_by_age),
            }
        )
    goals = {"one age process a file, fsync": "<= 0.5"}
    report(f"P3  {count} files of 500 KB, each durable", times, "add files", goals)
