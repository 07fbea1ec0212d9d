"""A vault with two sealed files, a stick for its data and another for its keys."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.backup import backup, restore
from esafety_tui.casework.backup.choose_copy import Source, choose
from esafety_tui.casework.incident import capture
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.integrity.backup_manifest import BackupManifest, read_manifest
from esafety_tui.data import copies, platform
from esafety_tui.kernel.views import Progress
from tests.casework.support import PNG, Practice

CLOCK = platform.SystemClock()


def quiet(_what: str, _done: int, _total: int) -> None:
    """Hear progress and say nothing."""


@dataclass
class Kept:
    """A case with files, and where its copies go."""

    practice: Practice
    case: CaseFile
    target: Path
    keys: Path

    @property
    def session(self) -> OpenSession:
        return self.case.session

    @property
    def data_part(self) -> Path:
        return self.target / "EXS-backup-data"

    @property
    def keys_part(self) -> Path:
        return self.keys / "EXS-backup-keys"

    def make(self, progress: Progress = quiet, *, keys: bool = True) -> backup.Done:
        where = self.keys if keys else None
        return backup.make(self.session, self.target, where, "green stick", progress)

    def take(self, text: str, case: CaseFile | None = None) -> str:
        """Take a file in; return the name of its sealed bytes."""
        path = self.practice.home / "picture.png"
        path.write_bytes(PNG + text.encode())
        return capture.capture_file(case or self.case, path, "a picture", "seen here").blobs[0]

    def listed(self) -> BackupManifest:
        found = read_manifest(self.data_part)
        assert found is not None
        return found

    def blob(self, name: str) -> Path:
        return self.data_part / "blobs" / f"{name}.age"

    def entries(self, kind: str) -> list[int]:
        """Return the numbers of the vault's own entries of one type."""
        vault = self.session.keyring.vault
        assert vault is not None
        own = [line.seq for line in self.session.store.lines if not line.inc]
        return [n for n in own if self.session.store.read_vault_record(n, vault).type == kind]


def kept(practice: Practice) -> Kept:
    """Sign in, open a case with two files, and make two empty places."""
    target, keys = practice.home / "stick", practice.home / "safe"
    target.mkdir(exist_ok=True)
    keys.mkdir()
    made = Kept(practice, practice.case(), target, keys)
    for text in ("one", "two"):
        made.take(text)
    return made


def whole(target: Path, keys: Path | None) -> Source:
    """Return the copy that counts, every byte of it compared with its lists."""
    source = choose(target, keys)
    for folder, listed in ((source.data_folder, source.data), (source.keys_folder, source.keys)):
        for file in listed.files:
            assert copies.hash_and_measure(folder / file.name, _pass) == (file.sha256, file.size), (
                file.name
            )
    return source


def _pass(_more: int) -> None:
    pass


def flip(path: Path, place: int = -1) -> None:
    """Change one bit."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def forget(practice: Practice) -> None:
    """Make this another computer: one where nobody remembers anything."""
    practice.close()
    shutil.rmtree(practice.home / ".home", ignore_errors=True)


def put_back(have: Kept, to: str = "new", accept: str = "", who: str = "AB CD") -> restore.Restored:
    source = choose(have.target, have.keys)
    logins = have.practice.logins(*who.split())
    with restore.staged(source, have.practice.home / to, quiet) as staging:
        return restore.finish(staging, logins, "the laptop was stolen", CLOCK, accept)


def nothing_there(have: Kept, to: str = "new") -> None:
    assert not (have.practice.home / to).exists()
    assert not (have.practice.home / f".{to}.restore").exists()


def relist(have: Kept, listed: BackupManifest, **more: Any) -> None:
    """Write a list of the forger's own into the copy."""
    (have.data_part / "backup.json").write_bytes(replace(listed, **more).to_bytes())
