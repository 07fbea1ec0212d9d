"""One vector: header lines, a blank line, bytes. The form is that of age's test kit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
KINDS = (
    "jcs", "box", "line", "chain", "signatures", "record", "redacted", "checkpoint", "inclusion",
    "consistency", "keyfile", "paper", "sidecar", "directory", "card", "hold", "checkcode",
    "draft", "container", "closed",
)  # fmt: skip
"""The folders with vectors of this project's own form; ``age`` has the words of age's kit."""


@dataclass(frozen=True)
class Vector:
    """A vector as it stands in its file. A key may come several times."""

    head: tuple[tuple[str, str], ...]
    data: bytes

    def all(self, key: str) -> list[str]:
        """Return every value of ``key``, in order."""
        return [value for name, value in self.head if name == key]

    def __getitem__(self, key: str) -> str:
        (value,) = self.all(key)
        return value

    @property
    def expect(self) -> str:
        """What a reader must answer."""
        return self["expect"]

    def to_bytes(self) -> bytes:
        """Return the file's bytes."""
        return "".join(f"{k}: {v}\n" for k, v in self.head).encode() + b"\n" + self.data


def read(path: Path) -> Vector:
    """Read a vector's file."""
    text, _, data = path.read_bytes().partition(b"\n\n")
    pairs = (line.partition(": ") for line in text.decode("utf-8").splitlines())
    return Vector(tuple((key, value) for key, _, value in pairs), data)


def files(kind: str) -> list[Path]:
    """Return the vectors of one kind."""
    return sorted((HERE / kind).iterdir())
