"""An encrypted container is read as a stream, and nothing can be slipped into it."""

from __future__ import annotations

import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pyzipper

from esafety_tui.kernel.errors import NewerVersion, NotSound, Unusable
from esafety_tui.output.pack.container import write_container
from esafety_tui.output.pack.folder import write_plain_folder
from esafety_tui.output.pack.source import PackSource
from esafety_tui.output.verify import Verdict, verify_path
from esafety_tui.output.verify_code import compute_check_code
from esafety_tui.output.verify_zip import open_container
from tests.output.pack_samples import build_sample, quiet

WORDS = "maple-otter-tram-blue-kettle"
TOP = "HVS-2026-0007"
DATE = (2026, 11, 21, 16, 0, 0)


@pytest.fixture(scope="module")
def source() -> PackSource:
    return build_sample()


@pytest.fixture(scope="module")
def sealed(source: PackSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_container(source, tmp_path_factory.mktemp("sealed"), WORDS, quiet)


@pytest.fixture(scope="module")
def folder(source: PackSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plain_folder(source, tmp_path_factory.mktemp("plain"), quiet)


def check(path: Path, passphrase: str | None = WORDS, code: str | None = None) -> Verdict:
    return verify_path(path, passphrase=passphrase, check_code=code)


def broken(path: Path) -> NotSound:
    with pytest.raises(NotSound) as caught:
        check(path)
    return caught.value


def repack(
    folder: Path,
    target: Path,
    change: Callable[[Any], None] = lambda archive: None,
    top: str = TOP,
    skip: str = "",
    date: tuple[int, ...] = DATE,
    **options: Any,
) -> Path:
    """Pack a folder again as layout 1 is, by the ZIP program that made it, plus ``change``."""
    settings = {"compression": pyzipper.ZIP_STORED, "encryption": pyzipper.WZ_AES, **options}
    with pyzipper.AESZipFile(target, "w", **settings) as archive:
        archive.setpassword(WORDS.encode())
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = file.relative_to(folder).as_posix()
            if name != skip:
                info = pyzipper.zipfile_aes.AESZipInfo(f"{top}/{name}", date)
                info.compress_type = settings["compression"]
                archive.writestr(info, file.read_bytes())
        change(archive)
    return target


def test_a_sound_container_is_authentic_with_the_code(sealed: Path, source: PackSource) -> None:
    assert check(sealed, code=compute_check_code(source.check_inputs)).authentic
    assert not check(sealed).authentic


def test_a_container_packed_again_is_accepted_with_its_date_alone(
    folder: Path, tmp_path: Path
) -> None:
    assert check(repack(folder, tmp_path / "a.zip"))
    other = repack(folder, tmp_path / "b.zip", date=(2026, 11, 21, 16, 0, 2))
    assert "date" in broken(other).reason


def test_nothing_is_unpacked(sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    check(sealed)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("passphrase", [None, "", "wrong-wrong-wrong"])
def test_without_the_passphrase_it_cannot_be_used(sealed: Path, passphrase: str | None) -> None:
    with pytest.raises(Unusable):
        check(sealed, passphrase)


@pytest.mark.posix
@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "/etc/evil", "HVS-2026-0007/../../evil", "HVS-2026-0007/fetch.txt",
     "OTHER-2026-0001/README.txt", "evil.txt", "HVS-2026-0007/data\\evil.txt", "C:/evil.txt",
     "HVS-2026-0007/data/", "HVS-2026-0007/readme.txt", "HVS-2026-0007/x\u202egnp.exe"],
)  # fmt: skip
def test_a_member_from_outside(folder: Path, tmp_path: Path, name: str) -> None:
    path = repack(folder, tmp_path / "a.zip", lambda archive: archive.writestr(name, b"x"))
    error = broken(path)
    assert "it was added" in error.reason
    assert "\u202e" not in str(error)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice(folder: Path, tmp_path: Path) -> None:
    # The ZIP program of the test warns about the very thing that is tested.
    path = repack(
        folder, tmp_path / "a.zip", lambda archive: archive.writestr(f"{TOP}/README.txt", b"x")
    )
    error = broken(path)
    assert (error.item, "twice" in error.reason) == ("README.txt", True)


def test_a_member_that_is_not_encrypted(folder: Path, tmp_path: Path) -> None:
    path = repack(folder, tmp_path / "a.zip", skip="README.txt")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{TOP}/README.txt", (folder / "README.txt").read_bytes())
    assert broken(path).item == "README.txt"


def test_a_compressed_member_could_swell_and_is_refused(folder: Path, tmp_path: Path) -> None:
    path = repack(folder, tmp_path / "a.zip", compression=pyzipper.ZIP_DEFLATED)
    assert "not written as a pack is" in broken(path).reason


def test_weaker_encryption_is_refused(folder: Path, tmp_path: Path) -> None:
    path = repack(folder, tmp_path / "a.zip", encryption_kwargs={"nbits": 128})
    assert "not written as a pack is" in broken(path).reason


def test_a_missing_and_an_exchanged_member(folder: Path, tmp_path: Path) -> None:
    path = repack(folder, tmp_path / "a.zip", skip="data/records/000002.json")
    assert broken(path).item == "data/records/000002.json"
    swapped = repack(
        folder,
        tmp_path / "b.zip",
        lambda archive: archive.writestr(f"{TOP}/data/limits.pdf", b"%PDF"),
        skip="data/limits.pdf",
    )
    assert broken(swapped).item == "data/limits.pdf"


def test_another_top_folder(folder: Path, tmp_path: Path) -> None:
    assert broken(repack(folder, tmp_path / "a.zip", top="HVS-2026-0008")).item == "HVS-2026-0008/"


@pytest.mark.parametrize("where", ["front", "back", "comment"])
def test_bytes_that_belong_to_no_file(sealed: Path, tmp_path: Path, where: str) -> None:
    path = tmp_path / "a.zip"
    data = sealed.read_bytes()
    if where == "front":
        path.write_bytes(b"PK\3\4" + bytes(60) + data)
    elif where == "back":
        path.write_bytes(data + b"more")
    else:
        shutil.copy(sealed, path)
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = b"read me first"
    assert broken(path).item == "a.zip"


@pytest.mark.parametrize("keep", [0.999, 0.9, 0.5, 0.01])
def test_a_container_cut_short(sealed: Path, tmp_path: Path, keep: float) -> None:
    data = sealed.read_bytes()
    path = tmp_path / "a.zip"
    path.write_bytes(data[: int(len(data) * keep)])
    broken(path)


def test_a_flipped_bit_never_changes_what_is_called_sound(sealed: Path, tmp_path: Path) -> None:
    """Not one bit of a container may differ."""
    dice = random.Random(7)
    data = sealed.read_bytes()
    central = data.index(b"PK\1\2")
    path = tmp_path / sealed.name
    spots = [dice.randrange(central) for _ in range(30)]
    spots += [dice.randrange(central, len(data)) for _ in range(40)]
    for at in spots:
        changed = bytearray(data)
        changed[at] ^= 1 << dice.randrange(8)
        path.write_bytes(changed)
        with pytest.raises((NotSound, Unusable, NewerVersion)):
            check(path)


def test_two_threads_never_mix_up_their_bytes(sealed: Path) -> None:
    def read() -> dict[str, str]:
        with open_container(sealed, WORDS) as (_, files):
            files.check_all_files(files)
            return {name: files.sha256_of(name) for name in files}

    first = read()
    assert all(read() == first for _ in range(15))


@pytest.mark.long("test_a_flipped_bit_never_changes_what_is_called_sound")
def test_every_member_flipped_is_named(sealed: Path, tmp_path: Path) -> None:
    data = sealed.read_bytes()
    path = tmp_path / sealed.name
    with pyzipper.AESZipFile(sealed) as archive:
        infos = [(i.filename.removeprefix(f"{TOP}/"), i.header_offset, i.file_size, i.compress_size)
                 for i in archive.infolist()]  # fmt: skip
    for number, (name, offset, size, stored) in enumerate(infos):
        after = infos[number + 1][1] if number + 1 < len(infos) else data.index(b"PK\1\2")
        start = after - stored
        assert start > offset
        # Salt, passphrase check, content and authentication code.
        spots = (start, start + 16, start + 18 + size // 2, after - 1)
        for at in (spots[number % 4], spots[(number + 2) % 4]):
            changed = bytearray(data)
            changed[at] ^= 1
            path.write_bytes(changed)
            assert broken(path).item == name
