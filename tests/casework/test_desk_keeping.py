"""The desk that keeps a vault: what it tells is the whole of what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.signin.create_vault import Founder, PaperKey
from esafety_tui.data import generations
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.kernel.errors import StorageFailed
from esafety_tui.kernel.keeping import Act
from tests.casework.shreds import due_now, with_file
from tests.casework.support import Practice

NEW = Founder("Gita Harbour", "Head of year", "GH", "practice words of GH five")


def opened(practice: Practice, folder: Path) -> tuple[Desk, dict[str, str]]:
    words = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    desk = Desk(practice.folder, SystemClock(), FLOOR, folder)
    (first, one), (second, two) = words.items()
    desk.unlock(first, one, second, two, ())
    return desk, words


def refuse(*_args: object) -> None:
    raise StorageFailed("The disk is full.", "Make room.")


def test_what_could_not_be_finished_is_told_with_what_was(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, words = opened(practice, tmp_path)
    act = Act("rotate", {"reason": "yearly"}, words)
    assert desk.act(act, lambda *_: None).warnings == ()
    monkeypatch.setattr(generations, "put_in_force", refuse)
    told = desk.act(act, lambda *_: None)
    assert told.receipt is not None
    assert any("in force, but not everything could be written" in w for w in told.warnings)
    desk.close()


def test_the_desk_goes_on_after_a_destruction(practice: Practice, tmp_path: Path) -> None:
    """The list of incidents and the next sign-in know that one is gone on purpose."""
    session = practice.sign_in()
    gone, stays = with_file(practice, session), with_file(practice, session)
    due_now(practice, gone)
    practice.close()
    desk, words = opened(practice, tmp_path)
    values = {"inc": gone.inc, "typed": gone.card.reference, "reason": "its time is over"}
    told = desk.act(Act("shred", values, words, folder=tmp_path), lambda *_: None)
    assert told.warnings == ()
    assert [card.inc for card in desk.incidents()] == [stays.inc]
    assert [due.inc for due in desk.keeping().due] == [stays.inc]
    desk.sign_out()
    (first, one), (second, two) = words.items()
    assert desk.unlock(first, one, second, two, ()).warnings == ()
    assert desk.case(stays.inc).reference == stays.card.reference
    desk.close()


def test_a_commit_nobody_is_sure_of_keeps_the_newcomers_key_file(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry may stand: then the file is the only copy of keys that are in force."""
    session = practice.sign_in()
    words = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    monkeypatch.setattr(type(session.store), "append_entry", refuse)
    with pytest.raises(StorageFailed):
        officer_changes.enrol_officer(session, NEW, PairConsent(words, "a reason"), FLOOR)
    assert len(list((practice.folder / "officers").glob("*.evkey"))) == 4
    saved: list[PaperKey] = []
    with pytest.raises(StorageFailed, match="saved, but may not count") as failed:
        officer_changes.replace_paper_keys(session, PairConsent(words, "used"), saved.extend)
    assert len(saved) == 2 and "Keep the old sheets" in failed.value.do
