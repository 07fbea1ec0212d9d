"""Two key files opened at the same moment, in two threads of one program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from esafety_tui.data.officers import KdfCost, OfficerKeys, write_key_file

WORDS = "calm river slate pepper orbit"
BOTH = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from esafety_tui.data.officers import read_key_file
with ThreadPoolExecutor(2) as pool:
    keys = [read_key_file(Path(name)) for name in sys.argv[2:]]
    opened = pool.map(lambda key: key.unlock_keys(sys.argv[1]).id, keys)
    print(*opened)
"""


def test_two_passphrases_at_once_are_both_derived(tmp_path: Path) -> None:
    """In a program of its own: derivations that wait for one another would never end."""
    cost = KdfCost(19456, 4, 4)
    people = [
        OfficerKeys.generate_keys("Ada Bellweather"),
        OfficerKeys.generate_keys("Cosmo Dunnock"),
    ]
    paths = [str(write_key_file(tmp_path, o, WORDS, cost)) for o in people]
    done = subprocess.run(
        [sys.executable, "-c", BOTH, WORDS, *paths],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [o.id for o in people], done.stderr
