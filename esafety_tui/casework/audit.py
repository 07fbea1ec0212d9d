"""The whole check of a vault by one officer: reads everything, writes nothing.

Chain, witnesses, remembered heads, and the hash of every sealed file against the line that names
it. What a file holds is not opened: that takes two.
"""

from __future__ import annotations

from pathlib import Path

from esafety_tui.casework.session import Session
from esafety_tui.casework.unlock import Login, check_heads, doorplate, unlock_keys
from esafety_tui.data import blobs, platform
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.platform import SystemClock
from esafety_tui.data.store import Store
from esafety_tui.kernel.errors import BadInput, NotSound


def audit(folder: Path, officer_id: str, passphrase: str) -> tuple[str, ...]:
    """Return what was found sound, as sentences. Raises NotSound, Tampered, WrongPassphrase."""
    plate = doorplate(folder)
    if plate is None:
        raise BadInput("There is no vault here.", "Choose the vault's folder.")
    officers, keys = unlock_keys(folder, [Login(officer_id, passphrase)])
    with platform.locked(folder / "lock"):
        keyring = Keyring(folder / "keyring", plate.origin, officers)
        store = Store(folder, plate.origin, keyring.box)
        try:
            machine = platform.machine_fingerprint()
            session = Session(folder, keyring, store, SystemClock(), machine, officer_id, keys)
            warned = check_heads(session)
            people = {p.id: p.sign_spki for p in keyring.directory.people}
            entries = store.check_witnesses(people)
            files = _files(folder, store)
            cards = session.cards()
        finally:
            store.close()
    return (
        f"{entries} entries follow from one another, each signed by everyone present.",
        f"{files} sealed files are the ones their entries name.",
        f"{len(cards)} incidents, each with the key it was opened with.",
        *warned,
        "What the records say was not opened: that takes two officers.",
    )


def _files(folder: Path, store: Store) -> int:
    names = [name for line in store.lines for name in line.blobs]
    for name in names:
        path = folder / "blobs" / f"{name}.age"
        if not path.is_file():
            raise NotSound(f"blobs/{name}.age", "a sealed file is missing")
        if blobs.ciphertext_hash(path) != name:
            raise NotSound(f"blobs/{name}.age", "a sealed file was changed")
    return len(names)
