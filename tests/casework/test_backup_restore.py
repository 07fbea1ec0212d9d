"""A vault put back from its copy: by two, whole, and never over another one."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.casework.backup import backup, restore
from esafety_tui.casework.backup.choose_copy import choose
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.inspection import audit
from esafety_tui.casework.signin.unlock import unlock_vault
from esafety_tui.data import copies, ledger
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.errors import (
    BadInput,
    NotEligible,
    NotSound,
    RolledBack,
    Tampered,
)
from esafety_tui.kernel.records import OpenRecord
from tests.casework.copy_samples import (
    CLOCK,
    Kept,
    forget,
    kept,
    nothing_there,
    put_back,
    quiet,
    relist,
)
from tests.casework.support import Practice


def own(have: Kept, folder: Path, kind: str) -> list[OpenRecord]:
    """Return the vault's own records of one type, as two officers read them."""
    session = unlock_vault(folder, have.practice.logins("AB", "CD"), CLOCK)
    vault = session.keyring.vault
    assert vault is not None
    lines = [line.seq for line in session.store.lines if not line.inc]
    found = [session.store.read_vault_record(n, vault) for n in lines]
    session.close_session()
    return [r for r in found if r.type == kind]


def test_on_another_computer_everything_is_there_again(practice: Practice) -> None:
    have = kept(practice)
    raw = list(have.session.store.raw)
    done = have.make()
    forget(practice)
    back = put_back(have)
    assert (back.copy, back.entries, back.left_out) == (done.copy, done.entries, 0)
    session = unlock_vault(back.folder, practice.logins("CD", "EF"), CLOCK)
    assert session.store.raw[: len(raw)] == raw
    case = opening.reopen_incident(session, have.case.inc)
    taken = [r for r in case.records if r.type == "file"]
    reader = session.case_reader(case.card)
    for record in taken:
        b"".join(
            session.store.release_original(reader, record, {"purpose": "to see that it is there"})[
                1
            ]
        )
    session.close_session()
    said = own(have, back.folder, "restored")[0]
    assert len(said.by) == 2
    assert said.fields == {
        "copy": done.copy, "created": have.listed().created, "size": done.entries,
        "root": have.listed().root, "generation": 1, "reason": "the laptop was stolen",
        "left_out": [], "keys": done.copy,
    }  # fmt: skip
    assert "2 sealed files" in audit.audit_vault(back.folder, *login(practice, "EF"))[1]
    nothing = practice.home / ".new.restore"
    assert not nothing.exists()


def login(practice: Practice, who: str) -> tuple[str, str]:
    return practice.ids[who], practice.words[who]


def test_who_remembers_more_has_to_accept_that_with_a_reason(practice: Practice) -> None:
    have = kept(practice)
    done = have.make()
    capture.record_note(have.case, "told: lost with the disk")
    practice.close()
    with pytest.raises(RolledBack, match="remembers"):
        put_back(have)
    nothing_there(have)
    back = put_back(have, accept="the disk broke on Monday")
    accepted = own(have, back.folder, "history.accepted")[0]
    assert accepted.seq == done.entries
    assert "broke on Monday" in accepted.field_text("reason")
    assert own(have, back.folder, "restored")[0].seq > accepted.seq


def test_frozen_files_are_missing_lawfully_and_only_those(practice: Practice) -> None:
    have = kept(practice)
    stop.record_stop(have.case)
    have.make()
    frozen = {n for line in have.session.store.lines for n in line.blobs}
    forget(practice)
    back = put_back(have)
    assert back.left_out == 2
    assert set(own(have, back.folder, "restored")[0].fields["left_out"]) == frozen  # type: ignore[arg-type]
    text = " ".join(audit.audit_vault(back.folder, *login(practice, "EF")))
    assert "2 frozen file(s) are not in this vault" in text and "0 sealed files" in text
    # The list itself is believed only as two have signed it.
    for forged in ([], *([note] for note in forge(back.folder, sorted(frozen)))):
        good = practice_meta(back.folder)
        practice_meta(back.folder, canonical_bytes(forged).decode())
        with pytest.raises(NotSound, match="missing"):
            audit.audit_vault(back.folder, *login(practice, "EF"))
        practice_meta(back.folder, good)
    audit.audit_vault(back.folder, *login(practice, "EF"))
    # A vault that was put back is copied again, and put back again.
    session = unlock_vault(back.folder, practice.logins("AB", "CD"), CLOCK)
    again = practice.home / "another stick"
    again.mkdir()
    assert backup.make(session, again, again, "", quiet).left_out == 2
    session.close_session()
    have.target = have.keys = again
    forget(practice)
    assert put_back(have, "newer").left_out == 2


def practice_meta(folder: Path, text: str | None = None) -> str:
    """Return what ``meta`` tells of restores; with ``text``, write that there instead."""
    with sqlite3.connect(folder / "evidence.db") as db:
        found: str = db.execute("SELECT v FROM meta WHERE k = 'restored'").fetchone()[0]
        if text is not None:
            db.execute("UPDATE meta SET v = ? WHERE k = 'restored'", (text,))
    db.close()
    return found


def forge(folder: Path, names: list[str]) -> list[dict[str, Any]]:
    """Notes of the forger's own: another list, a record to fit it, another entry."""
    note = copies.read_restore_notes(folder / "evidence.db")[0]
    mine = (note["disclosures"][0][0], "left_out", [*names, "f" * 64])
    other = {**note, "disclosures": [list(mine)]}
    return [
        other,
        {**other, "digests": [ledger.disclosure_digest(mine)]},
        {**note, "seq": note["seq"] - 1},
    ]


def test_a_file_that_is_missing_and_was_never_frozen_is_not_sound(practice: Practice) -> None:
    have = kept(practice)
    have.make()
    forget(practice)
    good = have.listed()
    short = tuple(f for f in good.files if not f.blob_name)
    relist(have, good, files=short)
    with pytest.raises(Tampered, match=r"lacks 2 sealed file.*not frozen"):
        put_back(have)
    nothing_there(have)
    relist(have, good)
    back = put_back(have)
    next((back.folder / "blobs").iterdir()).unlink()
    with pytest.raises(NotSound, match="missing"):
        audit.audit_vault(back.folder, *login(practice, "EF"))


def test_older_keys_of_the_same_generation_open_all_but_what_came_later(
    practice: Practice,
) -> None:
    have = kept(practice)
    have.make()
    late = opening.open_new_incident(have.session)
    have.make(keys=False)
    source = choose(have.target, have.keys)
    assert "copy of the keys is older" in " ".join(source.sentences)
    seq = late.records[0].seq
    forget(practice)
    back = put_back(have)
    assert f"incident opened as entry {seq} cannot be opened" in " ".join(back.warnings)
    session = unlock_vault(back.folder, practice.logins("AB", "CD"), CLOCK)
    assert opening.reopen_incident(session, have.case.inc).records
    session.close_session()


def test_it_is_never_put_over_anything_and_never_by_one(practice: Practice) -> None:
    have = kept(practice)
    have.make()
    forget(practice)
    with pytest.raises(BadInput, match="never put over a vault"):
        put_back(have, "vault")
    (practice.home / "full").mkdir()
    (practice.home / "full" / "letter.txt").write_text("words")
    with pytest.raises(BadInput, match="something in that folder"):
        put_back(have, "full")
    with pytest.raises(BadInput, match="above it does not exist"):
        put_back(have, "none/new")
    with pytest.raises(NotEligible):
        put_back(have, who="AB")
    with pytest.raises(NotEligible):
        put_back(have, who="AB AB")
    source = choose(have.target, have.keys)
    with (
        restore.staged(source, practice.home / "new", quiet) as staging,
        pytest.raises(BadInput, match="reason"),
    ):
        restore.finish(staging, practice.logins("AB", "CD"), "  ", CLOCK)
    nothing_there(have)
    (practice.home / "new").mkdir()  # an empty folder will do
    put_back(have)


@pytest.mark.posix
def test_killed_while_it_is_put_back_there_is_no_half_vault(practice: Practice) -> None:
    if sys.platform == "win32":
        pytest.skip("no fork")
    have = kept(practice)
    have.make()
    forget(practice)
    target, outcomes = practice.home / "new", set()
    for n in range(8):
        child = os.fork()
        if child == 0:
            try:
                put_back(have, accept="killed before")
            finally:
                os._exit(0)
        time.sleep(0.02 + 0.03 * n)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        outcomes.add(target.exists())
        if target.exists():
            audit.audit_vault(target, *login(practice, "EF"))
            break
    assert False in outcomes
    if True not in outcomes:
        put_back(have, accept="killed before")
    assert own(have, target, "restored")
    assert not (practice.home / ".new.restore").exists()
