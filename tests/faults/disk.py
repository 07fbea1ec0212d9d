"""What a disk would still hold after a power cut, followed call by call through a trace.

A model of the promises of fsync(2): bytes are safe after the file was synced, names after their
folder was synced, nothing earlier. Every step that leans on something not yet safe is a fault.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.strace import BEGIN, Call, of_fd, quoted, spoken

TRACED = (
    "open,openat,openat2,creat,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,rename,"
    "renameat,renameat2,unlink,unlinkat,ftruncate,truncate,mkdir,mkdirat,rmdir,link,linkat,"
    "symlink,symlinkat,sendfile,copy_file_range,splice,fallocate"
)
CACHES = (".reg", "backups.json")
"""Ends of names of files whose loss does no harm, since the entries say it all: never synced."""
SWITCHES = ("/vault/keyring/current", "/backup.json")
"""Files whose replacement puts what lies beside them in force."""
SCRATCH = re.compile(rf"{re.escape(tempfile.gettempdir())}/esafety-\w+")
"""An empty folder in which a fresh program checks a pack; nothing is written into it."""


@dataclass(slots=True)
class Disk:
    """Follows the calls of a writer.

    Attributes:
        roots: the only folders it may touch, the vault first.
        events: what was done, in short words, since the last acknowledgement.
        faults: what leaned on something that a power cut could take away.
    """

    roots: tuple[Path, ...]
    there: set[str] = field(default_factory=set)
    bytes_at_risk: set[str] = field(default_factory=set)
    names_at_risk: dict[str, set[str]] = field(default_factory=dict)
    caches: set[str] = field(default_factory=set)
    events: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    verbs: dict[str, list[str]] = field(default_factory=dict)

    def follow(self, calls: Iterable[Call]) -> None:
        """Take in a whole trace, from the writer's first word on."""
        began = False
        for call in calls:
            word = spoken(call)
            began = began or word == BEGIN
            if not began or call.result.startswith("-1"):
                continue
            if word is not None:
                self._heard(word)
            else:
                self._step(call)

    def _heard(self, word: str) -> None:
        kind, _, rest = word.partition(" ")
        if kind in {"ack", "remembered", "frozen"}:
            self.events.append("acknowledged")
            self._all_safe(word)
        if kind == "done":
            self.verbs.setdefault(rest, list(self.events))
            self.events.clear()

    def _all_safe(self, when: str) -> None:
        for path in sorted(self.bytes_at_risk):
            self._fault(f"{when}: bytes of {path} not synced")
        for folder, names in sorted(self.names_at_risk.items()):
            if names:
                self._fault(f"{when}: {sorted(names)} in {folder} not synced")

    def _fault(self, text: str) -> None:
        if text not in self.faults:
            self.faults.append(text)

    def _step(self, call: Call) -> None:
        name = call.name
        if name in {"openat", "open"}:
            self._opened(call)
        elif name == "ftruncate" and of_fd(call.args) == self.database:
            # SQLite drops pages at the end after a VACUUM; the size in its header rules already.
            self._note(f"shrink {self.database}")
        elif name in {"write", "pwrite64", "ftruncate"}:
            self._wrote(of_fd(call.args))
        elif name in {"fsync", "fdatasync"}:
            self._synced(of_fd(call.args))
        elif name.startswith("rename"):
            self._renamed(*quoted(call.args)[:2])
        elif name.startswith(("unlink", "rmdir")):
            self._removed(self._full(call))
        elif name.startswith("mkdir"):
            self._named(self._full(call))
        else:
            self._fault(f"a call this model does not know: {name}({call.args})")

    def _full(self, call: Call) -> str:
        return str(Path(of_fd(call.args), quoted(call.args)[0]))

    def _opened(self, call: Call) -> None:
        if not any(flag in call.args for flag in ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC")):
            return
        path = call.result.partition("<")[2].rstrip(">")
        if path == "/dev/null":
            return
        if "O_CREAT" in call.args and path not in self.there:
            self._named(path)
        elif "O_TRUNC" in call.args:
            self._wrote(path)
        self._inside(path)

    def _inside(self, path: str) -> bool:
        found = any(Path(path).is_relative_to(root) for root in self.roots)
        if not found:
            self._fault(f"outside the vault: {path}")
        return found

    def _named(self, path: str) -> None:
        if SCRATCH.fullmatch(path):
            return
        self._inside(path)
        self.there.add(path)
        self._touch(path)

    def _touch(self, path: str) -> None:
        if not self._temporary(path):
            self.names_at_risk.setdefault(str(Path(path).parent), set()).add(Path(path).name)

    def _temporary(self, path: str) -> bool:
        """Whether nothing depends on the name: temporary, a lock, or a cache."""
        return path.endswith((".tmp", "/lock", *CACHES))

    def _wrote(self, path: str) -> None:
        self._inside(path)
        again = self._note(f"write {path}")
        if path == self.database and not again:
            self._before_the_database()
        self.bytes_at_risk.add(path)

    @property
    def database(self) -> str:
        return str(self.roots[0] / "evidence.db")

    def _before_the_database(self) -> None:
        """The first write of a transaction: its way back, and what it names, must be safe."""
        journal = f"{self.database}-journal"
        if journal not in self.there:
            self._fault("the database is written without a journal")
        for folder, names in self.names_at_risk.items():
            if names and self._in_vault(folder):
                self._fault(f"the database is written before {sorted(names)} in {folder} are safe")
        for path in filter(self._in_vault, self.bytes_at_risk - {self.database} - self.caches):
            self._fault(f"the database is written before {path} is safe")

    def _in_vault(self, path: str) -> bool:
        return Path(path).is_relative_to(self.roots[0])

    def _note(self, event: str) -> bool:
        """Keep an event once in a row. Returns whether it is a repetition."""
        event = self._short(event)
        again = bool(self.events) and self.events[-1] == event
        if not again:
            self.events.append(event)
        return again

    def _short(self, event: str) -> str:
        verb, _, path = event.partition(" ")
        for root in self.roots:
            if Path(path).is_relative_to(root):
                path = f"{root.name}/{Path(path).relative_to(root)}".removesuffix("/.")
        stem = Path(path)
        if stem.suffix in {".tmp", ".age", ".reg", ".heads"}:
            path = f"{stem.parent}/*{stem.suffix}"
        return f"{verb} {path}"

    def _synced(self, path: str) -> None:
        self._note(f"sync {path}")
        self.bytes_at_risk.discard(path)
        self.names_at_risk.pop(path, None)

    def _renamed(self, old: str, new: str) -> None:
        self._inside(new)
        self._note(f"rename {new}")
        if new.endswith(SWITCHES):
            self._before_a_switch(old, new)
        cache = new.endswith(CACHES)
        if old in self.bytes_at_risk:
            self.bytes_at_risk.discard(old)
            if cache:
                self.caches.add(new)
            else:
                self.bytes_at_risk.add(new)
                if new in self.there:
                    self._fault(f"{new} is replaced by bytes that are not safe")
        inner = self.names_at_risk.pop(old, None)
        if inner:
            self.names_at_risk[new] = inner
        self.there.discard(old)
        self.there.add(new)
        self._touch(new)
        self._touch(old)

    def _before_a_switch(self, old: str, new: str) -> None:
        """What a switch puts in force lies beside it, and must be safe before."""
        beside = Path(new).parent
        risky = [p for p in self.bytes_at_risk - {old} if Path(p).is_relative_to(beside)]
        risky += [f for f, n in self.names_at_risk.items() if n and Path(f).is_relative_to(beside)]
        for path in risky:
            self._fault(f"{new} is switched before {path} is safe")

    def _removed(self, path: str) -> None:
        if SCRATCH.fullmatch(path):
            return
        self._inside(path)
        self._note(f"unlink {path}")
        if path == f"{self.database}-journal" and self.database in self.bytes_at_risk:
            self._fault("the journal goes before the database is safe")
        self.bytes_at_risk.discard(path)
        self.there.discard(path)
        self.names_at_risk.pop(path, None)  # a folder that is gone has no names to lose
        self._touch(path)
