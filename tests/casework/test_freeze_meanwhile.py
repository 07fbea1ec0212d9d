"""STOP while something is under way, and STOP on a disk that refuses it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import signed_form
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.signin.unlock import RESERVE
from esafety_tui.data import acquisition
from esafety_tui.data.age import Recipient
from esafety_tui.kernel.errors import (
    Frozen,
    Refused,
    StorageFailed,
)
from tests.casework.freezing import refuses_everything, taken
from tests.casework.support import Practice, fill, real_png


def test_stop_ends_a_view_and_a_copy_that_are_under_way(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    path = tmp_path / "long.bin"
    path.write_bytes(bytes(300_000))
    record = capture.capture_file(case, path, "long", "here")
    pieces = capture.view_exhibit(case, record.seq, "look")
    assert next(pieces)
    stop.freeze_now(case)
    with pytest.raises(Frozen):
        next(pieces)


def test_stop_while_a_file_is_taken_makes_it_give_up(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(16 << 20))
    begun, frozen = threading.Event(), threading.Event()
    caught: list[BaseException] = []

    def progress(done: int, total: int) -> None:
        assert 0 < done <= total == 16 << 20
        begun.set()
        frozen.wait(5)

    def take() -> None:
        try:
            capture.capture_file(case, path, "large", "here", progress)
        except Refused as err:
            caught.append(err)

    threads = threading.active_count()
    worker = threading.Thread(target=take)
    worker.start()
    assert begun.wait(5)
    stop.freeze_now(case)
    frozen.set()
    worker.join(5)
    assert [type(e) for e in caught] == [Frozen]
    assert list((practice.folder / "blobs").iterdir()) == []
    assert stop.record_stop(case).type == "stop"
    assert threading.active_count() == threads


def test_a_file_wholly_read_when_stop_comes_is_not_kept(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.case()
    real = acquisition.seal_file

    def late(*args: object, **more: object) -> acquisition.AcquiredFile:
        sealed = real(*args, **more)  # type: ignore[arg-type]
        stop.freeze_now(case)
        return sealed

    monkeypatch.setattr(acquisition, "seal_file", late)
    with pytest.raises(Frozen):
        taken(case, tmp_path / "s.png")
    assert list((practice.folder / "blobs").iterdir()) == []


def test_stop_on_a_full_disk_is_written_thanks_to_the_reserve(
    practice: Practice, small_disk: Callable[[str], None], tmp_path: Path
) -> None:
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    fill(practice.folder)
    with pytest.raises(StorageFailed):
        capture.record_note(case, "told: " + "words " * 2000)
    assert stop.record_stop(case).type == "stop"
    assert not (practice.folder / "reserve").exists()
    types = [r.type for r in case.records]
    assert types.count("stop") == 1
    refuses_everything(case, record, tmp_path)
    practice.close()
    refuses_everything(opening.reopen_incident(practice.sign_in(), case.inc), record, tmp_path)


def test_stop_that_cannot_be_written_freezes_all_the_same_and_says_so(
    practice: Practice, small_disk: Callable[[str], None], tmp_path: Path
) -> None:
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    (practice.folder / "reserve").unlink()
    ballast = fill(practice.folder)
    with pytest.raises(StorageFailed, match="frozen all the same"):
        stop.record_stop(case)
    refuses_everything(case, record, tmp_path)
    ballast.unlink()
    assert stop.record_stop(case).type == "stop"


def test_an_entry_is_not_called_lost_because_a_cache_could_not_be_written(
    practice: Practice,
) -> None:
    """The register card is a cache: when the disk refuses it, the entry still stands."""
    case = practice.case()
    folder = practice.folder / "keyring/g1/inc"
    folder.rename(folder.with_name("away"))
    folder.write_bytes(b"")
    receipt = capture.record_note(case, "told: words")
    assert case.records[-1].seq == receipt.seq
    assert stop.record_stop(case).seq == receipt.seq + 1


def test_the_reserve_comes_back_at_the_next_sign_in(practice: Practice) -> None:
    practice.case()
    practice.close()
    reserve = practice.folder / "reserve"
    reserve.unlink()
    practice.case()
    assert reserve.read_bytes() == bytes(RESERVE)


def test_a_form_with_a_picture_freezes_with_it(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    path = tmp_path / "s.png"
    path.write_bytes(real_png())
    record = capture.capture_file(case, path, "A picture", "here")
    signed_form.render_form(case, [record.seq], reason="not all is known yet")
    assert signed_form.release_form_for_paper(case)[:5] == b"%PDF-"
    stop.record_stop(case)
    with pytest.raises(Frozen):
        signed_form.release_form_for_paper(case)


def test_sealed_without_any_clear_copy(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    sealed = acquisition.acquire_file(
        io.BytesIO(b"sentinel" * 9000), practice.folder / "blobs",
        Recipient.parse_text(case.card.recipient),
    )  # fmt: skip
    assert b"sentinel" not in (practice.folder / "blobs" / f"{sealed.blob_name}.age").read_bytes()
