"""The shipped profiles: what each says of its school, and what none may say."""

from __future__ import annotations

import hashlib
import re
import sys
import time
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from esafety_tui.flows.engine.fit import SanctionAdvice, fit_procedure
from esafety_tui.flows.procedure import load
from esafety_tui.flows.procedure.enums import IncidentClass, PeopleGroup, SourceStatus
from esafety_tui.flows.profile import item_reader
from esafety_tui.flows.profile.policy_items import UseVerdict
from esafety_tui.flows.profile.profile import (
    Nation,
    Profile,
    load_profile,
    parse_profile,
    shipped_profiles,
)
from esafety_tui.flows.profile.timers import REQUIRED_TIMERS, Timer
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.errors import BadInput

SCHOOLS = ("chepstow", "crockerne", "milestone", "west-derby", "winchelsea")
ALL = ("chepstow", "crockerne", "generic", "milestone", "west-derby", "winchelsea")
TODAY = date(2026, 11, 22)
ROLES = {"head", "senior", "dsl", "online-safety-lead", "technician", "dpo", "chair"}


def raw(name: str) -> bytes:
    """Return the bytes of a shipped profile."""
    return (files("esafety_tui.flows") / "profiles" / f"{name}.toml").read_bytes()


def test_six_profiles_are_shipped_under_their_own_names() -> None:
    assert shipped_profiles() == ALL
    for name in ALL:
        profile = load_profile(name)
        assert (profile.name, profile.digest) == (name, hashlib.sha256(raw(name)).hexdigest())
        assert profile == parse_profile(raw(name), "again.toml")
        assert hash(profile) == hash(parse_profile(raw(name), "again.toml"))
    assert load_profile().name == "generic"
    with pytest.raises(BadInput, match="Choose one of: chepstow"):
        load_profile("none")


@pytest.mark.parametrize("name", ALL)
def test_what_every_profile_has(name: str) -> None:
    profile = load_profile(name)
    kinds = {contact.kind for contact in profile.contacts}
    assert kinds >= {*item_reader.CONTACT_KINDS, "head", "lead"}
    assert {c.kind: c.number for c in profile.contacts if c.is_national} == {
        "emergency": "999", "police": "101",
    }  # fmt: skip
    assert {timer.key for timer in profile.timers} == set(REQUIRED_TIMERS)
    assert {role.key for role in profile.roles} >= ROLES
    assert sum(role.reviewer for role in profile.roles) >= 2
    assert ("head", "chair") in {(c.who, c.then) for c in profile.conflicts}
    assert profile.gaps and profile.logs and profile.informs and profile.uses
    assert {i.incident_class for i in profile.illegal} == {IncidentClass.A, IncidentClass.B}
    for group in (PeopleGroup.PUPILS, PeopleGroup.STAFF):
        matrix = profile.find_matrix(group)
        assert matrix is not None
        row = matrix.find_row("illegal")
        assert row is not None and row.illegal and "police" in row.marks
    with pytest.raises(KeyError):
        profile.get_contact("king")
    with pytest.raises(KeyError):
        profile.get_timer("lunch")
    assert profile.find_matrix("") is None


@pytest.mark.parametrize("name", ALL)
def test_no_profile_names_a_person_a_number_or_an_address(name: str) -> None:
    for line in raw(name).decode().splitlines():
        plain = re.sub(r"\b\d{4}-\d\d-\d\d\b", "", line)
        assert not re.search(r"\d[\d ()-]{4,}\d", plain), line
        assert not re.search(r"@|https?:|www\.|\.(uk|org|com)\b", plain), line
        assert not re.search(r"\b(Mrs?|Ms|Miss|Dr|Rev|Cllr)\b", plain), line


FACTS = {
    # nation, review allowed, stale on 22 Nov 2026, policy date, review due, external record
    "chepstow": (Nation.WALES, True, True, date(2024, 7, 11), date(2025, 7, 10), ""),
    "crockerne": (Nation.ENGLAND, True, True, date(2021, 4, 30), date(2022, 4, 30), ""),
    "west-derby": (Nation.ENGLAND, True, True, date(2024, 10, 16), date(2025, 12, 31), ""),
    "winchelsea": (Nation.ENGLAND, False, True, date(2017, 7, 17), date(2019, 7, 17), "CPOMS"),
    "milestone": (Nation.ENGLAND, True, True, date(2017, 11, 30), date(2018, 11, 30), ""),
    "generic": (Nation.ENGLAND, True, False, None, None, ""),
}


@pytest.mark.parametrize("name", ALL)
def test_the_facts_of_each_policy(name: str) -> None:
    p = load_profile(name)
    assert FACTS[name] == (
        p.nation, p.review_allowed, p.is_review_overdue(TODAY), p.policy.date, p.policy.review_due,
        p.external_record,
    )  # fmt: skip
    if p.policy.review_due:
        assert not p.is_review_overdue(p.policy.review_due)


def said(profile: Profile) -> str:
    """Return every sentence of a profile's readings and gaps."""
    parts = [(r.text, r.because) for r in profile.readings]
    parts += [(g.text, g.offered) for g in profile.gaps]
    return " ".join(" ".join(part) for part in parts).replace("\n", " ")


CALLED = {
    # names of roles and guidance, and the labels of contacts
    "chepstow": ({"dsl": "DSP", "lado": "designated officer", "guidance": "Keeping Learners Safe"},
                 {"dsl": "Designated Safeguarding Person", "lado": "Designated officer",
                  "technician": "SRS", "professional-body": "Union"}),
    "crockerne": ({"lado": "DOFA", "head": "co-head", "authority": "local authority or trust"},
                  {"lado": "DOFA", "authority": "safeguarding officer", "trust": "trust"}),
    "west-derby": ({"lead": "DSL as online-safety lead", "chair": "chair of trustees"},
                   {"authority": "senior school improvement officer"}),
    "winchelsea": ({"lead": "E-safety Champion"},
                   {"safe-schools": "Safe Schools and Communities Team", "lado": "LADO",
                    "ceop": "CEOP", "iwf": "Internet Watch Foundation"}),
    "milestone": ({"lead": "E-Safety Coordinator", "dsl": "child protection person"},
                  {"lead": "Business Manager", "authority": "Local authority"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHOOLS)
def test_what_each_school_calls_people(name: str) -> None:
    profile = load_profile(name)
    names, contacts = CALLED[name]
    assert {key: profile.names[key] for key in names} == names
    for kind, label in contacts.items():
        assert label in profile.get_contact(kind).label


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("chepstow", ["Act 2011 are for England", "learner's consent", "nothing on it is"]),
        ("crockerne", ["999 in danger and 101 otherwise", "extremism goes to the police",
                       "one column fewer", "No row of the table ticks parents", "left exactly"]),
        ("west-derby", ["extremism goes to the police", "Latin, Greek and Cyrillic", "no steps"]),
        ("winchelsea", ["Nobody in school looks for evidence", "Police and LADO first"]),
        ("milestone", ["One governor holds both roles", "picture that is lost",
                       "Suspected Harassment", "no longer in force"]),
    ],
)  # fmt: skip
def test_where_a_policy_contradicts_itself_the_safe_reading_is_explained(
    name: str, words: list[str]
) -> None:
    for word in words:
        assert word in said(load_profile(name)), word


def test_extremism_is_never_merely_unacceptable() -> None:
    for name in ALL:
        profile = load_profile(name)
        found = [i for i in profile.illegal if "extremism" in i.label]
        assert [i.incident_class for i in found] == [IncidentClass.B], name
    for name in ("crockerne", "west-derby"):
        (use,) = [u for u in load_profile(name).uses if "extremism" in u.activity]
        assert use.verdict is UseVerdict.UNACCEPTABLE and "police" in use.note


STATUTES = ("Protection of Children Act 1978", "Sexual Offences Act 2003",
            "Criminal Justice and Immigration Act 2008", "Public Order Act 1986")  # fmt: skip


@pytest.mark.parametrize("name", ["crockerne", "west-derby"])
def test_the_four_statutes_of_the_user_actions_table(name: str) -> None:
    profile = load_profile(name)
    sourced = {i.statute for i in profile.illegal if i.source == 'policy, "User Actions"'}
    assert sourced == set(STATUTES)
    illegal = [u.note for u in profile.uses if u.verdict is UseVerdict.ILLEGAL]
    assert illegal == [f"{statute}." for statute in STATUTES]


def test_the_user_actions_that_two_schools_see_differently() -> None:
    seen = {
        name: {u.activity: u.verdict for u in load_profile(name).uses}
        for name in ("crockerne", "west-derby")
    }
    at_times, nominated, no = UseVerdict.AT_TIMES, UseVerdict.NOMINATED, UseVerdict.UNACCEPTABLE
    table = {
        "Educational games": (at_times, nominated), "Online shopping": (at_times, no),
        "File sharing": (at_times, nominated), "Social media": (at_times, no),
        "Messaging apps": (at_times, no), "Video broadcasting": (at_times, nominated),
        "Online gambling": (no, no), "Getting round the filter or other safeguards": (no, no),
    }  # fmt: skip
    for activity, verdicts in table.items():
        assert (seen["crockerne"][activity], seen["west-derby"][activity]) == verdicts, activity


# The matrices of Crockerne as numbers of columns, counted from 1, row after row.
PUPILS = ["2 3 4", "3", "3", "3", "3", "3", "1", "3", "1", "1 3 7", "3 7", "1 3 5 7"]
STAFF = ["2 3 4", "2", "2", "2"] + [""] * 12


@pytest.mark.parametrize(("group", "size", "cells"), [("pupils", 9, PUPILS), ("staff", 8, STAFF)])
def test_crockernes_matrices_in_full(group: str, size: int, cells: list[str]) -> None:
    matrix = load_profile("crockerne").find_matrix(group)
    assert matrix is not None and matrix.status is SourceStatus.SOURCED
    keys = [column.key for column in matrix.columns]
    assert len(keys) == size
    ticked = [" ".join(str(keys.index(key) + 1) for key in row.marks) for row in matrix.rows]
    assert ticked == cells
    assert [row.illegal for row in matrix.rows] == [True] + [False] * (len(cells) - 1)


def test_crockernes_doubtful_cells() -> None:
    profile = load_profile("crockerne")
    pupils, staff = profile.find_matrix("pupils"), profile.find_matrix("staff")
    assert pupils is not None and staff is not None
    for row in pupils.rows:
        assert not {"parents", "warning", "further"} & {*row.marks, *row.uncertain}
        assert "Scope section" in row.note and not row.uncertain
    for number, row in enumerate(staff.rows):
        assert row.uncertain == (("line-manager", "head") if number > 3 else ())
        assert ("missing" in row.note) == (number > 3)


@pytest.mark.parametrize("name", ["generic", "chepstow", "west-derby", "milestone"])
def test_a_school_without_a_matrix_gets_the_generic_one_and_is_told(name: str) -> None:
    profile = load_profile(name)
    for group in (PeopleGroup.PUPILS, PeopleGroup.STAFF):
        matrix = profile.find_matrix(group)
        assert matrix is not None and matrix.status is SourceStatus.TO_CONFIRM
        assert "generic" in matrix.title
        assert all(row.illegal or not row.marks for row in matrix.rows)
        assert {r.key for r in matrix.rows if r.illegal} >= {"illegal", "extremism"}
    assert "table of sanctions" in said(profile)


def test_a_generic_table_is_not_called_the_schools_policy() -> None:
    for name in ALL:
        matrix = load_profile(name).find_matrix(PeopleGroup.PUPILS)
        assert matrix is not None
        whose = SanctionAdvice("", (), (), "", matrix.title, matrix.source).table_owner
        assert whose == ("Your policy" if name == "crockerne" else "The generic table")


def test_winchelseas_staff_go_to_those_whom_section_10_names() -> None:
    matrix = load_profile("winchelsea").find_matrix("staff")
    assert matrix is not None and matrix.status is SourceStatus.SOURCED
    rows = {row.key: row for row in matrix.rows}
    assert rows["illegal"].marks == ("police", "lado", "social-care")
    assert rows["unsuitable"].illegal and rows["unsuitable"].marks == ("police", "lado")
    assert rows["breach"].uncertain == ("lado", "social-care", "hr", "data")
    assert rows["bypass"].marks == ("disciplinary",)


def test_milestones_governor_has_two_roles() -> None:
    profile = load_profile("milestone")
    pairs = {(c.who, c.then) for c in profile.conflicts}
    assert {("dsl", "head"), ("governor", "chair"), ("online-safety-lead", "head")} <= pairs
    roles = {role.key: role for role in profile.roles}
    assert "same governor" in roles["governor"].label and not roles["dsl"].reviewer


def test_wales_never_uses_english_law_or_guidance() -> None:
    text = raw("chepstow").decode()
    assert "Keeping children safe in education" not in text and "LADO" not in text
    assert [r for r in load_profile("chepstow").readings if "Education Act 2011" in r.source]
    assert text.count("Education Act 2011") == 2
    english = re.compile("Keeping children|UKCIS|DfE|local authority guidance|local safeguarding")
    for name in load.shipped_procedures():
        for step in fit_procedure(load.load_procedure(name), load_profile("chepstow")).steps:
            assert not english.search(f"{step.source} {step.why}"), f"{name}, {step.id}"


def test_governors_hear_of_incidents_without_names() -> None:
    annual = [log for log in load_profile("crockerne").logs if "Governing Body" in log.audience]
    assert [(log.anonymous, log.status) for log in annual] == [(True, SourceStatus.SOURCED)]
    assert any("CPOMS" in log.what for log in load_profile("winchelsea").logs)


@pytest.mark.parametrize("name", SCHOOLS)
def test_every_clause_names_a_step_that_the_school_can_reach(name: str) -> None:
    profile = load_profile(name)
    assert profile.clauses
    for clause in profile.clauses:
        fitted = fit_procedure(load.load_procedure(clause.procedure), profile)
        assert clause.step in fitted, clause
        step = fitted.get_step(clause.step)
        assert (step.source, step.status) == (clause.source, clause.status)
        assert all(len(row) <= 76 for row in step.why.split("\n"))
        assert profile.find_clause(clause.procedure, clause.step) is clause
        assert clause.source.startswith("policy")
    assert profile.find_clause("misuse", "no-such-step") is None


def test_the_times_of_each_school() -> None:
    for name in ALL:
        profile = load_profile(name)
        assert (
            profile.get_timer("ico").hours == 72
            and profile.get_timer("ico").status is SourceStatus.SOURCED
        )
        lado = profile.get_timer("lado")
        assert lado.status is SourceStatus.TO_CONFIRM
        assert (lado.hours, lado.working_days) == ((1, 0) if name == "winchelsea" else (0, 1))
    assert load_profile("crockerne").get_timer("ico").source == 'policy, "Data Protection"'


@pytest.mark.parametrize(
    ("hours", "days", "start", "end"),
    [
        (0, 1, "2026-11-23 00:00", "2026-11-24 17:00 GMT"),  # Monday
        (0, 1, "2026-11-27 18:30", "2026-11-30 17:00 GMT"),  # Friday evening
        (0, 1, "2026-11-28 09:00", "2026-11-30 17:00 GMT"),  # Saturday
        (0, 1, "2026-11-29 23:59", "2026-11-30 17:00 GMT"),  # Sunday
        (0, 1, "2026-03-27 12:00", "2026-03-30 17:00 BST"),  # across the change to summer time
        (0, 1, "2026-10-23 12:00", "2026-10-26 17:00 GMT"),  # and back
        (0, 1, "2026-06-29 23:30", "2026-07-01 17:00 BST"),  # already Tuesday in the UK
        (0, 10, "2026-11-20 09:00", "2026-12-04 17:00 GMT"),
        (72, 0, "2026-03-27 12:00", "2026-03-30 13:00 BST"),  # 72 hours that pass
        (72, 0, "2026-10-23 11:00", "2026-10-26 11:00 GMT"),
        (1, 0, "2026-11-28 09:00", "2026-11-28 10:00 GMT"),
    ],
)
def test_when_a_time_ends(hours: int, days: int, start: str, end: str) -> None:
    timer = Timer("lado", "x", hours, days, "x", SourceStatus.SOURCED)
    begun = datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    due = timer.compute_due_time(begun)
    assert due.strftime("%Y-%m-%d %H:%M %Z") == end
    assert timer.compute_due_time(begun.astimezone(LONDON)) == due


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        load_profile().get_timer("lado").compute_due_time(datetime(2026, 11, 22))  # noqa: DTZ001  # the bad input


def test_the_time_it_takes_to_read_a_profile() -> None:
    taken = {}
    for name in ALL:
        data = raw(name)
        begun = time.perf_counter()
        parse_profile(data, name)
        taken[name] = f"{(time.perf_counter() - begun) * 1000:.1f} ms"
    sys.stdout.write(f"profiles read: {taken}\n")
