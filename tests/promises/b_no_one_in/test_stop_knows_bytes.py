"""STOP knows the bytes, not only the incident: the same file is refused wherever it is brought."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.administration.officer_changes import PairConsent, rotate_keys
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.disclosure import pack_source, signed_form
from esafety_tui.casework.incident import capture, frozen_content, opening, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.signin.unlock import Login, open_session, unlock_keys
from esafety_tui.data import blobs, platform
from esafety_tui.data.officers import FLOOR
from esafety_tui.kernel.errors import Frozen, Refused, VaultNotSound
from esafety_tui.kernel.records import OpenRecord
from tests.casework.copy_samples import Kept, forget, put_back
from tests.casework.freezing import bytes_of
from tests.casework.shreds import due_now, shred, words
from tests.casework.support import TO_CAPTURE, Practice, real_png, walk

SENTENCE = "This file is closed by STOP. Ring the police before anything else."
BAD = real_png() + b"the bytes that were stopped"


def take(case: CaseFile, data: bytes = BAD) -> OpenRecord:
    """Bring a file from outside into an incident."""
    path = case.session.folder.parent / "brought.png"
    path.write_bytes(data)
    return capture.capture_file(case, path, "a picture", "found on a stick")


def refuses(case: CaseFile, sentence: str = SENTENCE) -> None:
    """Bring the closed file: the sentence, and nothing of it kept."""
    store, folder = case.session.store, case.session.folder / "blobs"
    before = (store.chain.size, sorted(p.name for p in folder.iterdir()))
    with pytest.raises(Frozen) as caught:
        take(case)
    assert str(caught.value) == sentence
    assert (store.chain.size, sorted(p.name for p in folder.iterdir())) == before


def told(case: CaseFile) -> str:
    """Return the sentence for those who may open ``case``, where it was stopped."""
    return f"{SENTENCE} It was stopped in {case.card.reference}."


@pytest.fixture
def stopped(real: Practice) -> CaseFile:
    """A real vault, an incident with a file, stopped by two."""
    case = real.case()
    take(case)
    stop.record_stop(case)
    return case


def test_the_same_file_is_refused_in_another_incident(stopped: CaseFile, real: Practice) -> None:
    other = real.case(stopped.session)
    refuses(other, told(stopped))
    assert take(other, real_png()).type == "screenshot"
    real.close()
    refuses(real.case(real.sign_in("CD", "EF")), told(stopped))


def closed_in(case: CaseFile, record: OpenRecord, fine: OpenRecord, stick: Path) -> None:
    """Ask for one closed file in every way, and for the form that shows it."""
    reader = case.session.case_reader(case.card)
    verbs: dict[str, Callable[[], object]] = {
        "view": lambda: capture.view_exhibit(case, record.seq, "look"),
        "form image": lambda: signed_form.render_form(case, [record.seq], reason="not known"),
        "release past casework": lambda: bytes_of(case, record),
        "pack past casework": lambda: case.session.store.release_for_pack(reader, [record], {}),
    }
    for name, verb in verbs.items():
        with pytest.raises(Frozen) as caught:
            verb()
            raise AssertionError(name)
        assert str(caught.value).startswith(SENTENCE), name
    with pytest.raises(Frozen, match="shows a picture that is closed by STOP"):
        signed_form.release_form_for_paper(case)
    assert not list(stick.iterdir())
    assert [r.seq for r in pack_source.list_disclosable(case)] == [fine.seq]
    assert [w.ref for w in pack_source.list_withheld(case)] == [record.field_text("exhibit")]


def test_what_was_in_two_incidents_before_is_closed_in_both(real: Practice, tmp_path: Path) -> None:
    """View, copy, form, a form drawn before, and the store itself; the pack leaves it out."""
    case = real.case()
    take(case)
    other = real.case(case.session)
    record, fine = take(other), take(other, real_png())
    signed_form.render_form(other, [record.seq], reason="not all is known yet")
    assert bytes_of(other, record) == BAD
    stop.record_stop(case)
    stick = tmp_path / "stick"
    stick.mkdir()
    closed_in(other, record, fine, stick)
    inc = other.inc
    real.close()
    other = opening.reopen_incident(real.sign_in(), inc)
    closed_in(other, record, fine, stick)
    assert bytes_of(other, fine) == real_png()


def test_a_file_that_is_being_read_when_stop_comes_elsewhere_ends(real: Practice) -> None:
    """Also one that was sealed already and not yet entered: nothing of it stays."""
    case = real.case()
    long = BAD + bytes(300_000)
    take(case, long)
    other = real.case(case.session)
    pieces = capture.view_exhibit(other, take(other, long).seq, "look")
    assert next(pieces)
    stop.freeze_now(case)
    with pytest.raises(Frozen):
        list(pieces)


def test_stop_between_sealing_and_entry_keeps_the_file_out(
    real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = real.case()
    take(case)
    other = real.case(case.session)
    append = other.session.store._commit_entries

    def late(*args: object) -> None:
        stop.freeze_now(case)
        append(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(
        type(other.session.store), "_commit_entries", lambda _store, *args: late(*args)
    )
    before = len(list((real.folder / "blobs").iterdir()))
    with pytest.raises(Frozen, match=SENTENCE):
        take(other)
    assert len(list((real.folder / "blobs").iterdir())) == before == 1


def test_an_answer_that_freezes_closes_the_bytes_too(real: Practice) -> None:
    case = real.case()
    take(case)
    case.record_answer("triage", {"option": "1"}, "It is worse than we thought.")
    assert case.is_frozen
    refuses(real.case(case.session), told(case))


def test_a_stop_by_one_alone_is_on_the_list_before_two_can_bring_the_file(real: Practice) -> None:
    case = real.case()
    take(case)
    inc, card = case.inc, case
    real.close()
    stop.record_stop(opening.reopen_incident(real.sign_in("EF"), inc))
    real.close()
    assert not real.sql("SELECT v FROM meta WHERE k = 'closed'")
    refuses(real.case(real.sign_in()), told(card))
    assert real.sql("SELECT v FROM meta WHERE k = 'closed'")


def test_only_those_who_may_open_the_incident_are_told_which(real: Practice) -> None:
    """CD is named in it: for CD and a colleague the sentence ends where it ends for everybody."""
    session = real.sign_in("AB", "EF")
    case = opening.open_new_incident(session, named=[real.ids["CD"]])
    walk(case, TO_CAPTURE)
    take(case)
    stop.record_stop(case)
    real.close()
    for who, sentence in ((("AB", "CD"), SENTENCE), (("EF", "AB"), told(case))):
        refuses(real.case(real.sign_in(*who)), sentence)
        real.close()


def test_nobody_can_tell_by_the_list_which_incident_an_item_is_of(real: Practice) -> None:
    """What an excluded officer and a colleague can open: marks, and tags of a key they lack."""
    session = real.sign_in("AB", "EF")
    case = opening.open_new_incident(session, named=[real.ids["CD"]])
    walk(case, TO_CAPTURE)
    record = take(case)
    assert session.store.closed is not None and not session.store.closed.items
    stop.record_stop(case)
    real.close()
    closed = real.sign_in("AB", "CD").store.closed
    assert closed is not None and len(closed.items) == 1
    [(tag, mark)] = closed.items.items()
    known = (case.inc, record.field_text("blob"), record.field_text("sha256"), case.card.recipient)
    assert not any(text in tag + mark for text in known)
    assert mark == closed.mark_of_original(
        record.field_text("sha256")
    )  # the oracle that is left: who has the file


@pytest.mark.long("tests/casework/test_secrets_at_rest.py")
def test_the_size_of_the_list_does_not_count_its_items(stopped: CaseFile, real: Practice) -> None:
    def size() -> int:
        [(text,)] = real.sql("SELECT v FROM meta WHERE k = 'closed'")
        return len(base64.b64decode(text))

    first = size()
    for n in range(5):
        case = real.case(stopped.session)
        take(case, real_png() + bytes([n]))
        stop.record_stop(case)
    assert size() == first == 4096 + 28


def test_a_release_takes_it_off_item_by_item(stopped: CaseFile, real: Practice) -> None:
    other = real.case(stopped.session)
    refuses(other, told(stopped))
    [item] = [r for r in stopped.records if r.type == "screenshot"]
    both = tuple(words(real).items())
    stop.release_exhibit(stopped, item.seq, "PRACTICE-1", both)
    record = take(other)
    assert bytes_of(other, record) == bytes_of(stopped, item) == BAD
    stop.record_stop(stopped)  # and a second STOP closes it again, in both
    with pytest.raises(Frozen):
        bytes_of(other, record)
    real.close()
    other = opening.reopen_incident(real.sign_in(), other.inc)
    with pytest.raises(Frozen, match=SENTENCE):
        capture.view_exhibit(other, record.seq, "look")
    stop.release_exhibit(
        other, record.seq, "PRACTICE-2", both
    )  # this one item, by its own reference
    assert bytes_of(other, record) == BAD
    refuses(real.case(other.session), told(stopped))


@pytest.mark.long("test_the_same_file_is_refused_in_another_incident")
def test_new_keys_and_shredding_keep_it(stopped: CaseFile, real: Practice) -> None:
    gone = real.case(stopped.session)
    due_now(real, gone)
    shred(real, gone)
    rotate_keys(stopped.session, PairConsent(words(real), "once a year"))
    refuses(real.case(stopped.session), told(stopped))
    real.close()
    session = real.sign_in("CD", "EF")
    assert frozen_content.LOST not in session.warnings
    refuses(real.case(session), told(stopped))


@pytest.mark.long("test_the_same_file_is_refused_in_another_incident")
def test_a_vault_put_back_keeps_it(stopped: CaseFile, real: Practice, tmp_path: Path) -> None:
    """The copy made after STOP lacks the file itself, and knows its bytes all the same."""
    for name in ("stick", "safe"):
        (real.home / name).mkdir()
    have = Kept(real, stopped, real.home / "stick", real.home / "safe")
    have.make()
    forget(real)
    back = put_back(have)
    assert back.left_out == 1
    officers, keys = unlock_keys(back.folder, real.logins("AB", "CD"))
    session = open_session(back.folder, real.origin, officers, keys, platform.SystemClock())
    real.sessions.append(session)
    refuses(real.case(session), told(stopped))


def lost(session: OpenSession) -> bool:
    return frozen_content.LOST in session.warnings


@pytest.mark.parametrize(
    "how",
    [
        "older",
        pytest.param("gone", marks=pytest.mark.long("an older one")),
        pytest.param("altered", marks=pytest.mark.long("tests/vectors/closed")),
    ],
)
@pytest.mark.long("test_holds_removed.py")
def test_a_list_that_was_tampered_with_is_said_and_made_again(
    stopped: CaseFile, real: Practice, how: str
) -> None:
    """One officer alone has the database, and not what seals the list."""
    second = real.case(stopped.session)
    [(old,)] = real.sql("SELECT v FROM meta WHERE k = 'closed'")
    take(second, real_png())
    stop.record_stop(second)
    real.close()
    assert not lost(real.sign_in())
    real.close()
    if how == "gone":
        real.sql("DELETE FROM meta WHERE k = 'closed'")
    else:
        text = old if how == "older" else old[:-8] + "AAAAAAA="
        real.sql("UPDATE meta SET v = ? WHERE k = 'closed'", text)
    second_login = Login(real.ids["CD"], real.words["CD"])
    with pytest.raises(VaultNotSound, match="list of files closed by STOP"):
        audit_vault(real.folder, real.ids["AB"], real.words["AB"], second_login)
    session = real.sign_in()
    assert lost(session)
    refuses(real.case(session), told(stopped))
    real.close()
    assert not lost(real.sign_in())
    real.close()
    said = audit_vault(real.folder, real.ids["AB"], real.words["AB"], second_login)
    assert "2 file(s) are closed by STOP, by their bytes." in said


def test_an_incident_stopped_under_an_earlier_program_is_closed_at_the_next_sign_in(
    real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(frozen_content, "open_frozen_list", lambda _session: None)
        case = real.case()
        take(case)
        stop.record_stop(case)
        real.close()
    assert not real.sql("SELECT v FROM meta WHERE k = 'closed'")
    refuses(real.case(real.sign_in()), told(case))


def test_the_review_marks_it_frozen_and_lets_two_release_it(real: Practice) -> None:
    """On a desk, as the faces see it."""
    case = real.case()
    take(case)
    other = real.case(case.session)
    record = take(other)
    stop.record_stop(case)
    incs = (case.inc, other.inc)
    real.close()
    desk = Desk(real.folder, platform.SystemClock(), FLOOR, real.home)
    ids, secret = real.ids, real.words
    desk.unlock(ids["AB"], secret["AB"], ids["CD"], secret["CD"], ())
    [item] = desk.case(incs[1]).items
    assert item.frozen and not desk.case(incs[1]).frozen
    desk.release(incs[1], record.seq, "PRACTICE-9", words(real))
    [item] = desk.case(incs[1]).items
    assert not item.frozen
    [item] = desk.case(incs[0]).items
    assert item.frozen
    desk.close()


def test_a_sealed_file_is_kept_out_even_where_casework_does_not_ask(
    stopped: CaseFile, real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store asks by itself, before it writes the entry."""
    other = real.case(stopped.session)
    monkeypatch.setattr(frozen_content, "refuse_frozen_bytes", lambda *_: None)
    refuses(other)
    assert blobs.list_stray_blobs(real.folder / "blobs", {f"{n}.age" for r in stopped.records
                                                for n in r.blobs}) == []  # fmt: skip
    with pytest.raises(Refused):
        take(stopped, real_png())


@pytest.mark.parametrize("who", [("EF",), ("AB", "CD")])
def test_a_vault_of_the_earlier_number_is_raised_at_the_door(
    real: Practice, who: tuple[str, ...]
) -> None:
    """By one alone or by two; an earlier program says then that it is newer than itself."""
    real.case()
    real.close()
    real.sql("PRAGMA user_version = 1")
    real.sign_in(*who).close_session()
    real.sessions.clear()
    assert real.sql("PRAGMA user_version") == [(2,)]
