"""``python -m tests.promises.tampers [KIND]``: the table, and how many rows differ."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.promises.tampers.judges import Page
from tests.promises.tampers.table import Outcome, outcomes, rows
from tests.promises.tampers.world import World


def line(found: Outcome) -> str:
    """Return one row as it is printed."""
    row = found.row
    keys = "keys needed" if row.keys else "without keys"
    page = f"{found.page.state} {found.page.item}".strip()
    said = f"{found.command.state} {found.command.item}".strip()
    alike = "alike" if said == page else f"page: {page}"
    if row.unseen and said != page:
        alike = f"page cannot check ({row.unseen})"
    fault = f"{found.fault}; " if found.fault else ""
    return f"{row.kind:20} {row.name:44} {keys:12}  {said:60} {fault}{alike}"


def main(only: str = "") -> int:
    """Print every row. Returns 1 if one does not hold."""
    chosen = [row for row in rows() if only in row.kind]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("browser", "world", "rows"):
            (folder / name).mkdir()
        world, page = World(folder / "world"), Page(folder / "browser")
        found = []
        try:
            for outcome in outcomes(world, page, chosen, folder / "rows"):
                found.append(outcome)
                print(line(outcome), flush=True)  # noqa: T201 - this is the command's output
        finally:
            page.close()
    kinds = Counter(one.row.kind for one in found)
    keys = sum(one.row.keys for one in found)
    unseen = sum(one.command != one.page for one in found if one.row.unseen)
    wrong = [one for one in found if one.fault]
    print(f"{len(found)} rows of {len(kinds)} kinds, the fewest {min(kinds.values())}.")  # noqa: T201
    print(f"{len(found) - keys} made without keys, {keys} with.")  # noqa: T201
    print(f"{unseen} stand under what this page cannot check.")  # noqa: T201
    print(f"{len(wrong)} differences.")  # noqa: T201
    for one in wrong:
        print(f"  {line(one)}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
