"""The desk and ``esafety verify``: no word too much, nothing lost, nobody locked out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident.opening import open_new_incident
from esafety_tui.casework.inspection import verify_file
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.kernel.errors import (
    EvidenceError,
    NotSound,
    OutputFailed,
    Unusable,
    WrongPassphrase,
)
from esafety_tui.kernel.setting_up import CONTACT_ROLES, NewOfficer, SetUpRequest
from tests.casework.support import Practice


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody looks at this progress."""


@pytest.fixture
def desk(practice: Practice, tmp_path: Path) -> Iterator[Desk]:
    """A desk on the practice vault."""
    made = Desk(practice.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    yield made
    made.close()


def enter(desk: Desk, practice: Practice, a: str = "AB", b: str | None = "CD") -> None:
    second, words = (practice.ids[b], practice.words[b]) if b else (None, None)
    desk.unlock(practice.ids[a], practice.words[a], second, words, ())


def asked(practice: Practice) -> dict[str, str]:
    return {"officer": practice.ids["AB"], "passphrase": practice.words["AB"]}


def test_a_vault_is_never_authentic_and_takes_no_code(practice: Practice) -> None:
    assert (
        verify_file.verify_any_file(practice.folder, asked(practice), None, None)["authentic"]
        is False
    )
    with pytest.raises(Unusable, match="check code"):
        verify_file.verify_any_file(practice.folder, asked(practice), "0000 0000 0000 0000", None)


@pytest.mark.parametrize("what", ["pair", "incident", "record"])
def test_the_audit_names_a_missing_key_and_a_record_that_is_none(
    practice: Practice, what: str
) -> None:
    inc = open_new_incident(practice.sign_in()).inc
    practice.close()
    ring = practice.folder / "keyring/g1"
    if what == "pair":
        next(ring.glob("vault.*.age")).unlink()
    elif what == "incident":
        (ring / "inc" / f"{inc}.age").unlink()
    else:
        practice.sql("UPDATE rec SET ct = x'00' WHERE seq = 1")
    with pytest.raises(NotSound):
        verify_file.verify_any_file(practice.folder, asked(practice), None, None)


def test_two_officers_are_warned_of_an_incident_key_that_is_gone(
    desk: Desk, practice: Practice
) -> None:
    inc = open_new_incident(practice.sign_in()).inc
    practice.close()
    (practice.folder / "keyring/g1/inc" / f"{inc}.age").unlink()
    ids, words = practice.ids, practice.words
    done = desk.unlock(ids["AB"], words["AB"], ids["CD"], words["CD"], ())
    assert any("missing or altered" in warning for warning in done.warnings)


def test_a_damaged_card_stops_neither_the_list_nor_a_new_incident_nor_stop(
    desk: Desk, practice: Practice
) -> None:
    inc = open_new_incident(practice.sign_in()).inc
    practice.close()
    (practice.folder / "keyring/g1/inc" / f"{inc}.card").unlink()
    enter(desk, practice)
    assert "missing or altered" in desk.incidents()[0].state
    assert desk.open_incident((), "", False).reference.endswith("-0002")
    desk.sign_out()
    enter(desk, practice, "EF", None)
    assert desk.stop(None).reference.endswith("-0003")


def test_a_wrong_passphrase_ends_nobodys_session(desk: Desk, practice: Practice) -> None:
    enter(desk, practice)
    with pytest.raises(WrongPassphrase):
        desk.unlock(practice.ids["EF"], "not these words", None, None, ())
    assert desk.state().session == "open" and len(desk.state().present) == 2


def test_a_refused_sheets_folder_leaves_no_vault_and_set_up_can_be_repeated(
    tmp_path: Path,
) -> None:
    sheets = tmp_path / "sheets"
    sheets.write_text("a file stands where the folder should be")
    made = Desk(tmp_path / "vault", SystemClock(), FLOOR, sheets)
    words = [made.generate_passphrase() for _ in range(2)]
    one, two = (
        NewOfficer(f"{i} Name", "Head", f"{i}N", w) for i, w in zip("AB", words, strict=True)
    )
    wanted = SetUpRequest("S", "s.example", "SCH", "wales", "PC", "office", (one, two),
                   {kind: "" for kind, _ in CONTACT_ROLES})  # fmt: skip
    with pytest.raises(OutputFailed):
        made.set_up(wanted, quiet)
    assert made.state().has_vault is False
    sheets.unlink()
    done = made.set_up(wanted, quiet)
    assert made.state().has_vault and len(done.sheets) == 4
    assert all(path.read_bytes().startswith(b"%PDF") for _, path in done.sheets)


def test_a_freezing_answer_is_acknowledged_though_its_echo_cannot_be_written(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esafety_tui.casework.access.session import OpenSession
    from esafety_tui.kernel.errors import StorageFailed

    case = practice.case()
    real = OpenSession.append_record

    def full(self: OpenSession, kind: str, *args: object, **named: object) -> object:
        if kind == "frozen":
            raise StorageFailed("The disk is full.", "Make room.")
        return real(self, kind, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(OpenSession, "append_record", full)
    receipt = case.record_answer("triage", {"option": "3"}, "we are not sure any more")
    assert receipt is not None and case.is_frozen
    with pytest.raises(EvidenceError):
        case.refuse_capture("url")
