"""Decides whether a pack is sound: every rule of docs/format.md section 10, the statement first.

Signatures, names and sizes come first, exhibits last: what is worth nothing costs little. Raises
NotSound with the first bad item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.pack import layout
from esafety_tui.output.verify_code import compute_check_code
from esafety_tui.output.verify_keys import (
    CertifiedOfficer,
    read_certified_officers,
    require_valid_at,
)
from esafety_tui.output.verify_ledger import PackRecord, check_ledger
from esafety_tui.output.verify_policy import check_followed_files
from esafety_tui.output.verify_records import (
    check_exhibits,
    check_form_records,
    check_opening_entry,
)
from esafety_tui.output.verify_source import PackFiles
from esafety_tui.output.verify_statement import (
    PackStatement,
    check_bag_info,
    check_listed_files,
    check_predicate,
    check_signatures,
    read_statement,
)


@dataclass(frozen=True, slots=True)
class PackFindings:
    """The parts that were found sound.

    Attributes:
        code: check code of ``check_inputs``, to be compared with the one on paper.
        exhibits: count of exhibits whose hash is that of their record.
        followed: what is said of the files of flowchart and policy.
    """

    statement: PackStatement = field(repr=False)
    holders: Mapping[str, CertifiedOfficer] = field(repr=False)
    records: tuple[PackRecord, ...] = field(repr=False)
    exhibits: int
    files: int
    code: str
    followed: tuple[str, ...]


def check_pack_files(files: PackFiles) -> PackFindings:
    """Check the files of a pack. Raises NotSound naming the first bad item."""
    for name in sorted(layout.REQUIRED - set(files)):
        raise NotSound(name, "it is missing")
    statement = read_statement(files[layout.STATEMENT].content)
    files.bind_to_signed(statement.subject)
    holders = read_certified_officers(files)
    check_signatures(statement, files, holders)
    check_listed_files(statement, files)
    check_predicate(statement)
    for key in sorted(holders):
        if key not in statement.officers:
            raise NotSound(f"keys/{key[:16]}.pem", "it is not in the school's directory")
    for key in statement.signed_by:
        require_valid_at(holders[key], statement.created)
    records = check_ledger(statement, files, holders)
    check_opening_entry(statement, records)
    exhibits = check_exhibits(statement, files, records)
    check_bag_info(statement, files)
    followed = check_followed_files(files, records)
    check_form_records(statement, files, holders, records)
    code = compute_check_code(statement.check_inputs)
    return PackFindings(statement, holders, records, exhibits, len(files), code, followed)
