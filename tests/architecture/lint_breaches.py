"""Break contracts one after the other in a copy of the package: ``lint_breaches.py < rows.json``.

Run in the copy's folder, in a process of its own, since the package that is imported there is
the copy. Each row is (contract, file, line); the answer is one JSON list of (sound, what was said).
One process for all of them: starting a linter costs more than what it looks for.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from importlinter import configuration
from importlinter.application.output import console
from importlinter.application.use_cases import lint_imports


def lint_breach(contract: str, file: str, line: str) -> tuple[bool, str]:
    """Add a function with ``line`` to ``file`` and return what the linter says of ``contract``."""
    path = Path("esafety_tui", file)
    before = path.read_text(encoding="utf-8") if path.exists() else None
    said = StringIO()
    console.file = said
    try:
        path.write_text((before or "") + f"\n\ndef _late() -> None:\n    {line}\n", "utf-8")
        sound = lint_imports(limit_to_contracts=(contract,), cache_dir=None, no_logo=True)
    finally:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    return sound, said.getvalue()


if __name__ == "__main__":
    sys.path.insert(0, ".")
    configuration.configure()
    with redirect_stdout(sys.stderr):
        answers = [lint_breach(*row) for row in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(answers))
