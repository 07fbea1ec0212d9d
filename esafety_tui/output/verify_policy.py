"""The flowchart and the policy that an incident followed: their files are those it names.

docs/format.md section 10. The incident's first entry names both by SHA-256. A file of another hash
is never sound. One that is absent makes no pack unsound, since every answer holds the words that
were shown; it is reported, so that nobody takes its absence for a check. Answers that name others
are reported, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.pack.layout import FOLLOWED_FILES
from esafety_tui.output.verify_files import PackFile
from esafety_tui.output.verify_ledger import PackRecord
from esafety_tui.output.verify_shape import HEX64

_OPENING_TYPE = "incident.opened"
_ANSWER_TYPES = frozenset({"answer", "answer.changed", "gate"})
_FILE_NAMES = {"procedure": "procedure (the flowchart)", "policy": "profile (the school's policy)"}


def check_followed_files(
    files: Mapping[str, PackFile], records: tuple[PackRecord, ...]
) -> tuple[str, ...]:
    """Check both files against the incident's first entry. Returns a sentence for each.

    Raises NotSound for a file that is not the one named there.
    """
    opened = records[0]
    named = opened.fields if opened.type == _OPENING_TYPE else {}
    told = [
        _describe_file(name, str(named.get(field, "")), field, files.get(name))
        for name, field in FOLLOWED_FILES.items()
    ]
    others = [
        str(r.seq) for r in records if r.type in _ANSWER_TYPES and _names_other_files(r, named)
    ]
    if others:
        told.append(f"Entries {', '.join(others)} name another procedure or profile.")
    return tuple(told)


def _names_other_files(answer: PackRecord, named: Mapping[str, Json]) -> bool:
    """Return whether an answer has another hash than the first entry; none is not another."""
    return any(
        f in answer.fields and answer.fields[f] != named.get(f) for f in FOLLOWED_FILES.values()
    )


def _describe_file(name: str, wanted: str, field: str, seen: PackFile | None) -> str:
    """Return what is said of one file; ``wanted`` is its hash as the first entry names it."""
    if seen is None:
        by = f"; the first entry names its SHA-256: {wanted}" if HEX64.fullmatch(wanted) else ""
        return f"The file of the {_FILE_NAMES[field]} is not in the pack{by}."
    if seen.sha256 != wanted:
        raise NotSound(name, "it is not the file that the incident's first entry names")
    return f"{name} is the {_FILE_NAMES[field]} that the first entry names: SHA-256 {wanted}."
