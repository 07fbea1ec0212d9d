"""Hold branch coverage against the limits of the rooms: ``check_coverage.py build/coverage.json``.

What proves or decides is looked at to its last branch; elsewhere nine tenths of a room. Prints a
line for each room and, where one falls short, the lines and branches of its files that no test
runs. Ends with 1 if any does.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WHOLE = re.compile(r"(kernel|flows)/|data/(ledger|merkle|checkpoint)\.py|output/verify")
"""What has to be covered to its last branch: what is proven, decided or said to be sound."""
ELSEWHERE = 90.0
"""Per cent of lines and branches of each other room."""
PACKAGE = "esafety_tui/"


@dataclass
class Room:
    """One folder of the package, or the part of it that has to be covered whole.

    Attributes:
        least: per cent that must be covered. gaps: what is not, a line a file.
    """

    name: str
    least: float
    covered: int = 0
    total: int = 0
    gaps: list[str] = field(default_factory=list)

    @property
    def per_cent(self) -> float:
        """Lines and branches that ran, of all."""
        return 100.0 * self.covered / self.total if self.total else 100.0

    def falls_short(self) -> bool:
        """Say whether the room is below its limit; of one to be whole, nothing may be missing."""
        return self.per_cent < self.least

    def add_file(self, name: str, found: Mapping[str, Any]) -> None:
        """Count one file of coverage.py's JSON report (format 3)."""
        summary = found["summary"]
        self.covered += summary["covered_lines"] + summary["covered_branches"]
        self.total += summary["num_statements"] + summary["num_branches"]
        branches = [f"{a}->{b if b > 0 else 'end'}" for a, b in found["missing_branches"]]
        missing = [*map(str, found["missing_lines"]), *branches]
        if missing:
            self.gaps.append(f"{name}: {', '.join(missing)}")


def name_room(file: str) -> tuple[str, float]:
    """Return the room of a file, named from the package, and what must be covered of it."""
    if whole := WHOLE.match(file):
        return whole[0].removesuffix("/"), 100.0
    return file.rpartition("/")[0] or "beside the rooms", ELSEWHERE


def read_rooms(report: Mapping[str, Any]) -> Iterator[Room]:
    """Yield the rooms of a report, in the order of their names."""
    rooms: dict[str, Room] = {}
    for path, found in sorted(report["files"].items()):
        file = path.replace("\\", "/").partition(PACKAGE)[2]
        name, least = name_room(file)
        rooms.setdefault(name, Room(name, least)).add_file(file, found)
    yield from (rooms[name] for name in sorted(rooms))


def main(path: Path) -> int:
    """Print the table of the report at ``path`` and return the exit code."""
    short = []
    for room in read_rooms(json.loads(path.read_text(encoding="utf-8"))):
        print(f"{room.per_cent:6.2f} % of at least {room.least:3.0f} %  {room.name}")
        if room.falls_short():
            short.append(room)
    for room in short:
        print(f"\n{room.name} is below its limit:", *room.gaps, sep="\n  ")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
