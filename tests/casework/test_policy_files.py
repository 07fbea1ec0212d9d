"""Files of the policy in the vault: swapped, edited, linked, missing; copied and put back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from esafety_tui.casework.administration import adopt_policy
from esafety_tui.casework.incident import opening
from esafety_tui.casework.inspection import audit, doctor
from esafety_tui.casework.integrity.backup_manifest import BackupManifest
from esafety_tui.casework.policy import current_policy, policy_files
from esafety_tui.casework.signin.unlock import unlock_vault
from esafety_tui.data import platform
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import BadInput, Refused, StorageFailed, Tampered, VaultNotSound
from tests.casework.copy_samples import CLOCK, forget, kept, nothing_there, put_back
from tests.casework.policies import adopt, kept_at, our_misuse, shipped_bytes
from tests.casework.support import TO_CAPTURE, Practice, walk

OURS = our_misuse()


def spoil(path: Path, how: str) -> None:
    """Do to a file of the policy what somebody with the folder can do."""
    other = path.with_name(sha256_hex(shipped_bytes("misuse")) + ".toml")
    aside = path.parent.parent.parent / "aside.toml"
    if how == "edited":
        path.write_bytes(path.read_bytes().replace(b"What was said", b"Look again"))
    elif how == "swapped":
        path.write_bytes(other.read_bytes())
    elif how == "missing":
        path.unlink()
    elif how == "linked":  # to the right bytes: they may be others when they are read
        path.rename(aside)
        path.symlink_to(aside)
    elif how == "a pipe":
        if sys.platform == "win32":
            pytest.skip("no named pipes")
        path.unlink()
        os.mkfifo(path)
    elif how == "a folder":
        path.unlink()
        path.mkdir()
    elif how == "huge":
        path.write_bytes(bytes(2_000_001))


@pytest.mark.posix
@pytest.mark.parametrize(
    "how", ["edited", "swapped", "missing", "linked", "a pipe", "a folder", "huge"]
)
def test_a_file_that_is_not_the_one_adopted_is_never_used(practice: Practice, how: str) -> None:
    """With an incident open on it: two officers go on with what was started, and it is said."""
    session = practice.sign_in()
    adopt(practice, session, OURS)
    case = opening.open_new_incident(session)
    spoil(kept_at(practice, OURS), how)
    walk(case, TO_CAPTURE[:3])  # the incident at work does not ask the file again
    assert policy_files.is_sound_policy_file(practice.folder, sha256_hex(OURS)) is False
    with pytest.raises((Refused, Tampered), match=r"(?s)no file|was changed"):
        policy_files.read_stored_policy(practice.folder, sha256_hex(OURS))
    with pytest.raises(VaultNotSound, match=r"policy/"):
        practice.close()
        audit.audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"])
    assert doctor._look_at_policy_files(practice.folder).what.startswith("9 of ")
    alone = practice.sign_in("AB")
    assert any("second copy" in w for w in alone.warnings)
    assert opening.open_new_incident(alone).procedure.alone  # words are taken all the same
    practice.close()
    both = practice.sign_in()
    assert current_policy.PUT_RIGHT in both.warnings
    again = opening.reopen_incident(both, case.inc)
    assert (again.procedure, again.state) == (case.procedure, case.state)
    mended = policy_files.is_sound_policy_file(practice.folder, sha256_hex(OURS))
    assert mended is (how != "a folder")  # a folder is in nobody's way but its own


def test_a_shipped_file_is_put_back_for_one_officer_too(practice: Practice) -> None:
    path = kept_at(practice, shipped_bytes("words-only"))
    path.write_bytes(b"changed")
    found = audit.audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"])
    assert any("put right at the next sign-in" in text for text in found)
    assert not doctor._look_at_policy_files(practice.folder).ok
    session = practice.sign_in("AB")
    assert session.warnings == [current_policy.PUT_RIGHT]
    assert path.read_bytes() == shipped_bytes("words-only")
    assert doctor._look_at_policy_files(practice.folder).ok
    practice.close()
    found = audit.audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"])
    assert "9 files of the school's policy are those two officers adopted." in found
    assert practice.sign_in("AB").warnings == []


def test_a_file_that_lies_there_and_was_never_adopted_counts_for_nothing(
    practice: Practice,
) -> None:
    digest = policy_files.store_policy_file(practice.folder, OURS)
    session = practice.sign_in()
    with pytest.raises(Refused, match="never put in force"):
        current_policy.read_policy_source(session, digest)
    assert opening.open_new_incident(session).procedure.digest == sha256_hex(
        shipped_bytes("misuse")
    )
    assert kept_at(practice, OURS).exists()  # nobody's to remove


def test_what_did_not_reach_the_disk_is_not_named(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = practice.sign_in()
    known = session.keyring.directory
    real = platform.write_atomically

    def lost(path: Path, data: bytes, **more: bool) -> None:
        """A disk that takes less than it says."""
        real(path, data[:-1], **more)

    with monkeypatch.context() as patch:
        patch.setattr(platform, "write_atomically", lost)
        with pytest.raises(StorageFailed, match="did not read back"):
            adopt(practice, session, OURS)
    assert session.keyring.directory == known


def test_a_copy_has_the_policy_and_brings_it_back(practice: Practice) -> None:
    have = kept(practice)
    receipt = adopt(practice, have.session, OURS)
    later = opening.open_new_incident(have.session)
    done = have.make()
    names = [f.name for f in have.listed().files if "/policy/" in f.name]
    assert len(names) == 10 and f"{done.copy}/policy/{sha256_hex(OURS)}.toml" in names
    forget(practice)
    back = put_back(have)
    assert sorted(p.name for p in (back.folder / "policy").iterdir()) == sorted(
        n.rpartition("/")[2] for n in names
    )
    session = unlock_vault(back.folder, practice.logins("AB", "CD"), CLOCK)
    practice.sessions.append(session)
    assert session.keyring.directory.entry == receipt.seq
    for case in (have.case, later):
        again = opening.reopen_incident(session, case.inc)
        assert (again.procedure, again.profile) == (case.procedure, case.profile)


def test_a_copy_is_made_of_sound_files_or_says_which_it_lacks(practice: Practice) -> None:
    have = kept(practice)
    adopt(practice, have.session, OURS)
    spoil(kept_at(practice, OURS), "edited")
    done = have.make()  # put right first, from the record of its adoption
    assert policy_files.is_sound_policy_file(practice.folder, sha256_hex(OURS))
    assert not any("policy" in text for text in done.warnings)
    spoil(kept_at(practice, OURS), "a folder")
    done = have.make()
    assert any("1 file(s) of the school's policy" in text for text in done.warnings)
    names = {f.name for f in have.listed().files if "/policy/" in f.name}
    assert len(names) == 9
    assert not {p.name for p in have.data_part.iterdir()} - {"backup.json", "blobs", done.copy}


def test_a_list_that_names_a_policy_by_another_hash_is_refused(practice: Practice) -> None:
    have = kept(practice)
    have.make()
    raw = have.listed().to_bytes()
    digest = sha256_hex(shipped_bytes("misuse")).encode()
    with pytest.raises(BadInput, match="cannot be read"):
        BackupManifest.parse_manifest(raw.replace(b"policy/" + digest, b"policy/" + digest[::-1]))
    with pytest.raises(BadInput, match="cannot be read"):
        BackupManifest.parse_manifest(raw.replace(b"policy/" + digest, b"policy/../" + digest))


def test_a_copy_whose_policy_was_changed_is_not_put_back(practice: Practice) -> None:
    have = kept(practice)
    done = have.make()
    path = have.data_part / done.copy / "policy" / f"{sha256_hex(shipped_bytes('misuse'))}.toml"
    path.write_bytes(OURS)
    forget(practice)
    with pytest.raises(Tampered, match="was changed"):
        put_back(have)
    nothing_there(have)


def test_given_files_are_files(tmp_path: Path) -> None:
    real = tmp_path / "ours.toml"
    real.write_bytes(OURS)
    (tmp_path / "link.toml").symlink_to(real)
    assert adopt_policy.gather_policy_files([str(real)]) == {"ours.toml": OURS}
    assert adopt_policy.gather_policy_files(["misuse", "winchelsea"]).keys() == {
        "misuse.toml",
        "winchelsea.toml",
    }
    for named, why in (
        ([str(tmp_path / "link.toml")], "is a link"),
        ([str(tmp_path)], "is a link"),
        ([str(tmp_path / "none.toml")], "cannot be read"),
        ([str(real), str(real)], "there twice"),
    ):
        with pytest.raises(BadInput, match=why):
            adopt_policy.gather_policy_files(named)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no file of TOML"):
        adopt_policy.gather_policy_files([str(tmp_path / "empty")])
    (tmp_path / "big.toml").write_bytes(bytes(2_000_001))
    with pytest.raises(BadInput, match="larger than 2 MB"):
        adopt_policy.gather_policy_files([str(tmp_path / "big.toml")])
