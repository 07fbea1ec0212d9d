"""What a running call asks again and again while something leaves: has a freeze come meanwhile?

STOP freezes in memory without waiting for its turn. A call that writes to a
target gives up then, takes back what it wrote, and says so in words, which a frozen incident takes.
An incident that was frozen before the call began may leave in words. Deleting is plain deleting:
what lay on a stick may be recovered by an expert, and the sentence says to keep it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from esafety_tui.casework.incident import permissions
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.kernel.errors import EvidenceError, Frozen
from esafety_tui.output.pack.target import remove_written


class FreezeGuard:
    """Watches one incident from the moment it is made.

    Args:
        blobs: hashes of the sealed files that are about to leave.

    As a context manager it checks at the end, too, whatever else went wrong: the freeze counts.
    """

    def __init__(self, case: CaseFile, blobs: Iterable[str] = ()) -> None:
        self._case = case
        self._holds = case.session.store.holds
        self._before = case.inc in self._holds.frozen
        self.blobs = set(blobs)
        self._known: object = None
        self._closed: frozenset[str] = frozenset()

    def require_unfrozen(self) -> None:
        """Raise Frozen if the incident or a file that is leaving was frozen since."""
        newly = not self._before and self._case.inc in self._holds.frozen
        known = permissions.frozen_list_of(self._case.session)
        if known is not self._known:  # STOP in another incident closed something meanwhile
            self._known, self._closed = known, permissions.frozen_by_content(self._case)
        if newly or not self.blobs.isdisjoint(self._holds.blobs | self._closed):
            raise Frozen(
                "STOP came while this was being written. It does not count, and it was deleted.",
                "Keep the stick or folder locked away, and tell the police that it was used.",
            )

    def __enter__(self) -> FreezeGuard:
        """Refuse to begin when a freeze has come."""
        self.require_unfrozen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Check at the end."""
        self.require_unfrozen()

    @contextlib.contextmanager
    def guard_new_file(self, path: Path, what: str) -> Iterator[None]:
        """Let the new file ``path`` stay only if what is done inside succeeds and nothing froze.

        Args:
            path: a file that this very call made. what: its name in the note, "a copy of AB/1".

        Raises:
            Frozen, OutputFailed (it could not be deleted), or whatever went wrong inside.
        """
        try:
            with self:
                yield
        except BaseException as err:
            try:
                remove_written(path)
            except EvidenceError as left:
                self.record_withdrawal(f"{what}: not finished. {left.what}")
                raise left from err
            if isinstance(err, Frozen):
                self.record_withdrawal(f"{what}: {err.what}")
            raise

    def record_withdrawal(self, text: str) -> None:
        """Seal words about what was given up. The error being raised is the one to report."""
        with contextlib.suppress(EvidenceError):
            self._case.write_record("note", {"text": text, "program": True})
