"""The entry lines of an opened vault in columns: about a hundred bytes an entry, whatever it says.

A vault is read whole at every sign-in and its lines are asked for as long as it is open. As objects
they take a kilobyte each. Here a hash is 32 bytes of one long array and what entries have in common
is kept once; a line or its stored bytes are made again when somebody asks. That loses nothing: the
pattern of :mod:`ledger` is the canonical form itself, so a line has one spelling.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, overload

from esafety_tui.data.ledger import EntryLine

HASH_BYTES = 32
"""Bytes of a hash."""
NO_ENTRY = 0
"""Stands for "no earlier entry" where entries are counted from 1."""

T = TypeVar("T")


class LazySequence(Sequence[T], Generic[T]):
    """A sequence whose items are made when asked for; a slice is a list of them.

    Others may read while one thread appends: an item counts once all of it is there.
    """

    def __len__(self) -> int:
        raise NotImplementedError

    def item_at(self, index: int) -> T:
        """Return the item at ``index``, from 0."""
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        size = len(self)
        if isinstance(index, slice):
            return [self.item_at(place) for place in range(*index.indices(size))]
        place = index + size if index < 0 else index
        if not 0 <= place < size:
            raise IndexError("no such entry")
        return self.item_at(place)

    def __iter__(self) -> Iterator[T]:
        return map(self.item_at, range(len(self)))

    def between(self, start: int, stop: int) -> Iterator[T]:
        """Yield the items from ``start`` to before ``stop``, one at a time."""
        return map(self.item_at, range(start, min(stop, len(self))))

    def __reversed__(self) -> Iterator[T]:
        return map(self.item_at, reversed(range(len(self))))


class LineColumns(LazySequence[EntryLine]):
    """The lines of all entries, appended in their order. Entries are numbered from 0.

    A file that one officer alone names was never taken in: such a line shows none, and nobody looks
    for the file. Its stored bytes are in :attr:`stored` as they were signed.
    """

    def __init__(self) -> None:
        self._hashes = bytearray()  # of each entry: the line before it, then its record
        self._numbers = array("Q")  # of each: number in the incident, clock, time as digits
        self._places = array("I")  # of each: incident, presence, the incident's entry before (1..)
        self._files: dict[int, bytes] = {}
        self._incidents: list[str] = []
        self._incident_at: dict[str, int] = {}
        self._first = array("I")  # of each incident: its first entry (1..)
        self._last = array("I")  # and its last one
        self._presences: list[tuple[tuple[str, ...], str, str]] = []
        self._presence_at: dict[tuple[tuple[str, ...], str, str], int] = {}
        self._size = 0
        self.stored = StoredLines(self)

    def __len__(self) -> int:
        return self._size

    def append(self, line: EntryLine) -> None:
        """Take in the next line, which must have passed :func:`ledger.parse_line`."""
        if line.seq != self._size:
            raise ValueError("lines are appended in their order")
        self._hashes += bytes.fromhex(line.prev + line.rec)
        self._numbers.extend((line.iseq, line.mono, _digits_of(line.t)))
        present = (line.by, line.boot, line.machine)
        presence = self._presence_at.setdefault(present, len(self._presences))
        if presence == len(self._presences):
            self._presences.append(present)
        incident = self._incident_at.setdefault(line.inc, len(self._incidents))
        if incident == len(self._incidents):
            self._incidents.append(line.inc)
            self._first.append(self._size + 1)
            self._last.append(NO_ENTRY)
        self._places.extend((incident, presence, self._last[incident]))
        if line.blobs:
            self._files[line.seq] = bytes.fromhex("".join(line.blobs))
        self._size += 1
        self._last[incident] = self._size  # last of all: from here on it is found

    def item_at(self, index: int) -> EntryLine:
        """Return the line of entry ``index``."""
        line = self.signed_line(index)
        return line if len(line.by) > 1 or not line.blobs else line._replace(blobs=())

    def signed_line(self, index: int) -> EntryLine:
        """Return the line of entry ``index`` with every file it names, as it was signed."""
        at = 2 * HASH_BYTES * index
        hashes = self._hashes[at : at + 2 * HASH_BYTES].hex()
        iseq, mono, t = self._numbers[3 * index : 3 * index + 3]
        incident, presence, _ = self._places[3 * index : 3 * index + 3]
        by, boot, machine = self._presences[presence]
        digits = f"{t:017}"
        return EntryLine(
            index, hashes[:64], self._incidents[incident], iseq, hashes[64:],
            self._file_names(index) if index in self._files else (), by,
            f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}"
            f":{digits[12:14]}.{digits[14:]}Z",
            mono, boot, machine,
        )  # fmt: skip

    def _file_names(self, index: int) -> tuple[str, ...]:
        joined = self._files[index].hex()
        return tuple(joined[at : at + 64] for at in range(0, len(joined), 64))

    def of_incident(self, inc: str) -> list[EntryLine]:
        """Return the lines of one incident in order, without a look at any other."""
        incident = self._incident_at.get(inc)
        if incident is None or incident >= len(self._last):
            return []  # none yet: it is being appended
        found, place = [], self._last[incident]
        while place != NO_ENTRY:
            found.append(self.item_at(place - 1))
            place = self._places[3 * (place - 1) + 2]
        return found[::-1]

    def openings(self) -> list[EntryLine]:
        """Return the first line of each incident, oldest first; the vault itself is none."""
        firsts = zip(self._incidents, list(self._first), strict=False)
        return [self.item_at(place - 1) for inc, place in firsts if inc]

    def with_files(self) -> list[EntryLine]:
        """Return the lines that bring a file, in order; of one officer alone there are none."""
        named = [self.item_at(index) for index in list(self._files)]
        return [line for line in named if line.blobs]


class StoredLines(LazySequence[bytes]):
    """The stored bytes of the same entries: what is hashed and signed."""

    def __init__(self, columns: LineColumns) -> None:
        self._columns = columns

    def __len__(self) -> int:
        return len(self._columns)

    def item_at(self, index: int) -> bytes:
        """Return the bytes of entry ``index``."""
        return stored_bytes(self._columns.signed_line(index))


def stored_bytes(line: EntryLine) -> bytes:
    """Return the bytes of a line taken from a vault, spelt as the pattern of the ledger has them.

    A line of another origin is spelt by ``Line.to_bytes``: this one quotes nothing.
    """
    seq, prev, inc, iseq, rec, blobs, by, t, mono, boot, machine = line
    return (
        f'{{"blobs":{_quote_list(blobs)},"boot":"{boot}","by":{_quote_list(by)},"inc":"{inc}"'
        f',"iseq":{iseq},"machine":"{machine}","mono":{mono},"prev":"{prev}","rec":"{rec}"'
        f',"seq":{seq},"t":"{t}","v":1}}'
    ).encode("ascii")


def _digits_of(t: str) -> int:
    """Return a stamp of 24 characters as its 17 digits."""
    return int(f"{t[:4]}{t[5:7]}{t[8:10]}{t[11:13]}{t[14:16]}{t[17:19]}{t[20:23]}")


def _quote_list(names: tuple[str, ...]) -> str:
    return '["' + '","'.join(names) + '"]' if names else "[]"
