"""Which copy of the data goes with which copy of the keys (format.md section 11).

Keys of the same copy are best; those of the same generation open the data, too, but for incidents
that were opened between the two. Keys of another generation open nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.integrity.backup_manifest import DATA, KEYS, BackupManifest, read_manifest
from esafety_tui.kernel.clock import format_uk_time, parse_stamp
from esafety_tui.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class Source:
    """Both parts of a copy. The names in a list are below its folder."""

    data: BackupManifest
    keys: BackupManifest
    data_folder: Path
    keys_folder: Path

    @property
    def sentences(self) -> tuple[str, ...]:
        """What this copy is, for the two who decide."""
        made = format_uk_time(parse_stamp(self.data.created))
        first = (
            f"Copy made {made}: {self.data.size} entries, {self.data.total_bytes} bytes of data."
        )
        more = []
        if self.data.left_out:
            more.append(f"{self.data.left_out} frozen sealed file(s) are not in it.")
        if self.keys.size < self.data.size:
            more.append(
                "The copy of the keys is older. Incidents opened between the two cannot be opened."
            )
        return (first, *more)


def choose(data: Path, keys: Path | None) -> Source:
    """Return the parts of a copy that belong together.

    Args:
        data, keys: a part's own folder, or the folder or stick it lies in. ``keys`` None: beside
            the data.

    Raises:
        BadInput: a part is missing, unreadable, of another vault or of another generation.
    """
    folder = _folder(data, DATA)
    listed = _listed(folder)
    if listed is None or listed.part != DATA:
        raise BadInput("There is no copy of a vault's data there.", "Name the folder of a copy.")
    beside = folder.parent / folder.name.replace(f"-{DATA}", f"-{KEYS}")
    place = _folder(keys, KEYS) if keys else beside
    found = [
        (path, ring)
        for path in _below(place)
        if (ring := _listed(path)) is not None and ring.part == KEYS
    ]
    if not found:
        raise BadInput(
            "There is no copy of the vault's keys there. The data alone cannot be opened.",
            "Name the folder of the keys, which were copied apart.",
        )
    path, ring = _fitting(listed, found)
    return Source(listed, ring, folder, path.parent)


def _folder(given: Path, part: str) -> Path:
    """Return the part's own folder. Raises BadInput where more than one could be meant."""
    inside = sorted(given.glob(f"*-backup-{part}")) if given.is_dir() else []
    if len(inside) > 1:
        raise BadInput("There is more than one copy in that folder.", "Name one of them.")
    return inside[0] if inside else given


def _below(place: Path) -> Iterator[Path]:
    try:
        yield from sorted(p for p in place.iterdir() if p.is_dir())
    except OSError:  # no such folder: the caller says that there is no copy
        return


def _listed(folder: Path) -> BackupManifest | None:
    try:
        return read_manifest(folder)
    except OSError as err:
        raise BadInput("The copy cannot be read.", "Check the stick or disk.") from err


def _fitting(
    data: BackupManifest, found: list[tuple[Path, BackupManifest]]
) -> tuple[Path, BackupManifest]:
    own = [(path, ring) for path, ring in found if ring.origin == data.origin]
    if not own:
        raise BadInput("These keys belong to another vault.", "Name the keys of this one.")
    same = [(path, ring) for path, ring in own if ring.generation == data.generation]
    if same:
        return max(same, key=lambda one: (one[1].copy == data.copy, one[1].size))
    newest = max(ring.generation for _, ring in own)
    older, newer = ("data", "keys") if data.generation < newest else ("keys", "data")
    raise BadInput(
        f"Data and keys do not fit: the data is of generation {data.generation}, the keys of "
        f"generation {newest}. The copy of the {older} is the older one, and who can open the "
        "vault was changed in between.",
        f"Find a copy of the {older} that is as new as the {newer}.",
    )
