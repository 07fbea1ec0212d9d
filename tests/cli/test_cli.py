"""The command line without a terminal: sentences, exit codes, no network, no leaking settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, run


def test_urgent_needs_nothing_at_all(tmp_path: Path) -> None:
    done = run("urgent", home=tmp_path / "nowhere", TERM="dumb")
    assert done.returncode == 0
    assert "999" in done.stdout and "101" in done.stdout and "\x1b" not in done.stdout


@pytest.mark.parametrize("verb", [[], ["practice"]])
def test_no_terminal_where_one_is_needed_is_one_sentence(verb: list[str], tmp_path: Path) -> None:
    done = run(*verb, home=tmp_path)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["missing", "text.txt", "folder", "cut.zip", "cut.pdf"])
def test_verify_of_unusable_input_is_a_sentence_and_exit_2(name: str, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("no pack")
    (tmp_path / "folder").mkdir()
    (tmp_path / "cut.zip").write_bytes(b"PK\3\4 cut short")
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7 cut short")
    done = run("verify", str(tmp_path / name), home=tmp_path)
    assert done.returncode in ({1} if name == "cut.pdf" else {1, 2}), done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1


def test_doctor_finds_this_computer_in_order(tmp_path: Path) -> None:
    done = run("doctor", home=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "Argon2id" in done.stdout and "BAD" not in done.stdout


def test_doctor_warns_of_a_vault_in_a_synchronised_folder(tmp_path: Path) -> None:
    done = run("--vault", str(tmp_path / "OneDrive - School" / "vault"), "doctor", home=tmp_path)
    assert done.returncode == 1 and "onedrive" in done.stdout


_CONNECT = """
import socket
from esafety_tui.guard import refuse_network
server = socket.create_server(("127.0.0.1", 0))
refuse_network()
socket.create_connection(server.getsockname()).close()
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
    lambda: socket.getaddrinfo("example.org", 443),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
):
    try:
        attempt()
    except PermissionError as err:
        print("refused:", err)
"""


def test_audit_hook_refuses_the_network_but_not_loopback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CONNECT], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stdout.count("refused: esafety never uses the network") == 3, done.stderr


def test_leaking_settings_are_dropped_before_textual_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from esafety_tui.guard import LEAKS, scrub_environment

    for name in (*LEAKS, "TEXTUAL_DEVTOOLS_ANY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("TEXTUAL_THEME", "ansi-dark")
    scrub_environment()
    assert [n for n in os.environ if n in LEAKS or n.startswith("TEXTUAL_DEV")] == []
    assert os.environ["TEXTUAL_THEME"] == "ansi-dark"
    code = "import sys, esafety_tui.cli; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
