"""Holds taken out of the database: the next two who sign in close the bytes by the records."""

from __future__ import annotations

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import capture, frozen_content, opening, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.errors import Frozen
from tests.casework.support import TO_CAPTURE, Practice, walk
from tests.promises.b_no_one_in.test_stop_knows_bytes import SENTENCE, refuses, take

AGAIN = "A freeze of {} had been removed from the database."


def again(session: OpenSession, case: CaseFile) -> bool:
    return any(w.startswith(AGAIN.format(case.card.reference)) for w in session.warnings)


def shut(session: OpenSession, other: CaseFile, seq: int, told: str) -> None:
    """Bring the stopped bytes to another incident, and ask for its own item of the same bytes."""
    found = opening.reopen_incident(session, other.inc)
    refuses(found, told)
    with pytest.raises(Frozen):
        capture.view_exhibit(found, seq, "look")


@pytest.mark.parametrize(
    ("who", "then", "gone"),
    [
        (("EF",), (), "h"),  # one alone stopped it
        # two, and nobody signed in since
        pytest.param((), (), "hc", marks=pytest.mark.long("the one above")),
        pytest.param((), ("AB", "CD"), "hc", marks=pytest.mark.long("the first one")),
    ],
)
def test_what_was_stopped_stays_closed_by_its_bytes(
    real: Practice, who: tuple[str, ...], then: tuple[str, ...], gone: str
) -> None:
    case = real.case()
    take(case)
    other = real.case(case.session)
    seq = take(other).seq
    if who:
        real.close()
        stop.record_stop(opening.reopen_incident(real.sign_in(*who), case.inc))
    else:
        stop.record_stop(case)
    real.close()
    if then:
        real.sign_in(*then)
        real.close()
    real.sql("DELETE FROM hold")
    if "c" in gone:
        real.sql("DELETE FROM meta WHERE k = 'closed'")
    told = f"{SENTENCE} It was stopped in {case.card.reference}."
    session = real.sign_in()
    assert again(session, case)
    shut(session, other, seq, told)
    real.close()
    session = real.sign_in()
    assert not again(session, case)
    assert frozen_content.LOST not in session.warnings
    shut(session, other, seq, told)


def test_a_restricted_incident_is_closed_again_once_two_sign_in_who_may_open_it(
    real: Practice,
) -> None:
    case = opening.open_new_incident(real.sign_in("AB", "EF"), named=[real.ids["CD"]])
    walk(case, TO_CAPTURE)
    take(case)
    stop.record_stop(case)
    real.close()
    real.sql("DELETE FROM hold")
    real.sql("DELETE FROM meta WHERE k = 'closed'")
    for who in (("AB", "CD"), ("AB", "EF")):
        session = real.sign_in(*who)
        assert again(session, case) == ("CD" not in who)
        real.close()
    assert real.sql("SELECT count(*) FROM hold") == [(1,)]


def test_a_sign_in_opens_only_what_was_written_since_the_last(
    real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule is the cheap one: entries of incidents with files, since two last signed in."""
    case = real.case()
    take(case)
    real.close()
    opened: list[int] = []
    record = EvidenceStore._open_record

    def counted(store: EvidenceStore, seq: int, key: object) -> object:
        opened.extend([seq] if store.lines[seq].inc else [])
        return record(store, seq, key)  # type: ignore[arg-type]

    monkeypatch.setattr(EvidenceStore, "_open_record", counted)
    real.sign_in()
    assert len(opened) >= len(case.records)
    real.close()
    opened.clear()
    real.sign_in()
    assert opened == []


def test_a_list_that_was_said_to_be_lost_is_written_again(real: Practice) -> None:
    """Also where nothing is on it any more: else it would be said for ever."""
    case = real.case()
    item = take(case)
    stop.record_stop(case)
    both = tuple((real.ids[i], real.words[i]) for i in ("AB", "CD"))
    stop.release_exhibit(case, item.seq, "PRACTICE-1", both)
    real.close()
    real.sign_in()
    real.close()
    real.sql("DELETE FROM meta WHERE k = 'closed'")
    assert frozen_content.LOST in real.sign_in().warnings
    real.close()
    assert frozen_content.LOST not in real.sign_in().warnings
