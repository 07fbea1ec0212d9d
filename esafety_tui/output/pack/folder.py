"""A pack as a plain folder, for recipients who cannot take an encrypted container.

Casework allows it only on two officers' word and a reason. Files are in clear on the target.
"""

from __future__ import annotations

import os
from pathlib import Path

from esafety_tui.data.platform import sync_folder
from esafety_tui.output.pack.bag import PackMember, pack_members
from esafety_tui.output.pack.layout import FOLDERS
from esafety_tui.output.pack.source import PackSource
from esafety_tui.output.pack.target import (
    Progress,
    ProvePack,
    marked_target,
    publish_pack,
    translate_target_errors,
)


def write_plain_folder(
    source: PackSource, target_dir: Path, progress: Progress, prove: ProvePack | None = None
) -> Path:
    """Write the pack as ``target_dir/<reference>/`` and return that folder.

    Args:
        progress: called after every piece with (file name, bytes done, bytes in all).
        prove: called with the whole pack before it gets its name.

    Raises:
        OutputFailed: the target refused; only ``.<reference>.incomplete`` is left on it.
        Refused: STOP or cancelled; nothing is left on it.
    """
    needed = source.bytes_needed
    where = marked_target(target_dir, source.reference, needed, source.largest_exhibit)
    with translate_target_errors(), where as (partial, final):
        # Made once: a folder made again on the way would hide that the stick has gone.
        for inner in ("", *sorted(FOLDERS)):
            (partial / inner).mkdir(mode=0o700)
        done = 0
        for member in pack_members(source):
            done = _write_member(partial, member, progress, done, needed)
        for folder, _, _ in os.walk(partial, topdown=False):
            sync_folder(Path(folder))
        if prove is not None:
            prove(partial)
        return publish_pack(partial, final)


def _write_member(
    folder: Path, member: PackMember, progress: Progress, done: int, total: int
) -> int:
    path = folder / member.name
    with path.open("xb") as out:
        for piece in member.pieces:
            out.write(piece)
            done += len(piece)
            progress(member.name, min(done, total), total)
        out.flush()
        os.fsync(out.fileno())
    return done
