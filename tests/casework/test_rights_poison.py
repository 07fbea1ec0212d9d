"""One officer alone writes what nobody can read: the others go on, and get rid of that officer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from esafety_tui.casework.administration import rehearsal
from esafety_tui.casework.administration.officer_changes import PairConsent, remove_officer
from esafety_tui.casework.destruction import shredding
from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import capture, opening
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.integrity import backup_status
from esafety_tui.data import platform
from esafety_tui.kernel.errors import EvidenceError, NotSound, Refused
from tests.casework.copy_samples import kept, quiet
from tests.casework.hostile import NOBODY, append, begin
from tests.casework.support import Practice

Poison = Callable[[Practice, str], object]
NUMBERS = {f"EXS-2026-{n}" for n in ("0002", "0003", "0010")}
NOW = platform.SystemClock().read_clock().wall

POISONS: dict[str, Poison] = {
    "own, for nobody": lambda p, _: append(p, "AB", "note", recipient=NOBODY),
    "own, of two": lambda p, _: append(p, "AB", "decision"),
    "names a file": lambda p, inc: append(
        p, "AB", "note", inc, recipient=NOBODY, blobs=["ab" * 32]
    ),
    "no card": lambda p, _: append(p, "AB", "incident.opened", "c" * 32),
    "no number": lambda p, _: begin(p, "AB", "EXS-2026-x"),
    "huge number": lambda p, _: begin(p, "AB", "EXS-2026-999999999"),
    "another key": lambda p, _: begin(p, "AB", "EXS-2026-0009", fits=False),
}


LONG = pytest.mark.long("three of them")


@pytest.mark.parametrize(
    "name",
    [*POISONS][::3] + [pytest.param(name, marks=LONG) for n, name in enumerate(POISONS) if n % 3],
)
def test_two_others_go_on_and_can_remove_whoever_wrote_it(practice: Practice, name: str) -> None:
    have = kept(practice)
    capture.record_note(have.case, "told: what was seen")
    inc = have.case.inc
    practice.close()
    POISONS[name](practice, inc)
    session = practice.sign_in("CD", "EF")
    have.case = opening.reopen_incident(session, inc)
    assert "told: what was seen" in [r.field_text("text") for r in have.case.records]
    assert opening.open_new_incident(session).card.reference in NUMBERS
    assert have.make().entries > 10
    assert "second copy" in backup_status.backup_sentence(session, NOW).lower()
    assert rehearsal.rehearsal_reminder(session, NOW) == ""
    papers = [(key.identity, key.signing) for key in practice.paper]
    assert rehearsal.rehearse_recovery(session, papers).records > 10
    words = {practice.ids[i]: practice.words[i] for i in ("CD", "EF")}
    remove_officer(session, practice.ids["AB"], PairConsent(words, "not to be trusted"))
    practice.close()
    session = practice.sign_in("CD", "EF")
    assert "told: what was seen" in [
        r.field_text("text") for r in opening.reopen_incident(session, inc).records
    ]
    practice.close()
    with pytest.raises(EvidenceError):
        practice.sign_in("AB")
    second = practice.logins("EF")[0]
    if "number" in name:
        assert audit_vault(practice.folder, *practice_login(practice, "CD"), second)
        return
    with pytest.raises(NotSound, match="one officer alone wrote that"):
        audit_vault(practice.folder, *practice_login(practice, "CD"), second)


def practice_login(practice: Practice, who: str) -> tuple[str, str]:
    return practice.ids[who], practice.words[who]


def test_what_cannot_be_read_may_have_been_a_stop_or_a_hold(practice: Practice) -> None:
    """Writing over somebody's lone STOP thaws nothing, and destroys nothing early."""
    have = kept(practice)
    inc, files = have.case.inc, {n for line in have.session.store.lines for n in line.blobs}
    practice.close()
    append(practice, "EF", "hold.set", inc, recipient=NOBODY)
    session = practice.sign_in()
    case = opening.reopen_incident(session, inc)
    assert case.is_frozen and files == session.store.holds.blobs
    assert any("may have been a STOP" in warning for warning in session.warnings)
    with pytest.raises(EvidenceError, match="stopped"):
        have.take("three", case)
    with pytest.raises(Refused, match="may be a hold"):
        shredding.examine_for_destruction(session, [inc], {inc: case.card.reference})


def test_what_two_wrote_is_not_passed_over(practice: Practice) -> None:
    case = practice.case()
    seq = capture.record_note(case, "told: by two").seq
    practice.close()
    row = practice.sql("SELECT ct FROM rec WHERE seq = ?", seq - 1)[0][0]
    practice.sql("UPDATE rec SET ct = ? WHERE seq = ?", row, seq)
    with pytest.raises(EvidenceError, match=f"record of entry {seq}"):
        opening.reopen_incident(practice.sign_in(), case.inc)


def test_a_rehearsal_that_one_officer_claims_does_not_count(practice: Practice) -> None:
    session = practice.sign_in()
    before = rehearsal.last_rehearsal(session, NOW)
    practice.close()
    append(practice, "AB", "rehearsed")
    assert rehearsal.last_rehearsal(practice.sign_in("CD", "EF"), NOW) == before


def test_no_pack_of_what_cannot_be_read_is_begun(practice: Practice) -> None:
    have = kept(practice)
    inc = have.case.inc
    practice.close()
    seq = append(practice, "EF", "note", inc, recipient=NOBODY)
    case = opening.reopen_incident(practice.sign_in(), inc)
    signed_form.render_form(case, reason="not all is known yet")
    words = tuple((practice.ids[i], practice.words[i]) for i in ("AB", "CD"))
    order = pack_source.PackOrder(have.target, "police", "inquiry", words)
    with pytest.raises(Refused, match=f"Entry {seq}, which one officer alone signed"):
        evidence_pack.export_pack(case, order, quiet)
    assert list(have.target.iterdir()) == []
