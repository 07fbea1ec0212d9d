"""Files and folders added, missing, changed and renamed, by somebody without a key."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.promises.tampers.row import EXTRA, NOT_SOUND, Make, Tamper
from tests.promises.tampers.world import World, retag

Spoil = Callable[[Path], object]


def spoiled(spoil: Spoil, forms: int = 2) -> Make:
    """Return what makes a copy of a sound pack and spoils it."""

    def make(world: World, folder: Path) -> Path:
        pack = world.copy(folder, forms)
        spoil(pack)
        return pack

    return make


def put(name: str, data: bytes) -> Make:
    """Return what puts a file into the pack."""
    return spoiled(lambda pack: (pack / name).write_bytes(data))


def change(name: str, how: Callable[[bytes], bytes]) -> Make:
    """Return what changes the bytes of one file."""
    return spoiled(lambda pack: (pack / name).write_bytes(how((pack / name).read_bytes())))


ADDED = {
    "notes.txt": "", "fetch.txt": "", "data/extra.txt": "", "data/form.pdf.bak": "",
    "data/exhibits/AS_9.png": "", "data/exhibits/AS_1.jpg": "", "data/records/999999.json": "",
    "data/records/0000002.json": "", "statement.0123456789abcdef.sig": "", "autorun.inf": "",
    "keys/0123456789abcdef.pem": "certs/0123456789abcdef.pem", "data/exhibits/AS_1.exe": "",
    "certs/0123456789abcdef.pem": "keys/0123456789abcdef.pem", "data/Thumbs.db": "",
    "data/.DS_Store": "", "data/exhibits/desktop.ini": "", "thumbs.db": "", "._README.txt": "",
    "data/records/.DS_Store": "", "Desktop.ini": "", "Thumbs.db.exe": "",
}  # fmt: skip
STRAYS = ("Thumbs.db", "desktop.ini", ".DS_Store", "keys/.DS_Store", "certs/Thumbs.db")


def _added() -> Iterator[Tamper]:
    for name, item in ADDED.items():
        make = put(name, b"https://x.invalid\n")
        yield Tamper("file added", name, False, make, item=item or name)
    for name in STRAYS:
        make = put(name, bytes(1 << 20))
        yield Tamper("file added", f"{name} of 1 MiB", False, make, EXTRA)
    large = spoiled(lambda pack: (pack / "Thumbs.db").write_bytes(bytes((1 << 20) + 1)))
    yield Tamper("file added", "Thumbs.db of more", False, large, item="Thumbs.db")
    right = Tamper(
        "file added", ".DS_Store, with the right code", False,
        spoiled(lambda pack: (pack / ".DS_Store").write_bytes(b"x")), EXTRA, typed=str,
    )  # fmt: skip
    yield right
    listed = spoiled(lambda pack: retag(_touch(pack, "notes.txt")))
    yield Tamper("file added", "notes.txt, in the tag manifest", False, listed, item="notes.txt")


def _unlink(pattern: str) -> Spoil:
    return lambda pack: min(pack.glob(pattern)).unlink()


def _rename(old: str, new: str) -> Spoil:
    return lambda pack: (pack / old).rename(pack / new)


def _mkdir(name: str) -> Spoil:
    return lambda pack: (pack / name).mkdir(parents=True)


def _link(name: str, target: str) -> Spoil:
    return lambda pack: (pack / name).symlink_to(target)


def _relink(name: str) -> Spoil:
    """Move a file or folder out, and link to it."""

    def relink(pack: Path) -> None:
        outside = pack.parent / "outside"
        (pack / name).rename(outside)
        (pack / name).symlink_to(outside)

    return relink


def _flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def _touch(pack: Path, name: str) -> Path:
    (pack / name).write_bytes(b"x")
    return pack


WHOLE = (
    "README.txt", "START-HERE.pdf", "verify.html", "bagit.txt", "bag-info.txt",
    "manifest-sha256.txt", "tagmanifest-sha256.txt", "statement.dsse.json", "statement.pae",
    "certs/ca.pem", "data/form.pdf", "data/ledger.json", "data/checkpoint.txt",
    "data/exhibit-list.csv", "data/continuity.csv", "data/limits.pdf", "data/procedure.toml",
    "data/profile.toml", "data/records/000002.json", "data/exhibits/AS_1.png",
)  # fmt: skip


def _missing() -> Iterator[Tamper]:
    for name in WHOLE:
        make = spoiled(_unlink(name))
        yield Tamper("file missing", name, False, make, item=name)

    for pattern in ("keys/*", "certs/[0-9]*", "statement.*.sig"):
        make = spoiled(_unlink(pattern))
        yield Tamper("file missing", pattern, False, make)
    make = spoiled(lambda pack: shutil.rmtree(pack / "data/records"))
    yield Tamper("file missing", "all records", False, make, item="data/records/000002.json")
    make = spoiled(lambda pack: retag(_without(pack, "README.txt")))
    yield Tamper("file missing", "README.txt, lists made to fit", False, make, item="README.txt")


def _without(pack: Path, name: str) -> Path:
    (pack / name).unlink()
    return pack


def _changed() -> Iterator[Tamper]:
    for name in WHOLE:
        make = change(name, _flip)
        yield Tamper("file changed", f"{name}, one bit", False, make, item=name)
    changes: dict[str, Callable[[bytes], bytes]] = {
        "cut": lambda data: data[:-1],
        "emptied": lambda _: b"",
        "longer": lambda data: data + b"\n",
    }
    for how, alter in changes.items():
        for name in ("README.txt", "data/form.pdf", "data/exhibits/AS_1.png", "statement.pae"):
            make = change(name, alter)
            yield Tamper("file changed", f"{name} {how}", False, make, item=name)

    def swap(pack: Path) -> None:
        one, two = pack / "data/exhibits/AS_1.png", pack / "data/exhibits/AS_2.png"
        first, second = one.read_bytes(), two.read_bytes()
        one.write_bytes(second)
        two.write_bytes(first)

    yield Tamper(
        "file changed", "two exhibits swapped", False, spoiled(swap), item="data/exhibits/AS_1.png"
    )


RENAMED = {
    "README.txt": "README", "verify.html": "verify.htm", "data/form.pdf": "data/Form.pdf",
    "data/exhibits/AS_1.png": "data/exhibits/AS_1.jpg", "bagit.txt": "bagit.txt.bak",
    "data/exhibits/AS_2.png": "data/exhibits/AS_2.exe", "data/ledger.json": "data/ledger.txt",
    "data/records/000002.json": "data/records/2.json", "certs/ca.pem": "certs/root.pem",
    "data/procedure.toml": "procedure.toml", "statement.dsse.json": "statement.json",
    "START-HERE.pdf": "data/START-HERE.pdf",
}  # fmt: skip


def _renamed() -> Iterator[Tamper]:
    for old, new in RENAMED.items():
        make = spoiled(_rename(old, new))
        yield Tamper("file renamed", f"{old} to {new}", False, make, item=new)

    def key(pack: Path) -> None:
        old = min((pack / "keys").iterdir())
        old.rename(old.with_name("0" * 16 + ".pem"))

    yield Tamper("file renamed", "a key", False, spoiled(key), item="certs/0000000000000000.pem")


FOLDERS = {
    "data/hidden": "", "more": "", "data/exhibits/sub": "", "data/records/old": "", "keys/sub": "",
    "certs/more": "", "__MACOSX": "", ".git": "", "Data": "", "System Volume Information": "",
    "data/exhibits/AS_9.png": "", "more/and/more": "more", ".DS_Store": "",
}  # fmt: skip


def _folders() -> Iterator[Tamper]:
    for name, item in FOLDERS.items():
        make = spoiled(_mkdir(name))
        yield Tamper("folder", f"{name}, empty", False, make, item=item or name, dropped=True)
    for name in ("data/hidden", "more", "more/and/more"):

        def filled(pack: Path, name: str = name) -> None:
            (pack / name).mkdir(parents=True)
            (pack / name / "README.txt").write_bytes(b"x")

        item = name.split("/and")[0]
        yield Tamper("folder", f"{name}, with a file", False, spoiled(filled), item=item)
    for name in ("README.txt", "data/form.pdf"):

        def instead(pack: Path, name: str = name) -> None:
            (pack / name).unlink()
            (pack / name).mkdir()

        yield Tamper("folder", f"in place of {name}", False, spoiled(instead), item=name,
                     dropped=True)  # fmt: skip
    make = spoiled(lambda pack: (pack / "data/more").mkdir())
    yield Tamper("folder", "data/more, by the button", False, make, item="data/more",
                 unseen="hidden")  # fmt: skip


def _links() -> Iterator[Tamper]:
    for name in (
        "README.txt",
        "data/form.pdf",
        "data/records/000002.json",
        "data/exhibits/AS_1.png",
        "statement.pae",
        "certs/ca.pem",
    ):
        make = spoiled(_relink(name))
        yield Tamper("link", f"in place of {name}", False, make, item=name)
    make = spoiled(_relink("data/records"))
    yield Tamper(
        "link", "in place of data/records", False, make, NOT_SOUND, "data/records", unseen="hidden"
    )
    extra = {
        "dangling": "nowhere",
        "data/dangling": "nowhere",
        "copy.pdf": "data/form.pdf",
        "data/exhibits/AS_9.png": "AS_1.png",
        "data/more": "exhibits",
        "loop": "loop",
        ".DS_Store": "README.txt",
        "keys/Thumbs.db": "nowhere",
    }
    for name, target in extra.items():
        make = spoiled(_link(name, target))
        yield Tamper("link", f"{name} to {target}", False, make, item=name, unseen="hidden")
    if sys.platform != "win32":
        make = spoiled(lambda pack: os.mkfifo(pack / "data/pipe"))
        yield Tamper("link", "a pipe, data/pipe", False, make, item="data/pipe")


def rows() -> Iterator[Tamper]:
    """Return the rows of files and folders."""
    yield from _added()
    yield from _missing()
    yield from _changed()
    yield from _renamed()
    yield from _folders()
    yield from _links()
