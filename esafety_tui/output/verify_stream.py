"""Reads ``data/ledger.json`` an entry at a time: canonical JSON (RFC 8785) has one form alone.

So the places of brackets and commas are known, and no more than one entry is ever in memory.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.pack.layout import LEDGER
from esafety_tui.output.verify_shape import read_canonical_json

_HEAD = '{"entries":['
ENTRY_LIMIT = 1 << 18
"""Characters of one entry, and of what follows the last one; a real one has some 2,000."""
_REASON = "it has been changed: it is not in its one canonical form"


class LedgerStream:
    """The ledger of a pack: iterate over it once, to its end, then ask for ``printed``.

    Args:
        pieces: the bytes of the file, in order.

    Raises:
        NotSound: while it is read: it is not what canonical JSON is, or an entry is too long.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._text, self._at, self._whole = "", 0, False
        self.printed: dict[str, Any] = {}

    def __iter__(self) -> Iterator[bytes]:
        """Yield each entry as stored, UTF-8; the caller parses it."""
        self._fill_buffer()
        if not self._text.startswith(_HEAD):
            raise NotSound(LEDGER, _REASON)
        self._at, first, number = len(_HEAD), True, 0
        scan = json.JSONDecoder().raw_decode
        while not self._text.startswith("]", self._at):
            if not first and not self._text.startswith(",", self._at):
                raise NotSound(LEDGER, _REASON)
            start, number = self._at + (not first), number + 1
            try:
                _, end = scan(self._text, start)
            except (ValueError, RecursionError) as err:
                raise NotSound(f"{LEDGER}, entry {number}", _REASON) from err
            if end - start > ENTRY_LIMIT:
                raise NotSound(LEDGER, "it has an entry that is far too long")
            yield self._text[start:end].encode()
            self._at, first = end, False
            self._fill_buffer()
        rest = self._text[self._at :]
        if len(rest) > ENTRY_LIMIT:
            raise NotSound(LEDGER, "what follows its entries is far too long")
        kinds = {"v": int, "entries": list, "printed": dict}
        self.printed = read_canonical_json((_HEAD + rest).encode(), LEDGER, kinds)["printed"]

    def _fill_buffer(self) -> None:
        """Have the next entry in memory, whole."""
        if len(self._text) - self._at > ENTRY_LIMIT or self._whole:
            return
        parts = [self._text[self._at :]]
        length = len(parts[0])
        while length <= ENTRY_LIMIT and not self._whole:
            piece = next(self._pieces, b"")
            self._whole = not piece
            try:
                parts.append(self._decoder.decode(piece, final=self._whole))
            except UnicodeDecodeError as err:
                raise NotSound(LEDGER, _REASON) from err
            length += len(parts[-1])
        self._text, self._at = "".join(parts), 0
