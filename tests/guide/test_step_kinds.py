"""Each kind of step is worked out once, without a screen and without a line of a terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.flows.procedure.model import StepKind
from esafety_tui.guide import (
    capture_step,
    clock_check,
    export_step,
    folder_input,
    incident_end,
    lone_officer,
    question_step,
    readiness_step,
    review_step,
    signing_step,
)
from esafety_tui.guide.answer_text import answer_none, put_in_words
from esafety_tui.guide.ports import (
    DescribedRecord,
    ExhibitView,
    ExportResult,
    MissingItem,
    OfficerCard,
    Readiness,
    Receipt,
)
from esafety_tui.guide.step_text import name_contacts
from esafety_tui.kernel.errors import EvidenceError
from tests.flows.ways import good_answer
from tests.guide.test_case_state import EMPTY, PROFILE, REPORTED, open_state, seal

ANNA, CARL = OfficerCard("o1", "Anna", "Deputy", "A"), OfficerCard("o2", "Carl", "Lead", "C")
PICTURE = ExhibitView(7, "screenshot", "AB/1", "A post.", "21 Nov 2026", "ab" * 32)
SHUT = replace(PICTURE, seq=8, label="AB/2", held=True)
URL = ExhibitView(9, "url", "https://a.example/", "Insults.", "21 Nov 2026")
PAIR = replace(EMPTY, officers=(ANNA, CARL), items=(PICTURE, SHUT, URL))


def test_a_form_is_signed_only_when_all_have_signed_it() -> None:
    signs = ("yes {name}", "no {name}", "all: ", "old: ")
    undrawn = signing_step.view_signing(PAIR)
    assert not undrawn.is_fully_signed and not signing_step.view_signing(EMPTY).is_fully_signed
    assert signing_step.state_form(undrawn, signs) == [signing_step.NO_FORM]
    half = signing_step.view_signing(replace(PAIR, rendered=True, signed_by=("Anna",)))
    assert half.missing == (CARL,) and not half.is_fully_signed
    assert signing_step.state_form(half, signs) == ["yes Anna", "no Carl"]
    both = replace(PAIR, rendered=True, signed_by=("Anna", "Carl"), form_current=False)
    assert signing_step.view_signing(both).is_fully_signed
    lines = signing_step.state_form(signing_step.view_signing(both), signs)
    assert lines[2:] == [f"all: {signing_step.ALL_SIGNED}", f"old: {signing_step.NOT_CURRENT}"]


def test_what_is_late_is_not_offered_and_what_is_shut_is_not_shown() -> None:
    ready = Readiness(
        1, 3, (MissingItem("a", "a name", "reported"), MissingItem("b", "b", late=True))
    )
    gaps = readiness_step.split_missing(ready)
    assert [m.key for m in gaps.open] == ["a"] and [m.key for m in gaps.late] == ["b"]
    assert readiness_step.measure_readiness(ready).startswith("1 of 3 ")
    assert readiness_step.measure_readiness(Readiness(3, 3, ())).startswith("All 3 ")
    assert readiness_step.list_pictures(PAIR) == [PICTURE]
    assert [item.seq for item in review_step.list_releasable_items(PAIR)] == [8]


@pytest.mark.parametrize("place", ["answer", "note", "record"])
def test_opinions_are_found_wherever_they_are_recorded(place: str) -> None:
    incident, think = open_state(), "told: Insults.\nthink: It is him."
    assert not readiness_step.has_opinions(incident)
    if place == "answer":
        seal(incident, {**REPORTED, "words": think})
    elif place == "note":
        incident.accept_case(replace(EMPTY, notes=(think,)))
    else:
        record = DescribedRecord(7, "x", think, "21 Nov 2026")
        incident.accept_case(replace(EMPTY, described=(record,)))
    assert readiness_step.has_opinions(incident)


def test_the_passphrase_is_not_saved_beside_the_pack(tmp_path: Path) -> None:
    done = ExportResult(tmp_path / "pack.age", "CODE", 1, 2, "cache dropped", Receipt(9, "", ""))
    with pytest.raises(EvidenceError, match="folder of the pack itself"):
        export_step.refuse_pack_folder(tmp_path / ".", done)
    export_step.refuse_pack_folder(tmp_path.parent, done)
    assert export_step.explain_read_back("cache dropped") == "read from the medium itself"
    assert export_step.explain_read_back("else") == "else"


def test_the_end_offers_what_was_closed_again_and_the_sheet_of_one_alone() -> None:
    incident = open_state()
    while incident.current_step.kind is not StepKind.END:
        seal(incident, good_answer(incident.current_step))
    found = [one.id for one in incident_end.list_end_choices(incident, str)]
    assert found[0] == "list" and len([i for i in found if i.startswith("goto ")]) == 3
    incident.accept_case(replace(incident.case, words_only=True))
    assert incident_end.list_end_choices(incident, str)[0] == incident_end.REFERRAL


def test_answers_are_read_in_words_but_not_those_that_close() -> None:
    incident = open_state()
    while incident.current_step.kind is not StepKind.END:
        seal(incident, good_answer(incident.current_step))
    read = review_step.list_answers(incident)
    assert (
        read[0].number == 1
        and ("Who told you", "Iris Example") in put_in_words(read[0].step, read[0].answer).fields
    )
    assert not {StepKind.REVIEW, StepKind.SIGN, StepKind.EXPORT} & {one.step.kind for one in read}
    assert not review_step.can_close_to_officer(EMPTY) and review_step.can_close_to_officer(PAIR)


def test_addresses_and_files_say_what_is_missing_and_where() -> None:
    step = next(s for s in open_state().procedure.steps if s.kind is StepKind.CAPTURE)
    assert capture_step.list_items(step, PAIR.items) == [URL]
    find = capture_step.find_address_problem
    a = ("https://a.example/",)
    problems = [find((), "x", "both"), find(a, "", ""), find(a, "x", ""), find(a, "x", "both")]
    assert [p and p.field for p in problems] == ["url", "concern", "known", None]
    files = capture_step.find_file_problem
    tried = [((), "", ""), (("a",), "", ""), (("/a",), "", ""), (("/a",), "x", "")]
    found = [files(*given) for given in tried]
    assert [p and p.field for p in found] == ["path", "path", "description", "provenance"]
    assert files(("/a",), "x", "y") is None


def test_a_choice_comes_to_the_value_of_its_kind() -> None:
    steps = {question_step.name_choice(s): s for s in open_state().procedure.steps}
    assert set(steps) == {"", *question_step.CHOSEN}
    assert question_step.build_choice(steps["option"], ["2"]) == {"option": "2"}
    assert question_step.build_choice(steps["options"], ["a", "b"]) == {"options": ("a", "b")}
    assert question_step.list_choices(steps["confirmed"])[0].words
    both = question_step.find_contradiction({"option": "2", **answer_none("Because.")})
    assert both is not None and both.field == "option"
    assert question_step.find_contradiction(answer_none("Because.")) is None


def test_a_clock_left_out_says_so_and_where_it_was() -> None:
    place = clock_check.place_at_leaving("inc1")
    act = clock_check.record_no_comparison("", place)
    assert act.values == {"reason": clock_check.LEFT_OUT, "inc": "inc1", "leaving": "yes"}
    assert clock_check.record_comparison("TIM", "14:07", {}).name == "clock"
    assert clock_check.place_at_leaving("") == {}


def test_a_folder_is_a_whole_path_and_people_are_named_with_their_numbers() -> None:
    assert folder_input.parse_folder("stick") is None
    assert folder_input.parse_folder("/media/stick") == Path("/media/stick")
    assert lone_officer.join_names((ANNA, CARL)) == "Anna and Carl"
    contact = next(c for c in PROFILE.contacts if c.kind == "dsl")
    said = name_contacts(["dsl", "dsl"], PROFILE, {contact.label: "ext. 1"}, ", ")
    assert said.startswith("Must be told: ") and said.count("ext. 1") == 1
    assert name_contacts([], PROFILE, {}, ", ") == ""
