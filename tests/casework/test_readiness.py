"""The readiness meter: what the police would still ask for, from the records alone, in order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.casework.access.session import record_as_read
from esafety_tui.casework.disclosure import readiness, signed_form
from esafety_tui.casework.incident import capture, clock_check, notifications, opening, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.corrections import record_correction
from esafety_tui.data.age import Recipient
from esafety_tui.data.store import EntryDraft
from esafety_tui.flows.procedure.load import shipped_procedures
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.errors import BadInput, Refused
from tests.casework.hands import Hands, hands, sign_in
from tests.casework.support import TO_CAPTURE, Practice, on_procedure, real_png, walk

TO_SIGN: tuple[tuple[str, dict[str, Json]], ...] = (
    ("urls", {"done": "yes"}),
    ("files", {"done": "yes"}),
    ("findings", {"saw": "saw: Insults."}),
    ("substance", {"option": "2"}),
    ("no-substance", {"conclusion": "Nothing there."}),
    ("informed", {"done": "none", "why_none": "The police asked us to wait."}),
    ("review", {"done": "yes"}),
)
CLASS_A: tuple[tuple[str, dict[str, Json]], ...] = (
    ("danger", {"option": "2"}),
    ("triage", {"option": "1"}),
)


@pytest.fixture
def clock() -> Hands:
    """A clock that goes right."""
    return hands()


def keys(case: CaseFile) -> list[str]:
    """What is missing, in order."""
    found = readiness.judge_readiness(case)
    assert found.asked - found.done == len(found.missing) and found.asked > 0
    return [m.key for m in found.missing]


def compare(case: CaseFile, clock: Hands) -> None:
    shown = clock.wall.astimezone(LONDON).strftime("%H:%M:%S")
    clock_check.record_comparison(case.session, case, "speaking clock", shown)


def ready(practice: Practice, clock: Hands, folder: Path) -> CaseFile:
    """An incident of class C with nothing missing, at its signing."""
    case = opening.open_new_incident(sign_in(practice, clock))
    walk(case, TO_CAPTURE)
    compare(case, clock)
    capture.capture_address(case, "https://forum.example.net/1", "insults", "saw it")
    (folder / "s.png").write_bytes(real_png())
    capture.capture_file(case, folder / "s.png", "A post", "Gwen Example, by stick")
    walk(case, TO_SIGN)
    compare(case, clock)
    return case


def test_nothing_is_missing_where_all_is_there(
    practice: Practice, clock: Hands, tmp_path: Path
) -> None:
    case = ready(practice, clock, tmp_path)
    found = readiness.judge_readiness(case)
    assert found.is_complete and found.done == found.asked == 11
    done = signed_form.render_form(case, reason="a reason that nobody needs")
    sealed = case.records[-1].fields
    assert sealed["missing"] == [] and sealed["reason"] == "" and not done.view.missing
    assert signed_form.render_form(case).view.why_sealed == ""


def test_what_is_missing_stands_in_order_of_importance(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in())
    assert keys(case) == ["reported", "danger", "clock-start", "clock-end", "statement"]
    walk(case, TO_CAPTURE[:3])
    missing = readiness.judge_readiness(case).missing
    assert [m.key for m in missing][:2] == ["told-dsl", "clock-start"]
    assert missing[0].step_id == "told-c"
    assert missing[0].what == f"That they were told: {case.profile.get_contact('dsl').label}"


def test_each_thing_left_out_is_found(practice: Practice, clock: Hands, tmp_path: Path) -> None:
    case = opening.open_new_incident(sign_in(practice, clock))
    walk(case, TO_CAPTURE)
    assert {"statement", "reviewers"}.isdisjoint(keys(case))
    (tmp_path / "s.png").write_bytes(real_png())
    seq = capture.capture_file(case, tmp_path / "s.png", "A post", "").seq
    missing = {m.key: m.what for m in readiness.judge_readiness(case).missing}
    assert missing["provenance"] == "Who gave it and how: AB/1"
    record_correction(case, seq, "provenance", "Gwen Example, by stick", "it was left out")
    assert "provenance" not in keys(case) and "concern" not in keys(case)
    session = case.session
    unexplained: dict[str, Json] = {"url": "https://x.example", "concern": "", "how_known": ""}
    recipient = Recipient.parse_text(
        case.card.recipient
    )  # past casework, which asks for the concern
    session.store.append_entry(
        EntryDraft("url", unexplained, case.inc, recipient), session.entry_signers()
    )
    case.records.append(record_as_read(session.store.lines[-1], "url", unexplained))
    assert "concern" in keys(case)
    clock_check.record_skipped_comparison(case.session, "no clock here", case)
    assert {"clock-start", "clock-end"} <= set(keys(case))
    compare(case, clock)
    assert "clock-start" in keys(case) and "clock-end" not in keys(case)
    assert [m.key for m in readiness.judge_readiness(case).missing if m.late] == ["clock-start"]
    walk(case, TO_SIGN[:2])
    walk(case, [("findings", {"saw": "think: One person wrote all."})])
    found = {m.key: m.step_id for m in readiness.judge_readiness(case).missing}
    assert found["statement"] == "findings" and found["decided"] == ""
    case.record_answer("findings", {"saw": "saw: Insults.\nthink: One person."}, "what we saw")
    assert "statement" not in keys(case)
    walk(case, TO_SIGN[3:5])
    assert "decided" not in keys(case) and "informed" in keys(case)
    walk(case, TO_SIGN[5:6])
    assert keys(case) == ["concern", "clock-start"]


def test_the_police_the_reference_and_who_took_the_call(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in())
    walk(case, [*TO_CAPTURE[:1], *CLASS_A])
    assert [k for k in keys(case) if k.startswith(("told", "police"))] == [
        "told-police",
        "told-dsl",
    ]
    case.record_answer("told-a", {"done": "none", "why_none": "not yet"})
    assert "told-police" in keys(case)
    case.record_answer("told-a", {"options": ["dsl"], "reference": "DSL-7"}, "told now")
    assert [k for k in keys(case) if k.startswith(("told", "police"))] == ["told-police"]
    assert notifications.read_notifications(case).references == {"dsl"}
    case.record_answer("told-a", {"options": ["police", "dsl"]}, "told now")
    assert [k for k in keys(case) if k.startswith(("told", "police"))] == [
        "police-reference", "police-contact",
    ]  # fmt: skip
    walk(case, [("risk", {"option": "2"})])
    case.record_answer("told-a", {"options": ["police", "dsl"], "reference": "1/26"}, "given now")
    assert [k for k in keys(case) if k.startswith("police")] == ["police-contact"]
    assert "device" in keys(case)
    walk(case, [("secure", {"device": "PC 9", "power": "on", "keeper": "E. Finchley"}),
                ("seen", {"people": "Nobody"}),
                ("account", {"account": "told: a picture", "known": "was told"}),
                ("answer", {"option": "1", "contact": "PC Example"})])  # fmt: skip
    assert keys(case) == ["clock-start", "clock-end"]


def test_the_class_alone_demands_the_police(practice: Practice) -> None:
    """A school's own procedure may forget to say so; a question of classes is not about danger."""
    new = opening.open_new_incident(practice.sign_in())

    def without(step_id: str) -> CaseFile:
        """The incident on a procedure whose step ``step_id`` demands nobody."""
        steps = tuple(
            replace(
                step, tell=(), options=tuple(replace(o, demands=(), tell=()) for o in step.options)
            )
            if step.id == step_id
            else step
            for step in new.procedure.steps
        )
        flow = replace(new.procedure, steps=steps)
        return on_procedure(new, flow)

    case = without("danger")
    walk(case, TO_CAPTURE[:1])
    assert "danger" not in keys(case)
    case = without("triage")
    walk(case, [*TO_CAPTURE[:2], ("triage", {"option": "2"})])
    assert notifications.read_notifications(case).needed == ("police", "dsl")


def test_what_stop_ticks_say_counts(practice: Practice) -> None:
    case = practice.case()
    stop.record_stop(case)
    found = notifications.read_notifications(case)
    assert {"police", "dsl"} <= set(found.needed) and "police" not in found.told
    assert "told-police" in keys(case)
    stop.record_stop_tick(case, 2, "")
    assert {"told-police", "told-dsl"}.isdisjoint(keys(case))  # told-c said so of the DSL
    assert "police-reference" in keys(case)
    stop.record_stop_tick(case, 2, "1/26, PC Example")
    stop.record_stop_tick(case, 3, "E. Finchley")
    assert not [k for k in keys(case) if k.startswith(("told", "police"))]
    assert "reviewers" not in keys(case) and "device" in keys(case)


def test_the_lado_and_their_reference_where_staff_are_involved(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in())
    walk(case, TO_CAPTURE[:4])
    case.record_answer("staff", {"option": "1"})
    assert "told-lado" in keys(case) and "lado-reference" not in keys(case)
    walk(case, [("told-lado", {"options": ["lado"]})])
    assert "told-lado" not in keys(case) and "lado-reference" in keys(case)
    walk(case, [("lado", {"option": "1", "reference": "L-9"})])
    assert "lado-reference" not in keys(case)


def test_what_is_frozen_is_described(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    (tmp_path / "s.png").write_bytes(real_png())
    capture.capture_file(case, tmp_path / "s.png", "A post", "here")
    assert "frozen" not in keys(case)
    stop.record_stop(case)
    assert "frozen" not in keys(case)
    look = readiness.ReadinessContext(case)
    assert list(readiness._check_frozen(look)) == [None]
    shot = next(r for r in case.records if r.type == "screenshot")
    bare = {**shot.fields, "description": " "}
    case.records[case.records.index(shot)] = replace(shot, fields=bare)
    [missing] = readiness._check_frozen(look)
    assert missing is not None and missing.what == "What is frozen, described: AB/1"


def test_sealing_with_something_missing_takes_a_reason(practice: Practice) -> None:
    case = practice.case()
    size = case.session.store.chain.size
    for reason, error in (("", Refused), (" \n", Refused), ("a\x1bb", BadInput)):
        with pytest.raises(error):
            signed_form.render_form(case, reason=reason)
    with pytest.raises(Refused, match="compared at start"):
        signed_form.render_form(case)
    assert case.session.store.chain.size == size
    view = signed_form.render_form(case, reason=" The rest follows. ").view
    sealed = case.records[-1].fields
    assert sealed["reason"] == view.why_sealed == "The rest follows."
    assert sealed["missing"] == keys(case) and len(view.missing) == len(keys(case))


def test_one_officer_alone_judges_what_they_wrote_and_nothing_else(practice: Practice) -> None:
    case = practice.case()
    inc = case.inc
    practice.close()
    session = practice.sign_in("EF")
    with pytest.raises(Refused):
        readiness.judge_readiness(opening.reopen_incident(session, inc))
    assert "reported" in keys(opening.open_new_incident(session))


@pytest.mark.parametrize("name", shipped_procedures())
def test_every_procedure_asks_who_reported_it(practice: Practice, name: str) -> None:
    """Guards the names of fields that rules go by, in every procedure that is shipped."""
    session = practice.sign_in()
    words = name == "words-only"
    case = opening.open_new_incident(session, procedure=name, words_only=words)
    found = keys(case)
    assert "reported" in found and "statement" in found
    asks = name not in {"words-only", "breach", "lost-media"}
    assert ("danger" in found) is asks


def test_an_entry_in_a_log_tells_nobody(practice: Practice) -> None:
    case = practice.case()
    rows = case.procedure.get_step("category").options
    rule = next(row.key for row in rows if row.incident_class is None)
    walk(case, [
        *TO_SIGN[:3], ("substance", {"option": "4"}), ("concerned", {"option": "1"}),
        ("category", {"option": rule}),
        ("decide", {"option": "3", "reasons": "So.", "by": "Ada Bellweather"}),
        ("told-authority", {"done": "none", "why_none": "Nobody was there."}),
        ("sanctions", {"done": "none", "why_none": "None."}),
        ("logged", {"options": ["authority"]}),
    ])  # fmt: skip
    assert "told-authority" in keys(case)
