"""Open a store in a process of its own and say how much memory that took.

``python -m bench.resident FOLDER ORIGIN KEY``: prints the resident MiB before and after.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.store import EvidenceStore


def resident() -> float:
    """Return the resident memory of this process, MiB. Raises OSError where there is no /proc."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


if __name__ == "__main__":
    folder, origin, key = sys.argv[1:]
    before = resident()
    store = EvidenceStore(Path(folder), origin, LedgerBox(bytes.fromhex(key)))
    print(before, resident())
    store.close()
