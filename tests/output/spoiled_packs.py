"""What a stranger can do to a pack without the officers' keys: one thing changed in a copy.

``SPOILED`` lists (what is done to the folder, how the refusal must begin).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from esafety_tui.kernel.canon import canonical_bytes

Spoil = Callable[[Path], None]


def bag_again(folder: Path) -> None:
    """Write both manifests anew, so that only the signatures can tell."""
    names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    for manifest, payload in (("manifest-sha256.txt", True), ("tagmanifest-sha256.txt", False)):
        chosen = [n for n in names if n.startswith("data/") == payload and n != manifest]
        sums = [hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in chosen]
        lines = (f"{digest}  {n}\n" for digest, n in zip(sums, chosen, strict=True))
        (folder / manifest).write_text("".join(lines))


def flip_exhibit(folder: Path) -> None:
    path = folder / "data/exhibits/AS_1.png"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    bag_again(folder)


def one_signer_twice(folder: Path) -> None:
    path = folder / "statement.dsse.json"
    envelope = json.loads(path.read_bytes())
    envelope["signatures"][1] = envelope["signatures"][0]
    path.write_bytes(canonical_bytes(envelope))
    bag_again(folder)


def one_signature(folder: Path) -> None:
    path = folder / "statement.dsse.json"
    envelope = json.loads(path.read_bytes())
    del envelope["signatures"][1]
    path.write_bytes(canonical_bytes(envelope))
    bag_again(folder)


def cut_entry(folder: Path) -> None:
    path = folder / "data/ledger.json"
    ledger = json.loads(path.read_bytes())
    del ledger["entries"][3]
    path.write_bytes(canonical_bytes(ledger))
    bag_again(folder)


def forge_statement(folder: Path) -> None:
    path = folder / "statement.pae"
    path.write_bytes(path.read_bytes().replace(b"Police", b"Nobody"))
    bag_again(folder)


def key_twice(folder: Path) -> None:
    path = folder / "statement.dsse.json"
    path.write_bytes(b'{"payload":"",' + path.read_bytes()[1:])


def drop_record(folder: Path) -> None:
    (folder / "data/records/000004.json").unlink()
    bag_again(folder)


def add_file(folder: Path) -> None:
    (folder / "fetch.txt").write_text("https://school.invalid/x 1 data/x\n")
    bag_again(folder)


def change_procedure(folder: Path) -> None:
    path = folder / "data/procedure.toml"
    path.write_bytes(path.read_bytes() + b"# added later\n")
    bag_again(folder)


def drop_profile(folder: Path) -> None:
    (folder / "data/profile.toml").unlink()
    bag_again(folder)


def bag_lies(folder: Path) -> None:
    path = folder / "tagmanifest-sha256.txt"
    path.write_text(path.read_text().replace("README.txt", "REDAME.txt"))


def swap_keys(folder: Path) -> None:
    one, two = sorted((folder / "keys").iterdir())[:2]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    bag_again(folder)


SPOILED: list[tuple[Spoil, str]] = [
    (flip_exhibit, "data/exhibits/AS_1.png: was changed"),
    (one_signer_twice, "statement.dsse.json: was signed twice"),
    (one_signature, "statement.dsse.json: does not have exactly two"),
    (cut_entry, "data/ledger.json: was changed"),
    (forge_statement, "statement.pae: is not what"),
    (key_twice, "statement.dsse.json: is not proper JSON (the same key twice"),
    (drop_record, "data/records/000004.json: is missing"),
    (change_procedure, "data/procedure.toml: was changed"),
    (drop_profile, "data/profile.toml: is missing"),
    (add_file, "fetch.txt: was added"),
    (bag_lies, "tagmanifest-sha256.txt: does not name the files"),
    (swap_keys, "keys/"),
]
