"""The retention schedule: which day an incident is reviewed, and what stands against shredding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from esafety_tui.flows.engine import retention
from esafety_tui.flows.engine.retention import (
    RetentionBasis,
    RetentionStatus,
    find_retention_basis,
    find_retention_status,
)
from esafety_tui.flows.procedure.model import (
    IncidentClass,
    Problem,
    Procedure,
    ProcedureEvent,
    StopEvent,
    build_answer,
)
from esafety_tui.flows.profile.profile import load_profile, parse_profile
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.records import OpenRecord

RULES = load_profile().retention
TWO, ONE = ("a" * 64, "b" * 64), ("a" * 64,)


def rec(seq: int, kind: str, at: str = "", by: tuple[str, ...] = TWO, **fields: Any) -> OpenRecord:
    """Return one record of an incident opened on 21 Nov 2026."""
    return OpenRecord(
        seq, "i", seq, at or "2026-11-21T14:07:12.345Z", by, kind, dict(fields), (), ()
    )


def stands(*more: OpenRecord, about: RetentionBasis | None = None) -> RetentionStatus:
    """Return how an incident with these further records stands. Default: class C."""
    opened = rec(0, "incident.opened")
    return find_retention_status(RULES, about or RetentionBasis(IncidentClass.C), [opened, *more])


@pytest.mark.parametrize(
    ("about", "day", "key"),
    [
        (RetentionBasis(IncidentClass.A), date(2052, 3, 1), "child"),
        (RetentionBasis(IncidentClass.B), date(2052, 3, 1), "child"),
        (RetentionBasis(IncidentClass.UNSURE), date(2052, 3, 1), "child"),
        (RetentionBasis(), date(2052, 3, 1), "child"),
        (RetentionBasis(IncidentClass.C), date(2033, 3, 1), "other"),
        (RetentionBasis(IncidentClass.C, frozenset({"lado"})), date(2076, 11, 21), "staff"),
        (RetentionBasis(IncidentClass.A, frozenset({"lado"})), date(2076, 11, 21), "staff"),
    ],
)
def test_the_latest_day_of_the_rules_that_fit_counts(
    about: RetentionBasis, day: date, key: str
) -> None:
    found = stands(rec(1, "note", "2027-02-28T23:30:00.000Z"), rec(2, "note",
                   "2027-03-01T00:30:00.000Z"), about=about)  # fmt: skip
    assert (found.review, found.rule.key) == (day, key)
    assert found.explanation == found.rule.sentence


def test_looking_at_it_or_keeping_it_does_not_move_the_day() -> None:
    late = "2030-01-01T12:00:00.000Z"
    kinds = ("read", "printed", "clock.checked", "hold.set", "hold.lifted")
    aside = [rec(n, kind, late) for n, kind in enumerate(kinds, 1)]
    dated = rec(9, "decision", late, what="retention", until="2030-06-01", reason="asked")
    assert stands(*aside).review == date(2032, 11, 21)
    assert stands(*aside, dated).scheduled == date(2032, 11, 21)
    assert stands(rec(1, "form.signed", late)).review == date(2036, 1, 1)


def test_a_day_counts_in_uk_time_and_29_february_is_never_early() -> None:
    assert stands(rec(1, "note", "2026-06-30T23:30:00.000Z")).review == date(2032, 7, 1)
    assert stands(rec(1, "note", "2028-02-29T12:00:00.000Z")).review == date(2034, 3, 1)


def test_two_officers_set_another_day_one_alone_does_not() -> None:
    two = rec(1, "decision", what="retention", until="2028-01-05", reason="x")
    late = rec(2, "decision", what="retention", until="2029-01-05", reason="y")
    alone = rec(3, "decision", by=ONE, what="retention", until="2027-01-05", reason="z")
    bad = rec(4, "decision", what="retention", until="soon", reason="z")
    found = stands(two, late, alone, bad)
    assert (found.review, found.decided) == (date(2029, 1, 5), late)
    assert found.scheduled == date(2032, 11, 21) and "two officers" in found.explanation


def test_a_hold_stands_until_two_lift_it_by_its_number() -> None:
    first, second = rec(1, "hold.set", by=ONE), rec(2, "hold.set")
    alone = rec(3, "hold.lifted", by=ONE, holds=[1, 2])
    lifted = rec(4, "hold.lifted", holds=[1])
    assert stands(first, second, alone).holds == (first, second)
    found = stands(first, second, alone, lifted)
    assert (found.holds, found.lifted) == ((second,), 1)
    again = rec(5, "hold.set")
    assert stands(first, lifted, again).holds == (again,)


@pytest.mark.parametrize(
    ("about", "who"),
    [
        (RetentionBasis(IncidentClass.A), "the police"),
        (RetentionBasis(IncidentClass.B), "the police"),
        (RetentionBasis(IncidentClass.UNSURE), "the police"),
        (RetentionBasis(IncidentClass.C, stopped=True), "the police"),
        (RetentionBasis(None, frozenset({"police"})), "the police"),
        (RetentionBasis(IncidentClass.A, cleared=True), ""),
        (RetentionBasis(IncidentClass.A, frozenset({"lado"}), cleared=True), "the LADO"),
        (RetentionBasis(IncidentClass.B, frozenset({"lado"})), "the police and the LADO"),
        (RetentionBasis(IncidentClass.C, frozenset({"dsl"})), ""),
    ],
)
def test_an_outcome_outside_is_waited_for(about: RetentionBasis, who: str) -> None:
    said = rec(1, "decision", what="outcome", outcome="no further action")
    alone = rec(1, "decision", by=ONE, what="outcome", outcome="no further action")
    assert stands(about=about).waiting_for == who
    assert stands(alone, about=about).waiting_for == who
    assert stands(said, about=about).waiting_for == ""
    for later in ("stop", "answer", "answer.changed"):
        assert stands(said, rec(2, later), about=about).waiting_for == who


def events(misuse: Procedure, *given: tuple[str, Mapping[str, Any]]) -> RetentionBasis:
    """Return what answers amount to."""
    answers: list[ProcedureEvent] = [build_answer(step, values) for step, values in given]
    return find_retention_basis(misuse, answers, [step for step, _ in given])


def test_who_was_told_comes_from_the_answers_and_stays(
    misuse: Procedure, words_only: Procedure
) -> None:
    assert events(misuse, ("triage", {"option": "4"})) == RetentionBasis(IncidentClass.C)
    staff = events(misuse, ("staff", {"option": "1"}), ("staff", {"option": "2"}))
    assert staff.notified == {"lado"}
    ticked = events(misuse, ("told-b", {"options": ["lado", "dsl"]}))
    assert {"lado", "dsl"} <= ticked.notified
    told: list[ProcedureEvent] = [build_answer("referrals", {"options": ["police"]}), StopEvent()]
    alone = find_retention_basis(words_only, told, ["referrals"])
    assert alone.stopped and alone.outside_lead == "the police"
    cleared = events(misuse, ("triage", {"option": "3"}), ("answer", {"option": "2"}))
    assert cleared.cleared and cleared.outside_lead == ""


def test_the_register_card_says_it_without_a_name_and_comes_back() -> None:
    held = stands(
        rec(1, "decision", what="retention", until="2028-01-05", reason="Ada asked"),
        rec(2, "hold.set", reason="police", reference="12/34"),
    )
    text = retention.format_card_due(held)
    assert text == "2028-01-05 decided held"
    line = retention.read_card_due("i", "EXS-2026-0001", text, RULES, date(2028, 1, 5))
    assert line is not None and (line.on_legal_hold, line.has_come) == (True, True)
    assert "two officers" in line.why
    plain = retention.format_card_due(stands())
    line = retention.read_card_due("i", "r", plain, RULES, date(2032, 11, 20))
    assert line is not None and (line.on_legal_hold, line.has_come) == (False, False)
    assert line.why == "Other incident: 6 years after it was last written in. " + (
        "To be confirmed by the school."
    )
    for nothing in ("", "soon", "held 2028-01-05"):
        assert retention.read_card_due("i", "r", nothing, RULES, date(2030, 1, 1)) is None


@pytest.mark.parametrize("text", ["21 Nov 2051", "2051-11-21", "21/11/2051"])
def test_a_day_is_read_as_people_type_it(text: str) -> None:
    assert retention.parse_typed_day(text) == date(2051, 11, 21)
    assert retention.format_day(date(2051, 11, 21)) == "21 Nov 2051"


@pytest.mark.parametrize("text", ["", "soon", "21 Nov 2051 14:07", "about 21 Nov 2051"])
def test_anything_but_a_day_is_refused(text: str) -> None:
    assert isinstance(retention.parse_typed_day(text), Problem)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("years = 25", "years = 0", "whole number from 1 to 100"),
        ("years = 25", 'years = "25"', "whole number"),
        ("years = 25", "years = true", "whole number"),
        ("years = 25", "", "whole number"),
        ('from = "last-written"', 'from = "birth"', "must be one of"),
        ('"unsure", "none"', '"unsure"', "no rule is for class 'none'"),
        ('["C"]', '["D"]', "must be among"),
        ('told = ["lado"]', 'told = ["king"]', "no kind of contact"),
        ('told = ["lado"]', "", "fits no incident"),
        ('key = "other"', 'key = "child"', "there twice"),
        ('key = "other"', 'key = "other"\nwhen = "now"', "unknown key"),
        ('source = "Keeping', 'was = "Keeping', "unknown key"),
        ("[[retention]]", "[[retained]]", "unknown key"),
    ],
)  # fmt: skip
def test_a_broken_schedule_is_refused_with_its_line(old: str, new: str, words: str) -> None:
    text = (files("esafety_tui.flows") / "profiles" / "generic.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(BadInput, match=words):
        parse_profile(text.replace(old, new).encode(), "ours.toml")


def test_a_profile_without_a_schedule_is_refused() -> None:
    text = (files("esafety_tui.flows") / "profiles" / "generic.toml").read_text("utf-8")
    with pytest.raises(BadInput, match=r"no \[\[retention\]\]"):
        parse_profile(text[: text.index("[[retention]]")].encode(), "ours.toml")


def test_every_line_names_its_source_and_how_sure_it_is() -> None:
    assert {r.key: (r.years, str(r.status)) for r in RULES} == {
        "child": (25, "sourced"), "staff": (50, "to be confirmed"), "other": (6, "to be confirmed"),
    }  # fmt: skip
    assert all(r.source for r in RULES)
