"""The whole check of a vault by one officer or two: reads everything, writes nothing.

Chain, witnesses, remembered heads, and the hash of every sealed file against the line that names
it. Two also check every head they signed inside it. What a file holds is not opened.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

from esafety_tui.casework import headwork, leftout
from esafety_tui.casework.doorplate import doorplate
from esafety_tui.casework.memories import check_heads
from esafety_tui.casework.session import Session
from esafety_tui.casework.unlock import Login, open_store, unlock_keys
from esafety_tui.data import blobs, platform
from esafety_tui.data.keyring import Card, Keyring
from esafety_tui.data.platform import SystemClock
from esafety_tui.data.store import Store
from esafety_tui.data.trouble import told
from esafety_tui.data.wraps import pair_name
from esafety_tui.kernel import timeline
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotEligible, NotSound

AGE = b"age-encryption.org/v1\n"


@told("check the vault")
def audit(
    folder: Path, officer_id: str, passphrase: str, second: Login | None = None
) -> tuple[str, ...]:
    """Return what was found sound, as sentences. Raises NotSound, Tampered, WrongPassphrase."""
    plate = doorplate(folder)
    if plate is None:
        raise BadInput("There is no vault here.", "Choose the vault's folder.")
    logins = [Login(officer_id, passphrase), *([second] if second else [])]
    officers, keys = unlock_keys(folder, logins)
    with platform.locked(folder / "lock"):
        keyring = Keyring(folder / "keyring", plate.origin, officers)
        store = open_store(folder, keyring)
        try:
            machine = platform.machine_fingerprint()
            session = Session(folder, keyring, store, SystemClock(), machine, officer_id, keys)
            warned = check_heads(session)
            entries = store.check_witnesses(keyring.directory.people)
            files, gone = _files(folder, store)
            cards = session.cards()
            _key_files(session, cards)
            signed = headwork.check_signed(session, everything=True)
        finally:
            store.close()
    return (
        f"{entries} entries follow from one another, each signed by everyone present.",
        f"{files} sealed files are the ones their entries name.",
        f"{len(cards)} incidents: their key files are there. That they open takes two officers.",
        *([f"{signed} heads signed by two inside the vault fit its entries."] if second else []),
        *warned,
        *session.warnings,
        *gone,
        *timeline.sentences(timeline.findings(store.lines)),
        "What the records say was not opened: that takes two officers, too.",
    )


def check_keys(session: Session) -> tuple[str, ...]:
    """Open every incident's key with the two officers signed in. Returns warnings as sentences.

    Nothing for a lone officer. A restricted incident that these two may not open is left alone.
    """
    if not session.pair:
        return ()
    bad = []
    for line in session.store.lines:
        if line.inc and line.iseq == 0:
            try:
                session.identity(session.card(line.inc))
            except NotEligible:
                continue
            except EvidenceError:
                bad.append(f"The incident opened as entry {line.seq} cannot be opened: its key is "
                           "missing or altered. Fetch the vault's second copy.")  # fmt: skip
    return tuple(bad)


def _key_files(session: Session, cards: Sequence[Card]) -> None:
    """Raise NotSound unless every key file is there, and every record is an age file."""
    folder = session.keyring.folder
    people = [p.id for p in session.keyring.directory.present]
    names = [pair_name(a, b) for a, b in itertools.combinations(people, 2)]
    for name in ("ca.age", "ledger.age", *names):
        if not (folder / name).is_file():
            raise NotSound(f"keyring/{folder.name}/{name}", "a key file is missing")
    for card in cards:
        found = list((folder / "inc").glob(f"{card.inc}*.age"))
        if not found:
            raise NotSound(f"keyring/{folder.name}/inc/{card.inc}.age", "a key file is missing")
    store = session.store
    for line in store.lines:
        if line.inc not in store.shredded and not store.sealed_record(line.seq).startswith(AGE):
            raise NotSound(f"record {line.seq}", "it is not a sealed record")


def _files(folder: Path, store: Store) -> tuple[int, tuple[str, ...]]:
    """Return how many sealed files are sound, and a warning where a restore lawfully left some out.

    A missing file is excused only while it is frozen, and if a restore that two officers signed
    lists it (format.md section 11). Raises NotSound.
    """
    kept = [line for line in store.lines if line.inc not in store.shredded]
    names = [name for line in kept for name in line.blobs]
    excused = store.holds.blobs & leftout.listed(folder, store)
    missing = 0
    for name in names:
        path = folder / "blobs" / f"{name}.age"
        if not path.is_file():
            if name not in excused:
                raise NotSound(f"blobs/{name}.age", "a sealed file is missing")
            missing += 1
        elif blobs.ciphertext_hash(path) != name:
            raise NotSound(f"blobs/{name}.age", "a sealed file was changed")
    if not missing:
        return len(names), ()
    return len(names) - missing, (
        f"{missing} frozen file(s) are not in this vault: it was put back from a copy, and no copy "
        "holds what is frozen. Two officers signed that. Nothing here shows what they were.",
    )
