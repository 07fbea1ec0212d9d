"""The lock drops keys: one passphrase brings back one officer, the second brings back the pair."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NotEligible,
    StorageFailed,
    WrongPassphrase,
)
from esafety_tui.kernel.records import EntryReceipt
from tests.casework.support import Practice, real_png
from tests.promises.b_no_one_in import keys_left
from tests.promises.b_no_one_in.locked import WORDS, back, own, quiet


def test_a_locked_desk_has_no_key_and_no_record(desk: Desk, inc: str, real: Practice) -> None:
    """Red before: the whole session stood behind a flag."""
    for verb in (desk.case, desk.unsent, desk.readiness):
        verb(inc)
    for ask in (desk.incidents, desk.keeping, desk.policy, desk.due_next, desk.contacts):
        ask()
    assert len(keys_left.opens(real, keys_left.identities(keys_left.reachable(desk)).values())) > 2
    desk.lock()
    found = list(keys_left.reachable(desk))
    assert not keys_left.identities(found) and not keys_left.officers(found)
    assert not keys_left.opened_records(found)
    anywhere = list(keys_left.everything())
    assert not keys_left.opens(real, keys_left.identities(anywhere).values())
    assert not keys_left.officers(anywhere) & set(real.ids.values())


def test_one_passphrase_brings_back_that_officer_alone(
    desk: Desk, capture: str, real: Practice
) -> None:
    """Red before: the pair was back, and captures went on in both names."""
    inc = capture
    desk.lock()
    assert back(desk, real, "CD") == ["AB"]
    found = list(keys_left.reachable(desk))
    assert not keys_left.opens(real, keys_left.identities(found).values())
    assert keys_left.officers(found) == {real.ids["CD"]}
    assert not keys_left.opened_records(found)
    state = desk.state()
    assert (state.session, state.words_only, state.place) == ("open", True, inc)
    assert [p.initials for p in state.present] == ["CD"]
    assert [p.initials for p in state.away] == ["AB"]
    assert not desk.case(inc).readable
    with pytest.raises(NotEligible):
        desk.add_url(inc, "https://example.org/", "words", "saw it")
    with pytest.raises(EvidenceError):
        desk.answer(inc, "reported", {"words": "told: other words"}, "a reason")
    note = desk.note(inc, WORDS)
    tick = desk.tick(inc, 1, "")
    assert tick.seq > note.seq


def test_the_second_passphrase_brings_the_pair_back_to_its_place(
    desk: Desk, capture: str, real: Practice, tmp_path: Path
) -> None:
    """The case is as it was, the lone officer's words are in it, the records say who was there."""
    inc = capture
    before = desk.case(inc)
    desk.lock(idle=True)
    back(desk, real, "CD")
    desk.note(inc, WORDS)
    assert back(desk, real, "AB") == []
    again = desk.case(inc)
    assert [a.step_id for a in again.answers] == [a.step_id for a in before.answers]
    assert [p.initials for p in again.officers] == ["AB", "CD"]
    assert any(WORDS in note for note in again.notes)
    picture = tmp_path / "a.png"
    picture.write_bytes(real_png())
    item = desk.add_file(inc, picture, "words", "made here", quiet)
    assert item.label == "AB/1"
    desk.close()
    found = own(real)
    assert [kind for kind, _ in found] == [
        "session.opened", "session.locked", "session.reopened", "session.reopened",
        "session.closed",
    ]  # fmt: skip
    assert [many for _, many in found] == [2, 2, 1, 2, 2]


def test_a_wrong_passphrase_and_a_stranger_change_nothing(
    desk: Desk, inc: str, real: Practice
) -> None:
    """Neither the first nor the second one; who came back first stays."""
    desk.lock()
    with pytest.raises(WrongPassphrase):
        desk.reopen(real.ids["AB"], "wrong")
    with pytest.raises(NotEligible):
        desk.reopen(real.ids["EF"], real.words["EF"])
    assert desk.state().session == "locked"
    back(desk, real, "AB")
    for who, words in (("CD", "wrong"), ("EF", real.words["EF"])):
        with pytest.raises(EvidenceError):
            desk.reopen(real.ids[who], words)
    assert [p.initials for p in desk.state().present] == ["AB"]
    desk.note(inc, WORDS)
    assert back(desk, real, "AB") == ["CD"], "there already: asked again, and nothing changes"
    assert back(desk, real, "CD") == []


def test_locked_again_while_one_is_alone_both_may_come_back(
    desk: Desk, inc: str, real: Practice
) -> None:
    desk.lock()
    back(desk, real, "AB")
    desk.lock()
    assert {p.initials for p in desk.state().away} == {"AB", "CD"}
    assert back(desk, real, "CD") == ["AB"]
    assert back(desk, real, "AB") == []
    assert desk.case(inc).readable


class Paused:
    """A progress report that waits: the verb is under way until ``go``."""

    def __init__(self) -> None:
        self.there, self.go = threading.Event(), threading.Event()

    def __call__(self, _what: str, _done: int, _total: int) -> None:
        self.there.set()
        assert self.go.wait(30)


def test_work_under_way_ends_and_then_the_keys_go(
    desk: Desk, capture: str, real: Practice, tmp_path: Path
) -> None:
    """The desk hides at once; what waits for its turn is refused; the file is taken in."""
    inc = capture
    picture = tmp_path / "a.png"
    picture.write_bytes(real_png())
    progress, labels, refused = Paused(), list[str](), list[EvidenceError]()

    def take() -> None:
        labels.append(desk.add_file(inc, picture, "words", "made here", progress).label)

    def wait_in_line() -> None:
        try:
            desk.case(inc)
        except EvidenceError as error:
            refused.append(error)

    work = threading.Thread(target=take)
    work.start()
    assert progress.there.wait(30)
    locking = threading.Thread(target=desk.lock)
    locking.start()
    while desk.state().session != "locked":
        locking.join(0.01)
    second = threading.Thread(target=wait_in_line)
    second.start()
    progress.go.set()
    for thread in (work, locking, second):
        thread.join(30)
    assert labels == ["AB/1"] and len(refused) == 1
    assert not keys_left.identities(keys_left.reachable(desk))
    back(desk, real, "AB")
    back(desk, real, "CD")
    assert [item.label for item in desk.case(inc).items] == ["AB/1"]


def test_one_of_two_leaves_and_the_other_stays_alone(desk: Desk, inc: str, real: Practice) -> None:
    """The leaver's keys are gone, the record is by both, and nobody is waited for."""
    told = desk.leave(real.ids["AB"])
    assert told.words_only and not told.away
    found = list(keys_left.reachable(desk))
    assert keys_left.officers(found) == {real.ids["CD"]}
    assert not keys_left.opens(real, keys_left.identities(found).values())
    desk.note(inc, WORDS)
    with pytest.raises(NotEligible):
        desk.leave(real.ids["CD"])
    with pytest.raises(EvidenceError):
        desk.reopen(real.ids["AB"], real.words["AB"])
    desk.close()
    assert own(real)[1:] == [("session.left", 2), ("session.reopened", 1), ("session.closed", 1)]


def test_who_leaves_must_be_there(desk: Desk, real: Practice) -> None:
    with pytest.raises(NotEligible):
        desk.leave(real.ids["EF"])
    assert len(desk.state().present) == 2


def test_where_the_vault_cannot_be_opened_for_one_it_is_locked_instead(
    desk: Desk, inc: str, real: Practice
) -> None:
    """The leaver's keys do not stay because something is wrong with the disk."""
    ledger = real.folder / "keyring/g1/ledger.age"
    kept = ledger.read_bytes()
    ledger.unlink()
    with pytest.raises(EvidenceError):
        desk.leave(real.ids["AB"])
    assert desk.state().session == "locked"
    assert not keys_left.officers(keys_left.reachable(desk))
    with pytest.raises(EvidenceError):
        back(desk, real, "CD")
    ledger.write_bytes(kept)
    back(desk, real, "CD")


def test_a_disk_that_refuses_the_record_keeps_no_key(
    desk: Desk, inc: str, real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is written by whoever comes back, and says that it is late."""
    written = OpenSession.append_record

    def full(session: OpenSession, kind: str, *more: object, **named: object) -> EntryReceipt:
        if kind == "session.locked" and session.is_pair:
            raise StorageFailed("The disk is full.", "Make room.")
        return written(session, kind, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(OpenSession, "append_record", full)
    desk.lock()
    assert not keys_left.identities(keys_left.reachable(desk))
    back(desk, real, "CD")
    desk.close()
    kinds = [kind for kind, _ in own(real)]
    assert kinds == ["session.opened", "session.reopened", "session.locked", "session.closed"]


def test_texts_for_both_are_read_by_both_alone(desk: Desk, inc: str, real: Practice) -> None:
    """What came out of work under way: sealed until two are back, then said once."""
    assert not desk.keep_for_both("nobody is away")
    desk.lock()
    assert desk.keep_for_both("Eleven words")
    assert not any(
        isinstance(x, str | bytes) and "Eleven" in str(x) for x in keys_left.reachable(desk)
    )
    assert not desk.reopen(real.ids["AB"], real.words["AB"]).kept
    assert desk.reopen(real.ids["CD"], real.words["CD"]).kept == ("Eleven words",)


def test_nobody_is_waited_for_who_has_only_a_sheet(real: Practice, tmp_path: Path) -> None:
    """Two paper keys: the lock ends the session. One and an officer: the officer comes back."""
    desk = Desk(real.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    sheets = {
        f"{part}{n + 1}": text
        for n, key in enumerate(real.paper)
        for part, text in (("identity", key.identity), ("signing", key.signing))
    }
    desk.unlock_paper(sheets, "", "")
    desk.lock()
    assert desk.state().session == "closed"
    desk.unlock_paper(sheets, real.ids["AB"], real.words["AB"])
    desk.lock()
    assert back(desk, real, "AB") == []
    assert desk.state().words_only
    desk.close()


def test_nobody_can_reopen_what_nobody_opened(real: Practice, tmp_path: Path) -> None:
    desk = Desk(real.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    desk.lock()
    assert desk.state().session == "closed"
    with pytest.raises((NotEligible, BadInput)):
        desk.reopen(real.ids["AB"], real.words["AB"])
