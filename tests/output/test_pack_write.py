"""A pack is checked by programs that are not ours, and never damages what is on the target."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.data.pagecache import drop_cache
from esafety_tui.kernel.errors import BadInput, OutputFailed, Refused
from esafety_tui.output.pack.container import write_container
from esafety_tui.output.pack.folder import write_plain_folder
from esafety_tui.output.pack.source import PackSource
from esafety_tui.output.pack.target import Progress
from tests.output.pack_samples import build_sample, exhibit, quiet
from tests.programs import need_program

Write = Callable[..., Path]
WORDS = "maple-otter-tram-blue-kettle"


def run(folder: Path, *command: str) -> str:
    """Run a system tool and return what it says."""
    need_program(command[0])
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source() -> PackSource:
    return build_sample()


@pytest.fixture(scope="module")
def pack(source: PackSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plain_folder(source, tmp_path_factory.mktemp("plain"), quiet)


@pytest.mark.tool("sha256sum")
@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_sha256sum_agrees(pack: Path, manifest: str) -> None:
    run(pack, "sha256sum", "--strict", "-c", manifest)


def test_bagit_agrees(pack: Path) -> None:
    script = Path(sys.executable).with_name("bagit.py")
    run(pack.parent, sys.executable, str(script), "--validate", pack.name)


@pytest.mark.tool("openssl")
def test_every_openssl_line_of_the_readme_works_as_it_stands(pack: Path) -> None:
    lines = (pack / "README.txt").read_text().splitlines()
    commands = [line.strip().split() for line in lines if line.startswith("    openssl ")]
    answers = [run(pack, *command) for command in commands]
    assert answers.count("Verified OK\n") == 2
    assert sum(answer.endswith(": OK\n") for answer in answers) == 2


@pytest.mark.tool("pdftotext")
def test_the_sheets_are_pdf_and_say_practice(pack: Path) -> None:
    for name in ("START-HERE.pdf", "data/limits.pdf"):
        text = run(pack, "pdftotext", "-layout", name, "-")
        assert "HVS-2026-0007" in text
        assert "PRACTICE" in text


@pytest.mark.tool("7z")
def test_seven_zip_tests_the_container_and_finds_the_same_files(
    source: PackSource, pack: Path, tmp_path: Path
) -> None:
    file = write_container(source, tmp_path, WORDS, quiet)
    assert "Everything is Ok" in run(tmp_path, "7z", "t", f"-p{WORDS}", file.name)
    run(tmp_path, "7z", "x", f"-p{WORDS}", "-oout", file.name)
    out = tmp_path / "out" / source.reference
    inside = sorted(p.relative_to(out) for p in out.rglob("*") if p.is_file())
    assert inside == sorted(p.relative_to(pack) for p in pack.rglob("*") if p.is_file())
    for name in ("data/exhibits/AS_1.png", "data/ledger.json", "data/form.pdf"):
        assert (out / name).read_bytes() == (pack / name).read_bytes()
    run(out, "sha256sum", "--strict", "--quiet", "-c", "tagmanifest-sha256.txt")


@pytest.mark.tool("7z")
def test_a_wrong_passphrase_opens_nothing(source: PackSource, tmp_path: Path) -> None:
    file = write_container(source, tmp_path, WORDS, quiet)
    done = subprocess.run(
        ["7z", "t", "-pwrong-wrong-wrong", str(file)], capture_output=True, check=False
    )
    assert done.returncode != 0


@pytest.mark.parametrize("passphrase", ["", "short", "eleven-char", "pässphrase-mit-umlaut"])
def test_a_weak_or_ambiguous_passphrase_is_refused(
    source: PackSource, tmp_path: Path, passphrase: str
) -> None:
    with pytest.raises(BadInput):
        write_container(source, tmp_path, passphrase, quiet)
    assert not list(tmp_path.iterdir())


_opened: list[str] = []
_watching = False


def _watch(event: str, args: tuple[object, ...]) -> None:
    if _watching and event == "open" and isinstance(args[2], int) and args[2] & 0o3:
        _opened.append(str(args[0]))


def test_the_container_stages_nothing_in_clear(source: PackSource, tmp_path: Path) -> None:
    global _watching
    sys.addaudithook(_watch)
    _watching = True
    try:
        file = write_container(source, tmp_path, WORDS, quiet)
    finally:
        _watching = False
    written = [name for name in _opened if not name.isdecimal()]
    assert written == [str(tmp_path / f".{file.name}.incomplete")]
    assert b"Cleo Invented" not in file.read_bytes()
    assert b"\x89PNG" not in file.read_bytes()


def sealed(source: PackSource, folder: Path, progress: Progress = quiet) -> Path:
    return write_container(source, folder, WORDS, progress)


def plain(source: PackSource, folder: Path, progress: Progress = quiet) -> Path:
    return write_plain_folder(source, folder, progress)


@pytest.mark.parametrize("write", [plain, sealed])
class TestTarget:
    """What both sinks owe to whatever else is on the stick."""

    def test_an_existing_name_is_never_overwritten(
        self, source: PackSource, tmp_path: Path, write: Write
    ) -> None:
        there = write(source, tmp_path)
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(OutputFailed, match="already"):
            write(source, tmp_path)
        assert sorted(tmp_path.rglob("*")) == before
        assert there.exists()

    def test_an_unfinished_copy_is_not_touched(
        self, source: PackSource, tmp_path: Path, write: Write
    ) -> None:
        for name in (".HVS-2026-0007.incomplete", ".HVS-2026-0007.zip.incomplete"):
            (tmp_path / name).write_text("someone's")
        with pytest.raises(OutputFailed, match="unfinished"):
            write(source, tmp_path)
        assert all(path.read_text() == "someone's" for path in tmp_path.iterdir())

    def test_too_little_room_is_said_before_a_byte_is_written(
        self, source: PackSource, tmp_path: Path, write: Write
    ) -> None:
        big = replace(source.exhibits[0], size=1 << 60)
        with pytest.raises(OutputFailed, match="free"):
            write(replace(source, exhibits=(big,)), tmp_path)
        assert not list(tmp_path.iterdir())

    @pytest.mark.posix
    def test_a_full_target_leaves_only_what_is_marked_incomplete(
        self, tmp_path: Path, write: Write
    ) -> None:
        if sys.platform == "win32":
            pytest.skip("no limit of a file")
        source = build_sample([os.urandom(1 << 20)])
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, old[1]))
        try:
            with pytest.raises(OutputFailed, match="was not written"):
                write(source, tmp_path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
        assert all(path.name.endswith(".incomplete") for path in tmp_path.iterdir())

    def test_a_stick_that_goes_away_is_one_sentence(
        self, source: PackSource, tmp_path: Path, write: Write
    ) -> None:
        def unplug(what: str, _done: int, _total: int) -> None:
            if what == "data/ledger.json":
                shutil.rmtree(tmp_path)

        with pytest.raises(OutputFailed, match="removed or does not answer"):
            write(source, tmp_path, unplug)

    def test_cancelling_stops_and_leaves_it_marked(
        self, source: PackSource, tmp_path: Path, write: Write
    ) -> None:
        class Cancelled(Exception):
            pass

        def cancel(what: str, _done: int, _total: int) -> None:
            if what == "data/ledger.json":
                raise Cancelled

        with pytest.raises(Cancelled):
            write(source, tmp_path, cancel)
        assert [path.suffix for path in tmp_path.iterdir()] == [".incomplete"]

    def test_an_exhibit_that_changed_stops_the_export(
        self, source: PackSource, tmp_path: Path, write: Write
    ) -> None:
        def other() -> Iterator[bytes]:
            yield b"x" * source.exhibits[0].size

        swapped = (replace(source.exhibits[0], open=other), *source.exhibits[1:])
        with pytest.raises(OutputFailed, match="AS/1"):
            write(replace(source, exhibits=swapped), tmp_path)
        assert [path.suffix for path in tmp_path.iterdir()] == [".incomplete"]

    def test_a_missing_folder_is_said(
        self, source: PackSource, tmp_path: Path, write: Write
    ) -> None:
        with pytest.raises(OutputFailed, match="not there"):
            write(source, tmp_path / "gone")

    def test_progress_ends_at_the_last_file(
        self, source: PackSource, tmp_path: Path, write: Write
    ) -> None:
        calls: list[tuple[str, int, int]] = []
        write(source, tmp_path, lambda *call: calls.append(call))
        done = [call[1] for call in calls]
        assert done == sorted(done)
        assert all(call[1] <= call[2] for call in calls)
        assert calls[-1][0] == "tagmanifest-sha256.txt"


def test_one_officer_cannot_sign_twice(source: PackSource) -> None:
    with pytest.raises(Refused, match="two different"):
        replace(source, signers=(source.signers[0], source.signers[0]))


def test_an_exhibit_name_is_never_what_someone_typed(source: PackSource) -> None:
    with pytest.raises(BadInput):
        replace(source, exhibits=(replace(source.exhibits[0], disk_name="../x.png"),))
    with pytest.raises(BadInput):
        replace(source, exhibits=(exhibit(1, b"a"), exhibit(1, b"b")))


def test_dropping_the_cache_leaves_the_files(pack: Path) -> None:
    before = (pack / "data/form.pdf").read_bytes()
    assert drop_cache(pack) == "cache dropped"
    assert (pack / "data/form.pdf").read_bytes() == before
