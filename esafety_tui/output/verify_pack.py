"""Decides whether a pack is sound: every rule of docs/format.md section 10, the statement first.

Signatures, names and sizes come first, exhibits last: what is worth nothing costs little. Raises
NotSound with the first bad item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.pack import layout
from esafety_tui.output.verify_code import check_code
from esafety_tui.output.verify_keys import Holder, read_holders, valid_at
from esafety_tui.output.verify_ledger import Record, check_ledger
from esafety_tui.output.verify_policy import check_followed
from esafety_tui.output.verify_records import check_exhibits, check_form, check_opened
from esafety_tui.output.verify_source import Files
from esafety_tui.output.verify_statement import (
    Statement,
    check_bag_info,
    check_files,
    check_predicate,
    check_signatures,
    read_statement,
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found sound.

    Attributes:
        code: check code of ``check_inputs``, to be compared with the one on paper.
        exhibits: count of exhibits whose hash is that of their record.
        followed: what is said of the files of flowchart and policy.
    """

    statement: Statement = field(repr=False)
    holders: Mapping[str, Holder] = field(repr=False)
    records: tuple[Record, ...] = field(repr=False)
    exhibits: int
    files: int
    code: str
    followed: tuple[str, ...]


def check_pack(files: Files) -> Findings:
    """Check the files of a pack. Raises NotSound naming the first bad item."""
    for name in sorted(layout.REQUIRED - set(files)):
        raise NotSound(name, "it is missing")
    statement = read_statement(files[layout.STATEMENT].content)
    files.bind(statement.subject)
    holders = read_holders(files)
    check_signatures(statement, files, holders)
    check_files(statement, files)
    check_predicate(statement)
    for key in sorted(holders):
        if key not in statement.officers:
            raise NotSound(f"keys/{key[:16]}.pem", "it is not in the school's directory")
    for key in statement.signed_by:
        valid_at(holders[key], statement.created)
    records = check_ledger(statement, files, holders)
    check_opened(statement, records)
    exhibits = check_exhibits(statement, files, records)
    check_bag_info(statement, files)
    followed = check_followed(files, records)
    check_form(statement, files, holders, records)
    code = check_code(statement.check_inputs)
    return Findings(statement, holders, records, exhibits, len(files), code, followed)
