"""One run of a copy: written beside the old one, read back, switched, swept.

format.md section 11. A freeze or a change of keys ends the run: the caller starts a fresh one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.backup import verify_copy
from esafety_tui.casework.backup.backup_target import Target
from esafety_tui.casework.integrity import key_check, missing_blobs
from esafety_tui.casework.integrity.backup_manifest import (
    DATA,
    KEYS,
    MANIFEST,
    BackupManifest,
    ManifestPart,
    new_backup_id,
    read_manifest,
)
from esafety_tui.casework.policy import current_policy, policy_files
from esafety_tui.data import copies, merkle, pagecache, platform
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.plainfiles import LISTS, read_plain
from esafety_tui.kernel.errors import BadInput, NotSound, OutputFailed, StorageFailed, Tampered
from esafety_tui.kernel.views import Progress


class Overtaken(Exception):
    """The vault was frozen, or its keys were changed, while it was copied."""


class Copying:
    """One attempt. ``frozen``: files for no copy. ``data``, ``keys``: the lists written."""

    data: BackupManifest
    keys: BackupManifest | None = None

    def __init__(
        self, session: OpenSession, place: Target, progress: Progress, created: str
    ) -> None:
        self.session, self.place, self.progress, self.created = session, place, progress, created
        self.copy = new_backup_id()
        self.frozen = frozenset(session.store.holds.blobs)
        self.generation = session.keyring.directory.generation
        self.read_back, self.added, self.removed = "", 0, 0
        self.warnings: list[str] = []
        self._written, self._proved = list[Path](), set[str]()
        self._step, self._done, self._total = "", 0, 0

    @property
    def files(self) -> int:
        """How many files both parts name."""
        return len(self.data.files) + (len(self.keys.files) if self.keys else 0)

    @property
    def size(self) -> int:
        """Bytes of both parts."""
        return self.data.total_bytes + (self.keys.total_bytes if self.keys else 0)

    def overtaken(self) -> bool:
        """Whether something was frozen, released or given new keys since this run began."""
        holds = self.session.store.holds.blobs
        changed = self.generation != self.session.keyring.directory.generation
        return changed or self.frozen != frozenset(holds)

    def go(self) -> None:
        """Make the copy. Raises Overtaken, OSError, NotSound, Tampered, or what progress raises."""
        try:
            self._clear_the_way()
            self.data = self._write_data()
            self.keys = self._write_keys() if self.place.keys else None
            self._prove()
            self._switch()
        except BaseException:
            self._undo()
            raise
        try:
            self._sweep()
        except OSError as err:
            raise StorageFailed(
                "The new copy is whole, but what must no longer be beside it could not all be "
                "removed. It is not acknowledged.",
                "Check the stick or disk, then copy again.",
            ) from err

    def _begin(self, step: str, total: int = 0) -> None:
        self._step, self._done, self._total = step, 0, total
        self._alive(0)

    def _alive(self, more: int) -> None:
        self._done += more
        self.progress(self._step, self._done, self._total)
        if self.overtaken():
            raise Overtaken

    def _clear_the_way(self) -> None:
        """Take away what a run that was cut short has left; it may need the room."""
        self._begin("looking at the copy that is there")
        before = self.place.before
        for folder in (self.place.data, self.place.data / "blobs", self.place.keys):
            if folder is not None:
                folder.mkdir(mode=0o700, exist_ok=True)
                platform.sync_folder(folder.parent)
        kept = {before.copy} if before else set()
        blobs = before.blobs if before else set()
        self._remove(copies.list_stray_copies(self.place.data, kept, blobs))
        if self.place.keys is not None:
            whole = {p.name for p in self.place.keys.iterdir() if verify_copy.readable(p)}
            self._remove(copies.list_stray_copies(self.place.keys, whole, set()))

    def _remove(self, paths: list[Path]) -> None:
        copies.remove_paths(paths)
        self.removed += len(paths)

    def _write_data(self) -> BackupManifest:
        self._begin("copying the records")
        folder = self.place.data / self.copy
        folder.mkdir(mode=0o700)
        database = folder / "evidence.db"
        copies.copy_database(self.session.folder / "evidence.db", database, self._alive)
        head = self._matches(copies.read_database_facts(database))
        if not copies.compare_copied_rows(self.session.folder / "evidence.db", database, head.size,
                                self._alive):  # fmt: skip
            raise NotSound("evidence.db", verify_copy.BACK)
        measured = copies.hash_and_measure(database, self._alive)
        files = [ManifestPart(f"{self.copy}/evidence.db", *measured)]
        files.append(self._take(self.session.folder / "vault.json", folder, "vault.json"))
        files += self._policy(folder)
        platform.sync_folder(folder)
        platform.sync_folder(self.place.data)
        wanted = self._wanted(head.size)
        excused = missing_blobs.list_lawfully_missing(self.session.folder, self.session.store)
        inside = [name for name in wanted if name not in self.frozen]
        present = [n for n in inside if n not in excused or self._source(n).exists()]
        files += self._sealed(present)
        return self._list(DATA, head, files, len(wanted) - len(present))

    def _policy(self, folder: Path) -> list[ManifestPart]:
        """Copy the files of the policy, each the one it is named by."""
        sound, lost = current_policy.mend_adopted_files(self.session)
        self.warnings += current_policy.describe_lost_files(lost)
        (folder / policy_files.FOLDER).mkdir(mode=0o700)
        names = [f"{policy_files.FOLDER}/{digest}.toml" for digest in sound]
        files = [self._take(self.session.folder / name, folder, name) for name in names]
        if [file.sha256 for file in files] != sound:
            raise _spoiled("A file of the school's policy was changed just then")
        return files

    def _matches(self, found: copies.DatabaseFacts) -> Checkpoint:
        """Return the head of the database copied, which must be one of this vault's own."""
        store, head = self.session.store, found.head
        if found.generation not in {0, self.generation} or head.size > store.chain.size:
            raise Overtaken
        root = store.chain.merkle_root
        if head.size < store.chain.size:
            root = merkle.compute_root(map(merkle.hash_leaf, store.raw.between(0, head.size)))
        if (head.origin, head.root) != (store.origin, root):
            raise Tampered(
                "The database on the disk is not the one that is open.",
                "Sign out and in again, and do not use the copy.",
            )
        return head

    def _wanted(self, size: int) -> list[str]:
        """Return the sealed files that the entries copied name, shredded incidents left out."""
        gone = self.session.keyring.directory.shredded
        lines = [x for x in self.session.store.lines.with_files() if x.seq < size]
        return sorted({name for line in lines if line.inc not in gone for name in line.blobs})

    def _source(self, name: str) -> Path:
        return self.session.folder / "blobs" / f"{name}.age"

    def _sealed(self, names: list[str]) -> Iterator[ManifestPart]:
        missing = [name for name in names if not self._source(name).is_file()]
        if missing:
            raise _spoiled(f"{len(missing)} sealed file(s) of this vault are missing")
        sizes = {name: self._source(name).stat().st_size for name in names}
        self._begin("copying sealed files", sum(sizes.values()))
        for name in names:
            path = self.place.data / "blobs" / f"{name}.age"
            if self._kept(path, name, sizes[name]):
                self._proved.add(name)
            else:
                self._bring(name, path)
            yield ManifestPart(f"blobs/{name}.age", name, sizes[name])

    def _kept(self, path: Path, name: str, size: int) -> bool:
        """Whether the target holds the file already, read from the medium itself."""
        if not path.is_file() or path.stat().st_size != size:
            return False
        pagecache.drop_cache(path)
        return copies.hash_and_measure(path, lambda _n: self._alive(0))[0] == name

    def _bring(self, name: str, path: Path) -> None:
        if not path.exists():
            self._written.append(path)
        try:
            pieces = copies.read_file_pieces(self._source(name), self._alive)
            copies.write_private_file(path, pieces, name)
        except NotSound as err:
            raise _spoiled("A sealed file of this vault was changed") from err
        self.added += 1

    def _write_keys(self) -> BackupManifest:
        """Copy the keyring after the database: an incident's key comes before its first entry."""
        assert self.place.keys is not None  # noqa: S101 - the caller has asked
        self._begin("copying the keys")
        folder, vault = self.place.keys / self.copy, self.session.folder
        current = read_plain(vault / "keyring" / "current").decode("ascii", "replace").strip()
        if current != f"g{self.generation}":
            raise Overtaken
        inside = ("keyring", f"keyring/{current}", f"keyring/{current}/inc", "officers")
        for name in ("", *inside):
            (folder / name).mkdir(mode=0o700)
        people = self.session.keyring.directory.officers_present
        key_files = [f"officers/officer-{p.short_id}.evkey" for p in people]
        here = [name for name in key_files if (vault / name).is_file()]
        if len(here) < len(people):
            self.warnings.append(
                f"The copy of the keys has {len(here)} of {len(people)} officers' key files. "
                "The others are kept elsewhere: copy those, too."
            )
        names = ["keyring/current", *here]
        for place in (f"keyring/{current}", f"keyring/{current}/inc"):
            found = sorted((vault / place).iterdir())
            names += [f"{place}/{p.name}" for p in found if p.is_file() and p.name[0] != "."]
        files = [self._take(vault / name, folder, name) for name in names]
        made = self.data
        keys = BackupManifest(
            KEYS, self.copy, made.origin, made.generation, made.size, made.root, made.created,
            made.left_out, tuple(files),
        )  # fmt: skip
        platform.sync_folder(folder)  # nothing is listed before its name is safe
        copies.write_private_file(folder / MANIFEST, [keys.to_bytes()])
        platform.sync_folder(self.place.keys)
        self.warnings += key_check.refuse_key_loss(self.session, self.place.keys, keys)
        return keys

    def _take(self, source: Path, folder: Path, name: str) -> ManifestPart:
        pieces = copies.read_file_pieces(source, self._alive, LISTS)
        measured = copies.write_private_file(folder / name, pieces)
        return ManifestPart(f"{self.copy}/{name}", *measured)

    def _list(
        self, part: str, head: Checkpoint, files: list[ManifestPart], left_out: int
    ) -> BackupManifest:
        return BackupManifest(
            part, self.copy, head.origin, self.generation, head.size, head.root.hex(),
            self.created, left_out, tuple(files),
        )  # fmt: skip

    def _prove(self) -> None:
        self._begin("reading the copy back", self.size)
        how = verify_copy.prove(self.place.data, self.data, self._proved, self._alive)
        if self.keys is not None and self.place.keys is not None:
            how = verify_copy.prove(self.place.keys, self.keys, set(), self._alive)
        self.read_back = how

    def _switch(self) -> None:
        path = self.place.data / MANIFEST
        copies.write_private_file(path, [self.data.to_bytes()])
        pagecache.drop_cache(path)
        if read_plain(path, LISTS) != self.data.to_bytes():
            raise OutputFailed(
                "The list of the new copy did not read back as written.",
                "Copy again, on another stick or disk.",
            )

    def _undo(self) -> None:
        """Take away what this run wrote, unless it may be what counts by now."""
        with contextlib.suppress(OSError):  # a medium that has gone takes it away itself
            try:
                counts = read_manifest(self.place.data)
            except BadInput:
                return
            if counts is not None and counts.copy == self.copy:
                return
            for place in filter(None, (self.place.data, self.place.keys)):
                copies.remove_paths(p for p in [place / self.copy] if p.exists())
            copies.remove_paths(p for p in self._written if p.exists())

    def _sweep(self) -> None:
        """Remove what the list does not name: the copy before, what is frozen or shredded since."""
        self._remove(copies.list_stray_copies(self.place.data, {self.copy}, self.data.blobs))
        if self.place.keys is not None:
            self._remove(copies.list_stray_copies(self.place.keys, {self.copy}, set()))


def _spoiled(what: str) -> Tampered:
    return Tampered(
        f"{what}. No copy was made: it would lack it, too.",
        "Keep the copy you have. Check the vault with: esafety verify",
    )
