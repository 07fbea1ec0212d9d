"""Keys in memory: no core file, no other process looking in, and an honest doctor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from esafety_tui.casework.inspection import doctor
from esafety_tui.data import memory
from tests.casework.support import Practice
from tests.cli.conftest import run
from tests.plain.pty import Pty

_ABORTED = """
import os, resource, sys
from esafety_tui import cli
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
cli.main(["urgent"])
print(resource.getrlimit(resource.RLIMIT_CORE))
sys.stdout.flush()
os.abort()
"""


@pytest.mark.posix
def test_a_crash_leaves_no_core_file(tmp_path: Path) -> None:
    """Aborted after any verb, its limit as high as it may be set: no file, and no dump."""
    done = subprocess.run(
        [sys.executable, "-c", _ABORTED], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(doctor.__file__).parents[3])},
    )  # fmt: skip
    assert "(0, 0)" in done.stdout, done.stderr
    # A negative code is the signal's number; a dumped core would have left a file beside it.
    assert done.returncode == -signal.SIGABRT
    assert list(tmp_path.iterdir()) == []


@pytest.mark.posix
def test_no_other_process_of_this_user_reads_the_memory(tmp_path: Path) -> None:
    """The kernel gives the process' own files to root: PR_SET_DUMPABLE is read back as 0."""
    code = (
        "from esafety_tui import cli; from esafety_tui.data.memory import refuse_core_files;"
        "before = refuse_core_files(); cli.main(['urgent']); print(before, refuse_core_files())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(doctor.__file__).parents[3])},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "False True", done.stderr


@pytest.mark.posix
def test_ctrl_backslash_ends_no_plain_session(real: Practice) -> None:
    """The terminal's quit key neither ends the program without signing out nor dumps it."""
    terminal = Pty("--vault", str(real.folder), "--plain", home=real.home)
    try:
        terminal.prompt()
        terminal.send(b"\x1c")
        terminal.type("help")
        terminal.until("These words work at every prompt")
        assert terminal.program.poll() is None
    finally:
        terminal.close()


@pytest.mark.posix
@pytest.mark.parametrize(
    ("pattern", "reader"),
    [("core\n", ""), ("|/usr/share/apport/apport -p%p %s\n", "/usr/share/apport/apport"),
     ("|/bin/false", "/bin/false")],
)  # fmt: skip
def test_the_reader_of_core_files_is_named(
    pattern: str, reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recorded contents of core_pattern; a limit of 0 does not stop a pipe (core(5))."""
    (tmp_path / "core_pattern").write_text(pattern)
    monkeypatch.setattr(memory, "CORE_PATTERN", tmp_path / "core_pattern")
    monkeypatch.setattr(memory, "refuse_core_files", lambda: False)
    assert memory.core_file_program() == reader
    finding = doctor._look_at_core_files()
    assert finding.ok is False and reader in finding.what


@pytest.mark.posix
def test_swap_in_clear_is_named_and_encrypted_swap_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recorded /proc/swaps: a partition, a file and dm-crypt, zram and none."""
    swaps = tmp_path / "swaps"
    monkeypatch.setattr(memory, "SWAPS", swaps)
    monkeypatch.setattr(memory, "BLOCKS", tmp_path)
    (tmp_path / "dm-7" / "dm").mkdir(parents=True)
    (tmp_path / "dm-7" / "dm" / "uuid").write_text("CRYPT-PLAIN-swap")
    head = "Filename\t\tType\t\tSize\t\tUsed\t\tPriority\n"
    rows = "/dev/sda3 partition 1 0 -2\n/swapfile file 1 0 -3\n/dev/dm-7 partition 1 0 -4\n"
    swaps.write_text(f"{head}{rows}/dev/zram0 partition 1 0 5\n")
    said = doctor._look_at_swap()
    assert said.ok is False and said.what.endswith("/dev/sda3, /swapfile.")
    swaps.write_text(head)
    assert doctor._look_at_swap().ok is True
    swaps.unlink()
    assert doctor._look_at_swap().ok is None


def test_on_windows_rights_are_not_called_in_order_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder's rights are not read there, and the doctor says so instead of "ok"."""
    monkeypatch.setattr("esafety_tui.casework.inspection.doctor.os.name", "nt")
    said = doctor._look_at_permissions(tmp_path)
    assert said.ok is None and "not checked" in said.what


@pytest.mark.posix
def test_others_rights_on_the_folder_are_bad_news(tmp_path: Path) -> None:
    """A folder that others may open is not said to be this user's alone."""
    tmp_path.chmod(0o755)
    assert doctor._look_at_permissions(tmp_path).ok is False
    tmp_path.chmod(0o700)
    assert doctor._look_at_permissions(tmp_path).ok is True


def test_the_doctor_prints_what_was_not_checked_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither "ok" nor "BAD", in words and as JSON null; it does not fail the command."""
    from esafety_tui import cli

    unknown = doctor.DoctorFinding(None, "Something was not checked.", "Ask a technician.")
    monkeypatch.setattr(doctor, "examine_computer", lambda _vault: (unknown,))
    assert cli._run_doctor(cli._build_parser().parse_args(["doctor"])) == 0
    assert capsys.readouterr().out == "??   Something was not checked. Ask a technician.\n"
    assert cli._run_doctor(cli._build_parser().parse_args(["doctor", "--json"])) == 0
    assert '"ok": null' in capsys.readouterr().out


def test_doctor_names_core_files_and_swap(tmp_path: Path) -> None:
    """Both lines are there on this very computer, whatever they say."""
    said = run("doctor", home=tmp_path).stdout
    assert "memory" in said and "swap" in said
