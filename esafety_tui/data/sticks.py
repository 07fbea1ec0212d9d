"""Sticks and discs that are put in: where they are shown, and how large a file they take."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

FAT = ("msdos", "vfat", "fat", "fat32")
"""What systems call the file systems whose files end below 4 GiB; exFAT is none of them."""
FAT_LIMIT = (1 << 32) - 1


def list_removable_roots() -> tuple[Path, ...]:
    """Return the top folders of sticks and discs that are put in; empty where none is known."""
    found: list[Path] = []
    if sys.platform == "win32":
        return tuple(p for p in (Path(f"{c}:\\") for c in "DEFGHIJKLMNOPQRSTUVWXYZ") if p.exists())
    for parent, depth in ((Path("/media"), 2), (Path("/run/media"), 2), (Path("/Volumes"), 1)):
        pattern = "/".join("*" * depth)
        with contextlib.suppress(OSError):  # a stick pulled out meanwhile is not there
            found += [p for p in sorted(parent.glob(pattern)) if p.is_dir()]
    return tuple(found)


def largest_file_size(folder: Path) -> int | None:
    """Return the bytes of the largest file that fits there, or None where no limit is known.

    Raises OSError if the folder is not there.
    """
    device = folder.stat().st_dev
    # A system that does not say stops nothing: the file then fails while it is written.
    with contextlib.suppress(OSError, ValueError):
        if sys.platform == "darwin":
            # XNU's msdosfs answers 33 bits, one of them the sign; all others 64.
            bits = os.pathconf(folder, "PC_FILESIZEBITS")
            return (1 << (bits - 1)) - 1 if 0 < bits < 64 else None
        if sys.platform == "win32":
            kind = _windows_file_system(folder)
        else:
            kind = linux_file_system(Path("/proc/self/mountinfo").read_text("utf-8"), device)
        return FAT_LIMIT if kind.lower() in FAT else None
    return None


def linux_file_system(mounts: str, device: int) -> str:
    """Return the type of the file system on ``device``, "" where none is found.

    Args:
        mounts: text of ``/proc/self/mountinfo`` (proc_pid_mountinfo(5)).
    """
    if sys.platform == "win32":  # its device numbers have no such parts
        return ""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) > 2 and fields[2] == wanted:
            return after.partition(" ")[0]
    return ""


def _windows_file_system(folder: Path) -> str:
    """Return what Windows calls the file system, "" where it does not say."""
    if sys.platform == "win32":
        import ctypes

        room = ctypes.create_unicode_buffer(64)
        root = folder.resolve().anchor
        known = ctypes.windll.kernel32.GetVolumeInformationW(
            root, None, 0, None, None, None, room, len(room)
        )
        return room.value if known else ""
    return ""
