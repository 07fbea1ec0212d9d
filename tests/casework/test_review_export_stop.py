"""STOP from another thread while something leaves: the call gives up and nothing stays outside."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.disclosure import (
    evidence_pack,
    pack_delivery,
    pack_readback,
    pack_source,
    signed_form,
)
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.freeze_guard import FreezeGuard
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR
from esafety_tui.kernel.errors import Frozen, OutputFailed, Refused
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import TO_CAPTURE, Practice, real_png

Report = Callable[[str, int, int], None]


def taken(case: CaseFile, home: Path, name: str = "shot.png") -> OpenRecord:
    """Take one picture in."""
    path = home / name
    path.write_bytes(real_png())
    return capture.capture_file(case, path, "An unkind picture", "seen on this computer")


@pytest.fixture
def case(practice: Practice, tmp_path: Path) -> CaseFile:
    """An incident with two pictures and a form."""
    case = practice.case()
    for name in ("a.png", "b.png"):
        taken(case, tmp_path, name)
    signed_form.render_form(case, reason="not all is known yet")
    return case


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty folder to write to."""
    stick = tmp_path / "stick"
    stick.mkdir()
    return stick


def order(practice: Practice, stick: Path, plain: bool) -> pack_source.PackOrder:
    """The order of AB and CD."""
    words = tuple((practice.ids[i], practice.words[i]) for i in ("AB", "CD"))
    return pack_source.PackOrder(stick, "police", "inquiry", words, plain, "their portal" * plain)


def elsewhere(act: Callable[[], object]) -> None:
    """Do it in another thread and wait for its end."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def when(mark: str, act: Callable[[], object]) -> Report:
    """Return a progress that does ``act`` once, in another thread, at ``mark``."""
    done: list[str] = []

    def report(what: str, _done: int, _total: int) -> None:
        if mark in what and not done:
            done.append(what)
            elsewhere(act)

    return report


MOMENTS = ("AB_1.png", "AB_2.png", "form.pdf", "tagmanifest", pack_delivery.READING)
LONG = pytest.mark.long("each moment in one of the two shapes of a pack")


@pytest.mark.parametrize(
    ("moment", "plain"),
    [
        pytest.param(moment, plain, marks=() if plain is (n % 2 == 0) else LONG)
        for n, moment in enumerate(MOMENTS)
        for plain in (True, False)
    ],
)
def test_stop_during_an_export_leaves_nothing_and_says_so(
    practice: Practice, case: CaseFile, stick: Path, plain: bool, moment: str
) -> None:
    """Guards the check in Handover._report and the deletion in target.marked."""
    report = when(moment, lambda: stop.freeze_now(case))
    with pytest.raises(Frozen):
        evidence_pack.export_pack(case, order(practice, stick, plain), report)
    assert list(stick.iterdir()) == []
    assert case.records[-1].type == "note" and "STOP came" in case.records[-1].field_text("text")
    assert not [r for r in case.records if r.type.startswith("pack.")]


def test_stop_written_down_in_the_middle_ends_the_export(
    practice: Practice, case: CaseFile, stick: Path
) -> None:
    """Guards the same with the whole verb, entry and all, called from the progress."""
    seen: list[str] = []

    def report(what: str, _done: int, _total: int) -> None:
        if "form.pdf" in what and not seen:
            seen.append(what)
            stop.record_stop(case)

    with pytest.raises(Frozen):
        evidence_pack.export_pack(case, order(practice, stick, True), report)
    assert list(stick.iterdir()) == []
    assert [r.type for r in case.records[-3:]] == ["stop", "frozen", "note"]


def test_stop_wins_over_a_screen_that_cancels_first(
    practice: Practice, case: CaseFile, stick: Path
) -> None:
    """The screen refuses its report before the freeze is in memory: clear files must still go."""

    def report(what: str, _done: int, _total: int) -> None:
        if "form.pdf" in what:
            raise Refused("This was stopped.", "What was not finished does not count.")

    with pytest.raises(Refused, match="This was stopped"):
        evidence_pack.export_pack(case, order(practice, stick, True), report)
    assert list(stick.iterdir()) == []
    assert "deleted" in case.records[-1].field_text("text")


@pytest.mark.parametrize("entry", ["pack.exported", "pack.read-back", "head.signed"])
def test_stop_at_an_entry_of_the_export_takes_the_pack_back(
    practice: Practice, case: CaseFile, stick: Path, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the checks around naming: after the entry, before the name, and last of all."""
    real = type(case.session).append_record

    def record(session: object, kind: str, *args: object, **more: object) -> object:
        if kind == entry:
            elsewhere(lambda: stop.freeze_now(case))
        return real(session, kind, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(case.session), "append_record", record)
    with pytest.raises(Frozen):
        evidence_pack.export_pack(case, order(practice, stick, True), lambda *_: None)
    assert list(stick.iterdir()) == []
    assert case.records[-1].type == "note"


def test_stop_while_a_fresh_process_reads_back_ends_it(
    practice: Practice, case: CaseFile, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the look around in readback._ask: a long check is not waited for."""
    monkeypatch.setattr(pack_readback, "TICK", 0.02)
    calls: list[str] = []

    def report(what: str, _done: int, _total: int) -> None:
        calls.extend([what] * (what == pack_delivery.READING))
        if len(calls) == 2:
            elsewhere(lambda: stop.freeze_now(case))

    with pytest.raises(Frozen):
        evidence_pack.export_pack(case, order(practice, stick, False), report)
    assert len(calls) == 2 and list(stick.iterdir()) == []


def test_an_incident_frozen_before_still_leaves_in_words(
    practice: Practice, case: CaseFile, stick: Path
) -> None:
    stop.record_stop(case)
    done = evidence_pack.export_pack(case, order(practice, stick, True), lambda *_: None)
    assert list((done.path / "data").glob("exhibits/*")) == []
    assert case.records[-1].type == "pack.read-back"


def test_a_released_item_frozen_again_ends_the_export(
    practice: Practice, case: CaseFile, stick: Path
) -> None:
    """Guards the watch over single files: the incident itself was frozen long before."""
    stop.record_stop(case)
    words = [(practice.ids[i], practice.words[i]) for i in ("AB", "CD")]
    first = next(r for r in case.records if r.type == "screenshot")
    stop.release_exhibit(case, first.seq, "PRACTICE-1", words)
    report = when("form.pdf", lambda: stop.freeze_now(case))
    with pytest.raises(Frozen):
        evidence_pack.export_pack(case, order(practice, stick, True), report)
    assert list(stick.iterdir()) == []


def test_a_copy_that_cannot_be_deleted_is_said(
    case: CaseFile, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards FreezeWatch.leaving: what stays on the stick is named in the note."""
    path = stick / "form.pdf"

    def stuck(_path: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr("shutil.rmtree", stuck)
    with (
        pytest.raises(OutputFailed, match="could not be deleted"),
        FreezeGuard(case).guard_new_file(path, "A copy of the form"),
    ):
        (path / "x").mkdir(parents=True)
        stop.freeze_now(case)
    assert "could not be deleted" in case.records[-1].field_text("text")


@pytest.mark.parametrize("moment", ["drawing", "saved", "entry"])
def test_stop_while_the_form_is_saved(
    practice: Practice, stick: Path, tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards save_form's watch: before the first byte, after the read-back, after the entry."""
    desk = Desk(practice.folder, platform.SystemClock(), FLOOR, tmp_path / "sheets")
    desk.unlock(
        practice.ids["AB"], practice.words["AB"], practice.ids["CD"], practice.words["CD"], ()
    )
    try:
        inc = desk.open_incident((), "", False).inc
        for step, values in TO_CAPTURE:
            desk.answer(inc, step, values, "")  # type: ignore[arg-type]
        case = desk.context.load_case(inc)
        signed_form.render_form(case, [taken(case, tmp_path).seq], reason="not all is known yet")
        parts: dict[str, tuple[object, str]] = {
            "drawing": (signed_form, "release_form_for_paper"), "saved": (Path, "read_bytes"),
            "entry": (CaseFile, "take_up_entry"),
        }  # fmt: skip
        owner, name = parts[moment]
        real = getattr(owner, name)

        def late(*args: object, **more: object) -> object:
            result = real(*args, **more)
            if moment != "saved" or stick in getattr(args[0], "parents", ()):
                elsewhere(lambda: stop.freeze_now(case))
            return result

        monkeypatch.setattr(owner, name, late)
        with pytest.raises(Frozen):
            desk.save_form(inc, stick)
        assert list(stick.iterdir()) == []
        assert any(r.type == "printed" for r in case.records), "the entry comes first"
        # Right after the entry no byte is out: there is nothing to take back, and so no note.
        assert (case.records[-1].type == "note") == (moment != "entry")
    finally:
        monkeypatch.undo()
        desk.close()


def test_reopened_after_such_a_stop_everything_is_frozen(
    practice: Practice, case: CaseFile, stick: Path
) -> None:
    report = when("form.pdf", lambda: stop.record_stop(case))
    with pytest.raises(Frozen):
        evidence_pack.export_pack(case, order(practice, stick, True), report)
    practice.close()
    again = opening.reopen_incident(practice.sign_in(), case.inc)
    assert again.is_frozen and pack_source.list_disclosable(again) == []
