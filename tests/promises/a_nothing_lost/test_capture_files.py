"""Many files at once: they share a transaction, and each has a result of its own.

What is acknowledged is on the disk; what is not leaves nothing in the vault. Killed in the middle:
tests/casework/test_kill.py, the verb ``several``.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from esafety_tui.casework.incident import capture_files, stop
from esafety_tui.casework.incident import originals as one_original
from esafety_tui.casework.incident.capture_files import AcquisitionResult, acquire_files
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import open_new_incident
from esafety_tui.data import schema
from esafety_tui.data.age import Recipient
from esafety_tui.data.holds import Hold
from esafety_tui.data.store import EntryDraft, EvidenceStore
from esafety_tui.kernel.errors import BadInput, Refused
from esafety_tui.kernel.views import OriginalFile
from tests.casework.support import PNG, Practice
from tests.promises.a_nothing_lost.schema_attacks import put_in, script


def originals(folder: Path, count: int) -> list[OriginalFile]:
    """Write so many different pictures and return them with words of their own."""
    made = []
    for number in range(count):
        path = folder / f"picture-{number}.png"
        path.write_bytes(PNG + b"%d" % number)
        made.append(OriginalFile(path, f"picture number {number}", "from a parent"))
    return made


def acquired(case: CaseFile, files: Sequence[OriginalFile]) -> list[AcquisitionResult]:
    return list(acquire_files(case, files))


def shown(results: Sequence[AcquisitionResult]) -> list[str]:
    """Return the exhibit reference of each file, or the class of its error."""
    return [
        one.record.field_text("exhibit") if one.record else type(one.error).__name__
        for one in results
    ]


def blobs_of(case: CaseFile) -> set[str]:
    return {path.stem for path in (case.session.folder / "blobs").iterdir()}


def only_what_is_named(case: CaseFile) -> bool:
    """Whether the folder of sealed files holds those that entries name, and nothing else."""
    named = {n for line in case.session.store.lines for n in line.blobs}
    return blobs_of(case) == named


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return where each transaction of the store puts how many entries it wrote."""
    counts: list[int] = []
    real = EvidenceStore.append_all

    def counted(self: EvidenceStore, drafts: Sequence[object], witness: object) -> object:
        done = real(self, drafts, witness)  # type: ignore[arg-type]
        counts.append(len(drafts))
        return done

    monkeypatch.setattr(EvidenceStore, "append_all", counted)
    return counts


def test_files_share_transactions_and_each_is_there_when_it_is_said(
    practice: Practice, tmp_path: Path, commits: list[int]
) -> None:
    case, files = practice.case(), originals(tmp_path, 70)
    seen = []
    for one in acquire_files(case, files):
        record = one.need_record()
        # A connection of its own sees what is committed, and nothing else.
        with contextlib.closing(sqlite3.connect(practice.db)) as db:
            assert db.execute("SELECT count(*) FROM rec WHERE seq = ?", (record.seq,)).fetchone()[0]
        seen.append(
            (
                record.field_text("exhibit"),
                record.field_text("description"),
                record.field_text("name"),
            )
        )
    assert commits == [32, 32, 6]
    assert seen == [(f"AB/{n + 1}", f"picture number {n}", f"picture-{n}.png") for n in range(70)]
    assert only_what_is_named(case)
    inc = case.inc
    practice.close()
    session = practice.sign_in()
    assert [len(line.blobs) for line in session.store.lines_of_incident(inc)].count(1) == 70


def test_a_group_is_bounded_by_bytes_and_a_large_file_has_its_own(
    practice: Practice, tmp_path: Path, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, files = practice.case(), originals(tmp_path, 5)
    files[2].path.write_bytes(PNG * 40)
    monkeypatch.setattr(capture_files, "GROUP_BYTES", len(PNG) * 3)
    assert shown(acquired(case, files)) == [f"AB/{n}" for n in range(1, 6)]
    assert commits == [2, 1, 2]


def test_bad_files_among_them_say_why_and_the_others_go_on(
    practice: Practice, tmp_path: Path
) -> None:
    case, files = practice.case(), originals(tmp_path, 3)
    empty = tmp_path / "empty"
    empty.touch()
    bad = [
        tmp_path / "none", tmp_path, empty, practice.db, Path("\0"),
    ]  # fmt: skip
    mixed = [files[0], *(OriginalFile(p, "x", "y") for p in bad), files[1],
             OriginalFile(files[2].path, "", "y"), files[2]]  # fmt: skip
    results = acquired(case, mixed)
    assert shown(results) == ["AB/1", *["BadInput"] * 5, "AB/2", "BadInput", "AB/3"]
    assert [one.original for one in results] == mixed
    assert only_what_is_named(case)


def test_the_same_file_twice_and_two_of_one_name_are_exhibits_of_their_own(
    practice: Practice, tmp_path: Path
) -> None:
    case, files = practice.case(), originals(tmp_path, 1)
    (tmp_path / "other").mkdir()
    twin = originals(tmp_path / "other", 1)
    results = acquired(case, [*files, *files, *twin])
    assert shown(results) == ["AB/1", "AB/2", "AB/3"]
    records = [one.need_record() for one in results]
    assert {r.field_text("name") for r in records} == {"picture-0.png"}
    assert len({r.field_text("blob") for r in records}) == 3


def test_stop_in_the_middle_of_a_group_leaves_nothing_of_it(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, files = practice.case(), originals(tmp_path, 7)
    monkeypatch.setattr(capture_files, "GROUP_FILES", 3)
    total = sum(one.path.stat().st_size for one in files)

    def report(done: int, most: int) -> None:
        assert most == total
        if done > total * 4.5 / 7:  # the fifth file is read whole: the second of its group
            stop.freeze_now(case)

    results = list(acquire_files(case, files, report))
    assert shown(results) == ["AB/1", "AB/2", "AB/3", *["Frozen"] * 4]
    assert only_what_is_named(case)
    stop.record_stop(case)
    held = case.session.store.holds.blobs
    assert {one.need_record().field_text("blob") for one in results[:3]} <= held


def test_stop_between_sealing_and_commit_keeps_all_of_them_out(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.case()
    real = EvidenceStore._seal_rows

    def late(*args: object) -> object:
        stop.freeze_now(case)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(EvidenceStore, "_seal_rows", late)
    size = case.session.store.chain.size
    assert shown(acquired(case, originals(tmp_path, 3))) == ["Frozen"] * 3
    assert case.session.store.chain.size == size
    assert practice.sql("SELECT count(*) FROM entry") == [(size,)]
    assert only_what_is_named(case)


@pytest.mark.parametrize("late", [False, True])
def test_bytes_closed_by_another_incidents_stop_refuse_their_own_file_alone(
    real: Practice, tmp_path: Path, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = originals(tmp_path, 4)
    session = real.sign_in()
    other = real.case(session)
    acquired(other, files[1:2])
    if not late:
        stop.record_stop(other)
    case = real.case(session)
    if late:
        sealed = EvidenceStore._seal_rows

        def close(*args: object) -> object:
            if not other.is_frozen:
                stop.freeze_now(other)
            return sealed(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(EvidenceStore, "_seal_rows", close)
    assert shown(acquired(case, files)) == ["AB/1", "Frozen", "AB/2", "AB/3"]
    assert only_what_is_named(case)


def test_where_nothing_may_be_captured_no_file_is_read(practice: Practice, tmp_path: Path) -> None:
    case, files = open_new_incident(practice.sign_in()), originals(tmp_path, 3)
    read: list[int] = []
    results = list(acquire_files(case, files, lambda done, _total: read.append(done)))
    assert shown(results) == ["Refused"] * 3
    assert read == []
    assert blobs_of(case) == set()


def test_cancelled_after_two_files_keeps_those_and_refuses_the_rest(
    practice: Practice, tmp_path: Path
) -> None:
    case, files = practice.case(), originals(tmp_path, 5)
    size = files[0].path.stat().st_size

    def report(done: int, _total: int) -> None:
        if done > 2 * size:
            raise Refused("This was stopped.", "What was not finished does not count.")

    results = list(acquire_files(case, files, report))
    assert shown(results) == ["AB/1", "AB/2", *["Refused"] * 3]
    assert only_what_is_named(case)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_a_fault_of_the_program_leaves_no_sealed_file(
    practice: Practice, tmp_path: Path, error: type[BaseException]
) -> None:
    case, files = practice.case(), originals(tmp_path, 3)

    def report(done: int, total: int) -> None:
        if done == total:
            raise error

    with pytest.raises(error):
        list(acquire_files(case, files, report))
    assert blobs_of(case) == set()


def test_a_full_disk_at_the_commit_leaves_nothing_and_says_so_of_each(
    real: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, files = real.case(), originals(tmp_path, 3)
    size, seen = case.session.store.chain.size, schema.check_schema
    put_in(real.db, script(
        "CREATE TRIGGER t BEFORE INSERT ON rec WHEN NEW.seq = "
        f"{size + 2} BEGIN SELECT RAISE(ABORT, 'no'); END"
    ))  # fmt: skip
    monkeypatch.setattr(schema, "check_schema", lambda _db: None)
    assert shown(acquired(case, files)) == ["VaultBusy"] * 3
    assert case.session.store.chain.size == size
    assert blobs_of(case) == set()
    put_in(real.db, script("DROP TRIGGER t"))
    monkeypatch.setattr(schema, "check_schema", seen)
    assert shown(acquired(case, files)) == ["AB/1", "AB/2", "AB/3"]


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("table", ["entry", "rec"])
def test_one_row_of_a_group_that_does_not_read_back_acknowledges_none(
    real: Practice, tmp_path: Path, which: int, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards find_rows: every row of the transaction is read, not the last one alone."""
    case, files = real.case(), originals(tmp_path, 3)
    size = case.session.store.chain.size
    put_in(real.db, script(
        f"CREATE TRIGGER t AFTER INSERT ON {table} WHEN NEW.seq = {size + which} BEGIN "
        f"UPDATE {table} SET ct = ct || x'00' WHERE seq = NEW.seq; END"
    ))  # fmt: skip
    monkeypatch.setattr(schema, "check_schema", lambda _db: None)
    results = acquired(case, files)
    assert shown(results) == ["StorageFailed"] * 3
    assert "does not read back" in str(results[0].error)
    assert case.session.store.chain.size == size
    assert len(blobs_of(case)) == 3, "the entries may be there: what they name must be, too"


def test_a_sealed_file_that_does_not_read_back_is_the_only_one_lost(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, files = practice.case(), originals(tmp_path, 3)
    real = one_original.seal_original

    def spoil(*args: object) -> object:
        done = real(*args)  # type: ignore[arg-type]
        if args[1] == files[1]:  # two are sealed at a time: the second in order, not in time
            path = case.session.folder / "blobs" / f"{done.sealed.blob_name}.age"
            path.write_bytes(path.read_bytes()[:-1] + b"\0")
        return done

    monkeypatch.setattr(capture_files, "seal_original", spoil)
    assert shown(acquired(case, files)) == ["AB/1", "StorageFailed", "AB/2"]
    assert only_what_is_named(case)


def test_no_freeze_hides_among_many(practice: Practice) -> None:
    case = practice.case()
    store, witness = case.session.store, case.session.entry_signers()
    to, size = Recipient.parse_text(case.card.recipient), case.session.store.chain.size
    note = EntryDraft("note", {"text": "told: x"}, case.inc, to)
    freeze = EntryDraft("stop", {}, case.inc, to, hold=Hold(case.inc, "freeze", ()))
    for drafts in ([], [note, freeze], [freeze, note]):
        with pytest.raises(BadInput, match="alone"):
            store.append_all(drafts, witness)
    assert store.chain.size == size
    assert [one.seq for one in store.append_all([note, note], witness)] == [size, size + 1]
