"""The way of one pack from the vault to its target, in an order that leaves no gap.

1. It is written and synced under a name marked ``.incomplete``.
2. A fresh process reads it back from there.
3. The entry ``pack.exported`` says for whom, what for and what is in it.
4. It gets its final name, and the name is looked at.
5. The entry ``pack.read-back`` says how it was read back. Only from here on is it "exported".

So no pack with a final name is without an entry. Whatever goes wrong, at most something marked
incomplete stays, and a note says so. After STOP or cancelling nothing stays: output/pack/target.py
deletes it. A freeze is asked for before, between and after all of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from esafety_tui.casework.disclosure.pack_readback import verify_in_fresh_process
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.freeze_guard import FreezeGuard
from esafety_tui.data import pagecache
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import EvidenceError, OutputFailed, Refused
from esafety_tui.kernel.records import EntryReceipt
from esafety_tui.output.pack import target
from esafety_tui.output.pack.target import Progress

READING = "reading back in a fresh check"
Write = Callable[[Progress, Callable[[Path], None]], Path]
"""Writes the pack: takes the progress and what must pass before the name; returns the path."""


@dataclass(slots=True)
class PackDelivery:
    """One pack on its way.

    Attributes:
        fields: of ``pack.exported``. code, passphrase: what a stranger would type.
        how, files, size: what the reading back found; size in bytes.
    """

    case: CaseFile
    watch: FreezeGuard
    progress: Progress
    fields: Mapping[str, Json] = field(repr=False)
    code: str
    passphrase: str = field(repr=False)
    begun: bool = False
    how: str = ""
    files: int = 0
    size: int = 0

    def deliver_pack(self, write: Write) -> tuple[Path, EntryReceipt]:
        """Write, read back, record, name, record. Raises Frozen, Refused, OutputFailed."""
        try:
            path = write(self._report_progress, self._prove_partial)
            return path, self._seal_read_back(path)
        except BaseException as err:
            if self.begun:
                self.watch.record_withdrawal(_describe_failure(err))
            raise

    def _report_progress(self, what: str, done: int, total: int) -> None:
        self.begun = True
        with self.watch:
            self.progress(what, done, total)

    def _prove_partial(self, partial: Path) -> None:
        with self.watch:
            self._report_progress(READING, 0, 0)
            self.how = pagecache.drop_cache(partial)
            found = verify_in_fresh_process(
                partial, self.passphrase, self.code, lambda: self._report_progress(READING, 0, 0)
            )
            self.files, self.size = found.files, target.written_size(partial)
        with self.watch:
            self.case.write_record("pack.exported", self.fields)

    def _seal_read_back(self, path: Path) -> EntryReceipt:
        try:
            with self.watch:
                if target.written_size(path) != self.size:
                    raise OutputFailed(
                        "The pack is not on the target under its name.", "Export it again."
                    )
                said: dict[str, Json] = {
                    "how": self.how, "files": self.files, "bytes": self.size,
                }  # fmt: skip
                receipt = self.case.write_record("pack.read-back", said)
        except Refused:
            target.remove_written(path)
            raise
        except BaseException:
            target.withdraw_pack(path)
            raise
        return receipt


def _describe_failure(err: BaseException) -> str:
    why = err.what if isinstance(err, EvidenceError) else "It was cut off."
    if isinstance(err, Refused):
        return f"A pack was begun and not finished; it was deleted from the target. {why}"
    return f"A pack was begun and not finished; what is on the target does not count. {why}"
