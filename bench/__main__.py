"""``python -m bench [ROW ...]``: print the rows, all of them by default.

Sizes come from BENCH_MIB, BENCH_PIECES, BENCH_FILES, BENCH_ENTRIES, BENCH_ENTRIES2, BENCH_GROWTH,
BENCH_INCIDENTS, BENCH_APPENDS, BENCH_KEYS, BENCH_PICTURES and BENCH_ROUNDS. What is timed lies in a
temporary folder (TMPDIR), so the disk under it counts.
"""

from __future__ import annotations

import importlib
import platform
import sys
import tempfile
from pathlib import Path

ROWS = {
    "P1": ("bench.evidence", "p1"),
    "P3": ("bench.evidence", "p3"),
    "P4": ("bench.checking", "p4"),
    "P5": ("bench.ledger", "p5"),
    "growth": ("bench.growth", "growth"),
    "P6": ("bench.checking", "p6"),
    "P7": ("bench.growth", "p7"),
    "P8": ("bench.ledger", "p8"),
    "P9": ("bench.terminal", "p9"),
    "P10": ("bench.terminal", "p10"),
    "P12": ("bench.form", "p12"),
    "png": ("bench.form", "png_rows"),
    "unlock": ("bench.keys", "unlocking"),
    "rotation": ("bench.keys", "rotation"),
    "flows": ("bench.flows", "flows"),
}


def main() -> int:
    """Run the rows asked for. A row that cannot run says why, and the others go on."""
    wanted = sys.argv[1:] or list(ROWS)
    if unknown := [row for row in wanted if row not in ROWS]:
        print(f"no such row: {' '.join(unknown)}; there are {' '.join(ROWS)}")
        return 2
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    print("Ratios are medians of per-round ratios; below 1 means that the first is faster.")
    for row in wanted:
        module, name = ROWS[row]
        with tempfile.TemporaryDirectory(prefix="esafety-bench-") as folder:
            try:
                getattr(importlib.import_module(module), name)(Path(folder))
            except (ImportError, OSError, TimeoutError) as err:
                print(f"\n{row}  could not run: {err}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
