"""Nonsense in a file's place: a pipe, 40 GB of nothing, a ring of links, wrong kinds of JSON.

Each file of a real vault and of its second copy is replaced in turn. Every verb that reads it ends
within ``SECONDS`` with its answer or with a sentence: nothing hangs, nothing fills the memory, and
no error but ours comes out.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from esafety_tui.casework.access.public_info import signed_out_state
from esafety_tui.casework.backup import backup, restore
from esafety_tui.casework.backup.choose_copy import choose
from esafety_tui.casework.incident import capture
from esafety_tui.casework.inspection import doctor, verify_file
from esafety_tui.data.officers import read_key_file
from esafety_tui.kernel.canon import Json, canonical_bytes
from esafety_tui.kernel.errors import EvidenceError
from tests.casework.support import Practice, copy_of, real_png

assert sys.platform != "win32", "named pipes and alarms"

SECONDS = 60
HUGE = 40 << 30


def sparse(path: Path) -> None:
    """Make a file of 40 GB that takes no room."""
    path.touch()
    os.truncate(path, HUGE)


def ring(path: Path) -> None:
    """Make two links that point at each other."""
    other = path.with_name(f"{path.name}-other")
    path.symlink_to(other.name)
    other.symlink_to(path.name)


MAKERS: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "40 GB of nothing": sparse,
    "a ring of links": ring,
    "a folder": Path.mkdir,
    "nothing in it": Path.touch,
    "a list": lambda p: p.write_bytes(b"[]"),
    "deep JSON": lambda p: p.write_bytes(b"[" * 100_000),
    "a device": lambda p: p.symlink_to("/dev/zero"),
    "binary": lambda p: p.write_bytes(bytes(range(256)) * 16),
}


@contextmanager
def no_longer_than(seconds: int) -> Iterator[None]:
    """Fail where something hangs, also inside a system call."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"hung for {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def replaced(path: Path, make: Callable[[Path], object], spare: Path) -> Iterator[None]:
    """Put something else in a file's place; keep the file as ``spare`` and put it back after."""
    before = set(path.parent.iterdir())
    path.rename(spare)
    try:
        make(path)
        yield
    finally:
        for made in set(path.parent.iterdir()) - before | {path}:
            if made.is_dir() and not made.is_symlink():
                shutil.rmtree(made)
            else:
                made.unlink(missing_ok=True)
        spare.rename(path)


@pytest.fixture(scope="module")
def filled(real_template: Practice, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    """A real vault with an exhibit, and its second copy in two folders beside it."""
    home = tmp_path_factory.mktemp("filled")
    mine = copy_of(real_template, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(home / ".home/state"))
        case = mine.case()
        (home / "seen.png").write_bytes(real_png())
        capture.capture_file(case, home / "seen.png", "An invented page.", "Taken by the school")
        for part in ("data", "keys"):
            (home / part).mkdir()
        backup.make(case.session, home / "data", home / "keys", "stick", lambda *_: None)
        mine.close()
    return mine


def verbs(vault: Practice) -> dict[str, Callable[[], object]]:
    """Return what reads a vault, by name."""
    asked = {
        "officer": vault.ids["AB"], "passphrase": vault.words["AB"],
        "officer2": vault.ids["CD"], "passphrase2": vault.words["CD"],
    }  # fmt: skip

    def sign_in() -> None:
        try:
            vault.sign_in()
        finally:
            vault.close()

    return {
        "verify": lambda: verify_file.verify_any_file(vault.folder, asked, None, None),
        "door": lambda: signed_out_state(vault.folder),
        "doctor": lambda: doctor.examine_computer(vault.folder),
        "sign in": sign_in,
    }


def tell(act: Callable[[], object]) -> str:
    """Return what came of ``act``: "" or the sentence. Anything but our own error is raised."""
    try:
        with no_longer_than(SECONDS):
            act()
    except EvidenceError as err:
        assert err.what and err.do
        return err.what
    return ""


def sample(paths: list[Path], root: Path) -> list[Path]:
    """Return one file of each place: what differs between two of one place is its number."""
    seen: dict[tuple[str, str], Path] = {}
    for path in paths:
        seen.setdefault((str(path.parent.relative_to(root)), path.suffix), path)
    return list(seen.values())


def files_of(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file() and p.name not in {"lock", "reserve"})


QUICK = ("pipe", "40 GB of nothing", "a ring of links")


def every(real: Practice, makers: tuple[str, ...], paths: list[Path]) -> dict[str, str]:
    """Try each maker at each path with each verb. Returns what was said."""
    said = {}
    for path in paths:
        for name in makers:
            with replaced(path, MAKERS[name], real.home / "spare"):
                for verb, act in verbs(real).items():
                    what = f"{path.relative_to(real.home)} · {name} · {verb}"
                    try:
                        said[what] = tell(act)
                    except Exception as err:
                        raise AssertionError(f"{what}: {type(err).__name__}: {err}") from err
    return said


def test_no_file_of_a_vault_hangs_or_crashes_anything(filled: Practice, tmp_path: Path) -> None:
    """One file of each place as a pipe, two as the others that used to hang; all nine in slow."""
    mine = copy_of(filled, tmp_path)
    paths = sample(files_of(mine.folder), mine.folder)
    said = every(mine, QUICK[:1], paths)
    database = "vault/evidence.db · pipe · verify"
    assert said[database], "a pipe for a database was not noticed"
    said = every(mine, QUICK[1:], [mine.folder / "vault.json", mine.key_file("AB")])
    assert all(said[f"vault/vault.json · {name} · door"] for name in QUICK[1:])


@pytest.mark.long("test_no_file_of_a_vault_hangs_or_crashes_anything")
def test_every_place_of_a_vault_with_everything(filled: Practice, tmp_path: Path) -> None:
    """One file of each place, all nine, all verbs; the memory stays as it was."""
    mine = copy_of(filled, tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = every(mine, tuple(MAKERS), sample(files_of(mine.folder), mine.folder))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10
    assert len(said) > 300 and sum(map(bool, said.values())) > len(said) // 3


BESIDE = ("evidence.db-journal", "evidence.db-wal", "evidence.db-shm", "lock", "reserve")


@pytest.mark.parametrize("name", BESIDE)
def test_a_pipe_beside_the_database_hangs_nothing(real: Practice, name: str) -> None:
    """Files that the database or the program looks for beside it."""
    path = real.folder / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    for act in verbs(real).values():
        tell(act)


def test_a_pipe_given_to_verify_is_a_sentence(tmp_path: Path) -> None:
    """As a pack, a form and a container: exit 2, JSON, at once."""
    from tests.cli.conftest import run

    os.mkfifo(tmp_path / "pipe")
    done = run("verify", str(tmp_path / "pipe"), "--json", home=tmp_path)
    assert done.returncode == 2 and json.loads(done.stdout)["result"] == "unusable"


def changed_kinds(value: Json) -> Iterator[Json]:
    """Yield ``value`` with one of its parts, at any depth, of another kind."""
    others: tuple[Json, ...] = (None, True, 7, "x", [], {})
    for other in others:
        if type(other) is not type(value):
            yield other
    if isinstance(value, dict):
        for name, part in value.items():
            for new in changed_kinds(part):
                yield {**value, name: new}
            yield {k: v for k, v in value.items() if k != name}
    if isinstance(value, list) and value:
        for new in changed_kinds(value[0]):
            yield [new, *value[1:]]


def put_back(home: Path) -> None:
    """Put the copy in ``home`` together again, as far as nobody has to sign in."""
    with restore.staged(
        choose(home / "data", home / "keys"), home / "again", lambda *_: None
    ) as staging:
        assert staging.folder.is_dir()


JSON_FILES = ("vault/vault.json", "vault/officers/*.evkey", "data/*/backup.json",
              "keys/*/*/backup.json")  # fmt: skip


@pytest.mark.parametrize("pattern", JSON_FILES)
def test_wrong_kinds_of_json_are_a_sentence(
    filled: Practice, tmp_path: Path, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each value of each JSON file in turn null, true, 7, text, list, object, and left out."""
    mine = copy_of(filled, tmp_path)
    for part in ("data", "keys"):
        shutil.copytree(filled.home / part, tmp_path / part)
    path = next(iter(sorted(tmp_path.glob(pattern))))
    value = json.loads(path.read_bytes())
    acts = dict(verbs(mine))
    if "backup" in path.name:
        acts = {"restore": lambda: put_back(tmp_path)}
    elif path.suffix == ".evkey":
        acts = {"read": lambda: read_key_file(path)}  # before anything is derived
    count = 0
    for new in changed_kinds(value):
        path.write_bytes(canonical_bytes(new))
        for verb, act in acts.items():
            try:
                tell(act)
            except Exception as err:
                raise AssertionError(f"{verb} with {json.dumps(new)[:300]}") from err
        count += 1
    assert count > 30
