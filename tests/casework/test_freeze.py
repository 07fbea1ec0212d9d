"""After STOP nothing frozen comes out and nothing goes in, whoever calls, whatever happened."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from esafety_tui.casework import capture, formwork, opening, packwork, stop
from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.unlock import RESERVE
from esafety_tui.data import blobs
from esafety_tui.data.age import Recipient
from esafety_tui.data.holds import Hold
from esafety_tui.data.store import Draft
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    Frozen,
    NotEligible,
    Refused,
    StorageFailed,
    WrongPassphrase,
)
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import PNG, Practice, walk
from tests.data.test_store import fill, small_disk

__all__ = ["small_disk"]


@pytest.fixture
def filled(practice: Practice) -> Practice:
    """The name under which the small disk's fixture takes the vault."""
    return practice


def taken(case: CaseFile, path: Path) -> OpenRecord:
    path.write_bytes(PNG)
    return capture.take_file(case, path, "An unkind picture", "seen on this computer")


def bytes_of(case: CaseFile, record: OpenRecord) -> bytes:
    identity = case.session.identity(case.card)
    store = case.session.store
    return b"".join(store.read_blob(record.text("blob"), record.text("sha256"), identity))


def refuses_everything(case: CaseFile, record: OpenRecord, tmp_path: Path) -> None:
    """Call every verb and the store itself; each must refuse, and nothing must be left behind."""
    target = tmp_path / "stick"
    target.mkdir(exist_ok=True)
    screenshot = tmp_path / "another.png"
    screenshot.write_bytes(PNG)
    card = case.card
    outside = Draft("file", {}, case.inc, Recipient.parse(card.recipient))
    verbs: dict[str, Callable[[], object]] = {
        "add_url": lambda: capture.add_url(case, "https://forum.example.net/1", "x", "saw it"),
        "take_file": lambda: capture.take_file(case, screenshot, "x", "y"),
        "write file": lambda: case.write("file", {}),
        "write screenshot": lambda: case.write("screenshot", {}),
        "session.record": lambda: case.session.record("file", {}, card),
        "store.append": lambda: case.session.store.append(outside, case.session.witness()),
        "view": lambda: capture.view(case, record.seq, "look"),
        "copy_out": lambda: capture.copy_out(case, record.seq, target, "for the police"),
        "form image": lambda: formwork.render(case, [record.seq]),
        "store.read_blob": lambda: bytes_of(case, record),
    }
    before = case.session.store.chain.size
    for name, verb in verbs.items():
        with pytest.raises(Refused):
            verb()
            raise AssertionError(name)
    assert case.session.store.chain.size == before
    assert list(target.iterdir()) == []
    assert case.frozen


def test_stop_refuses_every_way_in_and_out_and_survives_a_restart(
    practice: Practice, tmp_path: Path
) -> None:
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    assert bytes_of(case, record) == PNG
    receipt = stop.stop(case)
    assert receipt.type == "stop"
    assert [r.type for r in case.records[-2:]] == ["stop", "frozen"]
    refuses_everything(case, record, tmp_path)
    practice.close()
    again = opening.reopen(practice.sign_in("CD", "EF"), case.inc)
    refuses_everything(again, record, tmp_path)
    assert capture.note(again, "Words are always possible.").type == "note"
    assert packwork._exhibits(again) == ()
    assert [w.ref for w in packwork._withheld(again)] == [record.text("exhibit")]


@pytest.mark.parametrize("option", ["1", "3"])
def test_class_a_and_unsure_freeze_by_themselves(practice: Practice, option: str) -> None:
    case = opening.open_new(practice.sign_in())
    walk(case, [("reported", {"by": "Gwen Example", "when": "20 Nov 2026", "group": "9X",
                              "words": "Somebody said so."}),
                ("danger", {"option": "2"})])  # fmt: skip
    assert not case.frozen
    case.answer("triage", {"option": option})
    assert case.frozen
    assert case.records[-1].type == "frozen"
    assert case.inc in case.session.store.holds.frozen
    assert practice.sql("SELECT count(*) FROM hold") == [(1,)]


def test_a_late_doubt_freezes_what_was_taken(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    capture.add_url(case, "https://forum.example.net/1", "insults", "saw it")
    record = taken(case, tmp_path / "s.png")
    walk(case, [("urls", {"done": "yes"}), ("files", {"done": "yes"}),
                ("findings", {"saw": "Unkind sentences."}), ("substance", {"option": "3"})])  # fmt: skip
    refuses_everything(case, record, tmp_path)


def test_stop_by_one_officer_freezes_for_everybody(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    practice.close()
    alone = opening.reopen(practice.sign_in("EF"), case.inc)
    stop.stop(alone)
    practice.close()
    refuses_everything(opening.reopen(practice.sign_in(), case.inc), record, tmp_path)


@pytest.mark.parametrize(
    "attack",
    ["DELETE FROM hold", "DROP TABLE hold; CREATE TABLE hold (seq INTEGER PRIMARY KEY, ct BLOB)"],
)
def test_deleting_the_holds_does_not_thaw(practice: Practice, tmp_path: Path, attack: str) -> None:
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    stop.stop(case)
    practice.close()
    for statement in attack.split(";"):
        practice.sql(statement)
    session = practice.sign_in()
    again = opening.reopen(session, case.inc)
    refuses_everything(again, record, tmp_path)
    assert "freeze" in " ".join(session.warnings), "it did not go unnoticed"


def test_a_release_forged_by_one_officer_does_not_thaw(practice: Practice, tmp_path: Path) -> None:
    """One officer holds the LEDGER key, so could write a hold row; only records by two release."""
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    stop.stop(case)
    practice.close()
    alone = practice.sign_in("EF")
    box, blob = alone.keyring.box, record.text("blob")
    lone = opening.reopen(alone, case.inc)
    with pytest.raises(NotEligible):
        lone.write("released", {"blob": blob, "reference": "made up", "exhibit": "AB/1"})
    practice.close()
    forged = Hold(case.inc, "release", (blob,), "made up").to_bytes()
    place = f"evidence-hold/v1/{practice.origin}/9999"
    practice.sql("INSERT INTO hold VALUES (9999, ?)", box.seal(forged, place))
    refuses_everything(opening.reopen(practice.sign_in(), case.inc), record, tmp_path)


def test_release_is_one_item_by_two_with_both_passphrases_and_a_reference(
    practice: Practice, tmp_path: Path
) -> None:
    case = practice.case()
    one, two = taken(case, tmp_path / "1.png"), taken(case, tmp_path / "2.png")
    stop.stop(case)
    a, c = practice.ids["AB"], practice.ids["CD"]
    good = [(a, practice.words["AB"]), (c, practice.words["CD"])]
    for passphrases, error in (
        (good[:1], NotEligible), ([good[0], good[0]], NotEligible), ([], NotEligible),
        ([good[0], (c, "wrong words")], WrongPassphrase),
        ([good[0], (practice.ids["EF"], practice.words["EF"])], NotEligible),
    ):  # fmt: skip
        with pytest.raises(error):
            stop.release(case, one.seq, "PRACTICE-1", passphrases)
    with pytest.raises(BadInput, match="reference"):
        stop.release(case, one.seq, "  ", good)
    stop.release(case, one.seq, "PRACTICE-1", good)
    assert bytes_of(case, one) == PNG
    with pytest.raises(Frozen):
        bytes_of(case, two)
    with pytest.raises(Refused):
        stop.release(case, one.seq, "PRACTICE-1", good)
    practice.close()
    again = opening.reopen(practice.sign_in(), case.inc)
    assert bytes_of(again, one) == PNG
    with pytest.raises(Frozen):
        bytes_of(again, two)
    with pytest.raises(Refused):
        taken(again, tmp_path / "3.png")
    stop.stop(again)
    with pytest.raises(Frozen):
        bytes_of(again, one)


def test_one_person_with_two_key_files_is_not_two(practice: Practice, tmp_path: Path) -> None:
    """The second officer's key file replaced by a copy of the first one's."""
    case = practice.case()
    record = taken(case, tmp_path / "s.png")
    stop.stop(case)
    practice.key_file("CD").write_bytes(practice.key_file("AB").read_bytes())
    both = [(practice.ids[who], practice.words["AB"]) for who in ("AB", "CD")]
    with pytest.raises(EvidenceError):
        stop.release(case, record.seq, "PRACTICE-1", both)
    with pytest.raises(Frozen):
        bytes_of(case, record)


def test_stop_ends_a_view_and_a_copy_that_are_under_way(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    path = tmp_path / "long.bin"
    path.write_bytes(bytes(300_000))
    record = capture.take_file(case, path, "long", "here")
    pieces = capture.view(case, record.seq, "look")
    assert next(pieces)
    stop.freeze_now(case)
    with pytest.raises(Frozen):
        next(pieces)


def test_a_copy_cut_off_by_stop_leaves_nothing_on_the_stick(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.case()
    path = tmp_path / "long.bin"
    path.write_bytes(bytes(300_000))
    record = capture.take_file(case, path, "long", "here")
    real = capture.view

    def stopped_meanwhile(*args: object) -> Iterator[bytes]:
        pieces = real(*args)  # type: ignore[arg-type]
        yield next(pieces)
        stop.freeze_now(case)
        yield from pieces

    monkeypatch.setattr(capture, "view", stopped_meanwhile)
    target = tmp_path / "stick"
    target.mkdir()
    with pytest.raises(Frozen):
        capture.copy_out(case, record.seq, target, "police")
    assert list(target.iterdir()) == []


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
            capture.take_file(case, path, "large", "here", progress)
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
    assert stop.stop(case).type == "stop"
    assert threading.active_count() == threads


def test_a_file_wholly_read_when_stop_comes_is_not_kept(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.case()
    real = blobs.take_in

    def late(*args: object, **more: object) -> blobs.Sealed:
        sealed = real(*args, **more)  # type: ignore[arg-type]
        stop.freeze_now(case)
        return sealed

    monkeypatch.setattr(blobs, "take_in", late)
    with pytest.raises(Frozen):
        taken(case, tmp_path / "s.png")
    assert list((practice.folder / "blobs").iterdir()) == []


def test_stop_on_a_full_disk_is_written_thanks_to_the_reserve(
    filled: Practice, small_disk: Callable[[str], None], tmp_path: Path
) -> None:
    case = filled.case()
    record = taken(case, tmp_path / "s.png")
    fill(filled.folder)
    with pytest.raises(StorageFailed):
        capture.note(case, "words " * 2000)
    assert stop.stop(case).type == "stop"
    assert not (filled.folder / "reserve").exists()
    types = [r.type for r in case.records]
    assert types.count("stop") == 1
    refuses_everything(case, record, tmp_path)
    filled.close()
    refuses_everything(opening.reopen(filled.sign_in(), case.inc), record, tmp_path)


def test_stop_that_cannot_be_written_freezes_all_the_same_and_says_so(
    filled: Practice, small_disk: Callable[[str], None], tmp_path: Path
) -> None:
    case = filled.case()
    record = taken(case, tmp_path / "s.png")
    (filled.folder / "reserve").unlink()
    ballast = fill(filled.folder)
    with pytest.raises(StorageFailed, match="frozen all the same"):
        stop.stop(case)
    refuses_everything(case, record, tmp_path)
    ballast.unlink()
    assert stop.stop(case).type == "stop"


def test_an_entry_is_not_called_lost_because_a_cache_could_not_be_written(
    practice: Practice,
) -> None:
    """The register card is a cache: when the disk refuses it, the entry still stands."""
    case = practice.case()
    folder = practice.folder / "keyring/g1/inc"
    folder.rename(folder.with_name("away"))
    folder.write_bytes(b"")
    receipt = capture.note(case, "words")
    assert case.records[-1].seq == receipt.seq
    assert stop.stop(case).seq == receipt.seq + 1


def test_the_reserve_comes_back_at_the_next_sign_in(practice: Practice) -> None:
    practice.case()
    practice.close()
    reserve = practice.folder / "reserve"
    reserve.unlink()
    practice.case()
    assert reserve.read_bytes() == bytes(RESERVE)


def test_a_form_with_a_picture_freezes_with_it(practice: Practice, tmp_path: Path) -> None:
    from tests.casework.support import real_png

    case = practice.case()
    path = tmp_path / "s.png"
    path.write_bytes(real_png())
    record = capture.take_file(case, path, "A picture", "here")
    formwork.render(case, [record.seq])
    assert formwork.finished(case)[:5] == b"%PDF-"
    stop.stop(case)
    with pytest.raises(Frozen):
        formwork.finished(case)


def test_sealed_without_any_clear_copy(practice: Practice, tmp_path: Path) -> None:
    case = practice.case()
    sealed = blobs.take_in(
        io.BytesIO(b"sentinel" * 9000), practice.folder / "blobs",
        Recipient.parse(case.card.recipient),
    )  # fmt: skip
    assert b"sentinel" not in (practice.folder / "blobs" / f"{sealed.blob}.age").read_bytes()
