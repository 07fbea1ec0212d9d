"""The only good key is on the medium: a copy from a damaged vault does not replace it."""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path

import pytest

from esafety_tui.casework.access import key_files
from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.backup import backup
from esafety_tui.casework.incident import opening
from esafety_tui.casework.inspection import audit
from esafety_tui.data.officers import FLOOR, read_key_file
from esafety_tui.kernel.canon import canonical_bytes, parse_canonical
from esafety_tui.kernel.errors import Refused, Tampered, VaultNotSound
from tests.casework.copy_samples import flip, quiet
from tests.casework.support import Practice

NEW = "seven green lamps beside the old harbour wall 41"


def copied(real: Practice) -> backup.Done:
    """Copy the vault of AB and CD onto the same medium as always."""
    for part in ("d", "k"):
        (real.home / part).mkdir(exist_ok=True)
    session = real.sessions[-1]
    return backup.make(session, real.home / "d", real.home / "k", "stick", quiet)


def with_copy(real: Practice) -> str:
    """Open an incident of all pairs and a restricted one, and make a copy. Returns the first."""
    session = real.sign_in()
    inc = opening.open_new_incident(session).inc
    opening.open_new_incident(session, named=[real.ids["EF"]])
    copied(real)
    return inc


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its name."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def change_sealed(path: Path) -> None:
    """Change one bit of what an officer's key file has sealed, and leave it well-formed."""
    value = parse_canonical(path.read_bytes())
    sealed = bytearray(base64.b64decode(value["ct"]))
    sealed[20] ^= 1
    path.write_bytes(canonical_bytes({**value, "ct": base64.b64encode(sealed).decode()}))


def test_no_good_key_is_replaced_by_a_damaged_one(real: Practice) -> None:
    inc = with_copy(real)
    ring = real.folder / "keyring" / "g1"
    a, b = (real.ids[i][:16] for i in ("CD", "EF"))
    others = f"vault.{min(a, b)}+{max(a, b)}.age"
    restricted = {p.name for p in (ring / "inc").glob("*.age")} - {f"{inc}.age"}
    before = bytes_of(real.home / "k")
    for name in ("ca.age", others, f"inc/{inc}.age", *(f"inc/{n}" for n in sorted(restricted)[:1])):
        good = (ring / name).read_bytes()
        flip(ring / name)
        with pytest.raises(Refused, match=f"keyring/g1/{name.replace('+', '.')}.*left as it is"):
            copied(real)
        (ring / name).write_bytes(good)
    assert bytes_of(real.home / "k") == before
    copied(real)


def test_an_officers_key_file_is_replaced_by_a_new_passphrase_only(real: Practice) -> None:
    with_copy(real)
    path = real.key_file("EF")
    good = path.read_bytes()
    for harm in (change_sealed, flip):
        harm(path)
        with pytest.raises(Refused, match="officers/officer-"):
            copied(real)
        path.write_bytes(good)
    key_files.change_passphrase(read_key_file(path), real.words["EF"], NEW, FLOOR)
    assert copied(real).keys
    there = next((real.home / "k").rglob(path.name))
    assert read_key_file(there).unlock_keys(NEW).id == real.ids["EF"]


def test_new_keys_and_new_incidents_are_copied_without_a_word(real: Practice) -> None:
    inc = with_copy(real)
    session = real.sessions[-1]
    opening.open_new_incident(session)
    both = {real.ids[i]: real.words[i] for i in ("AB", "CD")}
    officer_changes.rotate_keys(session, PairConsent(both, "the yearly change"))
    assert not any("amaged" in warning for warning in copied(real).warnings)
    # Keys of an earlier generation open the incident still: they are all there is, then.
    path = real.folder / "keyring" / "g2" / "inc" / f"{inc}.age"
    flip(path)
    with pytest.raises(Refused, match="only good key"):
        copied(real)
    shutil.rmtree(real.home / "k")
    said = copied(real).warnings  # onto an empty medium nothing is lost by copying
    assert any(f"keyring/g2/inc/{inc}.age" in warning for warning in said)
    assert copied(real).keys


def test_the_whole_check_opens_what_the_two_can_open(real: Practice) -> None:
    session = real.sign_in()
    opening.open_new_incident(session, named=[real.ids["EF"]])
    real.close()
    login, words = real.logins("CD")[0], real.words["AB"]
    said = audit.audit_vault(real.folder, real.ids["AB"], words, login)
    assert any("more are there that the two of you cannot open" in sentence for sentence in said)
    path = real.folder / "keyring" / "g1" / "ca.age"
    size = path.stat().st_size
    with path.open("wb") as out:
        out.truncate(40 << 30)
    with pytest.raises(VaultNotSound, match=r"keyring/g1/ca\.age"):
        audit.audit_vault(real.folder, real.ids["AB"], words, login)
    path.write_bytes(os.urandom(size))
    with pytest.raises(VaultNotSound, match=r"keyring/g1/ca\.age"):
        audit.audit_vault(real.folder, real.ids["AB"], words, login)
    session = real.sign_in()
    assert any("keyring/g1/ca.age" in warning for warning in audit.check_own_keys(session))
    both = {real.ids[i]: real.words[i] for i in ("AB", "CD")}
    with pytest.raises(Tampered, match=r"keyring/g1/ca\.age"):
        officer_changes.rotate_keys(session, PairConsent(both, "the yearly change"))
