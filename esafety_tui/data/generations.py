"""Generations of a vault's keys: one is complete at every moment (format.md section 4a).

A generation is staged whole beside the current one and opened again before anything depends on it.
The database's commit is the switch; what is left over on either side of it is put right before
the next opening, without any key.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from esafety_tui.data import directory, keyring, platform, tables, wraps
from esafety_tui.data.age import Identity, NoMatchingKey, decrypt_file, encrypt_to
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.keyring import IncidentCard, Keyring
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.errors import EvidenceError, NotEligible, StorageFailed, Tampered
from esafety_tui.kernel.records import Person

_FOLDER = re.compile(r"g[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class NextGeneration:
    """What the next generation is made of.

    Attributes:
        body: its directory, unsigned. people: as in that directory.
        signers: all who sign it: two of the generation before, and everybody listed for the
            first time. vault, ledger: fresh keys. ca_key: PKCS#8 DER of the school's authority.
        eligible: restricted incident to the people who may open it; only for incidents that the
            two signed in can open. Others are taken over byte for byte.
        further: incident that this generation restricts to the identity it is sealed to from here
            on. It is in ``eligible``, too.
    """

    body: Mapping[str, Any] = field(repr=False)
    people: Sequence[Person]
    signers: Sequence[OfficerKeys]
    vault: Identity
    ledger: bytes = field(repr=False)
    ca_key: bytes = field(repr=False)
    eligible: Mapping[str, Sequence[Person]]
    further: Mapping[str, Identity] = field(default_factory=dict)

    @property
    def folder_name(self) -> str:
        """Folder name of the generation."""
        return f"g{self.body['generation']}"


def stage_generation(
    ring: Keyring, coming: NextGeneration, cards: Sequence[IncidentCard], broken: Iterable[str] = ()
) -> Path:
    """Write the next generation's folder whole and synced; nothing depends on it yet.

    ``cards`` are those of all incidents that go on, ``broken`` incidents whose card or key does
    not fit: what there is of them goes on. Raises StorageFailed, Tampered, NotEligible.
    """
    root = ring.folder.parent
    folder = root / coming.folder_name
    if folder.exists():
        shutil.rmtree(folder)  # one that was cut short and never in force
    present = [p for p in coming.people if p.is_present]
    keyring.write_generation_keys(folder, present, coming.vault, coming.ledger, coming.ca_key)
    box = LedgerBox(coming.ledger)
    chain = [*ring.directory.chain, directory.sign_directory(coming.body, coming.signers)]
    _write_staged_file(folder / "directory.sealed", directory.seal_directory_chain(box, chain))
    for card in cards:
        _rekey_incident(ring, folder, box, coming, card)
    for inc in broken:
        _carry_over_unchanged(ring, folder, box, coming, inc)
    platform.sync_tree(folder)
    platform.sync_folder(root)
    return folder


def _rekey_incident(
    ring: Keyring, folder: Path, box: LedgerBox, coming: NextGeneration, card: IncidentCard
) -> None:
    """Wrap one incident's key anew, and seal its card and register card anew."""
    place = f"evidence-card/v1/{ring.directory.origin}/{card.inc}"
    old, new = ring.folder / "inc", folder / "inc"
    sealed = ring.box.open_bytes(_read_key_file(old, f"{card.inc}.card"), place)
    _write_staged_file(new / f"{card.inc}.card", box.seal_bytes(sealed, place))
    if card.restricted and card.inc not in coming.eligible:
        for path in sorted(old.glob(f"{card.inc}.*.age")):
            _write_staged_file(new / path.name, _read_key_file(old, path.name))
        return
    keys = ring.open_incident(card)
    if card.restricted or card.inc in coming.further:
        further = coming.further.get(card.inc)
        nested = wraps.nest_for_pairs(
            [*keys, *([further] if further else [])], coming.eligible[card.inc]
        )
        for n, wrap in enumerate(nested):
            _write_staged_file(new / f"{card.inc}.{n}.age", wrap)
        return
    _write_staged_file(
        new / f"{card.inc}.age", wraps.wrap_identity(keys.newest, coming.vault.recipient)
    )
    register = old / f"{card.inc}.reg"
    if register.is_file() and ring.vault is not None:
        plain = ring.register_bytes(card.inc)
        if plain:
            _write_staged_file(new / register.name, encrypt_to(plain, [coming.vault.recipient]))


def _carry_over_unchanged(
    ring: Keyring, folder: Path, box: LedgerBox, coming: NextGeneration, inc: str
) -> None:
    """Take over what there is of an incident that one officer alone began, and left broken."""
    place = f"evidence-card/v1/{ring.directory.origin}/{inc}"
    for path in sorted((ring.folder / "inc").glob(f"{inc}.*")):
        data = _read_key_file(path.parent, path.name)
        with contextlib.suppress(EvidenceError):  # what does not open stays as it is
            if path.suffix == ".card":
                data = box.seal_bytes(ring.box.open_bytes(data, place), place)
            elif path.name == f"{inc}.age":
                data = encrypt_to(
                    decrypt_file(data, [ring.require_vault_identity()]), [coming.vault.recipient]
                )
        _write_staged_file(folder / "inc" / path.name, data)


def _write_staged_file(path: Path, data: bytes) -> None:
    platform.write_atomically(path, data, durable=False)


def _read_key_file(folder: Path, name: str) -> bytes:
    return wraps.read_keyring_file(folder / name)


def open_authority_key(ring: Keyring) -> bytes:
    """Return the authority's key for two officers, PKCS#8 DER. Raises Tampered, NotEligible."""
    vault = ring.require_vault_identity()
    try:
        return wraps.open_keyring_file(ring.folder / "ca.age", vault)
    except NoMatchingKey as err:
        raise wraps.damaged_key_file(ring.folder / "ca.age") from err


def put_in_force(root: Path, name: str) -> None:
    """Name the generation in ``keyring/current`` by one rename. Raises StorageFailed."""
    platform.write_atomically(root / "current", f"{name}\n".encode())


def recover_generation(vault: Path) -> None:
    """Put right what a program that was cut off left of a change of generation. Needs no key.

    Nothing is removed here: the older keys go when the newer ones have opened (:func:`clear`).
    Raises Tampered where database and keys are from different times.
    """
    root = vault / "keyring"
    number = int(wraps.current_generation(root)[1:])
    if not (vault / "evidence.db").is_file():
        return  # opening the store says so
    there = tables.read_generation(vault / "evidence.db")
    if there == number + 1 and is_whole_generation(root / f"g{there}"):
        put_in_force(root, f"g{there}")
    elif there != number or not is_whole_generation(root / f"g{number}"):
        raise tables.mixed_copies()


def is_whole_generation(folder: Path) -> bool:
    """Whether the folder has what every generation has. Opening it says whether it is sound."""
    return all((folder / n).is_file() for n in ("directory.sealed", "ledger.age", "ca.age"))


def remove_old_generations(kept: Path) -> None:
    """Remove every generation but the opened one in folder ``kept``. Raises StorageFailed.

    Where a disk refused to name it, that is done first: nothing goes that is still named.
    """
    root = kept.parent
    if wraps.current_generation(root) != kept.name:
        put_in_force(root, kept.name)
    try:
        for path in root.iterdir():
            if path.is_dir() and _FOLDER.fullmatch(path.name) and path != kept:
                shutil.rmtree(path)
        platform.sync_folder(root)
    except OSError as err:
        raise platform.describe_os_error(err, "remove keys that are no longer in force") from err


def prove_generation(
    ring: Keyring,
    folder: Path,
    coming: NextGeneration,
    cards: Sequence[IncidentCard],
    officers: Sequence[OfficerKeys],
) -> Keyring:
    """Open a staged generation as ``officers`` will, every card and incident's key too.

    Restricted incidents that these two may not open are left alone. Raises StorageFailed where
    what lies on the disk does not open: it must not come in force.
    """
    try:
        made = Keyring(folder.parent, ring.directory.origin, officers, folder.name)
        for card in cards:
            now = made.read_card(card.inc, card.by)
            if not now.restricted or card.inc in coming.eligible:
                made.open_incident(now)
    except (Tampered, NotEligible) as err:
        raise StorageFailed(
            "The new keys do not read back from the disk. Nothing was changed.",
            "Check the disk, then try again.",
        ) from err
    return made
