"""Signing in: keys, the whole chain, the witnesses of what is new, and every remembered head.

format.md section 8. A vault that contradicts what an officer remembers is not opened: that is an
alarm, with words a head teacher understands. Files that no entry names are moved, never deleted.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from esafety_tui.casework.session import Session
from esafety_tui.data import heads, merkle, platform
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import KeyFile, Officer, read_key_file
from esafety_tui.data.store import Store
from esafety_tui.kernel.canon import parse_canonical
from esafety_tui.kernel.clock import Clock
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NotEligible,
    RolledBack,
    StorageFailed,
    Tampered,
)

RESERVE = 256 * 1024
"""Bytes of the spare file that STOP may give up when the disk is full."""


@dataclass(frozen=True, slots=True)
class Doorplate:
    """The clear text of a vault, shown before anybody signs in and trusted for nothing.

    Attributes:
        officers: (id, name), paper keys left out.
    """

    origin: str
    school: str
    officers: tuple[tuple[str, str], ...]

    @property
    def practice(self) -> bool:
        """Whether the origin is that of a practice vault."""
        return self.origin.endswith(".practice.invalid/evidence")


def doorplate(folder: Path) -> Doorplate | None:
    """Return the clear text of the vault in ``folder``, None where there is no vault.

    Raises BadInput for a vault.json that cannot be read.
    """
    path = folder / "vault.json"
    if not path.exists():
        return None
    try:
        value = parse_canonical(path.read_bytes())
        if value["typ"] != "evidence-vault" or value["v"] != 1:
            raise ValueError
        people = tuple((o["id"], o["name"]) for o in value["officers"])
        return Doorplate(value["origin"], value["school"], people)
    except (OSError, EvidenceError, KeyError, TypeError, ValueError) as err:
        raise BadInput(
            "The vault's front page cannot be read, or is of a newer version.",
            "Update this program, or copy the whole vault back from your second copy.",
        ) from err


@dataclass(frozen=True, slots=True)
class Login:
    """One officer's way in: whose key, and the passphrase."""

    officer_id: str
    passphrase: str = field(repr=False)
    key_file: Path | None = None


def find_key(folder: Path, officer_id: str) -> KeyFile:
    """Return the officer's key file in the vault's own folder. Raises BadInput."""
    path = folder / "officers" / f"officer-{officer_id[:16]}.evkey"
    file = read_key_file(path)
    if file.id != officer_id:
        raise _not_theirs()
    return file


def _not_theirs() -> BadInput:
    return BadInput("This key file is another officer's.", "Choose that officer's own file.")


def unlock_keys(folder: Path, logins: Sequence[Login]) -> tuple[list[Officer], dict[str, Path]]:
    """Open the officers' keys. Raises WrongPassphrase, NotEligible, BadInput."""
    if len({login.officer_id for login in logins}) != len(logins):
        raise NotEligible(
            "The same officer cannot be both officers.", "Ask a second officer to sign in."
        )
    officers, keys = [], {}
    for login in logins:
        file = (
            read_key_file(login.key_file) if login.key_file else find_key(folder, login.officer_id)
        )
        if file.id != login.officer_id:
            raise _not_theirs()
        officers.append(file.unlock(login.passphrase))
        keys[officers[-1].id] = file.path.parent
    return officers, keys


def unlock(folder: Path, logins: Sequence[Login], clock: Clock) -> Session:
    """Open the vault for one or two officers, wholly checked.

    Raises WrongPassphrase, NotEligible, BadInput, Tampered, RolledBack or StorageFailed. The
    caller holds the vault's lock file.
    """
    plate = doorplate(folder)
    if plate is None:
        raise BadInput("There is no vault here.", "Set one up, or choose the right folder.")
    officers, keys = unlock_keys(folder, logins)
    return open_session(folder, plate.origin, officers, keys, clock)


def open_session(
    folder: Path,
    origin: str,
    officers: Sequence[Officer],
    folders: dict[str, Path],
    clock: Clock,
) -> Session:
    """Open and check the vault with unlocked officers (key files or paper keys)."""
    keyring = Keyring(folder / "keyring", origin, officers)
    store = Store(folder, origin, keyring.box)
    try:
        machine = platform.machine_fingerprint()
        session = Session(folder, keyring, store, clock, machine, officers[0].id, folders)
        session.warnings.extend(check_heads(session))
        keys = {p.id: p.sign_spki for p in keyring.directory.people}
        session.checked = store.check_witnesses(keys)
        _check_founding(session)
        _check_doorplate(session)
        _move_orphans(session)
        _renew_reserve(session)
        opened: dict[str, int | str] = {"officers": len(officers), "checked": store.chain.size}
        session.record("session.opened", opened)
    except BaseException:
        store.close()
        raise
    return session


def _renew_reserve(session: Session) -> None:
    """Keep the spare room that lets STOP be written on a full disk."""
    path = session.folder / "reserve"
    try:
        if not path.exists() or path.stat().st_size < RESERVE:
            platform.write_atomic(path, bytes(RESERVE))
    except StorageFailed:
        session.warnings.append(
            "The disk is nearly full. Free some room now, so that everything can be written down."
        )


def check_heads(session: Session) -> tuple[str, ...]:
    """Compare every head the officers signed in remember. Returns warnings as sentences.

    Raises RolledBack: the vault was put back, cut or rewritten. Tampered: a forged memory.
    """
    store = session.store
    tree = [merkle.leaf_hash(data) for data in store.raw]
    warned = False
    for officer in session.officers:
        remembered, missing = heads.recall(officer, session.keys[officer.id], store.origin)
        for size, root in remembered:
            _compare(size, root, tree)
        warned = warned or bool(missing)
    if not warned or store.chain.size < 2:
        return ()
    return (
        "A memory of the vault's last head is missing on this computer. That is normal after a "
        "key file was moved; otherwise compare with the last printed head.",
    )


def _compare(size: int, root: str, tree: list[bytes]) -> None:
    if size > len(tree):
        raise RolledBack(
            f"ALARM. This vault holds {len(tree)} entries, but an officer remembers {size}. "
            "It is an older copy, or entries were cut off.",
            "Do not use it. Find the newer copy, and compare it with the last printed head.",
        )
    if merkle.root(tree[:size]).hex() != root:
        raise RolledBack(
            "ALARM. The entries of this vault are not the ones an officer remembers. "
            "It was rewritten, or another vault was put in its place.",
            "Do not use it. Find the true copy, and compare it with the last printed head.",
        )


def _check_founding(session: Session) -> None:
    """Compare the directory with entry 0, which all founders witnessed. One officer cannot."""
    vault, directory = session.keyring.vault, session.keyring.directory
    if vault is None:
        return
    created = session.store.read(0, [vault])
    found = (created.type, created.text("directory"), created.text("vault_recipient"))
    if found != ("vault.created", directory.digest, directory.vault_recipient.text):
        raise Tampered(
            "The list of officers is not the one this vault was set up with.",
            "Stop. Do not add to this vault. Compare it with your second copy.",
        )


def _check_doorplate(session: Session) -> None:
    plate = doorplate(session.folder)
    directory = session.keyring.directory
    people = tuple((p.id, p.name) for p in directory.officers)
    if plate is None or (plate.school, plate.officers) != (directory.school, people):
        session.warnings.append(
            "The names shown before sign-in were altered. The names shown now are the true ones."
        )


def _move_orphans(session: Session) -> None:
    found = session.store.orphans()
    if not found:
        return
    away = session.folder / "orphans"
    platform.make_private(away)
    for path in found:
        path.replace(away / path.name)
    platform.sync_folder(away)
    # A name that is not UTF-8 is kept as its bytes in hexadecimal.
    names = [os.fsencode(path.name).decode("utf-8", "backslashreplace") for path in found]
    session.record("orphan.moved", {"files": len(names), "names": names})
    session.warnings.append(
        f"{len(names)} sealed file(s) that no entry names were moved aside, not deleted."
    )
