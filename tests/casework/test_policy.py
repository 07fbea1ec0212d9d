"""The policy of a vault: which procedure an incident is opened with, and that it stays on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident import capture, lost_freezes, opening, retention, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.policy import current_policy, policy_files
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR
from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure.model import IncidentClass, StepKind
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import EvidenceError, Frozen, NotEligible, Refused, Tampered
from esafety_tui.kernel.setting_up import NewOfficer, SetUpRequest
from tests.casework.hostile import begin
from tests.casework.policies import our_misuse, shipped_bytes
from tests.casework.support import PNG, TO_CAPTURE, Practice, walk

CLEARED: tuple[tuple[str, dict[str, Json]], ...] = (
    *TO_CAPTURE[:2],
    ("triage", {"option": "3"}),
    ("told-unsure", {"options": ["dsl"]}),
    ("risk", {"option": "2"}),
)


def test_the_directory_names_profile_and_procedures_and_the_folder_has_them(
    practice: Practice,
) -> None:
    session = practice.sign_in()
    known, own = session.keyring.directory, policy_files.shipped_policy_files()
    assert known.profile == ("generic", own.profiles["generic"])
    assert known.procedures == own.procedures
    assert policy_files.list_stored_digests(practice.folder) == sorted(
        [known.profile[1], *own.procedures.values()]
    )
    assert session.warnings == [] and current_policy.check_adopted_files(session)[0].startswith(
        "9 files"
    )
    kinds = {c.kind: c for c in known.contacts}
    profile = current_policy.profile_in_force(session)
    assert set(kinds) == {c.kind for c in profile.contacts}
    assert (kinds["police"].value, kinds["emergency"].value) == ("101", "999")
    assert (kinds["dsl"].label, kinds["dsl"].value) == (profile.get_contact("dsl").label, "")


def test_a_vault_is_set_up_with_the_profile_chosen(tmp_path: Path) -> None:
    words = ("seven quiet otters sang here", "nine loud herons slept there")
    people = tuple(
        NewOfficer(name, "Teacher", initials, word)
        for (name, initials), word in zip(
            (("Ada Bellweather", "AB"), ("Cosmo Dunnock", "CD")), words, strict=True
        )
    )
    wanted = SetUpRequest("Example", "practice.invalid", "EXS", "wales", "PC 1", "office", people,
                   {"dsl": "the office, extension 1"}, "chepstow")  # fmt: skip
    desk = Desk(tmp_path / "vault", platform.SystemClock(), FLOOR, tmp_path / "sheets")
    desk.set_up(wanted, lambda *_: None)
    ids = [o.id for o in desk.state().officers]
    desk.unlock(ids[0], words[0], ids[1], words[1], ())
    seen = desk.policy()
    assert (
        seen.profile == policy_files.shipped_policy_files().profiles["chepstow"]
        and seen.confirmed == {}
    )
    assert desk.flow_source(seen.profile) == shipped_bytes("chepstow")
    rows = {c.kind: c for c in desk.context.session.keyring.directory.contacts}
    today = desk.context.clock.read_clock().wall.date().isoformat()
    assert (rows["dsl"].value, rows["dsl"].verified) == ("the office, extension 1", today)
    assert (rows["ico"].value, rows["ico"].verified) == ("", "")
    handle = desk.open_incident((), "", False, "breach")
    view = desk.case(handle.inc)
    assert (view.procedure, view.sources) == ("breach", (seen.procedures["breach"], seen.profile))
    with pytest.raises(Refused, match="never put in force"):
        desk.flow_source("0" * 64)
    desk.close()


def test_each_offered_procedure_opens_fitted_and_comes_back_as_it_was(practice: Practice) -> None:
    session = practice.sign_in()
    for name in session.keyring.directory.procedures:
        whole = current_policy.unfitted_procedure(session, name)
        if not whole.offer:
            with pytest.raises(Refused, match="not offered"):
                opening.open_new_incident(session, procedure=name)
            continue
        case = opening.open_new_incident(session, procedure=name)
        fields = case.records[0].fields
        assert (fields["procedure"], fields["procedure_name"]) == (whole.digest, name)
        assert (fields["policy"], fields["profile"]) == (case.profile.digest, "generic")
        assert case.procedure.profile == case.profile.digest
        again = opening.reopen_incident(session, case.inc)
        assert again.procedure == case.procedure and again.profile is case.profile
        assert again.state == engine.start_procedure(case.procedure)
    fields = {**fields, "procedure_name": "misuse"}
    with pytest.raises(Refused, match="another one's file"):
        current_policy.procedure_of_incident(session, fields)
    with pytest.raises(Refused, match="no procedure elsewhere"):
        opening.open_new_incident(session, procedure="elsewhere")


def takes_nothing(case: CaseFile, home: Path) -> None:
    """Call every verb that takes something in."""
    path = home / "picture.png"
    path.write_bytes(PNG)
    for act in (
        lambda: capture.capture_address(case, "https://x.example", "worry", "saw it"),
        lambda: capture.capture_file(case, path, "a picture", "seen here"),
        lambda: case.refuse_capture("screenshot"),
    ):
        with pytest.raises(Frozen):
            act()


def test_nudes_are_frozen_with_their_first_record_and_take_nothing(practice: Practice) -> None:
    session = practice.sign_in()
    case = opening.open_new_incident(session, procedure="nudes")
    assert case.procedure.opens_as is IncidentClass.A
    assert case.inc in session.store.holds.frozen and case.is_frozen
    assert [r.type for r in case.records[:2]] == ["incident.opened", "frozen"]
    assert practice.sql("SELECT seq FROM hold") == [(case.records[0].seq,)]
    takes_nothing(case, practice.home)
    assert not any(step.is_capture for step in case.procedure.steps)
    practice.close()
    practice.sql("DELETE FROM hold")  # one officer has the database in their hands
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    assert again.inc in again.session.store.holds.frozen
    takes_nothing(again, practice.home)


def test_the_freeze_of_an_opening_needs_no_second_record(practice: Practice) -> None:
    """The program may die right after the first record: it froze by itself."""
    session = practice.sign_in()
    case = opening.open_new_incident(session, procedure="nudes")
    case.records = case.records[:1]
    session.store.holds.frozen.clear()
    assert case.is_frozen
    lost_freezes.restore_in_memory(case)
    assert case.inc in session.store.holds.frozen


def test_carrying_on_needs_an_answer_that_offers_it(practice: Practice) -> None:
    session = practice.sign_in()
    case = opening.open_new_incident(session, named=[practice.ids["EF"]], others="A pupil")
    with pytest.raises(Refused, match="No answer"):
        opening.open_linked_incident(case, "misuse")
    walk(case, CLEARED)
    steps = {s.kind: s for s in case.procedure.steps if any(o.cleared for o in s.options)}
    wait = steps[StepKind.WAIT]
    key = next(o for o in wait.options if o.cleared)
    while engine.current_step(case.procedure, case.state).id != wait.id:
        step = engine.current_step(case.procedure, case.state)
        given = {f.name: "saw: a word" if f.check == "statement" else "told" for f in step.fields
                 if f.required}  # fmt: skip
        given |= {f.name: f.choices[0] for f in step.fields if f.choices}
        case.record_answer(step.id, given)
    case.record_answer(wait.id, {"option": key.key, "said": "Nothing illegal."})
    with pytest.raises(Refused, match="No answer"):
        opening.open_linked_incident(case, "nudes")
    linked = opening.open_linked_incident(case, key.carry_on)
    assert (linked.card.linked, linked.procedure.name) == (case.inc, key.carry_on)
    assert linked.records[0].fields["named_officers"] == [practice.ids["EF"]]
    assert case.is_frozen and not linked.is_frozen


def test_one_officer_follows_the_procedure_for_one_and_no_other(practice: Practice) -> None:
    session = practice.sign_in("AB")
    case = opening.open_new_incident(session, procedure="nudes")
    assert case.procedure.alone and case.card.words_only
    assert session.confirmed == []
    with pytest.raises(NotEligible):
        opening.open_linked_incident(case, "misuse")
    practice.close()
    again = opening.reopen_incident(practice.sign_in("AB"), case.inc)
    assert again.procedure == case.procedure
    practice.close()
    both = opening.reopen_incident(practice.sign_in(), case.inc)
    assert both.procedure == case.procedure and both.records[0].by == (practice.ids["AB"],)


@pytest.mark.parametrize(
    "what", ["nothing", "unknown", "for two", "a profile", "another name", "no profile"]
)
def test_a_first_record_that_names_another_file_opens_nothing(
    practice: Practice, what: str
) -> None:
    """One officer alone can seal any first record, and put any file into the folder."""
    own = policy_files.shipped_policy_files()
    lying_there = policy_files.store_policy_file(practice.folder, our_misuse())
    fields: dict[str, Json] = {
        "procedure": own.procedures["words-only"], "procedure_name": "words-only",
        "policy": own.profiles["generic"], "profile": "generic",
    }  # fmt: skip
    fields |= {
        "unknown": {"procedure": lying_there, "procedure_name": "misuse"},
        "for two": {"procedure": own.procedures["misuse"], "procedure_name": "misuse"},
        "a profile": {"procedure": own.profiles["generic"]},
        "another name": {"procedure": own.procedures["misuse"]},
        "no profile": {"policy": own.procedures["misuse"]},
        "nothing": {},
    }[what]
    inc = begin(practice, "AB", "EXS-2026-0001", more=fields)
    session = practice.sign_in()
    if what == "nothing":
        assert opening.reopen_incident(session, inc).procedure.name == "words-only"
        return
    with pytest.raises(Refused) as err:
        opening.reopen_incident(session, inc)
    assert not isinstance(err.value, NotEligible) and err.value.do
    assert isinstance(retention.open_for_retention(session, inc), retention.UnknownVersionIncident)


def test_a_stop_is_written_down_whatever_became_of_the_policy(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (practice.folder / "policy").iterdir():
        path.write_bytes(b"changed")
    monkeypatch.setattr(
        policy_files, "shipped_policy_files", lambda: policy_files.ShippedFiles({}, {}, {})
    )
    desk = Desk(practice.folder, platform.SystemClock(), FLOOR, practice.home)
    words = practice.words
    told = desk.unlock(practice.ids["AB"], words["AB"], practice.ids["CD"], words["CD"], ())
    assert "policy" in told.warnings[0] and "second copy" in told.warnings[0]
    with pytest.raises(EvidenceError, match="was changed"):
        desk.open_incident((), "", False)
    words_alone = desk.open_incident((), "", True)
    assert desk.context.open_cases[words_alone.inc].procedure.alone
    desk.context.active = ""
    done = desk.stop(None)
    assert done.inc in desk.context.session.store.holds.frozen
    assert desk.context.open_cases[done.inc].procedure.name == "misuse"
    assert current_policy.BY_THE_PROGRAM in desk.context.session.warnings
    desk.close()


def test_a_stop_for_an_incident_of_a_lost_procedure_freezes_that_incident(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.case()
    practice.close()
    policy_files.policy_file_path(practice.folder, case.procedure.digest).write_bytes(b"changed")
    monkeypatch.setattr(
        policy_files, "shipped_policy_files", lambda: policy_files.ShippedFiles({}, {}, {})
    )
    session = unlock_vault(practice.folder, [Login(practice.ids["AB"], practice.words["AB"])],
                     platform.SystemClock())  # fmt: skip
    practice.sessions.append(session)
    stop.record_stop(opening.open_incident_for_stop(session))
    assert session.store.lines[-1].inc not in {"", case.inc}
    for path in (practice.folder / "policy").iterdir():
        path.write_bytes(b"changed")
    session.policies.clear()
    capture.record_note(opening.reopen_incident(session, case.inc), "saw: one more word")
    practice.close()
    both = practice.sign_in()
    with pytest.raises(Tampered, match="was changed"):
        opening.reopen_incident(both, case.inc)
    desk = Desk(practice.folder, platform.SystemClock(), FLOOR, practice.home)
    practice.close()
    words = practice.words
    desk.unlock(practice.ids["AB"], words["AB"], practice.ids["CD"], words["CD"], ())
    done = desk.stop(case.inc)
    assert done.inc == case.inc and case.inc in desk.context.session.store.holds.frozen
    desk.close()
