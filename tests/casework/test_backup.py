"""A second copy: what is in it, what is in none, and what must not be written over."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from esafety_tui.casework.access import rekey
from esafety_tui.casework.access.rekey import VaultChange
from esafety_tui.casework.backup import backup
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    OutputFailed,
    Refused,
    Tampered,
)
from tests.casework.copy_samples import Kept, flip, kept, quiet, whole
from tests.casework.support import TO_CAPTURE, Practice, put_back, snapshot, walk


def names(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


@pytest.mark.posix
def test_both_parts_hold_what_they_should_and_the_entry_says_so(practice: Practice) -> None:
    have = kept(practice)
    done = have.make()
    source = whole(have.target, have.keys)
    store = have.session.store
    assert (source.data.size, source.data.root) == (done.receipt.seq, _root(have, done.entries))
    assert source.data.blobs == {n for line in store.lines for n in line.blobs}
    assert source.data.copy == source.keys.copy == done.copy
    assert not any("keyring" in n or n.endswith(".evkey") for n in names(have.target))
    assert not any(n.endswith((".age.tmp", ".db")) for n in names(have.keys))
    vault = have.session.keyring.vault
    assert vault is not None
    said = store.read_vault_record(done.receipt.seq, vault).fields
    files = len(source.data.files) + len(source.keys.files)
    assert said == {
        "copy": done.copy, "label": "green stick", "generation": 1, "size": done.entries,
        "root": source.data.root, "created": source.data.created, "files": files,
        "bytes": source.data.total_bytes + source.keys.total_bytes, "left_out": 0, "keys": True,
        "read_back": "cache dropped", "replaces": "",
    }  # fmt: skip
    for part in (have.data_part, have.keys_part):
        assert all(p.stat().st_mode & 0o077 == 0 for p in part.rglob("*"))


def _root(have: Kept, size: int) -> str:
    from esafety_tui.data import merkle

    return merkle.compute_root([merkle.hash_leaf(r) for r in have.session.store.raw[:size]]).hex()


def test_what_is_there_is_kept_and_what_is_damaged_is_written_again(practice: Practice) -> None:
    have = kept(practice)
    assert have.make().added == 2
    first, second = sorted((have.data_part / "blobs").iterdir())
    before = first.stat().st_ino
    flip(second)
    third = have.take("three")
    done = have.make()
    assert done.added == 2  # the new one and the damaged one
    assert first.stat().st_ino == before
    assert third in whole(have.target, have.keys).data.blobs
    # of the copy before nothing stays but the sealed files
    assert sorted(p.name for p in have.keys_part.iterdir()) == [done.copy]
    assert {p.name for p in have.data_part.iterdir()} == {done.copy, "blobs", "backup.json"}


def test_what_is_frozen_is_in_no_copy(practice: Practice) -> None:
    have = kept(practice)
    have.make()
    frozen = have.listed().blobs
    assert len(frozen) == 2
    stop.record_stop(have.case)
    other = opening.open_new_incident(have.session)
    walk(other, TO_CAPTURE)
    new = have.take("another incident", other)
    done = have.make()
    assert (done.left_out, have.listed().left_out) == (2, 2)
    assert have.listed().blobs == {new}
    assert [p.stem for p in (have.data_part / "blobs").iterdir()] == [new]


def test_a_freeze_meanwhile_leaves_nothing_of_the_incident_behind(practice: Practice) -> None:
    have = kept(practice)
    pressed: list[str] = []

    def press(what: str, _done: int, _total: int) -> None:
        if "sealed files" in what and _done and not pressed:
            pressed.append(what)
            stop.record_stop(have.case)

    done = have.make(press)
    assert pressed and done.left_out == 2
    assert not list((have.data_part / "blobs").iterdir())
    assert done.entries > have.session.store.held.copy().popitem()[0]
    whole(have.target, have.keys)


def test_entries_written_meanwhile_do_not_spoil_it(practice: Practice) -> None:
    have = kept(practice)
    go, enough = threading.Event(), threading.Event()

    def write() -> None:
        go.wait()
        for n in range(30):
            capture.record_note(have.case, f"told: words {n} " * 200)
        enough.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun = have.session.store.chain.size

    def progress(what: str, _done: int, _total: int) -> None:
        go.set()
        if "back" in what:
            writer.join()

    done = have.make(progress)
    assert enough.is_set()
    assert begun <= done.entries <= done.receipt.seq
    assert whole(have.target, have.keys).data.root == _root(have, done.entries)


def unharmed(have: Kept, before: str) -> None:
    """The copy made before counts and is whole, nothing of another one is there, no entry."""
    assert whole(have.target, have.keys).data.copy == before
    assert {p.name for p in have.data_part.iterdir()} == {before, "blobs", "backup.json"}
    assert {p.name for p in have.keys_part.iterdir()} == {before}
    assert {p.stem for p in (have.data_part / "blobs").iterdir()} == have.listed().blobs
    assert len(have.entries("backup.made")) == 1


@pytest.mark.parametrize(
    "which", ["evidence.db", "vault.json", ".age", "ledger.age", "backup.json"]
)
def test_a_bit_that_flips_on_the_stick_is_found_by_reading_back(
    practice: Practice, which: str
) -> None:
    have = kept(practice)
    before = have.make().copy
    new = have.take("three")
    spoiled: list[Path] = []

    def spoil(what: str, done: int, _total: int) -> None:
        if "back" in what and not done and not spoiled:
            places = (have.data_part, have.keys_part)
            found = [p for part in places for p in part.rglob("*") if p.is_file()]
            fresh = [p for p in found if before not in p.parts and p.parent.name != part_name(have)]
            match = new if which == ".age" else which
            spoiled.extend(p for p in fresh if match in p.name)
            flip(spoiled[0], spoiled[0].stat().st_size // 2)

    with pytest.raises(OutputFailed, match=r"did not read back.*made before is unharmed"):
        have.make(spoil)
    assert spoiled
    unharmed(have, before)


def part_name(have: Kept) -> str:
    return have.data_part.name


def test_a_copy_that_is_cancelled_takes_its_own_away(practice: Practice) -> None:
    have = kept(practice)
    before = have.make().copy
    have.take("three")
    steps = ("looking", "records", "sealed files", "keys", "back")
    for step in steps:

        def cancel(what: str, _done: int, _total: int, step: str = step) -> None:
            if step in what:
                raise Refused("The copy was cancelled.", "Nothing was changed.")

        with pytest.raises(Refused, match="cancelled"):
            have.make(cancel)
        unharmed(have, before)


def test_what_would_destroy_something_is_refused(practice: Practice, tmp_path: Path) -> None:
    have = kept(practice)
    with pytest.raises(BadInput, match="not there"):
        backup.make(have.session, tmp_path / "no stick", None, "", quiet)
    with pytest.raises(BadInput, match="inside a vault"):
        backup.make(have.session, practice.folder / "blobs", None, "", quiet)
    with pytest.raises(BadInput, match="longer than"):
        backup.make(have.session, have.target, None, "x" * 200, quiet)
    have.make()
    path = have.data_part / "backup.json"
    good = path.read_bytes()
    for change, words in (
        ({"origin": "oth.example.invalid/evidence"}, "another vault"),
        ({"size": 10_000}, "newer than this vault"),
        ({"root": "0" * 64}, "other entries"),
        ({"files": "none"}, "cannot be read"),
    ):
        path.write_text(
            json.dumps({**json.loads(good), **change}, separators=(",", ":"), sort_keys=True)
        )
        with pytest.raises(Refused, match=words):
            have.make()
    path.write_bytes(good)
    have.make()


def test_an_older_vault_does_not_write_over_the_copy_that_has_the_rest(practice: Practice) -> None:
    have = kept(practice)
    older = snapshot(practice, "older")
    have.case = opening.reopen_incident(practice.sign_in(), have.case.inc)
    for n in range(9):
        capture.record_note(have.case, f"told: words {n}")
    have.make()
    put_back(practice, older)
    for path in (practice.home / ".home/state/esafety").glob("*.heads"):
        path.unlink()
    session = practice.sign_in()
    with pytest.raises(Refused, match="newer than this vault"):
        backup.make(session, have.target, have.keys, "", quiet)


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_damaged_vault_does_not_replace_a_good_copy(practice: Practice, damage: str) -> None:
    have = kept(practice)
    before = have.make().copy
    name = have.take("three")
    path = practice.folder / "blobs" / f"{name}.age"
    whole_file = path.read_bytes()
    path.unlink() if damage == "missing" else flip(path)
    with pytest.raises(Tampered, match=damage):
        have.make()
    unharmed(have, before)
    path.write_bytes(whole_file)
    have.make()


def test_old_keys_and_what_was_shredded_go_from_the_copy(practice: Practice) -> None:
    have = kept(practice)
    have.make()
    gone = have.listed().blobs
    other = opening.open_new_incident(have.session)
    walk(other, TO_CAPTURE)
    new = have.take("kept", other)
    both = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    shred = VaultChange("shredded", ("an incident is destroyed",), shred=(have.case.inc,))
    rekey.rekey_vault(have.session, shred, both, "kept long enough")
    done = have.make()
    assert (done.generation, have.listed().blobs) == (2, {new})
    assert not any(have.blob(name).exists() for name in gone)
    assert not any("/g1/" in name for name in names(have.keys))
    assert any("/g2/" in name for name in names(have.keys))


def test_one_officer_is_enough_and_no_record_is_opened(practice: Practice) -> None:
    practice.sign_in()
    practice.close()
    session = practice.sign_in("EF")
    target = practice.home / "stick"
    target.mkdir()
    done = backup.make(session, target, None, "", quiet)
    practice.close()
    assert (
        "entries follow"
        in audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"])[0]
    )
    vault = practice.sign_in().keyring.vault
    assert vault is not None
    said = practice.sessions[-1].store.read_vault_record(done.receipt.seq, vault)
    assert (said.type, said.fields["keys"]) == ("backup.made", False)


def test_warnings_where_a_copy_helps_less_than_it_seems(practice: Practice) -> None:
    have = kept(practice)
    cloud = practice.home / "OneDrive"
    cloud.mkdir()
    done = backup.make(have.session, cloud, have.keys, "", quiet)
    text = " ".join(done.warnings)
    for words in (
        "onedrive copies to the internet",
        "same disk as the vault",
        "Keep the keys apart",
    ):
        assert words in text
    practice.key_file("EF").rename(practice.home / "EF.evkey")
    assert "2 of 3 officers' key files" in " ".join(have.make().warnings)


def test_errors_are_sentences(practice: Practice) -> None:
    have = kept(practice)
    have.data_part.write_text("a file where the folder should be")
    with pytest.raises(EvidenceError):
        have.make()
    assert not have.entries("backup.made")
