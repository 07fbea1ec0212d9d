"""Where the system shows sticks and discs that are put in. Looks, and opens nothing."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path


def removable_roots() -> tuple[Path, ...]:
    """Return the top folders of sticks and discs that are put in; empty where none is known."""
    found: list[Path] = []
    if sys.platform == "win32":
        return tuple(p for p in (Path(f"{c}:\\") for c in "DEFGHIJKLMNOPQRSTUVWXYZ") if p.exists())
    for parent, depth in ((Path("/media"), 2), (Path("/run/media"), 2), (Path("/Volumes"), 1)):
        pattern = "/".join("*" * depth)
        with contextlib.suppress(OSError):  # a stick pulled out meanwhile is not there
            found += [p for p in sorted(parent.glob(pattern)) if p.is_dir()]
    return tuple(found)
