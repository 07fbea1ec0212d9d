"""Where a system may write this program's memory: core files and swap. Reads what the system says.

Linux: core(5), proc(5) /proc/swaps, and /sys/class/block for what lies under a swap area. Elsewhere
nothing is known, and None says so.
"""

from __future__ import annotations

import sys
from pathlib import Path

CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
SWAPS = Path("/proc/swaps")
BLOCKS = Path("/sys/class/block")
PR_GET_DUMPABLE = 3


def refuse_core_files() -> bool:
    """Return whether the system was told to write no memory of this process, and says so.

    Read back, not remembered: prctl(2) PR_GET_DUMPABLE and getrlimit(2) RLIMIT_CORE.
    """
    if not sys.platform.startswith("linux"):
        return False
    import ctypes
    import resource

    dumpable = ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)
    return bool(dumpable != 1 and resource.getrlimit(resource.RLIMIT_CORE)[0] == 0)


def core_file_program() -> str:
    """Return the program that core files are piped to, "" where they are none or plain files."""
    try:
        pattern = CORE_PATTERN.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
    return pattern[1:].split(" ")[0] if pattern.startswith("|") else ""


def list_swap_areas() -> tuple[str, ...] | None:
    """Return the swap areas in use, as the system names them; None where it cannot be asked."""
    try:
        lines = SWAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return tuple(line.split()[0] for line in lines[1:] if line.strip())


def is_encrypted_swap(area: str) -> bool:
    """Return whether a swap area cannot be read later: memory (zram), or dm-crypt under it.

    A swap file counts as what its name says: a file, in clear as far as is known here.
    """
    device = Path(area)
    if device.name.startswith("zram"):
        return True
    try:
        kind = (BLOCKS / device.resolve().name / "dm" / "uuid").read_text(encoding="utf-8")
    except OSError:
        return False
    return kind.startswith("CRYPT-")
