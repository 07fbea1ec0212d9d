"""Reading a pack back in a fresh process that is given the pack, its passphrase and the code.

Nothing of this process's memory helps it: a pack that cannot stand alone must fail here, before
anybody says "exported". The passphrase and code go through a pipe, not the command line. No module
is looked for in the current folder, which may be the stick itself.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from esafety_tui.kernel.errors import OutputFailed
from esafety_tui.output import child


@dataclass(frozen=True, slots=True)
class ReadBackResult:
    """What the fresh process found. ``files``: how many it checked."""

    files: int
    sentences: tuple[str, ...]


TICK = 0.25
"""Seconds between two looks at whether to give up."""


def verify_in_fresh_process(
    path: Path, passphrase: str, code: str, alive: Callable[[], None] = lambda: None
) -> ReadBackResult:
    """Verify ``path`` in a fresh process.

    Args:
        alive: called now and then; ends the check by raising.

    Raises:
        OutputFailed: with what the check said.
    """
    asked = json.dumps({"passphrase": passphrase, "check_code": code})
    try:
        # A folder of our own: what lies in the current one must not matter.
        with tempfile.TemporaryDirectory(prefix="esafety-") as empty:
            status, said = _run_check(_check_command(path), asked, empty, alive)
    except OSError as err:
        raise OutputFailed(
            "The fresh check could not be started. The pack does not count as exported.",
            "Check that this computer's disk is not full, then export again.",
        ) from err
    answer = _parse_answer(said)
    if status != 0 or answer.get("authentic") is not True:
        beside = "Other files lie in its folder." if answer.get("extra") else ""
        why = answer.get("what") or beside or "The fresh check gave no answer."
        raise OutputFailed(
            f"The pack did not read back as written: {why} It does not count as exported.",
            "Delete what is marked incomplete, use another stick or folder, and export again.",
        )
    return ReadBackResult(int(answer.get("files", 0)), tuple(answer.get("sentences", ())))


def _check_command(path: Path) -> list[str]:
    return child.child_command(
        "esafety_tui.cli", "verify", str(path.absolute()), "--json", "--from-pipe"
    )


def _run_check(
    command: list[str], asked: str, folder: str, alive: Callable[[], None]
) -> tuple[int, str]:
    """Run the check, asking ``alive`` meanwhile. Returns exit code and standard output."""
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=child.child_environment(),
        encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        given: str | None = asked
        try:
            while True:
                try:
                    said, _ = process.communicate(given, timeout=TICK)
                    return process.returncode, said
                except subprocess.TimeoutExpired:
                    given = None
                    alive()
        except BaseException:
            process.kill()
            raise


def _parse_answer(said: str) -> dict[str, Any]:
    try:
        answer = json.loads(said)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
