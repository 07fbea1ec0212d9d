"""The files of a pack, each read when its turn comes, against what two officers signed of it.

Names and sizes are judged before a byte is read. Once the statement is known, every reading of a
file is compared with it: what is parsed is what was signed, however often it is read. Little is
kept, so that no pack takes more memory than a small computer has.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.output.pack import layout
from esafety_tui.output.verify_files import MAX_FILES, ByteMeter, PackFile, Progress

MIB = 1 << 20
_SIZE_LIMITS = {
    layout.STATEMENT: 24 * MIB, layout.PAE: 18 * MIB, layout.MANIFEST: 16 * MIB,
    layout.TAG_MANIFEST: 16 * MIB, layout.LEDGER: 256 * MIB,
    layout.CHECKPOINT: MIB // 16, layout.BAGIT: MIB // 16, layout.BAG_INFO: MIB // 16,
}  # fmt: skip
"""Bytes that a file may have, docs/format.md section 10; exhibits may have any number."""
_SMALL_LIMIT, _RECORD_LIMIT, _OTHERS_LIMIT = MIB // 16, 4 * MIB, 64 * MIB
TOTAL_LIMIT = 1024 * MIB
"""Bytes of all files but the exhibits."""
MAX_OFFICERS = 1_000
_KEPT_LIMIT, _KEPT_TOTAL_LIMIT = MIB, 32 * MIB
"""Bytes of a file that is kept once it was read, and of all those."""
_UNPARSED = (layout.EXHIBITS, layout.LEDGER)
"""What is hashed here and never handed out in one piece."""


def size_limit_of(name: str) -> int | None:
    """Return how many bytes the file ``name`` may have, None for any number."""
    if name.startswith(layout.EXHIBITS):
        return None
    if name.startswith("data/records/"):
        return _RECORD_LIMIT
    if name.startswith(("keys/", "certs/")) or layout.SIG_NAME.fullmatch(name):
        return _SMALL_LIMIT
    return _SIZE_LIMITS.get(name, _OTHERS_LIMIT)


def refuse_wrong_sizes(sizes: Mapping[str, int]) -> None:
    """Refuse names and sizes that no pack has. Raises NotSound."""
    if len(sizes) > MAX_FILES:
        raise NotSound("the pack", "it holds more files than a pack can have")
    total = 0
    for name in sorted(sizes):
        limit = size_limit_of(name)
        if limit is not None:
            total += sizes[name]
            if sizes[name] > limit or total > TOTAL_LIMIT:
                raise NotSound(name, "it is far too large for what it should be")
    if sum(name.startswith("keys/") for name in sizes) > MAX_OFFICERS:
        raise NotSound("keys/", "it holds the keys of more people than a school has")


class PackFiles(Mapping[str, PackFile]):
    """The files of a pack by name.

    Args:
        sizes: name to bytes, as they were listed.
        open_one: gives the bytes of a file in pieces, from its beginning.
        progress: called after each piece with (name, bytes done, bytes in all).

    Raises:
        NotSound: names or sizes are not those of a pack. Any reading: the file is not the one
            that is signed, or not as long as it was listed.
        Unusable: a file cannot be read any more.
    """

    def __init__(
        self, sizes: Mapping[str, int], open_one: Callable[[str], Iterator[bytes]],
        progress: Progress | None = None,
    ) -> None:  # fmt: skip
        refuse_wrong_sizes(sizes)
        self.sizes = sizes
        self._open, self._meter = open_one, ByteMeter(progress, sum(sizes.values()))
        self._signed: Mapping[str, str] = {}
        self._kept: dict[str, PackFile] = {}
        self._sums: dict[str, str] = {}
        self._room, self._lock = _KEPT_TOTAL_LIMIT, threading.Lock()

    def bind_to_signed(self, signed: Mapping[str, str]) -> None:
        """Compare every reading from here on with ``signed``: name to hex SHA-256."""
        self._signed = signed

    def __getitem__(self, name: str) -> PackFile:
        kept = self._kept.get(name)
        if kept is not None:
            return kept
        if name not in self.sizes:
            raise KeyError(name)
        if name in self._sums and name.startswith(_UNPARSED):
            return PackFile(self._sums[name], self.sizes[name], b"")
        return self._read_file(name, whole=True)

    def sha256_of(self, name: str) -> str:
        """Return the hex SHA-256 of a file that was read."""
        return self._sums[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.sizes)

    def __len__(self) -> int:
        return len(self.sizes)

    def stream_file(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file in pieces. They count only if the end is reached."""
        digest, left = hashlib.sha256(), self.sizes[name]
        try:
            for piece in self._open(name):
                left -= len(piece)
                if left < 0:
                    break
                digest.update(piece)
                self._meter.count_bytes(name, len(piece))
                yield piece
        except OSError as err:
            raise Unusable(
                "The pack cannot be read from here.", "Copy it again, or plug the stick in again."
            ) from err
        sha256 = digest.hexdigest()
        if left or self._signed.get(name, sha256) != sha256:
            raise NotSound(name, "it has been changed")
        # The signed text itself where there is one: one string less for each file.
        self._sums[name] = self._signed.get(name, sha256)

    def check_all_files(self, names: Iterable[str]) -> None:
        """Read files, two at a time, since hashing leaves the interpreter free.

        Names the first one, in the order given, that is not the one signed.
        """
        left = iter(names)
        with ThreadPoolExecutor(2) as pool:
            while batch := list(islice(left, 64)):
                futures = [pool.submit(self._read_file, name, whole=False) for name in batch]
                try:
                    for future in futures:
                        future.result()
                finally:
                    for future in futures:
                        future.cancel()

    def _read_file(self, name: str, *, whole: bool) -> PackFile:
        """Read one file; its content is returned if it is wanted ``whole``, or small."""
        size = self.sizes[name]
        small = size <= _KEPT_LIMIT
        parsed = (whole or small) and not name.startswith(_UNPARSED)
        pieces = [piece for piece in self.stream_file(name) if parsed]
        seen = PackFile(self._sums[name], size, b"".join(pieces))
        if parsed and small:
            with self._lock:
                if size <= self._room:
                    self._room -= size
                    self._kept[name] = seen
        return seen
