"""The route taken is evidence: what stood on the screen, how long, and the policy's own words."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from esafety_tui.casework.administration import confirm_policy
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.disclosure import form_view, route_view, signed_form
from esafety_tui.casework.incident import answer_log, answer_record, opening
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.policy import confirmations
from esafety_tui.data.officers import FLOOR
from esafety_tui.flows.engine import fit
from esafety_tui.flows.procedure.load import load_procedure
from esafety_tui.flows.procedure.model import FORBIDDEN_ACT_TEXTS, ForbiddenAct, SourceStatus
from esafety_tui.flows.profile import policy_gaps
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import Instant
from esafety_tui.kernel.records import OpenRecord
from tests.casework.hands import Hands, hands, sign_in
from tests.casework.support import TO_CAPTURE, Practice, on_procedure, walk

WHY = "not all is known yet"
BY_TABLE: tuple[tuple[str, dict[str, Json]], ...] = (
    ("urls", {"done": "none", "why_none": "Nobody remembers an address."}),
    ("files", {"done": "yes"}),
    ("findings", {"saw": "saw: Insults."}),
    ("substance", {"option": "4"}),
    ("concerned", {"option": "1"}),
)
"""From the captures to the table of incidents and sanctions for pupils."""


@pytest.fixture
def clock() -> Hands:
    """A clock that stands still until it is moved."""
    return hands()


def of(case: CaseFile, step: str) -> OpenRecord:
    return [r for r in case.counted_answers if r.field_text("step") == step][-1]


def table(practice: Practice) -> CaseFile:
    """An incident of a school with a table of sanctions, up to what the table names."""
    school = load_profile("crockerne")
    new = opening.open_new_incident(practice.sign_in())
    flow = fit.fit_procedure(load_procedure("misuse"), school)
    case = on_procedure(new, flow, school)
    walk(case, [*TO_CAPTURE, *BY_TABLE])
    matrix = case.profile.find_matrix("pupils")
    assert matrix is not None
    row = max((r for r in matrix.rows if not r.illegal), key=lambda r: len(r.marks))
    walk(case, [("category", {"option": row.key}),
                ("decide", {"option": "1", "reasons": "It went on for weeks.", "by": "A. Bell"}),
                ("sanctions", {"options": list(row.marks[:1])})])  # fmt: skip
    return case


def test_an_answer_holds_all_that_stood_on_the_screen(practice: Practice) -> None:
    case = practice.case()
    step, fields = case.procedure.get_step("triage"), of(case, "triage").fields
    assert fields["question"] == step.question and fields["why"] == step.why
    assert fields["source"] == step.source and fields["status"] == str(step.status)
    assert fields["options"] == [[o.key, o.label, o.detail] for o in step.options]
    assert fields["procedure"] == case.procedure.digest
    assert fields["policy"] == case.profile.digest == case.procedure.profile
    assert fields["tell"] == [case.profile.get_contact("dsl").label]
    assert "skipped" not in fields and "matrix" not in fields and "confirmed" not in fields
    case.record_answer("urls", {"done": "none", "why_none": "There are none."})
    assert of(case, "urls").fields["skipped"] == "There are none."


def test_who_must_be_told_and_what_is_forbidden(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in())
    walk(case, TO_CAPTURE[:1])
    walk(case, [("danger", {"option": "1"}), ("triage", {"option": "1"}),
                ("told-a", {"options": ["police", "dsl"]})])  # fmt: skip
    label = {c.kind: c.label for c in case.profile.contacts}
    assert of(case, "danger").fields["tell"] == [label["police"], label["dsl"]]
    told = of(case, "told-a").fields
    assert told["tell"] == [label["police"], label["dsl"]]
    assert FORBIDDEN_ACT_TEXTS[ForbiddenAct.COPY] in list(told["forbids"])  # type: ignore[arg-type]


def test_a_matrix_step_holds_what_the_policy_names(practice: Practice) -> None:
    case = table(practice)
    said = fit.find_sanction_advice(
        case.profile, case.procedure, case.state, case.procedure.get_step("sanctions")
    )
    assert said is not None and said.named
    assert of(case, "sanctions").fields["matrix"] == {
        "row": said.row, "named": list(said.named), "uncertain": list(said.uncertain),
        "note": said.note, "title": said.title, "source": said.source,
    }  # fmt: skip
    shown = next(s for s in route_view.list_route_steps(case) if s.seq == of(case, "sanctions").seq)
    assert f"The policy names for “{said.row}”: {'; '.join(said.named)}." in shown.notes


def test_a_step_that_is_not_in_the_policy_is_recorded_as_such(practice: Practice) -> None:
    case = table(practice)
    assert of(case, "decide").fields["notice"] == policy_gaps.GENERAL_STEP
    assert of(case, "sanctions").fields["notice"] == policy_gaps.READ_SAFELY
    assert "notice" not in of(case, "two-seniors").fields


def test_the_time_on_the_screen_is_measured(practice: Practice, clock: Hands) -> None:
    case = opening.open_new_incident(sign_in(practice, clock))
    clock.run(80_000)
    walk(case, TO_CAPTURE[:1])
    clock.run(1_500)
    clock.set(3_600_000)  # setting the time of day is no time on the screen
    walk(case, TO_CAPTURE[1:2])
    assert [r.fields["seconds"] for r in case.counted_answers] == [80, 1]
    assert [s.spent for s in route_view.list_route_steps(case)] == ["1 min 20 s", "1 s"]
    inc = case.inc
    practice.close()
    clock.run(500_000)
    again = opening.reopen_incident(sign_in(practice, clock), inc)
    clock.run(7_000)
    walk(again, TO_CAPTURE[2:3])
    assert of(again, "triage").fields["seconds"] == 7  # since it was read in this session
    clock.restart()
    walk(again, TO_CAPTURE[3:4])
    assert of(again, "told-c").fields["seconds"] == answer_record.NOT_KNOWN
    assert route_view.list_route_steps(again)[-1].spent == "not known"


def test_another_incident_on_the_screen_does_not_count(practice: Practice, clock: Hands) -> None:
    desk = Desk(practice.folder, clock, FLOOR, practice.home / "sheets")
    first, second = practice.ids["AB"], practice.ids["CD"]
    desk.unlock(first, practice.words["AB"], second, practice.words["CD"], ())
    one = desk.open_incident((), "", False).inc
    clock.run(5_000)
    two = desk.open_incident((), "", False).inc
    clock.run(60_000)
    desk.case(one)
    clock.run(2_000)
    desk.answer(one, "reported", TO_CAPTURE[0][1], "")  # type: ignore[arg-type]
    clock.run(3_000)
    desk.case(two)
    clock.run(1_000)
    desk.answer(two, "reported", TO_CAPTURE[0][1], "")  # type: ignore[arg-type]
    spent = [of(desk.context.open_cases[inc], "reported").fields["seconds"] for inc in (one, two)]
    desk.close()
    assert spent == [2, 1]


def test_a_pace_that_nobody_measured_is_not_known() -> None:
    pace, now = answer_record.StepPace(), Instant(hands().wall, 9_999, "a")
    assert pace.seconds_since(now) == answer_record.NOT_KNOWN
    pace.begin_step("a", 20_000)
    assert pace.seconds_since(now) == answer_record.NOT_KNOWN
    pace.begin_step("b", 1)
    assert pace.seconds_since(now) == answer_record.NOT_KNOWN
    pace.begin_step("a", 1)
    assert pace.seconds_since(now) == 9
    assert [route_view.format_time_spent(s) for s in (0, 59, 60, 3_700, -1, True, "x", None)] == [
        "0 s", "59 s", "1 min 0 s", "61 min 40 s", *["not known"] * 4,
    ]  # fmt: skip


def test_who_confirmed_an_instruction_stands_in_the_answer(practice: Practice) -> None:
    session = practice.sign_in()
    case = opening.open_new_incident(session)
    step = case.procedure.get_step("reported")
    assert step.status is SourceStatus.TO_CONFIRM
    words = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    word = confirm_policy.Confirmation("A. Bell", "DSL", "the police liaison officer")
    confirm_policy.confirm_instructions(session, [fit.instruction_digest(step)], word, words)
    walk(case, TO_CAPTURE[:2])
    [who] = confirmations.describe_confirmations(session).values()
    assert who.startswith("A. Bell, DSL, ")
    assert of(case, "reported").fields["confirmed"] == who
    first, second = route_view.list_route_steps(case)
    assert first.source.endswith(f"Confirmed by {who}") and not first.to_confirm
    assert second.to_confirm and "Confirmed" not in second.source


def test_the_form_prints_the_route_and_the_policy(practice: Practice, tmp_path: Path) -> None:
    case = table(practice)
    case.record_answer("danger", {"option": "3"}, "we asked again")
    case.record_answer("told-c", {"options": ["dsl"]}, "the head was away")
    view = signed_form.render_form(case, reason=WHY).view
    numbers = [s.number for s in view.route]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) == len(case.state.answers)
    assert [s.question for s in view.route if s.reason] == [
        case.procedure.get_step(step).question for step in ("danger", "told-c")
    ]
    assert [s.skipped for s in view.route if s.skipped] == ["Nobody remembers an address."]
    assert [(s.label, s.sha256) for s in view.sources] == [
        ("Procedure followed", case.procedure.digest),
        ("Policy of the school", case.profile.digest),
    ]  # fmt: skip
    path = tmp_path / "form.pdf"
    path.write_bytes(base64.b64decode(signed_form.newest_form_record(case).field_text("pdf")))
    made = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    text = " ".join(made.stdout.decode().split())
    for words in (
        "Route taken", "Steps left out", "Nobody remembers an address.", case.procedure.digest,
        case.profile.digest, "Changed, because: we asked again", "The policy names for",
        f"misuse, version {case.procedure.version}", "0 written down, then gone on",
    ):  # fmt: skip
        assert words in text, words


def test_a_step_off_the_way_is_not_on_the_route(practice: Practice) -> None:
    case = practice.case()
    before = len(route_view.list_route_steps(case))
    case.record_answer("staff", {"option": "1"}, "a teacher is named")
    assert before == len(TO_CAPTURE) and len(route_view.list_route_steps(case)) == 5
    assert "two-seniors" not in route_view.answers_in_force(case)
    assert form_view.list_reviewers(case)  # the gate that was confirmed stands all the same
    assert answer_log.recorded_labels(of(case, "reported"))["by"] == "Who told you"
