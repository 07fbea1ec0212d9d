"""The pack: what is asked before it is written, and what is said when it was read back.

Rule: "exported" is said after the desk has read the pack back from its target, never before. The
encrypted container is the usual shape; a plain folder needs a reason. The container's passphrase
is shown once and travels apart from the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.guide.choice import Choice
from esafety_tui.guide.ports import DeskPort, ExportResult, Progress
from esafety_tui.kernel.errors import EvidenceError

WRITE = Choice("write", "Write a pack")
HOW_WRITTEN = "How is it written?"
CONTAINER = Choice("container", "Encrypted, with its own passphrase", "the usual way")
PLAIN = Choice("plain", "A plain folder that anybody who finds it can read", "needs a reason")
WHY_PLAIN = "Why is a plain folder needed?"
PLAIN_READABLE = "Whoever finds the stick can read everything in it. Both officers answer for this."
NOT_YET = (
    "Not exported yet. It counts as exported when the pack itself has been read back in a fresh "
    "check, and every file, record and signature was found sound."
)
FAILED = "NOT EXPORTED."
EXPORTED = "Exported: written, read back and found sound."
CODE_NOTE = "It stands on the signed form; tell it, never send it with the pack."
SHOWN_ONCE = "Passphrase of the pack, shown only here:"
NOT_KEPT = "It is not kept and cannot be shown again. Without it nobody can open the pack."
SHEET_NOTE = (
    "Not on the stick with the pack: sheet and pack travel apart. Print it, then delete it."
)
READ_BACK = {
    "cache dropped": "read from the medium itself",
    "cache not dropped": "perhaps read from memory: check the stick again later",
}


@dataclass(frozen=True, slots=True)
class PackRequest:
    """What is to be written: where, for whom, what for; ``reason`` of a plain folder, or ""."""

    target: Path
    recipient: str
    purpose: str
    reason: str = ""

    @property
    def progress_title(self) -> str:
        """What is said while it is written."""
        return f"Writing the pack to {self.target}"

    def write_pack(
        self, desk: DeskPort, inc: str, passphrases: Mapping[str, str], report: Progress
    ) -> ExportResult:
        """Have the desk write the pack and read it back. Blocking. Raises EvidenceError."""
        return desk.export(
            inc, self.target, self.recipient, self.purpose, passphrases,
            bool(self.reason), self.reason, report,
        )  # fmt: skip


def explain_read_back(how: str) -> str:
    """Return the desk's word for how the pack was read back, in plain words."""
    return READ_BACK.get(how, how)


def refuse_pack_folder(folder: Path, done: ExportResult) -> None:
    """Refuse to save the passphrase beside the pack. Raises EvidenceError."""
    if folder.resolve() == done.path.parent.resolve():
        raise EvidenceError(
            "That is the folder of the pack itself.",
            "Choose another one: sheet and pack travel apart.",
        )
