"""Copies and one dishonest hand: a stick prepared by somebody, an older vault, another vault."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.destruction import shredding
from esafety_tui.casework.incident import retention, stop
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.integrity.backup_manifest import read_manifest
from esafety_tui.casework.signin.unlock import unlock_vault
from esafety_tui.data import platform
from esafety_tui.data.holds import Hold
from esafety_tui.kernel.clock import Instant
from esafety_tui.kernel.errors import BadInput, NotSound, Refused
from tests.casework.copy_samples import forget, kept
from tests.casework.copy_samples import put_back as put_back_copy
from tests.casework.hostile import ring_of
from tests.casework.support import Practice, put_back, snapshot


@pytest.mark.parametrize("part", ["data", "blobs", "keys"])
def test_a_link_on_the_stick_does_not_have_the_vault_swept(practice: Practice, part: str) -> None:
    """Whatever no list names is removed from a copy; a link to the vault would empty that."""
    have = kept(practice)
    place = {"data": have.data_part, "keys": have.keys_part, "blobs": have.data_part / "blobs"}[
        part
    ]
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(practice.folder / "blobs" if part == "blobs" else practice.folder)
    before = {p.name for p in practice.folder.rglob("*")}
    with pytest.raises(BadInput, match="link"):
        have.make()
    assert before <= {p.name for p in practice.folder.rglob("*")}


def test_an_older_vault_does_not_take_away_newer_keys(practice: Practice) -> None:
    """They may be all that opens the data on another stick."""
    have = kept(practice)
    session = have.session
    older = snapshot(practice, "older")
    session = practice.sign_in()
    words = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    officer_changes.rotate_keys(session, PairConsent(words, "the yearly change"))
    have.case.session = session
    have.make()
    put_back(practice, older)
    forget(practice)
    have.case.session = practice.sign_in()
    have.target = practice.home / "another"
    have.target.mkdir()
    with pytest.raises(Refused, match="keys there are newer"):
        have.make()
    [ring] = have.keys_part.iterdir()
    listed = read_manifest(ring)
    assert listed is not None and listed.generation == 2
    (ring / "backup.json").write_bytes(
        (ring / "backup.json").read_bytes().replace(b"exs.practice", b"exs.another")
    )
    with pytest.raises(Refused, match="another vault's keys"):
        have.make()
    shutil.rmtree(have.keys_part)
    assert have.make().generation == 1


def _remove(practice: Practice, _inc: str, _blob: str) -> None:
    practice.sql("DELETE FROM hold")


def _empty(practice: Practice, inc: str, _blob: str) -> None:
    [(seq,)] = practice.sql("SELECT seq FROM hold")
    _seal(practice, seq, Hold(inc, "freeze", ()))


def _release(practice: Practice, inc: str, blob: str) -> None:
    """Beside the next entry of two, which says nothing of a release."""
    [(seq,)] = practice.sql("SELECT seq FROM hold")
    _seal(practice, seq + 1, Hold(inc, "release", (blob,)))


def _seal(practice: Practice, seq: int, hold: Hold) -> None:
    place = f"evidence-hold/v1/{practice.origin}/{seq}"
    sealed = ring_of(practice, "AB").box.seal_bytes(hold.to_bytes(), place)
    practice.sql("INSERT OR REPLACE INTO hold VALUES (?, ?)", seq, sealed)


@pytest.mark.parametrize("thaw", [_remove, _empty, _release])
def test_no_one_thaws_a_file_into_the_copy(
    practice: Practice, thaw: Callable[[Practice, str, str], None]
) -> None:
    """The hold lies under a key of everybody; two go by the records, and the copy restores."""
    have = kept(practice)
    have.make()
    frozen = {n for line in have.session.store.lines for n in line.blobs}
    assert all(have.blob(n).exists() for n in frozen)
    stop.record_stop(have.case)
    practice.close()
    thaw(practice, have.case.inc, min(frozen))
    who = (practice.ids["CD"], practice.words["CD"])
    with pytest.raises(NotSound, match="a freeze was removed"):
        audit_vault(practice.folder, *who, practice.logins("EF")[0])
    have.case.session = practice.sign_in("CD", "EF")
    done = have.make()
    assert done.left_out == len(frozen) == 2
    assert not any(have.blob(n).exists() for n in frozen)
    assert any("freeze" in warning for warning in have.session.warnings)
    practice.close()
    assert audit_vault(practice.folder, *who, practice.logins("EF")[0])
    forget(practice)
    assert put_back_copy(have).left_out == 2


@dataclass
class Later:
    """A computer whose date somebody set forward."""

    days: int

    def read_clock(self) -> Instant:
        true = platform.SystemClock().read_clock()
        return replace(true, wall=true.wall + timedelta(days=self.days))


def test_a_date_set_forward_does_not_bring_a_review_about(practice: Practice) -> None:
    """Not with dates of one officer's own in between; two who know that it is right say so."""
    have = kept(practice)
    inc, reference = have.case.inc, have.case.card.reference
    practice.close()
    for days in range(300, 365 * 60, 7000):
        unlock_vault(practice.folder, practice.logins("AB"), Later(days)).close_session()
    session = unlock_vault(practice.folder, practice.logins("CD", "EF"), Later(365 * 60))
    practice.sessions.append(session)
    with pytest.raises(Refused, match="the date of this computer went on by 219"):
        shredding.examine_for_destruction(session, [inc], {inc: reference})
    place = retention.open_for_retention(session, inc)
    words = {practice.ids[i]: practice.words[i] for i in ("CD", "EF")}
    day = retention.today_in_uk(session).isoformat()
    retention.set_review_date(place, day, "The date is right: nobody came for years.", words)
    assert shredding.examine_for_destruction(session, [inc], {inc: reference})
