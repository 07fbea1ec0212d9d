"""What was taken is held while the police come first: attacked by calling the verbs themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import capture, case_view, opening, permissions, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data.age import Recipient
from esafety_tui.data.holds import Hold
from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure.load import parse_procedure
from esafety_tui.flows.procedure.model import GivenValues, Procedure
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import EvidenceError, Frozen, Refused
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.output.verify import verify_path
from tests.casework.hostile import append
from tests.casework.policies import shipped_bytes
from tests.casework.support import TO_CAPTURE, Practice, real_png, walk
from tests.casework.test_pack_after_change import order, quiet
from tests.flows.ways import put

TOLD: tuple[str, dict[str, Json]] = ("told-b", {"options": ["police", "dsl"]})
ADVICE: dict[str, Json] = {"option": "1"}


def two_triages() -> Procedure:
    """Misuse with a second triage on another way, and a second crime in each of them."""
    text = shipped_bytes("misuse").decode()
    first, last = text.index('[[step]]\nid = "triage"'), text.index("# Class A and unsure: told")
    own = text[first:last]
    crime = next(row for row in own.split("\n") if 'class = "B"' in row)
    own = own.replace(crime, f"{crime}\n{crime}".replace('key = "2"', 'key = "9"', 1))
    other = own.replace('id = "triage"', 'id = "triage-2"')
    danger = 'label = "Yes", detail = "ring 999, then go on"'
    text = text[:first] + own + other + text[last:]
    return parse_procedure(text.replace(danger, f'{danger}, next = "triage-2"').encode(), "x.toml")


def words_of(practice: Practice, *who: str) -> dict[str, str]:
    return {practice.ids[i]: practice.words[i] for i in who or ("AB", "CD")}


def taken(case: CaseFile, path: Path) -> OpenRecord:
    path.write_bytes(real_png())
    return capture.capture_file(case, path, "An unkind picture", "seen on this computer")


def turned(case: CaseFile) -> None:
    """It was against our rules; it turns out to be another crime, and the police are told."""
    case.record_answer("triage", {"option": "2"}, "there are threats in it")
    walk(case, [TOLD])


def lets_out(
    practice: Practice, case: CaseFile, item: OpenRecord, stick: Path
) -> dict[str, Callable[[], object]]:
    """Every way out for one item and for a form that shows it."""
    form = signed_form.newest_form_record(case)
    assert form.field_text("blob")
    pack = order(stick, words_of(practice))
    return {
        "view": lambda: list(capture.view_exhibit(case, item.seq, "look")),
        "form image": lambda: signed_form.render_form(case, [item.seq], reason="not all is known"),
        "release of an item": lambda: list(case.release_original(item, {"purpose": "look"})),
        "release of a form": lambda: list(case.release_original(form, {"purpose": "look"})),
        "form to read": lambda: signed_form.release_form(case, "look"),
        "form to print": lambda: signed_form.release_form_for_paper(case),
        "form to sign": lambda: signed_form.sign_form(
            case, *next(iter(words_of(practice).items()))
        ),
        "pack with that form": lambda: evidence_pack.export_pack(case, pack, quiet),
    }


def refuses(
    practice: Practice, case: CaseFile, item: OpenRecord, stick: Path, match: str = "held"
) -> None:
    before = case.session.store.chain.size
    for name, verb in lets_out(practice, case, item, stick).items():
        with pytest.raises(Refused, match=match):
            verb()
            raise AssertionError(name)
    assert case.session.store.chain.size == before and list(stick.iterdir()) == []


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def held(practice: Practice, tmp_path: Path) -> tuple[CaseFile, OpenRecord]:
    """An incident with a picture, shown on a drawn form, that became another crime."""
    case = practice.case()
    item = taken(case, tmp_path / "s.png")
    signed_form.render_form(case, [item.seq], reason="not all is known")
    turned(case)
    return case, item


def test_what_was_taken_is_held_until_the_advice_is_recorded(
    practice: Practice, held: tuple[CaseFile, OpenRecord], stick: Path
) -> None:
    case, item = held
    refuses(practice, case, item, stick)
    walk(case, [("advice", {"option": "4"})])
    refuses(practice, case, item, stick)
    case.record_answer("advice", ADVICE, "they rang back")
    assert not case.files_awaiting_police and case_view.view_case(case, "").awaiting_police == ""
    assert b"".join(capture.view_exhibit(case, item.seq, "look")) == real_png()
    assert signed_form.release_form_for_paper(case)
    case.record_answer("advice", {"option": "2"}, "they take it over")
    refuses(practice, case, item, stick)
    case.record_answer("triage", {"option": "4"}, "we chose the wrong line")
    assert (
        not case.files_awaiting_police
    )  # as it opens the capture gate; both answers and the reason are kept


def test_a_restart_changes_nothing_and_neither_does_another_pair(
    practice: Practice, held: tuple[CaseFile, OpenRecord], stick: Path
) -> None:
    practice.close()
    case = opening.reopen_incident(practice.sign_in("CD", "EF"), held[0].inc)
    with pytest.raises(Refused, match="police come first"):
        capture.view_exhibit(case, held[1].seq, "for the police")
    seen = case_view.view_case(case, "")
    assert [item.disclosure_bar for item in seen.items] == ["HELD"]
    assert "Ask the police" in seen.awaiting_police and seen.withheld_sentences.startswith(
        "1 exhibit stays in the vault"
    )
    walk(case, [("advice", ADVICE)])
    assert b"".join(capture.view_exhibit(case, held[1].seq, "asked for")) == real_png()


def test_words_the_form_and_a_pack_without_the_files_go_all_the_same(
    practice: Practice, held: tuple[CaseFile, OpenRecord], stick: Path
) -> None:
    case, item = held
    capture.record_note(case, "told: Words are always possible.")
    drawn = signed_form.render_form(case, reason="not all is known")
    (listed,) = drawn.view.exhibits
    assert (
        listed.awaiting_police and not listed.frozen and listed.sha256 == item.field_text("sha256")
    )
    assert any(line.startswith("1 exhibit is held in the vault") for line in drawn.view.limits)
    done = evidence_pack.export_pack(case, order(stick, words_of(practice)), quiet)
    found = verify_path(done.path, passphrase=None, check_code=drawn.code)
    assert found.authentic and any("1 was left out, each with" in text for text in found.sentences)
    inside = {path.name: path for path in done.path.rglob("*") if path.is_file()}
    assert "AB_1.png" not in inside
    assert "held until the police have advised" in inside["exhibit-list.csv"].read_text()
    assert item.field_text("sha256") in inside[f"{item.seq:06}.json"].read_text()


def test_nothing_that_one_officer_seals_alone_lifts_it(
    practice: Practice, held: tuple[CaseFile, OpenRecord], stick: Path
) -> None:
    """Forged advice, a forged change back, and a freeze of nothing, to be past the rules."""
    case, item = held
    practice.close()
    alone = practice.sign_in("AB")
    for step, option in (("advice", "1"), ("triage", "4")):
        said: dict[str, Json] = {"step": step, "values": {"option": option}, "reason": "x"}
        for kind in ("answer", "answer.changed"):
            alone.append_record(kind, said, case.card)
    alone.append_record("note", {"text": "x"}, case.card, hold=Hold(case.inc, "freeze", ()))
    practice.close()
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    assert again.is_frozen and item.field_text("blob") not in again.session.store.holds.blobs
    refuses(practice, again, item, stick)


def test_a_release_forged_alone_freezes_instead(
    practice: Practice, held: tuple[CaseFile, OpenRecord], stick: Path
) -> None:
    case, item = held
    practice.close()
    said: dict[str, Json] = {"exhibit": "AB/1", "blob": item.field_text("blob"), "reference": "x"}
    append(
        practice,
        "AB",
        "released",
        case.inc,
        recipient=Recipient.parse_text(case.card.recipient),
        fields=said,
    )
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    refuses(practice, again, item, stick, "frozen|held|cannot be read")


def test_two_release_one_item_with_a_police_reference(
    practice: Practice, tmp_path: Path, stick: Path
) -> None:
    case = practice.case()
    one, other = taken(case, tmp_path / "s.png"), taken(case, tmp_path / "t.png")
    both = tuple(words_of(practice).items())
    with pytest.raises(Refused, match="neither frozen nor held"):
        stop.release_exhibit(case, one.seq, "CAD 17", both)
    turned(case)
    with pytest.raises(EvidenceError, match="police reference"):
        stop.release_exhibit(case, one.seq, " ", both)
    stop.release_exhibit(case, one.seq, "CAD 17", both)
    assert b"".join(capture.view_exhibit(case, one.seq, "look")) == real_png()
    with pytest.raises(Refused, match="held"):
        capture.view_exhibit(case, other.seq, "look")
    signed_form.render_form(case, [one.seq], reason="not all is known")
    assert signed_form.release_form_for_paper(case)
    assert [r.seq for r in pack_source.list_disclosable(case)] == [one.seq]
    stop.record_stop(case)
    assert not permissions.released_files(case.records)
    with pytest.raises(Frozen):
        capture.view_exhibit(case, one.seq, "look")


def test_an_answer_holds_what_is_just_being_read(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    big = tmp_path / "big.bin"
    big.write_bytes(bytes(1 << 20))
    pieces = capture.view_exhibit(case, capture.capture_file(case, big, "x", "y").seq, "look")
    assert next(pieces)
    case.record_answer("triage", {"option": "2"}, "there are threats in it")
    with pytest.raises(Refused, match="held"):
        next(pieces)


def test_class_counts_wherever_it_was_given_and_advice_on_the_way_alone(
    practice: Practice,
) -> None:
    procedure = two_triages()
    told: GivenValues = {"options": ["police", "dsl"]}
    state = put(procedure, engine.start_procedure(procedure), "reported", dict(TO_CAPTURE[0][1]))  # type: ignore[arg-type]
    begun = put(procedure, state, "danger", {"option": "2"})
    for option in ("1", "3"):
        assert permissions.is_police_first(
            procedure, put(procedure, begun, "triage", {"option": option})
        )
    state = put(procedure, begun, "triage", {"option": "2"})
    state = put(procedure, state, "told-b", told)
    state = put(procedure, state, "advice", {"option": "1"})
    assert not permissions.is_police_first(procedure, state)
    assert permissions.is_police_first(procedure, engine.stop_procedure(procedure, state))
    again = put(procedure, state, "triage", {"option": "9"}, "another crime")
    assert permissions.is_police_first(procedure, again)
    away = put(procedure, state, "danger", {"option": "1"}, "she is")
    away = put(procedure, away, "triage-2", {"option": "4"})
    assert permissions.is_police_first(procedure, away)
    for step, values in TO_CAPTURE[3:]:
        away = put(procedure, away, step, dict(values))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="police come first"):
        permissions.refuse_capture(practice.sign_in(), procedure, away, (), "url")


def test_a_freeze_of_nothing_opens_no_way_on_which_nobody_looks(
    practice: Practice, tmp_path: Path
) -> None:
    case = practice.case()
    item = taken(case, tmp_path / "s.png")
    case.record_answer("staff", {"option": "3"}, "a teacher may be involved")
    practice.close()
    nothing = Hold(case.inc, "freeze", ())
    practice.sign_in("AB").append_record("note", {"text": "x"}, case.card, hold=nothing)
    practice.close()
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    assert again.is_frozen and not again.files_awaiting_police
    with pytest.raises(Refused, match="nobody looks"):
        capture.view_exhibit(again, item.seq, "look")
    again.record_answer("triage", {"option": "1"}, "it is an intimate image")
    assert item.field_text("blob") in again.session.store.holds.blobs
    assert again.records[-1].type == "frozen"


def test_what_was_released_is_frozen_again_once_it_is_class_a(
    practice: Practice, held: tuple[CaseFile, OpenRecord]
) -> None:
    """Released while held, and released after a STOP: the police were told something else."""
    case, item = held
    both = tuple(words_of(practice).items())
    stop.record_stop(case)
    stop.release_exhibit(case, item.seq, "CAD 17", both)
    assert b"".join(capture.view_exhibit(case, item.seq, "look")) == real_png()
    case.record_answer("triage", {"option": "1"}, "it is an intimate image")
    with pytest.raises(Frozen):
        capture.view_exhibit(case, item.seq, "look")
