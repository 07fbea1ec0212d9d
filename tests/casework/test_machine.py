"""Which computer: told the same each time on each system, and a change of it is a gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.administration.officer_changes import PairConsent, designate_computer
from esafety_tui.casework.disclosure import form_view
from esafety_tui.casework.incident import capture, case_view, chronology, opening, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.inspection.doctor import examine_computer
from esafety_tui.data import platform
from esafety_tui.kernel.errors import BadInput, Refused
from tests.casework.hands import found, of_vault
from tests.casework.support import TO_CAPTURE, Practice

GATE = dict(TO_CAPTURE)["designated"]
PARTED = "This incident is reviewed on another computer"

IOREG = """+-o J314sAP  <class IOPlatformExpertDevice, id 0x100000224, registered, matched, active>
    {
      "manufacturer" = <"Apple Inc.">
      "IOPlatformSerialNumber" = "INVENTED000"
      "IOPlatformUUID" = "01234567-89AB-CDEF-0123-456789ABCDEF"
      "model" = <"MacBookPro18,3">
    }
"""


def test_what_macos_prints() -> None:
    assert platform.parse_ioreg(IOREG) == "01234567-89AB-CDEF-0123-456789ABCDEF"
    for text in ("", IOREG.replace("IOPlatformUUID", "Other"), IOREG.replace("-89AB-CDEF", "")):
        assert platform.parse_ioreg(text) == ""


def test_what_windows_keeps() -> None:
    guid = "0123abcd-89ab-cdef-0123-456789abcdef"
    assert platform.parse_machine_guid(f"{guid}\n") == guid
    for text in ("", "{" + guid + "}", guid[:-1], "none"):
        assert platform.parse_machine_guid(text) == ""


@pytest.mark.parametrize(
    "text", ["", "\n", "uninitialized\n", "0" * 32, "3D" * 16, "3d" * 15, "3d" * 17]
)
def test_a_machine_id_that_is_none(text: str) -> None:
    assert platform.parse_machine_id(text) == ""


def test_linux_takes_the_first_file_that_holds_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "machine-id", tmp_path / "dbus"
    monkeypatch.setattr(platform, "LINUX_IDS", (one, two))
    assert platform.machine_source() == ""
    by_name = platform.machine_fingerprint()
    two.write_text("3d" * 16 + "\n")
    assert platform.machine_source() == str(two)
    by_dbus = platform.machine_fingerprint()
    one.write_text("uninitialized\n")
    assert platform.machine_fingerprint() == by_dbus
    one.write_bytes(b"\xff\xfe")
    assert platform.machine_fingerprint() == by_dbus
    one.write_text("3d" * 16)  # as systemd and D-Bus have it: the same in both
    assert platform.machine_fingerprint() == by_dbus != by_name
    one.write_text("4e" * 16)
    assert platform.machine_fingerprint() != by_dbus


def test_the_doctor_says_where_only_a_name_tells_computers_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [f for f in examine_computer(tmp_path) if f.ok and "is told from others by" in f.what]
    monkeypatch.setattr(platform, "LINUX_IDS", ())
    (bad,) = [f for f in examine_computer(tmp_path) if not f.ok and "core file" not in f.what]
    assert "only its name" in bad.what and bad.do


def move(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Go to another computer with the vault."""
    monkeypatch.setattr(platform, "_machine_identity", lambda: name)


def take(case: CaseFile) -> str:
    return capture.capture_address(case, "https://x.example/1", "insults", "saw it").type


def test_a_vault_on_a_computer_that_is_not_designated(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    inc = practice.case().inc
    practice.close()
    move(monkeypatch, "another")
    session = practice.sign_in()
    (told,) = session.warnings
    assert "not one of the school's designated computers" in told and "STOP work" in told
    assert found(of_vault(session))[-1] in {"machine", "reboot"}
    case = opening.reopen_incident(session, inc)
    assert case.records[0].type == "incident.opened"
    assert capture.record_note(case, "told: words").type == "note"
    with pytest.raises(Refused, match="not the school's designated computer"):
        take(case)
    with pytest.raises(Refused, match="not the school's designated computer"):
        case.record_answer("designated", GATE, "We had to move.")
    assert case.records[-1].type == "note", "a gate that is not true is not recorded"
    assert stop.record_stop(case).type == "stop"


def test_another_designated_computer_is_a_gate_with_a_reason(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.case()
    assert take(case) == "url"
    practice.close()
    move(monkeypatch, "another")
    session = practice.sign_in()
    consent = PairConsent(
        {x.officer_id: x.passphrase for x in practice.logins("AB", "CD")}, "Broken."
    )
    designate_computer(session, "PC 2 · library", consent)
    assert session.is_designated
    case = opening.reopen_incident(session, case.inc)
    view = case_view.view_case(case, "")
    assert (view.gate_elsewhere, view.gates_again) == ("designated", ("designated",))
    with pytest.raises(Refused, match=PARTED):
        take(case)
    size = session.store.chain.size
    for reason in ("", "  "):
        with pytest.raises(BadInput, match="confirmed at another computer"):
            case.record_answer("designated", GATE, reason)
    assert session.store.chain.size == size
    receipt = case.record_answer("designated", GATE, "PC 1 is broken.")
    assert receipt is not None and receipt.type == "gate"
    assert case.records[-1].field_text("reason") == "PC 1 is broken."
    assert take(case) == "url"
    assert case.record_answer("designated", GATE) is None, "once is enough"
    assert case_view.view_case(case, "").gates_again == ()
    assert form_view._computer_label(case) == "PC 2 · library"
    told = [e.detail for e in chronology.list_acts(case) if "PC 1 is broken." in e.detail]
    assert told, "the reason stands in the chronology of the form"
    practice.close()
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(practice.home / ".home/state"))
    back = opening.reopen_incident(practice.sign_in(), case.inc)
    with pytest.raises(Refused, match=PARTED):
        take(back)
    assert back.record_answer("designated", GATE, "PC 1 is repaired.") is not None
    assert take(back) == "url"


def test_a_changed_answer_about_the_computer_counts_where_it_was_given(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.case()
    practice.close()
    move(monkeypatch, "another")
    session = practice.sign_in()
    consent = PairConsent(
        {x.officer_id: x.passphrase for x in practice.logins("AB", "CD")}, "Broken."
    )
    designate_computer(session, "PC 2", consent)
    case = opening.reopen_incident(session, case.inc)
    receipt = case.record_answer("designated", {**GATE, "computer": "PC 2"}, "PC 1 is broken.")
    assert receipt is not None and receipt.type == "answer.changed"
    assert take(case) == "url"


def test_another_pair_confirms_each_gate_again_without_a_reason(practice: Practice) -> None:
    case = practice.case()
    practice.close()
    again = opening.reopen_incident(practice.sign_in("CD", "EF"), case.inc)
    view = case_view.view_case(again, "")
    gates = ("two-seniors", "designated", "watched", "isolated")
    assert (view.gates_again, view.gate_elsewhere) == (gates, "")
    with pytest.raises(Refused, match="The two of you have not confirmed"):
        take(again)
    for step in gates:
        assert again.record_answer(step, dict(TO_CAPTURE)[step]) is not None
    assert case_view.view_case(again, "").gates_again == ()
    assert take(again) == "url"
