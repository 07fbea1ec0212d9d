"""Fresh processes of this very program: how one is started so that nothing else is.

No module is looked for in the current folder, which may be the stick itself (``-P``), and a
relative folder of PYTHONPATH is left out. A source checkout finds itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import esafety_tui


def child_command(module: str, *words: str) -> list[str]:
    """Return the command line that runs ``module`` of this package with ``words``."""
    return [sys.executable, "-P", "-X", "utf8", "-m", module, *words]


def child_environment() -> dict[str, str]:
    """Return this process' environment, with no relative folder to import from."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [p for p in given if Path(p).is_absolute()]
    root = str(Path(esafety_tui.__file__).resolve().parents[1])
    if Path(root).name != "site-packages" and root not in kept:
        kept.append(root)
    own = {name: v for name, v in os.environ.items() if name != "PYTHONIOENCODING"}
    return {**own, "PYTHONPATH": os.pathsep.join(kept)}
