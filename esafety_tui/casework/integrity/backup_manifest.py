"""The list of what counts in one part of a copy: ``backup.json`` (format.md section 11).

It is not signed: it finds damage, and tells what belongs together. That a copy is the school's own
and was not rewritten is shown by opening it, as with any vault.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from esafety_tui.data.plainfiles import LISTS, read_plain
from esafety_tui.kernel.canon import canonical_bytes, parse_canonical
from esafety_tui.kernel.errors import BadInput, NewerVersion

MANIFEST = "backup.json"
DATA, KEYS = "data", "keys"
NEEDED = ("evidence.db", "vault.json")
_ID = re.compile(r"[0-9a-f]{16}")
_BLOB = re.compile(r"blobs/([0-9a-f]{64})\.age")
_PLACES = {
    DATA: re.compile(r"evidence\.db|vault\.json|policy/[0-9a-f]{64}\.toml"),
    KEYS: re.compile(
        r"keyring/current|keyring/g[1-9][0-9]*/(inc/)?[a-z0-9][a-z0-9.+]*"
        r"|officers/officer-[0-9a-f]{16}\.evkey"
    ),
}
"""What may lie in a part beside sealed files: nothing that could name a place elsewhere."""

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ManifestPart:
    """One file of a copy: its name below the part's folder, hex SHA-256, size in bytes."""

    name: str
    sha256: str
    size: int

    @property
    def blob_name(self) -> str:
        """Name of the sealed file, or "" for any other file."""
        found = _BLOB.fullmatch(self.name)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What counts in one part of a copy.

    Attributes:
        part: ``data`` or ``keys``. copy: 16 hexadecimal digits, the same in both parts.
        size, root: entries copied and their Merkle root in hexadecimal. created: UTC stamp.
        left_out: frozen sealed files, and files that an earlier restore did not bring back.
    """

    part: str
    copy: str
    origin: str
    generation: int
    size: int
    root: str
    created: str
    left_out: int
    files: tuple[ManifestPart, ...]

    @property
    def total_bytes(self) -> int:
        """Sum of the files' sizes in bytes."""
        return sum(f.size for f in self.files)

    @property
    def blobs(self) -> set[str]:
        """The sealed files in it."""
        return {f.blob_name for f in self.files} - {""}

    def to_bytes(self) -> bytes:
        """Return the canonical bytes of ``backup.json``."""
        rows = [asdict(f) for f in sorted(self.files, key=lambda f: f.name)]
        fields = {n: getattr(self, n) for n in self.__slots__ if n != "files"}
        return canonical_bytes({"v": 1, "typ": "evidence-backup", **fields, "files": rows})

    @classmethod
    def parse_manifest(cls, data: bytes) -> BackupManifest:
        """Read ``backup.json`` strictly. Raises BadInput, NewerVersion."""
        try:
            value = dict(parse_canonical(data))
            if value["typ"] != "evidence-backup" or type(value["v"]) is not int:
                raise ValueError
            if value.pop("v") != 1:
                raise NewerVersion("This copy is of a newer version.", "Update this program.")
            del value["typ"]
            files = tuple(ManifestPart(**row) for row in value.pop("files"))
            made = cls(**value, files=files)
            made._check_fields()
        except (KeyError, TypeError, ValueError, BadInput) as err:
            raise BadInput(
                "The list of what is in this copy cannot be read.", "Use another copy."
            ) from err
        return made

    def _check_fields(self) -> None:
        numbers = (self.generation, self.size, self.left_out, *(f.size for f in self.files))
        texts = (self.origin, self.created, *(f.name for f in self.files))
        if any(type(n) is not int or n < 0 for n in numbers):
            raise ValueError
        if any(type(t) is not str for t in texts) or self.part not in {DATA, KEYS}:
            raise ValueError
        if not _ID.fullmatch(self.copy) or not _HASH.fullmatch(self.root):
            raise ValueError
        for file in self.files:
            own, _, name = file.name.partition("/")
            known = own == self.copy and _PLACES[self.part].fullmatch(name)
            if name.startswith("policy/") and name != f"policy/{file.sha256}.toml":
                raise ValueError
            sealed = self.part == DATA and file.blob_name == file.sha256
            if not (known or sealed) or not _HASH.fullmatch(file.sha256):
                raise ValueError
        here = {f.name for f in self.files}
        if self.part == DATA and not {f"{self.copy}/{n}" for n in NEEDED} <= here:
            raise ValueError
        if len({f.name.lower() for f in self.files}) != len(self.files):
            raise ValueError


def new_backup_id() -> str:
    """Return a fresh id of a copy."""
    return secrets.token_hex(8)


def read_manifest(folder: Path) -> BackupManifest | None:
    """Return what counts in ``folder``, None where there is no list. Raises BadInput, OSError."""
    try:
        return BackupManifest.parse_manifest(read_plain(folder / MANIFEST, LISTS))
    except (FileNotFoundError, NotADirectoryError):
        return None
