"""The school's policy in a vault: files under their hash. docs/format.md sections 1 and 5."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tests.reader.lines import Record
from tests.reader.people import Directory
from tests.reader.refusal import Refusal
from tests.reader.ring import file_bytes

_OPENING = ("procedure", "procedure_name", "policy", "profile")


def check_files(folder: Path, chain: Iterable[Directory]) -> set[str]:
    """Return the hashes of all files that a directory names, each checked. Raises Refusal."""
    named = set[str]()
    for directory in chain:
        rows = (directory.body["profile"], *directory.body["procedures"])
        named.update(row["hash"] for row in rows)
    for digest in sorted(named):
        path = folder / "policy" / f"{digest}.toml"
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise Refusal("changed", "a file of the policy")
        if hashlib.sha256(file_bytes(path, "a file of the policy")).hexdigest() != digest:
            raise Refusal("changed", "a file of the policy")
    return named


def check_openings(records: Iterable[Record], named: set[str]) -> None:
    """Raise Refusal for an incident that follows what no directory names.

    This reader has no files of its own, so what a program comes with counts here only if adopted.
    """
    for record in records:
        if record.type != "incident.opened":
            continue
        if any(not isinstance(record.fields.get(name), str) for name in _OPENING):
            raise Refusal("malformed", "the opening of an incident")
        if not {record.fields["procedure"], record.fields["policy"]} <= named:
            raise Refusal("not listed", "what an incident follows")
