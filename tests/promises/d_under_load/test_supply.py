"""What is loaded into the process, and from where: no network modules, no module from a stick."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import esafety_tui

ROOT = Path(esafety_tui.__file__).parents[1]
TRAP = "raise SystemExit('a module of the current folder ran')\n"
USED = (
    "argparse", "asyncio", "gc", "json", "tempfile", "pathlib", "textual",
    "cryptography", "sqlite3", "hashlib", "secrets",
)  # fmt: skip
"""Names that the program, or what it stands on, imports. What Python itself imports to find any
module (``importlib``, ``types``, ``warnings``) comes before the first line of the program: only
``python -P`` or the command ``esafety`` keeps that out, and docs/threat-model.md says so."""


def _python(*words: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    # Coverage in the child would import modules before the program does.
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, env={**bare, "PYTHONPATH": str(ROOT), **env},
    )  # fmt: skip


def test_python_m_runs_no_module_of_the_current_folder(tmp_path: Path) -> None:
    """A stick with modules named as Python's own: each verb runs what is installed."""
    for name in USED:
        (tmp_path / f"{name}.py").write_text(TRAP)
    for verb in (["verify", "nothing"], ["flow", "prove", "misuse"]):
        done = _python("-m", "esafety_tui.cli", *verb, cwd=tmp_path)
        assert "a module of the current folder ran" not in done.stderr + done.stdout, verb
        assert "Traceback" not in done.stderr, done.stderr
    assert (
        _python("-c", "import json", cwd=tmp_path, PYTHONPATH="").returncode == 1
    )  # the trap bites


def test_python_m_in_a_checkout_still_finds_the_program() -> None:
    """There the current folder is where the program itself lies."""
    done = _python("-m", "esafety_tui.cli", "--version", cwd=ROOT, PYTHONPATH="")
    assert done.stdout.startswith("esafety "), done.stderr


_LOADED = """
import sys
from esafety_tui import cli
cli.main(["urgent"])
import asyncio, esafety_tui.app, esafety_tui.output.form.sign, esafety_tui.output.form.verify_form
asyncio.run(asyncio.sleep(0))
wanted = {"aiohttp", "ssl", "_ssl", "requests", "urllib3", "multidict", "yarl"}
print("loaded:", sorted(wanted & set(sys.modules)), "pyhanko.sign.signers" in sys.modules)
"""


def test_nothing_that_speaks_to_a_network_is_loaded(tmp_path: Path) -> None:
    """The app, pyHanko's signer and verifier and an event loop: neither aiohttp nor ssl."""
    done = _python("-c", _LOADED, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "loaded: [] True", done.stderr[-2000:]


_BIND = """
import socket
from esafety_tui.guard import refuse_network
refuse_network()
socket.socket().bind(("127.0.0.1", 0))
for address in (("", 0), ("0.0.0.0", 0), ("192.0.2.1", 0)):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            socket.socket(socket.AF_INET, kind).bind(address)
        except PermissionError as err:
            print("refused:", err)
try:
    socket.socket(socket.AF_INET6).bind(("::", 0))
except PermissionError as err:
    print("refused:", err)
"""


def test_no_part_of_the_program_can_listen(tmp_path: Path) -> None:
    """Binding to any address but loopback is refused by the audit hook, whoever asks."""
    done = _python("-c", _BIND, cwd=tmp_path)
    assert done.stdout.count("refused: esafety never uses the network") == 7, done.stderr
