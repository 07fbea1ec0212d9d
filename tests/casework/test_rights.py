"""Rights by cryptography: one officer with key, passphrase and the whole disk.

They may write words. What they cannot do is not a matter of dialogs: the keys do not open it, or
the other officer finds it out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.data.age import NoMatchingKey, decrypt_file
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import EvidenceError, NotEligible, Refused
from tests.casework.support import PNG, Practice


@pytest.fixture
def filled(practice: Practice, tmp_path: Path) -> Practice:
    case = practice.case()
    picture = tmp_path / "s.png"
    picture.write_bytes(PNG)
    capture.capture_file(case, picture, "An unkind picture", "seen here")
    practice.close()
    return practice


def test_no_sealed_thing_opens_for_one_officer(filled: Practice) -> None:
    mine = filled.officer("AB")
    sealed = [bytes(ct) for (ct,) in filled.sql("SELECT ct FROM rec")]
    sealed += [p.read_bytes() for p in (filled.folder / "blobs").iterdir()]
    ring = filled.folder / "keyring/g1"
    sealed += [(ring / "ca.age").read_bytes()]
    sealed += [p.read_bytes() for p in (ring / "inc").glob("*.age")]
    sealed += [p.read_bytes() for p in (ring / "inc").glob("*.reg")]
    assert len(sealed) > 15
    for data in sealed:
        with pytest.raises(NoMatchingKey):
            decrypt_file(data, [mine.identity])
    for path in ring.glob("vault.*.age"):
        try:
            inner = decrypt_file(path.read_bytes(), [mine.identity])
        except NoMatchingKey:
            continue
        assert b"SECRET" not in inner
        with pytest.raises(NoMatchingKey):
            decrypt_file(inner, [mine.identity])


def test_one_officer_sees_that_entries_exist_by_whom_and_when_and_no_more(
    filled: Practice,
) -> None:
    session = filled.sign_in("EF")
    assert session.keyring.vault is None
    assert session.checked > 10, "everything since EF was last here"
    assert len(session.store.lines) > 10
    for card in session.read_case_cards():
        with pytest.raises(NotEligible):
            session.read_all(card)
    with pytest.raises(NoMatchingKey):
        session.store.check_record(3, session.officers[0].identity)


def lone_verbs(session: OpenSession, tmp_path: Path, words: str) -> dict[str, Callable[[], object]]:
    case = opening.reopen_incident(session, session.read_case_cards()[0].inc)
    picture = tmp_path / "other.png"
    picture.write_bytes(PNG)
    me = session.officers[0].id
    order = pack_source.PackOrder(tmp_path, "police", "test", [(me, words)])
    return {
        "add_url": lambda: capture.capture_address(case, "https://x.example", "x", "saw it"),
        "take_file": lambda: capture.capture_file(case, picture, "x", "y"),
        "write file": lambda: case.write_record("file", {}),
        "write url": lambda: case.write_record("url", {}),
        "write gate": lambda: case.write_record("gate", {}),
        "released": lambda: case.write_record("released", {}),
        "answer": lambda: case.record_answer("reported", {"by": "x"}),
        "view": lambda: capture.view_exhibit(case, 12, "look"),
        "render": lambda: signed_form.render_form(case, reason="not all is known yet"),
        "sign": lambda: signed_form.sign_form(case, me, words),
        "export": lambda: evidence_pack.export_pack(case, order, lambda *_: None),
        "release": lambda: stop.release_exhibit(case, 12, "P-1", [(me, words)]),
        "read": lambda: session.read_all(case.card),
    }


def test_one_officer_writes_words_only(filled: Practice, tmp_path: Path) -> None:
    session = filled.sign_in("EF")
    verbs = lone_verbs(session, tmp_path, filled.words["EF"])
    size = session.store.chain.size
    for name, verb in verbs.items():
        with pytest.raises(EvidenceError) as caught:
            verb()
        assert isinstance(caught.value, Refused) or name == "view", name
    assert session.store.chain.size == size
    case = opening.reopen_incident(session, session.read_case_cards()[0].inc)
    assert capture.record_note(case, "told: words").seq == size
    assert capture.record_note(case, "described", "described").seq == size + 1
    stop.record_stop_tick(case, 2, "P-1")
    alone = opening.open_new_incident(session)
    assert (alone.card.words_only, alone.identity) == (True, None)
    assert alone.procedure.name == opening.WORDS
    filled.close()
    pair = opening.reopen_incident(filled.sign_in(), case.inc)
    assert [r.type for r in pair.records if r.by == (filled.ids["EF"],)] == [
        "note",
        "described",
        "stop.tick",
    ]


def test_a_lone_officer_cannot_pass_a_gate_or_spoil_a_case(practice: Practice) -> None:
    """Answers sealed past the verbs, with real keys, do not count and do not lock the case."""
    case = opening.open_new_incident(practice.sign_in())
    practice.close()
    session = practice.sign_in("EF")
    card = session.read_case_card(case.inc)
    for step, option in (("triage", "4"), ("nowhere", "1")):
        answer: dict[str, Json] = {"step": step, "values": {"option": option}, "reason": ""}
        session.append_record("answer", answer, card)
    practice.close()
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    assert again.outcome_of_answers.incident_class is None
    assert again.state.at == "reported"
    with pytest.raises(Refused):
        capture.capture_address(again, "https://x.example", "x", "saw it")


def test_a_lone_note_does_not_rewrite_the_register(practice: Practice) -> None:
    case = practice.case()
    inc = case.inc
    before = case.session.keyring.read_register(inc)
    assert before["category"] == "C"
    practice.close()
    capture.record_note(opening.reopen_incident(practice.sign_in("EF"), inc), "told: words")
    practice.close()
    assert practice.sign_in().keyring.read_register(inc) == before
