"""Officers come, go and get new keys; computers and contacts; key files move."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from esafety_tui.casework.access import key_files
from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.incident import capture
from esafety_tui.casework.incident.opening import open_new_incident, reopen_incident
from esafety_tui.casework.signin.create_vault import Founder, PaperKey
from esafety_tui.casework.signin.unlock import Login, open_session, unlock_vault
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR, OfficerKeys, read_key_file
from esafety_tui.kernel.errors import (
    BadInput,
    NotEligible,
    OutputFailed,
    Refused,
    WrongPassphrase,
)
from tests.casework.support import Practice

NEW = Founder("Gita Harbour", "Head of year", "GH", "practice words of GH five")


def consent(practice: Practice, *who: str) -> PairConsent:
    return PairConsent(
        {practice.ids[i]: practice.words[i] for i in who or ("AB", "CD")}, "a reason"
    )


def test_enrolled_removed_and_new_keys(practice: Practice) -> None:
    case = practice.case()
    capture.record_note(case, "told: by two who were there")
    session = case.session
    newcomer, receipt = officer_changes.enrol_officer(session, NEW, consent(practice), FLOOR)
    assert receipt.type == "officer.enrolled"
    renewed, receipt = officer_changes.renew_officer_keys(
        session, practice.ids["EF"], "other words of EF five", consent(practice), FLOOR
    )
    assert receipt.type == "generation.rotated"
    practice.close()
    assert not practice.key_file("EF").exists()
    with pytest.raises(BadInput, match="stick"):
        practice.sign_in("EF")
    pair = [Login(newcomer, NEW.passphrase), Login(renewed, "other words of EF five")]
    session = unlock_vault(practice.folder, pair, platform.SystemClock())
    records = reopen_incident(session, case.inc).records
    assert any(r.field_text("text") == "told: by two who were there" for r in records)
    session.close_session()


@pytest.mark.parametrize("bad", [
    Founder("Gita Harbour", "Head", "AB", "x"), Founder("", "Head", "GH", "x"),
    Founder("Ada Bellweather", "Head", "AX", "x"), Founder("G H", "Head", "G", "x"),
])  # fmt: skip
def test_somebody_who_could_be_confused_is_not_enrolled(practice: Practice, bad: Founder) -> None:
    session = practice.sign_in()
    before = session.store.chain.size
    with pytest.raises(BadInput):
        officer_changes.enrol_officer(session, bad, consent(practice), FLOOR)
    assert session.store.chain.size == before
    assert len(list((practice.folder / "officers").glob("*.evkey"))) == 3


def test_a_wrong_passphrase_leaves_nothing_behind(practice: Practice) -> None:
    session = practice.sign_in()
    wrong = PairConsent({**consent(practice).passphrases, practice.ids["CD"]: "guess"}, "why")
    with pytest.raises(WrongPassphrase):
        officer_changes.enrol_officer(session, NEW, wrong, FLOOR)
    assert len(list((practice.folder / "officers").glob("*.evkey"))) == 3
    assert session.keyring.directory.generation == 1


def test_initials_of_somebody_who_left_are_not_used_again(practice: Practice) -> None:
    session = practice.sign_in()
    officer_changes.enrol_officer(session, NEW, consent(practice), FLOOR)
    officer_changes.remove_officer(session, practice.ids["EF"], consent(practice))
    again = Founder("Ewan Fenwick", "Teacher", "EF", "practice words of XY five")
    with pytest.raises(BadInput, match="initials"):
        officer_changes.enrol_officer(session, again, consent(practice), FLOOR)


def test_two_paper_keys_put_the_school_back_on_its_feet(practice: Practice) -> None:
    """All officers are gone: the paper keys sign in, enrol new ones and replace themselves."""
    session = practice.sign_in("AB", "CD")
    case = open_new_incident(session, named=[practice.ids["EF"]])
    practice.close()
    for path in (practice.folder / "officers").iterdir():
        path.unlink()
    paper = [practice.paper_officer(0), practice.paper_officer(1)]
    clock = platform.SystemClock()
    session = open_session(practice.folder, practice.origin, paper, {}, clock)
    lines = PairConsent({o.id: o.identity.to_text for o in paper}, "nobody else is left")
    saved: list[PaperKey] = []
    first, _ = officer_changes.enrol_officer(session, NEW, lines, FLOOR)
    other = Founder("Hugo Inglenook", "Governor", "HI", "practice words of HI five")
    second, _ = officer_changes.enrol_officer(session, other, lines, FLOOR)
    for who in ("AB", "CD", "EF"):
        officer_changes.remove_officer(session, practice.ids[who], lines)
    session.close_session()
    logins = [Login(first, NEW.passphrase), Login(second, other.passphrase)]
    session = unlock_vault(practice.folder, logins, clock)
    words = {login.officer_id: login.passphrase for login in logins}
    with pytest.raises(Refused, match="restricted"):
        officer_changes.replace_paper_keys(session, PairConsent(words, "used"), saved.extend)
    session.close_session()
    session = open_session(practice.folder, practice.origin, paper, {}, clock)
    officer_changes.replace_paper_keys(session, lines, saved.extend)
    assert session.current_case_identity(session.read_case_card(case.inc))
    session.close_session()
    new = [OfficerKeys.restore_from_paper(k.name, k.signing, k.identity) for k in saved]
    session = open_session(practice.folder, practice.origin, new, {}, clock)
    assert session.current_case_identity(session.read_case_card(case.inc)), (
        "restricted, and recoverable for good"
    )
    session.close_session()


def test_new_paper_keys_shut_the_old_ones_out(practice: Practice) -> None:
    session = practice.sign_in("AB", "CD")
    case = open_new_incident(session, named=[practice.ids["EF"]])
    saved: list[PaperKey] = []

    def full(_keys: Sequence[PaperKey]) -> None:
        raise OutputFailed("The sheet could not be saved.", "Choose another folder.")

    with pytest.raises(OutputFailed):
        officer_changes.replace_paper_keys(session, consent(practice), full)
    assert session.keyring.directory.generation == 1
    officer_changes.replace_paper_keys(session, consent(practice), saved.extend)
    practice.close()
    clock = platform.SystemClock()
    old = [practice.paper_officer(0), practice.paper_officer(1)]
    with pytest.raises(BadInput, match="does not open this vault"):
        open_session(practice.folder, practice.origin, old, {}, clock)
    new = [OfficerKeys.restore_from_paper(k.name, k.signing, k.identity) for k in saved]
    session = open_session(practice.folder, practice.origin, new, {}, clock)
    assert session.current_case_identity(session.read_case_card(case.inc)), (
        "a restricted incident stays recoverable"
    )
    session.close_session()


def test_computers_and_contacts(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    session = practice.sign_in()
    with pytest.raises(BadInput, match="already"):
        officer_changes.designate_computer(session, "PC 1", consent(practice))
    here = session.machine
    session.machine = "ab" * 32
    assert not session.is_designated
    assert (
        officer_changes.designate_computer(session, "PC 2", consent(practice)).type
        == "machine.enrolled"
    )
    assert session.is_designated
    officer_changes.retire_computer(session, here, consent(practice))
    with pytest.raises(Refused, match="only designated"):
        officer_changes.retire_computer(session, session.machine, consent(practice))
    with pytest.raises(BadInput, match="no contact"):
        officer_changes.set_contacts(session, {"nobody": "1"}, consent(practice))


def test_a_passphrase_is_changed_by_its_officer_alone(practice: Practice) -> None:
    file = read_key_file(practice.key_file("AB"))
    old = practice.words["AB"]
    with pytest.raises(WrongPassphrase):
        key_files.change_passphrase(file, "guess", "seven quiet otters sang here", FLOOR)
    with pytest.raises(BadInput):
        key_files.change_passphrase(file, old, "password", FLOOR)
    new = "seven quiet otters sang here"
    key_files.change_passphrase(file, old, new, FLOOR)
    assert sorted(p.suffix for p in (practice.folder / "officers").iterdir()) == (
        [".evkey"] * 3 + [".heads"] * 3
    )
    with pytest.raises(WrongPassphrase):
        practice.sign_in("AB")
    session = unlock_vault(
        practice.folder, [Login(practice.ids["AB"], new)], platform.SystemClock()
    )
    assert session.warnings == []
    session.close_session()


def test_a_key_file_moves_to_a_stick(practice: Practice, tmp_path: Path) -> None:
    file, stick = read_key_file(practice.key_file("AB")), tmp_path / "stick"
    with pytest.raises(WrongPassphrase):
        key_files.move_key_file(file, "guess", stick)
    with pytest.raises(BadInput, match="already"):
        key_files.move_key_file(file, practice.words["AB"], file.path.parent)
    moved = key_files.move_key_file(file, practice.words["AB"], stick)
    assert sorted(p.suffix for p in stick.iterdir()) == [".evkey", ".heads"]
    assert not file.path.exists() and moved.parent == stick
    session = practice.sign_in("AB", "CD")
    assert session.warnings == []
    assert session.keys[practice.ids["AB"]] == stick
    officer_changes.rotate_keys(session, consent(practice))
    practice.close()
    shutil.move(stick, tmp_path / "in the drawer")
    with pytest.raises(BadInput, match="stick"):
        practice.sign_in("AB")
    with pytest.raises(NotEligible):
        unlock_vault(practice.folder, practice.logins("CD", "CD"), platform.SystemClock())


def test_one_of_the_two_may_get_new_keys_and_the_session_goes_on(practice: Practice) -> None:
    case = practice.case()
    session = case.session
    fresh, _ = officer_changes.renew_officer_keys(
        session, practice.ids["AB"], "other words of AB five", consent(practice), FLOOR
    )
    assert {o.id for o in session.officers} == {fresh, practice.ids["CD"]}
    assert session.presenting == fresh
    capture.record_note(reopen_incident(session, case.inc), "told: after")
    assert session.store.lines[-1].by == tuple(sorted((fresh, practice.ids["CD"])))
    again = PairConsent(
        {fresh: "other words of AB five", **consent(practice, "CD").passphrases}, "x"
    )
    officer_changes.rotate_keys(session, again)
    practice.close()
    with pytest.raises((BadInput, NotEligible)):
        practice.sign_in("EF", "AB")
    pair = [Login(fresh, "other words of AB five"), *practice.logins("EF")]
    session = unlock_vault(practice.folder, pair, platform.SystemClock())
    assert session.warnings == []
    session.close_session()


def test_two_paper_keys_hand_over_a_pack(practice: Practice, tmp_path: Path) -> None:
    """Recovery ends in evidence others can check; who reviewed has not signed, and it says so."""
    from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
    from esafety_tui.output.verify import verify_path

    case = practice.case()
    practice.close()
    paper = [practice.paper_officer(0), practice.paper_officer(1)]
    session = unlock_vault(practice.folder, [], platform.SystemClock(), papers=paper)
    case = reopen_incident(session, case.inc)
    lines = {o.id: o.identity.to_text for o in paper}
    code = signed_form.render_form(case, reason="not all is known yet").code
    wanted = pack_source.PackOrder(tmp_path, "police", "inquiry", tuple(lines.items()), True, "why")
    done = evidence_pack.export_pack(case, wanted, lambda *_: None)
    verdict = verify_path(done.path, passphrase=None, check_code=code)
    assert verdict.authentic and len(verdict.not_signed_by) == 2
    mistyped = PairConsent({**lines, paper[0].id: "AGE-SECRET-KEY-1"}, "why")
    with pytest.raises(WrongPassphrase, match="line of this paper key"):
        officer_changes.rotate_keys(session, mistyped)
    session.close_session()
