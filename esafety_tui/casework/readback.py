"""Reading a pack back in a fresh process that is given the pack, its passphrase and the code.

Nothing of this process's memory helps it: a pack that cannot stand alone must fail here, before
anybody says "exported". The passphrase and code go through a pipe, not the command line.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.kernel.errors import OutputFailed


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the fresh process found. ``files``: how many it checked."""

    files: int
    sentences: tuple[str, ...]


def read_back(path: Path, passphrase: str, code: str) -> ReadBack:
    """Verify ``path`` in a fresh process. Raises OutputFailed with what it said."""
    command = [
        sys.executable,
        "-m",
        "esafety_tui.cli",
        "verify",
        str(path),
        "--json",
        "--from-pipe",
    ]
    asked = json.dumps({"passphrase": passphrase, "check_code": code})
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter and module
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {}
    if done.returncode != 0 or answer.get("authentic") is not True:
        said = answer.get("what") or "The fresh check gave no answer."
        raise OutputFailed(
            f"The pack did not read back as written: {said} It does not count as exported.",
            "Delete it, use another stick or folder, and export again.",
        )
    return ReadBack(int(answer.get("files", 0)), tuple(answer.get("sentences", ())))
