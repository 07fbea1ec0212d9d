"""What the suite leaves out is run by ``make slow``."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SLOW = ROOT / "scripts" / "slow.sh"
MARK = "mark." + "long("


def test_every_folder_with_a_long_test_is_in_the_long_runs() -> None:
    """A mark in a folder that no part of slow.sh runs would be a test that nobody runs."""
    script = re.sub(r"\\\n\s*", "", SLOW.read_text(encoding="utf-8"))
    parts = [line for line in script.splitlines() if line.startswith("  both ")]
    run = {name for part in parts for name in re.findall(r"tests/[\w/.]+", part)}
    texts = (ROOT / "tests").glob("[!a]*/**/*.py")  # those of this folder only speak of it
    marked = [path for path in texts if MARK in path.read_text(encoding="utf-8")]
    assert len(marked) > 20
    places = {path: {path, *path.parents} for path in (p.relative_to(ROOT) for p in marked)}
    missing = [path for path, above in places.items() if not set(map(Path, run)) & above]
    assert not missing
