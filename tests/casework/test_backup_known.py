"""What the home screen says of the second copy: never more than is known."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

from esafety_tui.casework.access import rekey
from esafety_tui.casework.access.rekey import VaultChange
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.backup import backup
from esafety_tui.casework.incident import capture, opening
from esafety_tui.casework.integrity import backup_status
from esafety_tui.data import platform
from esafety_tui.kernel.clock import parse_stamp
from tests.casework.copy_samples import Kept, flip, kept
from tests.casework.support import Practice, put_back, snapshot


def said(session: OpenSession, have: Kept | None = None, **later: float) -> str:
    made = have.listed().created if have else "2026-11-21T14:07:12.345Z"
    when: datetime = parse_stamp(made) + timedelta(**later)
    backup_status.find_last_backup(session)  # what the door would find
    return backup.backup_sentence(session, when)


def test_age_and_distance_have_their_units(practice: Practice) -> None:
    have = kept(practice)
    assert said(have.session) == "There is no second copy yet."
    have.make()
    for later, words in (
        ({"minutes": 59}, "less than an hour old"), ({"minutes": 61}, "1 hour old"),
        ({"hours": 47}, "47 hours old"), ({"hours": 73}, "3 days old"),
        ({"hours": -3}, "of unknown age, since the clock was changed"),
    ):  # fmt: skip
        assert said(have.session, have, **later) == f"Second copy: {words}, 0 entries behind."
    capture.record_note(have.case, "told: one more")
    assert "1 entry behind." in said(have.session, have)
    for n in range(11):
        capture.record_note(have.case, f"told: words {n}")
    assert said(have.session, have, hours=73) == "Second copy: 3 days old, 12 entries behind."


def test_one_officer_knows_what_this_computer_knows(practice: Practice) -> None:
    have = kept(practice)
    practice.close()
    assert said(practice.sign_in("AB")) == "This computer knows of no second copy."
    practice.close()
    have.case = opening.reopen_incident(practice.sign_in(), have.case.inc)
    have.make()
    practice.close()
    alone = practice.sign_in("EF")
    assert "less than an hour old, 1 entry behind" in said(alone, have)
    path = platform.state_folder() / "backups.json"
    good = path.read_bytes()
    assert b"green stick" not in good and have.listed().copy.encode() not in good
    for damage in ("flip", "cut", "gone"):
        flip(path, -40) if damage == "flip" else path.write_bytes(good[:-9])
        if damage == "gone":
            path.unlink()
        assert said(alone, have) == "This computer knows of no second copy.", damage
        path.write_bytes(good)
    path.unlink()
    practice.close()
    # Two read it in the entries, and then one knows it again.
    assert "2 entries behind" in said(practice.sign_in(), have)
    practice.close()
    assert "3 entries behind" in said(practice.sign_in("AB"), have)


def test_a_vault_that_was_put_back_forgets_a_later_copy(practice: Practice) -> None:
    have = kept(practice)
    older = snapshot(practice, "older")
    have.case = opening.reopen_incident(practice.sign_in(), have.case.inc)
    have.make()
    put_back(practice, older)
    shutil.copy(platform.state_folder() / "backups.json", practice.home / "kept.json")
    for path in platform.state_folder().glob("*.heads"):
        path.unlink()
    assert said(practice.sign_in("AB"), have) == "This computer knows of no second copy."
    practice.close()
    assert said(practice.sign_in(), have) == "There is no second copy yet."


def test_keys_that_do_not_fit_the_data_are_named(practice: Practice) -> None:
    have = kept(practice)
    done = have.make(keys=False)
    gap = "No copy of the keys is known: the data alone cannot be opened."
    assert gap in said(have.session, have) and gap in done.warnings
    have.make()
    assert said(have.session, have).endswith("behind.")
    opening.open_new_incident(have.session)
    have.make(keys=False)
    assert said(have.session, have).endswith(
        "The copy of the keys is older: 1 incident could not be opened with it."
    )
    both = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    change = VaultChange("generation.rotated", ("the keys are new",))
    rekey.rekey_vault(have.session, change, both, "the yearly change")
    have.make(keys=False)
    assert said(have.session, have).endswith("does not fit the copy of the data: copy both again.")
    have.make()
    assert said(have.session, have).endswith("0 entries behind.")
    practice.close()
    assert said(practice.sign_in("EF"), have).endswith("1 entry behind.")
