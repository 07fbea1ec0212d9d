"""STOP behind a lock is written by whoever signs in next, by whatever door, and never lost."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from esafety_tui import cli
from esafety_tui.casework.access import stop_notes
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.inspection.doctor import examine_computer
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.kernel.errors import Refused
from tests.casework.support import Practice


def pressed(desk: Desk, inc: str) -> Path:
    """Press STOP behind the lock, and end the program. Returns the note."""
    desk.lock()
    with pytest.raises(Refused, match="noted on the disk"):
        desk.stop(inc)
    desk.close()
    note = desk.context.folder / stop_notes.FILE
    assert note.exists()
    return note


def stops(session: OpenSession, inc: str) -> list[object]:
    """Return when each STOP of an incident was pressed."""
    read = session.read_all(session.read_case_card(inc))
    return [r.fields.get("pressed") for r in read if r.type == "stop"]


def rotate(real: Practice, session: OpenSession, *who: str) -> None:
    words = {real.ids[i]: real.words[i] for i in who}
    officer_changes.rotate_keys(session, PairConsent(words, "a new year"))


def test_a_verb_of_the_command_line_writes_it(
    desk: Desk, inc: str, real: Practice, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Also one that only looks, by an officer who was not there."""
    note = pressed(desk, inc)
    told = audit_vault(real.folder, real.ids["EF"], real.words["EF"])
    assert any("is not written down yet" in said for said in told) and note.exists()
    assert any("STOP was pressed" in f.what for f in examine_computer(real.folder) if f.ok is False)
    given = json.dumps({"officer1": real.ids["EF"], "passphrase1": real.words["EF"]}).encode()
    monkeypatch.setattr(cli, "refuse_network", lambda: None)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    assert cli.main(["--vault", str(real.folder), "officers", "list", "--from-pipe"]) == 0
    assert "STOP was pressed while it was locked. It is written" in capsys.readouterr().err
    assert not note.exists()
    session = real.sign_in()
    assert inc in session.store.holds.frozen and len(stops(session, inc)) == 1


def test_it_is_written_before_new_keys(desk: Desk, inc: str, real: Practice) -> None:
    """The note lies under the keys of its generation: it is written before there are others."""
    note = pressed(desk, inc)
    session = real.sign_in("AB", "EF")
    assert inc in session.store.holds.frozen and not note.exists()
    rotate(real, session, "AB", "EF")
    assert len(stops(session, inc)) == 1 and not (real.folder / "orphans").exists()


def test_it_waits_for_those_who_may_open_the_incident(desk: Desk, real: Practice) -> None:
    """Those it names freeze another one, once; new keys and a second STOP leave it standing."""
    inc = desk.open_incident((real.ids["EF"],), "", words_only=False).inc
    note = pressed(desk, inc)
    os.utime(note, (1_700_000_000, 1_700_000_000))
    session = real.sign_in("AB", "EF")
    held = {hold.inc for hold in session.store.held.values()}
    assert inc not in held and len(held) == 1 and inc in session.store.holds.frozen
    rotate(real, session, "AB", "EF")
    stop_notes.write_stop_note(real.folder, stop_notes.seal_stop_note(session, ""))
    real.close()
    session = real.sign_in("EF")
    assert any("restricted incident" in said for said in session.warnings)
    assert len({hold.inc for hold in session.store.held.values()}) == 2
    assert stop_notes.list_stop_notes(real.folder) == (note,)
    real.close()
    session = real.sign_in()
    assert stops(session, inc) == ["2023-11-14T22:13:20.000Z"] and not stop_notes.list_stop_notes(
        real.folder
    )


def test_a_note_that_does_not_open_is_told_and_kept(desk: Desk, inc: str, real: Practice) -> None:
    """It may have been a STOP: nobody takes it away without a word."""
    note = pressed(desk, inc)
    session = real.sign_in("AB")
    place = f"evidence-stop/v1/{real.origin}"
    of_other_keys = LedgerBox(LedgerBox.generate_key()).seal_bytes(
        b'{"entries":1,"inc":"","v":1}', place
    )
    for number, bad in enumerate((of_other_keys, b"", b"not a note")):
        real.close()
        note.write_bytes(bad)
        assert any(
            "does not open" in x for x in audit_vault(real.folder, real.ids["AB"], real.words["AB"])
        )
        session = real.sign_in("AB")
        assert any("does not open" in x and "not deleted" in x for x in session.warnings)
        kept = real.folder / "orphans" / (f"{note.name}.{number}" if number else note.name)
        assert kept.read_bytes() == bad and not note.exists()
