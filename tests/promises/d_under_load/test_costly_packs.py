"""A pack that is worth nothing costs little: time, and at most 300 MiB, whatever it holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.output.pack.folder import write_plain_folder
from esafety_tui.output.pack.source import PackSource
from tests.output.pack_samples import Case, build_sample, form_signed_by, picture, quiet
from tests.promises.d_under_load.costly import (
    LEDGERS,
    LONG,
    QUICK,
    Make,
    signed_ledger,
    signed_names,
)


@pytest.fixture(scope="module")
def source() -> PackSource:
    return build_sample([picture(1)], form_signed_by(0), Case())


@pytest.fixture(scope="module")
def pack(source: PackSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plain_folder(source, tmp_path_factory.mktemp("sound"), quiet)


def checked(paths: list[Path]) -> list[dict[str, Any]]:
    """Return what a process of little memory said of each."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.promises.d_under_load.costly_child", *map(str, paths)],
        # One arena: glibc reserves 128 MiB for each thread, and uses none of it.
        env={**os.environ, "MALLOC_ARENA_MAX": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def cheap(pack: Path, room: Path, makers: dict[str, Make]) -> None:
    paths = []
    for name, make in makers.items():
        (folder := room / name).mkdir()
        paths.append(make(pack, folder))
    said = checked([pack, *paths])
    assert said[0]["code"] == 0
    for name, answer in zip(makers, said[1:], strict=True):
        assert answer["code"] in (1, 2), (name, answer)
        assert len(answer["what"]) > 20, (name, answer)
        peak = f"{answer['seconds']} s, {answer['peak'] >> 10} MiB in all"
        sys.stdout.write(f"{name}: {peak}: {answer['what']}\n")


@pytest.mark.long("the bounds of test_two_verifiers.py")
def test_what_is_worth_nothing_costs_little(pack: Path, tmp_path: Path) -> None:
    cheap(pack, tmp_path, QUICK)


@pytest.mark.long("the other costly packs")
def test_a_million_files_the_longest_statement_and_signed_nonsense(
    source: PackSource, pack: Path, tmp_path: Path
) -> None:
    more = {name: signed_ledger(source.signers, *parts) for name, parts in LEDGERS.items()}
    more["a statement that lists 99,000 files"] = signed_names(source.signers)
    cheap(pack, tmp_path, {**LONG, **more})
