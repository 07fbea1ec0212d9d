"""One thing changed at a time in a pack by someone without the officers' keys: always named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from esafety_tui.kernel.errors import Unusable
from esafety_tui.output.pack import layout
from esafety_tui.output.pack.folder import write_plain_folder
from esafety_tui.output.pack.source import PackSource
from esafety_tui.output.verify_code import compute_check_code
from tests.output.pack_samples import Case, build_sample, quiet
from tests.output.pack_tampering import again, broken, check, names, reseal


@pytest.fixture(scope="module")
def source() -> PackSource:
    return build_sample()


@pytest.fixture(scope="module")
def sound(source: PackSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plain_folder(source, tmp_path_factory.mktemp("sound"), quiet)


@pytest.fixture
def pack(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / sound.name))


def test_a_sound_pack_is_sound_but_not_authentic_without_the_code(pack: Path) -> None:
    verdict = check(pack)
    assert not verdict.authentic
    assert "origin is not shown" in verdict.sentences[-1]
    assert verdict.practice
    assert verdict.not_signed_by == ()


def test_only_the_code_from_the_paper_makes_it_authentic(pack: Path, source: PackSource) -> None:
    code = compute_check_code(source.check_inputs)
    for typed in (code, code.lower().replace(" ", "-"), code.replace(" ", "").replace("0", "o")):
        verdict = check(pack, typed)
        assert verdict.authentic
        assert verdict.to_json()["authentic"] is True
    other = ("1" if code[0] == "0" else "0") + code[1:]
    assert broken(pack, other) == "check code"
    for nonsense in ("7QK4", "not a code at all!", code + "0"):
        with pytest.raises(Unusable, match="check code"):
            check(pack, nonsense)


def test_every_file_flipped(pack: Path) -> None:
    restore = again(pack)
    for name in names(pack):
        data = (pack / name).read_bytes()
        for at in {0, len(data) // 2, len(data) - 1}:
            changed = bytes([*data[:at], data[at] ^ 1, *data[at + 1 :]])
            (pack / name).write_bytes(changed)
            assert broken(pack) == name
        restore(name)
    assert check(pack)


def test_every_file_cut_emptied_or_lengthened(pack: Path) -> None:
    restore = again(pack)
    for name in names(pack):
        data = (pack / name).read_bytes()
        for changed in (data[:-1], b"", data + b"\n"):
            (pack / name).write_bytes(changed)
            assert broken(pack) == name
        restore(name)


def test_every_file_dropped(pack: Path) -> None:
    restore = again(pack)
    for name in names(pack):
        (pack / name).unlink()
        assert broken(pack) == name
        restore(name)


def test_every_file_renamed(pack: Path) -> None:
    for name in names(pack):
        file = pack / name
        other = file.with_name(file.name + ".bak")
        file.rename(other)
        assert broken(pack) == other.relative_to(pack).as_posix()
        other.rename(file)


def test_every_file_swapped_with_the_next(pack: Path) -> None:
    restore = again(pack)
    all_names = names(pack)
    for first, second in pairwise(all_names):
        one, two = (pack / first).read_bytes(), (pack / second).read_bytes()
        if one == two:
            continue
        (pack / first).write_bytes(two)
        (pack / second).write_bytes(one)
        assert broken(pack) in {first, second}
        restore(first)
        restore(second)


ADDED = [
    "fetch.txt", "notes.txt", "data/extra.txt", "data/records/999999.json", "data/form.pdf.bak",
    "data/exhibits/AS_9.png", "data/exhibits/AS_1.jpg", "statement.0123456789abcdef.sig",
    "data/.DS_Store", "Readme.TXT", "data/exhibits/AS_1.PNG", "[x].png",
]  # fmt: skip


@pytest.mark.parametrize("name", ADDED)
def test_an_added_file(pack: Path, name: str) -> None:
    (pack / name).write_bytes(b"https://example.invalid/ - data/form.pdf\n")
    assert broken(pack) == name


@pytest.mark.parametrize("name", [name for name in ADDED if layout.is_in_statement(name)])
def test_an_added_file_with_all_lists_recomputed(pack: Path, name: str) -> None:
    (pack / name).write_bytes(b"https://example.invalid/ - data/form.pdf\n")
    reseal(pack)
    assert broken(pack) == (layout.STATEMENT if layout.is_pack_name(name) else name)


@pytest.mark.parametrize("folder", ["keys", "certs"])
def test_an_added_key_or_certificate(pack: Path, folder: str) -> None:
    (pack / folder / "0123456789abcdef.pem").write_bytes(b"-----BEGIN")
    other = {"keys": "certs", "certs": "keys"}[folder]
    assert broken(pack) == f"{other}/0123456789abcdef.pem"


def test_a_name_that_reads_backwards_is_shown_harmless(pack: Path) -> None:
    (pack / "\u202egnp.exe").write_bytes(b"")
    assert "\u202e" not in broken(pack)


def test_an_added_folder(pack: Path) -> None:
    (pack / "data" / "hidden").mkdir()
    assert broken(pack) == "data/hidden"


@pytest.mark.posix
def test_a_link_is_not_followed(pack: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (pack / "data/form.pdf").rename(outside)
    (pack / "data/form.pdf").symlink_to(outside)
    assert broken(pack) == "data/form.pdf"


@pytest.mark.posix
def test_a_linked_folder_is_not_followed(pack: Path, tmp_path: Path) -> None:
    shutil.move(pack / "data/records", tmp_path / "records")
    (pack / "data/records").symlink_to(tmp_path / "records")
    assert broken(pack) == "data/records"


@pytest.mark.parametrize(
    "name",
    ["data/exhibits/AS_1.png", "data/ledger.json", "data/form.pdf", "verify.html", "README.txt",
     "bag-info.txt", "data/records/000002.json", "certs/ca.pem"],
)  # fmt: skip
def test_when_all_lists_are_recomputed_the_signatures_tell(pack: Path, name: str) -> None:
    file = pack / name
    file.write_bytes(file.read_bytes().replace(b"e", b"f", 1) + b"\n")
    reseal(pack)
    assert broken(pack) in {layout.STATEMENT, name}
    if not name.startswith("certs"):
        assert broken(pack) == layout.STATEMENT


def test_a_manifest_alone_is_checked_too(pack: Path) -> None:
    file = pack / layout.TAG_MANIFEST
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(reversed(lines)))
    assert broken(pack) == layout.TAG_MANIFEST


def test_a_whole_forged_pack_never_becomes_authentic(tmp_path: Path, source: PackSource) -> None:
    forged = write_plain_folder(build_sample(), tmp_path, quiet)
    assert not check(forged).authentic
    assert broken(forged, compute_check_code(source.check_inputs)) == "check code"


def test_an_older_pack_with_the_code_of_a_newer_form(tmp_path: Path) -> None:
    case = Case()
    older = build_sample(case=case)
    newer = {**older.check_inputs, "form": 2}
    pack = write_plain_folder(older, tmp_path, quiet)
    assert check(pack, compute_check_code(older.check_inputs)).authentic
    assert broken(pack, compute_check_code(newer)) == "check code"


def test_the_paper_of_one_incident_does_not_fit_another(tmp_path: Path) -> None:
    case = Case()
    inputs = replace(build_sample(case=case)).check_inputs
    other = build_sample(case=Case(inc="ef" * 16))
    pack = write_plain_folder(other, tmp_path, quiet)
    assert broken(pack, compute_check_code(inputs)) == "check code"


def test_what_is_no_pack_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("hello")
    (tmp_path / "empty.zip").write_bytes(b"")
    for path in (tmp_path, tmp_path / "gone", tmp_path / "file.txt", tmp_path / "empty.zip"):
        with pytest.raises(Unusable):
            check(path)
