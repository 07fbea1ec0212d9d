"""Ctrl+D at a question of the command line is no verdict: one sentence, exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from esafety_tui import cli
from tests.casework.support import Practice

assert sys.platform != "win32", "pseudo-terminals"

SAID = "Nothing was answered, so nothing was done."


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal: the keyboard's and the program's."""
    ends = os.openpty()
    yield ends
    for end in ends:
        os.close(end)


def test_at_a_question(
    real: Practice, terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    keyboard, program = terminal
    monkeypatch.setattr(cli, "refuse_network", lambda: None)
    with os.fdopen(program, closefd=False) as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        for verb in (
            ["verify", str(real.folder)],
            ["--vault", str(real.folder), "officers", "list"],
        ):
            os.write(keyboard, b"\4")
            assert cli.main(verb) == 2
            assert capsys.readouterr().err.strip() == SAID


def test_at_a_passphrase(real: Practice, terminal: tuple[int, int]) -> None:
    """Asked on the terminal that the program belongs to, so it is a program of its own."""
    keyboard, program = terminal
    with subprocess.Popen(
        [sys.executable, "-m", "esafety_tui.cli", "verify", str(real.folder)],
        stdin=program, stdout=program, stderr=subprocess.PIPE, start_new_session=True,
    ) as done:  # fmt: skip
        os.write(keyboard, b"1\n")
        assert done.stderr is not None
        said = b""
        while not said.endswith(b"Passphrase: "):  # no terminal of its own: getpass asks here
            part = os.read(done.stderr.fileno(), 4096)
            assert part, said
            said += part
        os.write(keyboard, b"\4")
        said += done.stderr.read()
    assert done.returncode == 2 and SAID in said.decode() and b"Traceback" not in said
