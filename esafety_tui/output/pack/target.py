"""Rules for every target: room, names already taken, the incomplete mark, system errors.

Rule: an existing name is never overwritten, and until everything is written, synced and proven the
only thing on the target is marked ``.incomplete``. It is left there on failure: it belongs to a
person. A refusal (STOP, or the officers cancelled) deletes what this very export wrote, and only
that: parts of a stopped incident must not stay on a stick in clear.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from esafety_tui.data.outside import refuse_inside_vault
from esafety_tui.data.platform import sync_folder
from esafety_tui.data.sticks import largest_file_size
from esafety_tui.kernel.errors import OutputFailed, Refused

Progress = Callable[[str, int, int], None]
"""Called with (what, bytes done, bytes in all); it cancels by raising an exception of its own."""
ProvePack = Callable[[Path], None]
"""Called with what is complete but still marked; the name is given only if it returns."""

_WHY = {
    errno.ENOSPC: ("is full", "Use one with more room, then export again."),
    errno.EFBIG: ("cannot hold a file this large", "Format it with exFAT, then export again."),
    errno.EROFS: ("is read-only", "Make it writable or use another one, then export again."),
    errno.EACCES: ("may not be written to", "Choose a folder of your own, then export again."),
    errno.EPERM: ("may not be written to", "Choose a folder of your own, then export again."),
}


@contextmanager
def translate_target_errors() -> Iterator[None]:
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


def claim_target(
    folder: Path, name: str, mark: str, needed: int, largest: int = 0
) -> tuple[Path, Path]:
    """Check the target before a byte is written.

    Args:
        name: final name. mark: name while incomplete. needed: bytes in all.
        largest: bytes that the largest single file has at the least.

    Returns:
        (incomplete path, final path).

    Raises:
        BadInput: the folder lies inside a vault.
        OutputFailed: no such folder, too little room, a file too large for it, or a name is taken.
    """
    refuse_inside_vault(folder)
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
            f"Delete {mark} (its dot hides it: show hidden files) or choose another folder, "
            "then export again.",
        )
    with translate_target_errors():
        limit = largest_file_size(folder)
    if limit is not None and largest > limit:
        raise OutputFailed(
            "The target is formatted with FAT, which takes no file of 4 GiB or more; "
            f"this pack has one of {_whole_mebibytes(largest)} MiB.",
            "Use a stick that is formatted with exFAT, then export again. "
            "Formatting deletes what is on a stick.",
        )
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OutputFailed(
            f"The target has {_whole_mebibytes(free)} MiB free "
            f"and the pack needs {_whole_mebibytes(needed)} MiB.",
            "Use one with more room, then export again.",
        )
    return partial, final


def incomplete_name(name: str) -> str:
    """Return the name under which ``name`` is marked incomplete."""
    return f".{name}.incomplete"


@contextmanager
def marked_target(
    folder: Path, name: str, needed: int, largest: int
) -> Iterator[tuple[Path, Path]]:
    """Claim a name and yield (incomplete path, final path); a refusal inside deletes the former.

    Raises OutputFailed as :func:`claim_target` and :func:`remove_written` do.
    """
    partial, final = claim_target(folder, name, incomplete_name(name), needed, largest)
    try:
        yield partial, final
    except Refused as err:
        try:
            remove_written(partial)
        except OutputFailed as left:
            raise left from err
        raise


def remove_written(path: Path) -> None:
    """Delete a file or folder that this very call wrote. Raises OutputFailed if it stays."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as err:
        raise OutputFailed(
            f"{path.name} does not count, and it could not be deleted from the target.",
            "Delete it. After STOP: keep the stick locked away, and tell the police of it.",
        ) from err


def withdraw_pack(final: Path) -> None:
    """Mark a pack as incomplete again. Raises OutputFailed."""
    with translate_target_errors():
        final.rename(final.with_name(incomplete_name(final.name)))
        sync_folder(final.parent)


def written_size(path: Path) -> int:
    """Return the bytes of a file, or of all files of a folder. Raises OutputFailed."""
    with translate_target_errors():
        files = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
        return sum(p.stat().st_size for p in files)


def publish_pack(partial: Path, final: Path) -> Path:
    """Give the finished pack its name, durably. Raises OutputFailed if the name was taken."""
    if os.path.lexists(final):
        raise OutputFailed(
            f"Something else was given the name {final.name} meanwhile.",
            "Choose an empty folder, then export again.",
        )
    partial.rename(final)
    sync_folder(final.parent)
    return final


def _whole_mebibytes(count: int) -> int:
    return -(-count // (1 << 20))
