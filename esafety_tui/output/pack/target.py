"""What every target has in common: room, names in the way, the incomplete mark, system errors.

Rule: an existing name is never overwritten, and until everything is written and synced the only
thing on the target is marked ``.incomplete``. It is left there on failure: it belongs to a person.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from esafety_tui.data.platform import sync_folder
from esafety_tui.kernel.errors import OutputFailed

Progress = Callable[[str, int, int], None]
"""Called with (what, bytes done, bytes in all); it cancels by raising an exception of its own."""

_WHY = {
    errno.ENOSPC: ("is full", "Use one with more room, then export again."),
    errno.EFBIG: ("cannot hold a file this large", "Format it with exFAT, then export again."),
    errno.EROFS: ("is read-only", "Make it writable or use another one, then export again."),
    errno.EACCES: ("may not be written to", "Choose a folder of your own, then export again."),
    errno.EPERM: ("may not be written to", "Choose a folder of your own, then export again."),
}


@contextmanager
def refusals_as_sentences() -> Iterator[None]:
    """Turn a system error into OutputFailed: what happened to the target and what to do."""
    try:
        yield
    except OSError as err:
        what, do = _WHY.get(
            err.errno or 0,
            ("was removed or does not answer", "Plug it in again, then export again."),
        )
        raise OutputFailed(
            f"The pack was not written: the target {what}.",
            f"{do} Delete what is marked incomplete.",
        ) from err


def claim(folder: Path, name: str, mark: str, needed: int) -> tuple[Path, Path]:
    """Check the target before a byte is written.

    Args:
        name: final name. mark: name while incomplete. needed: bytes.

    Returns:
        (incomplete path, final path).

    Raises:
        OutputFailed: no such folder, too little room, or a name is taken.
    """
    if not folder.is_dir():
        raise OutputFailed(
            "The folder for the pack is not there.", "Plug the target in, or choose a folder."
        )
    final, partial = folder / name, folder / mark
    if os.path.lexists(final):
        raise OutputFailed(
            f"There is already a {name} on the target, and it stays as it is.",
            "Choose an empty folder or another stick.",
        )
    if os.path.lexists(partial):
        raise OutputFailed(
            f"An unfinished copy named {mark} is in the way.",
            "Delete it or choose another folder, then export again.",
        )
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OutputFailed(
            f"The target has {_mib(free)} MiB free and the pack needs {_mib(needed)} MiB.",
            "Use one with more room, then export again.",
        )
    return partial, final


def publish(partial: Path, final: Path) -> Path:
    """Give the finished pack its name, durably. Raises OutputFailed if the name was taken."""
    if os.path.lexists(final):
        raise OutputFailed(
            f"Something else was given the name {final.name} meanwhile.",
            "Choose an empty folder, then export again.",
        )
    partial.rename(final)
    sync_folder(final.parent)
    return final


def _mib(count: int) -> int:
    return -(-count // (1 << 20))
