"""Older keys and lists of officers, with the disks of every earlier generation: format.md 4a, 8."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.backup.choose_copy import choose
from esafety_tui.casework.backup.restore import finish, staged
from esafety_tui.casework.incident import capture, opening
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.integrity import backup_status
from esafety_tui.casework.signin import unlock
from esafety_tui.data import heads, platform, wraps
from esafety_tui.data.age import Identity, NoMatchingKey, decrypt_file
from esafety_tui.data.officers import OfficerKeys, encode_base64, read_key_file
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.canon import Json, canonical_bytes, sha256_hex
from esafety_tui.kernel.errors import EvidenceError, NotSound, RolledBack
from tests.casework.copy_samples import CLOCK, Kept, kept, quiet
from tests.casework.hostile import ring_of
from tests.casework.support import Practice, snapshot

LEAVER = "EF"


def consent(practice: Practice, *who: str) -> PairConsent:
    return PairConsent({practice.ids[i]: practice.words[i] for i in who}, "a reason")


@pytest.fixture
def left(practice: Practice) -> tuple[Practice, str, Path]:
    """EF was removed, and something was written since. The whole disk of before lies beside."""
    inc = practice.case().inc
    practice.close()
    before = snapshot(practice, "before")
    session = practice.sign_in()
    officer_changes.remove_officer(session, practice.ids[LEAVER], consent(practice, "AB", "CD"))
    capture.record_note(opening.reopen_incident(session, inc), "told: since then")
    session.append_record("session.closed", {})
    practice.close()
    return practice, inc, before


def back_to(practice: Practice, before: Path) -> None:
    """AB alone puts the older keyring, list and own records back under every entry there is."""
    new, old = ring_of(practice, "AB"), ring_of(practice, "AB", before)
    for seq, ct, sigs in practice.sql("SELECT seq, ct, sigs FROM entry"):
        at = [f"evidence-{kind}/v1/{practice.origin}/{seq}" for kind in ("entry", "sigs")]
        rows = [
            old.box.seal_bytes(new.box.open_bytes(x, a), a)
            for x, a in zip((ct, sigs), at, strict=True)
        ]
        practice.sql("UPDATE entry SET ct = ?, sigs = ? WHERE seq = ?", *rows, seq)
    with sqlite3.connect(before / "evidence.db") as db:
        records = db.execute("SELECT ct, seq FROM rec").fetchall()
    db.close()
    for row in records:
        practice.sql("UPDATE rec SET ct = ? WHERE seq = ?", *row)
    practice.sql("UPDATE meta SET v = '1' WHERE k = 'generation'")
    shutil.rmtree(practice.folder / "keyring")
    shutil.copytree(before / "keyring", practice.folder / "keyring")
    for path in (before / "officers").glob("*.evkey"):
        shutil.copy(path, practice.folder / "officers")
    _lie(practice, "AB")


def _lie(practice: Practice, who: str) -> None:
    """Make the thief's own memory fit."""
    me, beside = practice.officer(who), practice.folder / "officers"
    old = ring_of(practice, who)
    store = EvidenceStore(practice.folder, practice.origin, old.box)
    head = store.current_head()
    store.close()
    for path in heads.sidecar_paths(me.id, beside):
        path.unlink(missing_ok=True)
    known = (head.size, head.root.hex())
    heads.pin_head(me, beside, practice.origin, known, (head.size, ()))


def _forget(practice: Practice, who: str) -> None:
    for path in heads.sidecar_paths(practice.ids[who], practice.folder / "officers"):
        path.unlink()


@pytest.mark.parametrize("who", [("CD",), ("AB", "CD")])
@pytest.mark.parametrize("remembered", [True, False], ids=["memory", "memory deleted"])
def test_a_removed_officer_is_not_brought_back_unnoticed(
    left: tuple[Practice, str, Path], who: tuple[str, ...], remembered: bool
) -> None:
    """One alone whose memory was deleted is told that nothing shows the end; two find it out."""
    practice, _, before = left
    back_to(practice, before)
    if not remembered:
        _forget(practice, "CD")
    if who == ("CD",) and not remembered:
        assert any("Nobody signed in has a memory" in w for w in practice.sign_in("CD").warnings)
        return
    with pytest.raises(RolledBack, match="may be in it again"):
        practice.sign_in(*who)
    with pytest.raises((RolledBack, NotSound)):
        audit_vault(
            practice.folder, practice.ids["AB"], practice.words["AB"], practice.logins("CD")[0]
        )


def test_the_leaver_and_one_more_sign_in_first_and_it_is_found_all_the_same(
    left: tuple[Practice, str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a program of their own: what they add opens with the older keys, the rest does not."""
    practice, _, before = left
    back_to(practice, before)
    _forget(practice, "CD")
    with monkeypatch.context() as patch:
        patch.setattr(unlock, "_check_directory", lambda *_: None)
        practice.sign_in("AB", LEAVER)
        practice.close()
    with pytest.raises(RolledBack, match="does not open with the keys in force"):
        practice.sign_in("AB", "CD")


def test_one_officer_without_a_memory_is_named(practice: Practice) -> None:
    practice.sign_in()
    practice.close()
    _forget(practice, "CD")
    warnings = practice.sign_in().warnings
    assert any(w.startswith("Cosmo Dunnock has no memory") for w in warnings)


def test_an_older_vault_put_back_is_said_to_have_an_older_list(
    left: tuple[Practice, str, Path],
) -> None:
    practice, _, before = left
    practice.close()
    shutil.rmtree(practice.folder)
    shutil.copytree(before, practice.folder)
    with pytest.raises(RolledBack, match="list of officers are older, too"):
        practice.sign_in()


def test_what_a_leaver_and_a_colleague_can_still_open(left: tuple[Practice, str, Path]) -> None:
    """An incident keeps its key: threat-model.md says so. Later incidents are closed to them."""
    practice, inc, before = left
    session = practice.sign_in()
    later = opening.open_new_incident(session)
    note, newer = (
        capture.record_note(c, "told: words").seq
        for c in (opening.reopen_incident(session, inc), later)
    )
    practice.close()
    pair = sorted(
        (practice.officer("AB"), leaver(practice, before)), key=lambda officer: officer.id
    )
    vault = wraps.unnest_identity(
        (before / "keyring/g1" / wraps.pair_file_name(*(o.id for o in pair))).read_bytes(), pair
    )
    wrapped = (before / f"keyring/g1/inc/{inc}.age").read_bytes()
    key = Identity.parse_text(decrypt_file(wrapped, [vault]).decode().strip())
    sealed = dict(practice.sql("SELECT seq, ct FROM rec"))
    assert b"words" in decrypt_file(sealed[note], [key])
    mine = [key, vault, *(o.identity for o in pair)]
    own = [x.seq for x in practice.sign_in().store.lines if x.inc != inc]
    for seq in [newer, *own]:
        if seq in sealed:
            with pytest.raises(NoMatchingKey):
                decrypt_file(sealed[seq], mine)
    for path in (practice.folder / "keyring/g2").rglob("*.age"):
        with pytest.raises(EvidenceError):
            wraps.unnest_identity(path.read_bytes(), (pair[0], pair[1]))


def leaver(practice: Practice, before: Path) -> OfficerKeys:
    path = before / "officers" / f"officer-{practice.ids[LEAVER][:16]}.evkey"
    return read_key_file(path).unlock_keys(practice.words[LEAVER])


def test_two_are_not_told_of_a_copy_that_nobody_made(practice: Practice) -> None:
    """The cache for the home screen is sealed with a key that one officer alone has."""
    have = kept(practice)
    have.make()
    session = have.session
    store, size = session.store, session.store.chain.size
    true = backup_status.backup_sentence(session, CLOCK.read_clock().wall)
    row: dict[str, Json] = {
        "copy": "ab" * 8, "at": store.lines[-1].t, "size": size + 5, "generation": 1,
        "entry": size - 1, "head": sha256_hex(store.raw[-1]),
    }  # fmt: skip
    lie = canonical_bytes({"v": 1, "upto": size, "sure": True, "data": row, "keys": row})
    sealed = encode_base64(
        session.keyring.box.seal_bytes(lie, f"evidence-backups/v1/{practice.origin}")
    )
    whole: Json = {"v": 1, "typ": "evidence-backups", "backups": {practice.origin: sealed}}
    (platform.state_folder() / "backups.json").write_bytes(canonical_bytes(whole))
    capture.record_note(have.case, "told: one more")
    before = backup_status.last_known_backup(session)
    assert before.data is not None and before.data.size < size
    assert true.startswith("Second copy: less than an hour old, 0 ")


def test_an_older_copy_is_put_back_only_after_the_older_list_was_said(practice: Practice) -> None:
    have: Kept = kept(practice)
    have.make()
    older = choose(have.target, have.keys)
    officer_changes.rotate_keys(have.session, consent(practice, "AB", "CD"))
    practice.close()
    logins, older_list = practice.logins("AB", "CD"), "list of officers are older, too"
    with (
        staged(older, practice.home / "new", quiet) as staging,
        pytest.raises(RolledBack, match=older_list),
    ):
        finish(staging, logins, "a test", CLOCK)


def test_keys_that_a_cut_rehearsal_or_restore_left_are_removed(practice: Practice) -> None:
    """They lie beside the vault, where no check after a destruction would look."""
    session = practice.sign_in()
    names = [".vault.rehearsal-0123abcd", ".vault.restore"]
    for name in names:
        shutil.copytree(practice.folder / "keyring", practice.home / name / "keyring")
    practice.close()
    assert not session.warnings
    practice.sign_in()
    assert not any((practice.home / name).exists() for name in names)
