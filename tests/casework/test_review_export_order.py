"""A pack gets its name last and its entry before; the reading back trusts no folder it stands in.

The last part: what a file to be taken in, or the words beside it, can do wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.access.record_group import append_record_group
from esafety_tui.casework.disclosure import (
    evidence_pack,
    pack_delivery,
    pack_readback,
    pack_source,
    signed_form,
)
from esafety_tui.casework.incident import capture, capture_files, originals
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data import pagecache
from esafety_tui.kernel.errors import BadInput, OutputFailed, StorageFailed
from esafety_tui.output.verify import verify_path
from tests.casework.support import Practice, real_png

NAMES = ("EXS-2026-0001", "EXS-2026-0001.zip")


class Cancelled(BaseException):
    """What a screen or a signal may raise; nothing catches it by accident."""


@pytest.fixture
def case(practice: Practice, tmp_path: Path) -> CaseFile:
    """An incident with one picture and a form."""
    case = practice.case()
    (tmp_path / "a.png").write_bytes(real_png())
    capture.capture_file(case, tmp_path / "a.png", "An unkind picture", "seen here")
    signed_form.render_form(case, reason="not all is known yet")
    return case


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty folder to write to."""
    stick = tmp_path / "stick"
    stick.mkdir()
    return stick


def order(
    practice: Practice, stick: Path, plain: bool = True, **more: str
) -> pack_source.PackOrder:
    """The order of AB and CD."""
    words = tuple((practice.ids[i], practice.words[i]) for i in ("AB", "CD"))
    texts = {"recipient": "police", "purpose": "inquiry", "reason": "their portal", **more}
    return pack_source.PackOrder(stick, passphrases=words, plain=plain, **texts)


def quiet(_what: str, _done: int, _total: int) -> None:
    """No progress."""


def types(case: CaseFile) -> list[str]:
    """The entries about packs."""
    return [r.type for r in case.records if r.type.startswith("pack.")]


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "container"])
def test_the_order_is_incomplete_read_back_entry_name_entry(
    practice: Practice, case: CaseFile, stick: Path, plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the five steps of handover.py: what lies there when each entry is written."""
    seen: list[tuple[str, list[str]]] = []
    real = CaseFile.write_record

    def write(self: CaseFile, kind: str, *args: object, **more: object) -> object:
        seen.append((kind, [p.name for p in stick.iterdir()]))
        return real(self, kind, *args, **more)  # type: ignore[arg-type]

    def report(what: str, _done: int, _total: int) -> None:
        if what == pack_delivery.READING and not seen:
            seen.append((what, [p.name for p in stick.iterdir()]))

    monkeypatch.setattr(CaseFile, "write_record", write)
    done = evidence_pack.export_pack(case, order(practice, stick, plain), report)
    name = NAMES[not plain]
    mark = [f".{name}.incomplete"]
    steps = [(pack_delivery.READING, mark), ("pack.exported", mark), ("pack.read-back", [name])]
    assert seen == steps
    assert done.path == stick / name
    assert done.size == sum(p.stat().st_size for p in [done.path, *done.path.rglob("*")]
                            if p.is_file())  # fmt: skip


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "container"])
def test_cancelled_while_reading_back_nothing_has_its_name(
    practice: Practice, case: CaseFile, stick: Path, plain: bool
) -> None:
    """Guards prove-before-publish. A check accepts the marked pack by itself, too."""

    def cancel(what: str, _done: int, _total: int) -> None:
        if what == pack_delivery.READING:
            raise Cancelled

    with pytest.raises(Cancelled):
        evidence_pack.export_pack(case, order(practice, stick, plain), cancel)
    (left,) = stick.iterdir()
    assert left.name == f".{NAMES[not plain]}.incomplete"
    assert types(case) == [] and "not finished" in case.records[-1].field_text("text")
    if plain:
        code = signed_form.latest_rendering(case)[0].field_text("check_code")
        assert verify_path(left, passphrase=None, check_code=code).authentic
    with pytest.raises(OutputFailed, match=f"Delete {left.name} "):
        evidence_pack.export_pack(case, order(practice, stick, plain), quiet)
    assert left.exists(), "an earlier call's pack is not ours to delete"


def test_a_target_that_goes_before_the_reading_back_is_a_sentence(
    practice: Practice, case: CaseFile, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_path: Path) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(pagecache, "drop_cache", broken)
    with pytest.raises(OutputFailed, match="removed or does not answer"):
        evidence_pack.export_pack(case, order(practice, stick), quiet)
    assert [p.name for p in stick.iterdir()] == [f".{NAMES[0]}.incomplete"]


@pytest.mark.parametrize("entry", ["pack.exported", "pack.read-back"])
def test_a_pack_whose_entry_cannot_be_written_loses_its_name(
    practice: Practice, case: CaseFile, stick: Path, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards Handover._seal: a full vault disk at either entry."""
    real = CaseFile.write_record

    def write(self: CaseFile, kind: str, *args: object, **more: object) -> object:
        if kind == entry:
            raise StorageFailed("Could not save: the disk is full.", "Make room.")
        return real(self, kind, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(CaseFile, "write_record", write)
    with pytest.raises(StorageFailed):
        evidence_pack.export_pack(case, order(practice, stick), quiet)
    assert [p.name for p in stick.iterdir()] == [f".{NAMES[0]}.incomplete"]
    assert "pack.read-back" not in types(case)


def test_a_pack_changed_on_the_stick_does_not_get_its_name(
    practice: Practice, case: CaseFile, stick: Path
) -> None:
    def spoil(what: str, _done: int, _total: int) -> None:
        if what == pack_delivery.READING:
            (stick / f".{NAMES[0]}.incomplete/data/form.pdf").write_bytes(b"x")

    with pytest.raises(OutputFailed, match="did not read back"):
        evidence_pack.export_pack(case, order(practice, stick), spoil)
    assert [p.name for p in stick.iterdir()] == [f".{NAMES[0]}.incomplete"]
    assert types(case) == []


@pytest.mark.parametrize("field", ["recipient", "purpose", "reason"])
def test_words_of_an_order_that_cannot_be_sealed_are_refused_first(
    practice: Practice, case: CaseFile, stick: Path, field: str
) -> None:
    """Guards _worded: the pack was written, and only its entry then failed."""
    with pytest.raises(BadInput):
        evidence_pack.export_pack(case, order(practice, stick, True, **{field: "a\ud800"}), quiet)
    assert list(stick.iterdir()) == []


PLANTED = (
    'import sys\nsys.stdout.write(\'{"authentic": true, "files": 99}\')\n'
    "sys.stdout.flush()\nimport os\nos._exit(0)\n"
)


@pytest.mark.parametrize("pythonpath", ["", ".", f".{os.pathsep}"])
def test_a_module_in_the_current_folder_is_not_run(
    stick: Path, monkeypatch: pytest.MonkeyPatch, pythonpath: str
) -> None:
    """Guards -P, the folder of its own and the cleaned PYTHONPATH of the fresh process."""
    for name in ("json", "argparse", "esafety_tui"):
        (stick / f"{name}.py").write_text(PLANTED)
    monkeypatch.chdir(stick)
    monkeypatch.setenv("PYTHONPATH", pythonpath)
    with pytest.raises(OutputFailed, match="no pack here"):
        pack_readback.verify_in_fresh_process(
            Path("nothing.zip"), "secret words of it", "0000 0000 0000 0000"
        )


def test_a_relative_target_is_read_back(
    practice: Practice, case: CaseFile, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the absolute path: the fresh process stands in another folder."""
    monkeypatch.chdir(stick)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert evidence_pack.export_pack(case, order(practice, Path()), quiet).files > 20


def test_the_fresh_process_speaks_utf8_whatever_the_code_page(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards ``-X utf8``, the pipes' encoding and an answer that is no JSON object."""
    seen: dict[str, object] = {}
    real = subprocess.Popen

    def popen(command: list[str], **more: object) -> object:
        seen.update(more, command=command)
        return real(command, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    with pytest.raises(OutputFailed, match="no pack here"):
        pack_readback.verify_in_fresh_process(stick / "ž\u2713", "", "0000 0000 0000 0000")
    assert seen["encoding"] == "utf-8" and seen["command"][1:4] == ["-P", "-X", "utf8"]  # type: ignore[index]
    assert pack_readback._parse_answer("[1]") == pack_readback._parse_answer("\ufffd") == {}


def test_the_passphrase_is_on_no_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    command = pack_readback._check_command(Path("/x.zip"))
    assert "secret" not in json.dumps(command) and command[-1] == "--from-pipe"


def nul(home: Path) -> Path:
    return home / "a\0b"


def ring(home: Path) -> Path:
    (home / "ring").symlink_to("ring")
    return home / "ring"


def odd(home: Path) -> Path:
    return home / "\ud800"


@pytest.mark.parametrize("make", [nul, ring, odd])
def test_a_path_that_leads_nowhere_is_a_sentence(
    case: CaseFile, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    with pytest.raises(BadInput):
        capture.capture_file(case, make(tmp_path), "x", "y")


def test_a_path_that_turns_into_a_ring_is_a_sentence(tmp_path: Path) -> None:
    """Guards lies_inside: it was opened, and cannot be followed any more."""
    for path in (ring(tmp_path), nul(tmp_path)):
        with pytest.raises(BadInput):
            originals.lies_inside(path, tmp_path)


def test_a_provenance_that_cannot_be_sealed_is_refused_before_anything_is(
    case: CaseFile, tmp_path: Path
) -> None:
    calls: list[int] = []
    with pytest.raises(BadInput):
        capture.capture_file(case, tmp_path / "a.png", "x", "\ud800", lambda *_: calls.append(1))
    assert calls == []


@pytest.mark.parametrize("committed", [True, False])
def test_a_failure_after_sealing_leaves_no_file_unless_an_entry_names_it(
    case: CaseFile, tmp_path: Path, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards discard_sealed: a full disk leaves nothing, a fault after the commit loses nothing."""
    folder = case.session.folder / "blobs"
    before = set(folder.iterdir())
    real = append_record_group

    def record(*args: object, **more: object) -> object:
        if committed:
            real(*args, **more)  # type: ignore[arg-type]
        raise StorageFailed("Could not save: the disk is full.", "Make room.")

    monkeypatch.setattr(capture_files, "append_record_group", record)
    with pytest.raises(StorageFailed):
        capture.capture_file(case, tmp_path / "a.png", "x", "y")
    assert len(set(folder.iterdir()) - before) == committed
