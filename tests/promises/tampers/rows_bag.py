"""The lists and declarations of BagIt: their order, their marks, their other ways of writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from esafety_tui.output.pack import layout
from tests.promises.tampers.row import Make, Tamper
from tests.promises.tampers.rows_files import spoiled
from tests.promises.tampers.world import World

Change = Callable[[bytes], bytes]


def _lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def _first(data: bytes, change: Change) -> bytes:
    first, *rest = _lines(data)
    return change(first) + b"".join(rest)


MARKS: dict[str, Change] = {
    "reversed": lambda data: b"".join(reversed(_lines(data))),
    "two lines swapped": lambda data: b"".join(
        [_lines(data)[1], _lines(data)[0], *_lines(data)[2:]]
    ),
    "star": lambda data: data.replace(b"  ", b" *"),
    "one star": lambda data: _first(data, lambda line: line.replace(b"  ", b" *")),
    "one blank": lambda data: data.replace(b"  ", b" "),
    "tab": lambda data: data.replace(b"  ", b"\t"),
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "blank line at the end": lambda data: data + b"\n",
    "no line end": lambda data: data[:-1],
    "capitals": lambda data: _first(data, bytes.upper),
    "dot slash": lambda data: data.replace(b"  ", b"  ./"),
    "a line twice": lambda data: _lines(data)[0] + data,
    "a line less": lambda data: b"".join(_lines(data)[1:]),
    "a file too many": lambda data: data + b"0" * 64 + b"  data/zzz\n",
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "not UTF-8": lambda data: data + b"\xff\n",
    "another hash": lambda data: b"0" * 64 + data[64:],
    "empty": lambda _: b"",
}
BAGIT: dict[str, Change] = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"), "0.97": lambda d: d.replace(b"1.0", b"0.97"),
    "UTF-16": lambda data: data.replace(b"UTF-8", b"UTF-16"),
    "a line more": lambda data: data + b"X: y\n", "byte order mark": lambda d: b"\xef\xbb\xbf" + d,
}  # fmt: skip
INFO: dict[str, Change] = {
    "other bytes": lambda data: data.replace(b"Oxum: ", b"Oxum: 1"),
    "other count": lambda data: data[:-1] + b"0\n",
    "Arabic digits": lambda data: data[:-2] + "\u0661".encode() + b"\n",
    "no Oxum": lambda data: data[: data.index(b"Payload")],
    "Oxum twice": lambda data: data + data[data.index(b"Payload") :],
    "other reference": lambda data: data.replace(b"0007", b"0008"),
    "no reference": lambda data: data.replace(b"External-Identifier: HVS-2026-0007\n", b""),
    "other day": lambda data: data.replace(b"11-21", b"11-22"),
    "other order": lambda data: b"".join(reversed(_lines(data))),
    "a line more": lambda data: data + b"Contact-Name: Nobody\n",
    "folded line": lambda data: data.replace(b"Oxum: ", b"Oxum:\n  "),
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"), "empty": lambda _: b"",
    "small letters": bytes.lower,
}  # fmt: skip


def resigned(name: str, change: Change) -> Make:
    """Return what changes one file and has two officers sign the whole again."""

    def make(world: World, folder: Path) -> Path:
        pack = world.copy(folder, 0)
        data = change((pack / name).read_bytes())
        (pack / name).write_bytes(data)
        world.refit(pack, bag=False)
        # The tag manifest goes by the file as it is.
        return pack

    return make


def rows() -> Iterator[Tamper]:
    """Return the rows of manifests and tag files."""
    for name, change in MARKS.items():

        def alter(pack: Path, change: Change = change) -> None:
            path = pack / layout.TAG_MANIFEST
            path.write_bytes(change(path.read_bytes()))

        yield Tamper("manifest", f"tag manifest, {name}", False, spoiled(alter),
                     item=layout.TAG_MANIFEST)  # fmt: skip
        make = resigned(layout.MANIFEST, change)
        yield Tamper("manifest", f"manifest, {name}", True, make, item=layout.MANIFEST)
    for name, change in BAGIT.items():
        make = resigned(layout.BAGIT, change)
        yield Tamper("tag file", f"bagit.txt, {name}", True, make, item=layout.BAGIT)
    for name, change in INFO.items():
        make = resigned(layout.BAG_INFO, change)
        yield Tamper("tag file", f"bag-info.txt, {name}", True, make, item=layout.BAG_INFO)
