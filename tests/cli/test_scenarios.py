"""Each scenario in each profile leads where the policy says: way, who is told, table, clause.

The way alone, by the engine, for all of them; one again on a real vault, which must agree. With
``ESAFETY_ATTACKS=all`` that is done for each of them, which takes some minutes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from esafety_tui.demo.drill import PracticeDrill, report_route
from esafety_tui.demo.drill_report import CONFIRM, DrillReport, convert_to_data, list_report_lines
from esafety_tui.demo.drill_walk import ScenarioRun
from esafety_tui.demo.scenarios import ALIASES, SCENARIOS
from esafety_tui.flows.procedure.load import shipped_procedures
from esafety_tui.flows.profile.profile import shipped_profiles
from esafety_tui.kernel.errors import BadInput
from tests.cli import scenario_table as table
from tests.cli.conftest import run

ALL = os.environ.get("ESAFETY_ATTACKS") == "all"
NOW = datetime(2026, 11, 20, 15, 40, tzinfo=UTC)
CASES = [(scenario, profile) for scenario in table.ROUTES for profile in table.PROFILES]


@cache
def story(scenario: str, profile: str) -> DrillReport:
    walk = ScenarioRun.from_shipped_names(profile, scenario)
    return DrillReport(walk, walk.run_to_end(), NOW)


def expected(rows: Mapping[str, str], profile: str) -> str:
    return rows.get(profile) or rows[""]


@cache
def spoken(scenario: str, profile: str) -> str:
    return "\n".join(
        f"{head}: {words}" for head, words in list_report_lines(story(scenario, profile))
    )


def test_the_table_has_every_scenario_and_profile() -> None:
    assert set(table.ROUTES) == set(SCENARIOS) == set(table.NAMED) == set(table.CLAUSE)
    assert set(table.PROFILES) == set(shipped_profiles())
    gone = {one.procedure for one in SCENARIOS.values()} | {"words-only"}  # for one alone
    assert gone == set(shipped_procedures())
    assert set(ALIASES.values()) <= set(SCENARIOS)


@pytest.mark.parametrize(("scenario", "profile"), CASES)
def test_way_told_table_and_clause(scenario: str, profile: str) -> None:
    found = story(scenario, profile)
    assert " ".join(found.list_step_ids) == expected(table.ROUTES[scenario], profile)
    assert set(found.list_required_kinds) == set(expected(table.MUST[scenario], profile).split())
    assert set(found.list_required_kinds) <= set(found.list_notified_kinds)
    row, matrix = found.read_matrix_row(), found.walk.profile.find_matrix(found.walk.scenario.group)
    assert row is not None and matrix is not None
    keys = {one.label: one.key for one in matrix.columns}
    marks = [keys[one] for one in row.named], [keys[one] for one in row.uncertain]
    assert f"{' '.join(marks[0])} ? {' '.join(marks[1])}".strip() == expected(
        table.NAMED[scenario], profile
    )
    assert len(row.named) + len(row.uncertain) + len(row.offered) == len(keys)
    step, clauses = table.CLAUSE[scenario]
    if step in found.list_step_ids:
        assert found.walk.procedure.get_step(step).source == expected(clauses, profile)
    else:  # the one school that never comes to its table
        source = found.walk.procedure.get_step("told-managed").source
        assert source == f"{table.NOT_TO_LOOK}, and section 9"


@pytest.mark.parametrize(("scenario", "profile", "text"), table.TOUCHES)
def test_readings_and_gaps_that_bear_on_it_are_told(scenario: str, profile: str, text: str) -> None:
    assert text in spoken(scenario, profile)


@pytest.mark.parametrize("scenario", table.ROUTES)
def test_the_school_that_must_not_look_takes_nothing(scenario: str) -> None:
    found = story(scenario, "winchelsea")
    assert not any(step.is_capture for step in found.walk.procedure.steps)
    if scenario in table.LADO_TOO:
        assert {"police", "lado", "dsl"} <= set(found.list_notified_kinds)


def test_bullying_at_crockerne_is_by_its_own_table_and_parents_are_not_ticked() -> None:
    rows: list[tuple[str, str]] = []
    report_route("crockerne", "bullying", lambda step, said: rows.append((step, said)))
    ticked = dict(rows)["sanctions"].split("\n")[1].removeprefix("-> ")
    assert ticked == "Class teacher; Co-headteacher; Remove network or internet access"
    found = story("bullying", "crockerne")
    named = found.read_matrix_row()
    assert named is not None and "Inform parents or carers" in named.offered
    assert "parents" in found.list_notified_kinds
    assert "Parents are never ticked" in spoken("bullying", "crockerne")


def test_what_the_copy_of_a_table_lost_is_to_be_confirmed_with_the_school() -> None:
    said = spoken("staff-data", "crockerne")
    assert f"Line manager ({CONFIRM}); Co-headteacher ({CONFIRM})" in said
    assert "told: DSL; co-head; DOFA" in said


@pytest.mark.parametrize("profile", table.PROFILES)
def test_extremism_is_for_the_police_whatever_the_table_calls_it(profile: str) -> None:
    found = story("radicalisation", profile)
    crimes = [o for o in found.walk.profile.illegal if "extremism" in o.label]
    assert [one.incident_class for one in crimes] == ["B"]
    assert found.walk.procedure.get_step("triage").find_option("2").incident_class == "B"  # type: ignore[union-attr]
    assert found.list_notified_kinds[0] == "police" and "told-c" not in found.list_step_ids


@pytest.mark.parametrize("profile", table.PROFILES)
def test_the_head_takes_no_part_where_the_head_is_named(profile: str) -> None:
    found = story("head-accused", profile)
    assert "head" not in found.list_notified_kinds and found.list_notified_kinds[0] == "chair"
    assert [(one.who, one.then) for one in found.list_conflicted_roles()] == [("head", "chair")]
    assert ("chair of trustees" in spoken("head-accused", profile)) == (profile == "west-derby")


def test_chepstow_has_welsh_names_and_no_english_power_of_search() -> None:
    english = re.compile(r"\bDSL\b|\bLADO\b|Education Act|Searching, Screening")
    for scenario in SCENARIOS:
        procedure = story(scenario, "chepstow").walk.procedure
        for step in procedure.steps:
            texts = [step.question, step.why, step.source, *(o.label for o in step.options)]
            assert not english.search(" ".join(texts)), f"{procedure.name}, {step.id}"
    assert "told: DSP; head; designated officer" in spoken("staff-data", "chepstow")


def test_milestone_is_led_by_its_business_manager_and_the_conflict_is_shown() -> None:
    said = spoken("bullying", "milestone")
    assert "leads: E-Safety Coordinator: E-Safety Coordinator (Business Manager)" in said
    assert "the Business Manager runs the network, too" in said
    assert "the same person is E-Safety Governor" in said


def test_deadlines_begin_are_met_and_run_on() -> None:
    for profile, hours in (("winchelsea", 1), ("generic", None)):
        walk = ScenarioRun.from_shipped_names(profile, "staff-data")
        began = walk.run_to_end()
        times = {
            one.label: one.by for one in DrillReport(walk, began, NOW).list_started_deadlines()
        }
        assert times and not any(times.values()), "each was met on the way"
        timer = walk.profile.get_timer("lado")
        assert (timer.hours or None) == hours
    data = story("data-astray", "generic")
    assert [one.by for one in data.list_started_deadlines()] == [None]
    timer = data.walk.profile.get_timer("ico")
    assert timer.compute_due_time(NOW) - NOW == timedelta(hours=72)


def test_a_wrong_name_tells_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no scenario") as said:
        report_route("generic", "nothing", lambda _step, _detail: None)
    assert all(name in said.value.do for name in SCENARIOS)
    done = run("drill", "--route-only", "--profile", "nowhere", home=tmp_path)
    assert done.returncode == 2 and all(name in done.stderr for name in table.PROFILES)


def test_the_way_alone_needs_no_vault_and_says_so(tmp_path: Path) -> None:
    done = run("drill", "--route-only", "--scenario", "grooming", "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    *told, last = (json.loads(line) for line in done.stdout.splitlines())
    assert last["steps"] == table.POLICE.split() and last["told"] == ["police", "dsl"]
    assert [row["step"] for row in told[:3]] == ["drill", "school", "the way alone"]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


REAL = CASES if ALL else [("staff-data", "winchelsea")]


@pytest.mark.parametrize(("scenario", "profile"), REAL)
def test_a_real_vault_goes_the_same_way(scenario: str, profile: str, tmp_path: Path) -> None:
    heads: list[str] = []
    result = PracticeDrill(
        tmp_path / "D", scenario, lambda head, _: heads.append(head), profile
    ).run_drill()
    told = convert_to_data(story(scenario, profile))
    assert {key: result[key] for key in told} == told
    barred = story(scenario, profile).walk.procedure.opens_as is not None
    assert "url refused" in heads and ("file refused" in heads or barred)
    assert heads[-1] == "reopened"
    taken = list((tmp_path / "D/vault/blobs").iterdir())
    assert bool(taken) == ("files" in story(scenario, profile).list_step_ids)
    assert (tmp_path / "D/form.pdf").is_file() and Path(str(result["pack"])).is_dir()
