"""The flowchart and the policy that an incident followed, as files of its pack.

The bytes are those of the hash that the incident's first entry names, wherever vault or program
still has them. Reporting never waits for them: a pack goes without a file that nothing can give,
and says so, in its README and where the export ends.
"""

from __future__ import annotations

from collections.abc import Iterable

from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.policy import current_policy
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.output.pack.readme import NOT_IN_PACK


def read_followed_file(case: CaseFile, field: str) -> bytes:
    """Return the bytes whose hash ``field`` of the first entry is; b"" where nothing has them."""
    digest = case.records[0].field_text(field)
    try:
        data = current_policy.read_policy_source(case.session, digest)
    except (EvidenceError, OSError):  # said in the pack and at the end, see in_words
        return b""
    return data if sha256_hex(data) == digest else b""


def describe_missing_files(lacks: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each file that the pack goes without."""
    return tuple(f"{name} {NOT_IN_PACK}" for name in lacks)
