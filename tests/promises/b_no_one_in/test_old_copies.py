"""A second copy made before STOP keeps what is closed: that is said until it is made again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from esafety_tui.casework.backup import backup
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.signin.unlock import open_session, unlock_keys
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR
from tests.casework.copy_samples import Kept, forget, kept, put_back, quiet
from tests.casework.support import Practice

HOLDS = "still holds files that were closed after it was made"


@pytest.fixture
def have(real: Practice) -> Kept:
    """A real vault with two files taken in and a second copy made of both."""
    found = kept(real)
    found.make()
    return found


def told(session: object) -> list[str]:
    """Return what a sign-in says of copies that hold what is closed."""
    return [text for text in session.warnings if "closed" in text]  # type: ignore[attr-defined]


def make(have: Kept, folder: Path, label: str) -> None:
    folder.mkdir(exist_ok=True)
    backup.make(have.session, folder, None, label, quiet)


@pytest.mark.long("test_it_is_said_at_stop_and_at_each_sign_in_until_the_copy_is_made_again")
def test_a_copy_made_before_stop_opens_elsewhere(have: Kept, real: Practice) -> None:
    """What the sentences warn of is so: the copy knows nothing of the freeze."""
    stop.record_stop(have.case)
    inc, picture = have.case.inc, have.case.records
    seq = next(r.seq for r in picture if r.type == "screenshot")
    forget(real)
    back = put_back(have)
    officers, keys = unlock_keys(back.folder, real.logins("AB", "CD"))
    session = open_session(back.folder, real.origin, officers, keys, platform.SystemClock())
    real.sessions.append(session)
    assert b"".join(capture.view_exhibit(opening.reopen_incident(session, inc), seq, "look"))


def test_it_is_said_at_stop_and_at_each_sign_in_until_the_copy_is_made_again(
    have: Kept, real: Practice
) -> None:
    blobs = [have.blob(name) for r in have.case.records for name in r.blobs]
    assert len(blobs) == 2 and all(path.is_file() for path in blobs)
    have.case.session.close_session()
    real.sessions.clear()
    desk = Desk(real.folder, platform.SystemClock(), FLOOR, real.home)
    ids, words = real.ids, real.words
    entered = desk.unlock(ids["AB"], words["AB"], ids["CD"], words["CD"], ())
    assert not [text for text in entered.warnings if HOLDS in text]
    desk.case(have.case.inc)
    [said] = desk.stop(have.case.inc).copies
    assert HOLDS in said and "“green stick” made on" in said
    assert "A second copy still holds files that were closed since" in desk.state().second_copy
    desk.close()
    for who in (("AB", "CD"), ("EF",), ("CD", "EF")):
        [text] = told(real.sign_in(*who))
        assert HOLDS in text and ("green stick" in text) == (len(who) == 2)
        real.close()
    assert all(path.is_file() for path in blobs)
    have.case = opening.reopen_incident(real.sign_in(), have.case.inc)
    have.make()
    assert not any(path.is_file() for path in blobs)
    assert have.session.copies.holding == ()
    now = datetime.now(UTC)
    assert "closed" not in backup.backup_sentence(have.session, now)
    for who in (("AB", "CD"), ("EF",)):
        real.close()
        assert not told(real.sign_in(*who))


@pytest.mark.long("test_it_is_said_at_stop_and_at_each_sign_in_until_the_copy_is_made_again")
def test_one_medium_made_again_says_nothing_for_another(have: Kept, real: Practice) -> None:
    """Two sticks in turn: the one that was not made again is the one that is named."""
    make(have, real.home / "red", "red stick")
    stop.record_stop(have.case)
    assert len(have.session.copies.holding) == 2
    make(have, real.home / "red", "the red one, with a new label")
    text, *more = list(have.session.copies.holding)
    assert not more
    assert "green stick" in text
    real.close()
    assert told(real.sign_in()) == [text]


def test_only_what_a_copy_holds_and_only_while_it_is_closed(have: Kept, real: Practice) -> None:
    """A file taken in since is in no copy; what was released is closed no more."""
    late = opening.open_new_incident(have.session)
    assert have.session.copies.holding == ()
    stop.record_stop(late)
    assert have.session.copies.holding == ()
    stop.record_stop(have.case)
    assert len(have.session.copies.holding) == 1
    both = [(real.ids[i], real.words[i]) for i in ("AB", "CD")]
    for record in [r for r in have.case.records if r.type == "screenshot"]:
        assert len(have.session.copies.holding) == 1
        stop.release_exhibit(have.case, record.seq, "PRACTICE-1", both)
    assert have.session.copies.holding == ()
    real.close()
    assert not told(real.sign_in())


def test_a_copy_that_stop_overtook_is_not_said_to_hold_what_it_left_out(
    have: Kept, real: Practice
) -> None:
    """STOP freezes in memory, and its own entry waits for the copy that is being made."""

    def pressed(*_: object) -> None:
        if not have.case.is_frozen:
            stop.freeze_now(have.case)

    have.make(pressed)
    names = [name for r in have.case.records for name in r.blobs]
    assert names and not any(have.blob(name).is_file() for name in names)
    stop.record_stop(have.case)
    assert have.session.copies.holding == ()
    assert [r.type for r in have.case.records[-3:]] == ["frozen", "stop", "frozen"]
    real.close()
    for who in (("AB", "CD"), ("EF",)):
        assert not told(real.sign_in(*who))
        real.close()


def test_one_alone_at_a_computer_that_knows_of_no_copy_is_told_so(
    have: Kept, real: Practice
) -> None:
    stop.record_stop(have.case)
    (platform.state_folder() / "backups.json").unlink()
    real.close()
    [text] = told(real.sign_in("EF"))
    assert text.startswith("If there is a second copy")


def test_a_vault_whose_sign_ins_never_listed_its_copies_is_read_whole(
    have: Kept, real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an earlier program left it: no ``copies`` in any session.opened, no ``replaces``."""
    from esafety_tui.casework.integrity import outdated_backups

    real.close()
    with monkeypatch.context() as earlier:
        earlier.setattr(outdated_backups, "LIST", "elsewhere")
        session = real.sign_in()
        stop.record_stop(opening.reopen_incident(session, have.case.inc))
        real.close()
    [text] = told(real.sign_in())
    assert "green stick" in text
