"""Files that somebody else may have put there are opened by one function (data/plainfiles.py)."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "esafety_tui"
ROOMS = ("casework", "data", "output", "verbs")
OPENS = re.compile(r"\.read_bytes\(|\.read_text\(|\.open\(\"rb|\bos\.open\(")
ALLOWED = {
    "casework/access/passphrases.py": "the word list of the package itself",
    "casework/policy/policy_files.py": "a file of the package itself",
    "casework/incident/originals.py": "O_NONBLOCK and fstat of its own: the file somebody takes in",
    "casework/backup/backup_target.py": "the system's list of mounts",
    "casework/disclosure/sheets.py": "a new file, opened exclusively, and read back",
    "data/copies.py": "a new file, opened exclusively, and one to be synced",
    "data/memory.py": "files of /proc and /sys",
    "data/pagecache.py": "a file just written, to drop its pages",
    "data/plainfiles.py": "the function itself",
    "data/platform.py": "new files opened exclusively, and the system's own",
    "data/sticks.py": "the system's list of mounts",
    "output/form/lettering.py": "fonts of the package itself",
    "output/form/verify_form.py": "a form in memory, or a path that was opened before",
    "output/pack/bag.py": "a file of the package itself",
    "output/pack/container.py": "a new file, opened exclusively",
    "output/verify_files.py": "O_NONBLOCK and fstat of its own: the files of a pack",
    "output/verify_zip.py": "a container whose first bytes were read before",
    "verbs/flow_files.py": "O_NONBLOCK and fstat of its own: a procedure that somebody names",
}


def test_nothing_else_opens_a_file_for_reading() -> None:
    """A new place needs the function, or a line here with its reason."""
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if OPENS.search(path.read_text(encoding="utf-8")):
                found.add(path.relative_to(ROOT).as_posix())
    assert found == set(ALLOWED)
