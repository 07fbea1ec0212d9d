"""A pack after people joined or left: the code on the paper is still the one of its form."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.administration import officer_changes
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident.opening import reopen_incident
from esafety_tui.casework.signin.create_vault import Founder
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR
from esafety_tui.kernel.errors import Refused
from esafety_tui.output.verify import verify_path
from tests.casework.support import Practice

NEW = Founder("Gita Harbour", "Head of year", "GH", "practice words of GH five")


def order(target: Path, passphrases: dict[str, str]) -> pack_source.PackOrder:
    return pack_source.PackOrder(
        target, "police", "inquiry", tuple(passphrases.items()), True, "their portal"
    )


def quiet(_what: str, _done: int, _total: int) -> None:
    """No progress."""


def test_the_code_of_an_older_form_stands_after_a_change(
    practice: Practice, tmp_path: Path
) -> None:
    case = practice.case()
    words = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    code = signed_form.render_form(case, reason="not all is known yet").code
    session = case.session
    newcomer, _ = officer_changes.enrol_officer(session, NEW, PairConsent(words, "a reason"), FLOOR)
    officer_changes.remove_officer(session, practice.ids["EF"], PairConsent(words, "a reason"))
    done = evidence_pack.export_pack(case, order(tmp_path, words), quiet)
    assert done.code == code
    assert verify_path(done.path, passphrase=None, check_code=code).authentic
    practice.close()
    (tmp_path / "again").mkdir()
    logins = [Login(newcomer, NEW.passphrase), *practice.logins("AB")]
    session = unlock_vault(practice.folder, logins, platform.SystemClock())
    case = reopen_incident(session, case.inc)
    both = {x.officer_id: x.passphrase for x in logins}
    with pytest.raises(Refused, match="Gita Harbour joined after this form was drawn"):
        evidence_pack.export_pack(case, order(tmp_path / "again", both), quiet)
    assert list((tmp_path / "again").iterdir()) == []
    second = signed_form.render_form(case, reason="not all is known yet").code
    assert second != code
    done = evidence_pack.export_pack(case, order(tmp_path / "again", both), quiet)
    assert verify_path(done.path, passphrase=None, check_code=second).authentic
    session.close_session()
