"""Decides whether a pack is sound: every rule of docs/format.md section 10, the statement first.

Works on files that were read once; touches no disk. Raises NotSound with the first bad item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.serialization import Encoding

from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import NotSound
from esafety_tui.kernel.records import CAPTURES
from esafety_tui.output.pack import layout
from esafety_tui.output.verify_code import check_code
from esafety_tui.output.verify_files import Seen
from esafety_tui.output.verify_keys import Holder, read_authority, read_holders, valid_at
from esafety_tui.output.verify_ledger import Record, check_ledger
from esafety_tui.output.verify_policy import check_followed
from esafety_tui.output.verify_statement import (
    Statement,
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


def check_pack(files: Mapping[str, Seen]) -> Findings:
    """Check the files of a pack. Raises NotSound naming the first bad item."""
    for name in sorted(layout.REQUIRED - set(files)):
        raise NotSound(name, "it is missing")
    statement = read_statement(files[layout.STATEMENT].content)
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
    exhibits = _check_exhibits(statement, files, records)
    followed = check_followed(files, records)
    _check_form(statement, files, holders, records)
    code = check_code(statement.check_inputs)
    return Findings(statement, holders, records, exhibits, len(files), code, followed)


def _check_exhibits(
    statement: Statement, files: Mapping[str, Seen], records: tuple[Record, ...]
) -> int:
    """Match files and records one to one; an exhibit left out must be declared. Returns a count."""
    taken: dict[str, Record] = {}
    for record in records:
        if record.type in CAPTURES:
            ref = record.fields.get("exhibit")
            if type(ref) is not str or ref in taken:
                raise NotSound(record.item, "its exhibit is not named, or is named twice")
            taken[ref] = record
    here: dict[str, str] = {}
    for name in sorted(files):
        ref = layout.exhibit_reference(name)
        if ref is None:
            continue
        if ref not in taken or ref in here or ref in statement.withheld:
            raise NotSound(name, "it is an exhibit that no record brought in")
        if files[name].sha256 != taken[ref].fields.get("sha256"):
            raise NotSound(name, "it is not the file that was taken in")
        here[ref] = name
    for ref, record in taken.items():
        if ref not in here and ref not in statement.withheld:
            raise NotSound(record.item, f"its exhibit {ref} is missing and not declared")
    return len(here)


def _check_form(
    statement: Statement, files: Mapping[str, Seen], holders: Mapping[str, Holder],
    records: tuple[Record, ...],
) -> None:  # fmt: skip
    """Check the form against its records: rendered, signed by whom, and the paper's code."""
    version = statement.check_inputs["form"]
    mine = [record for record in records if record.fields.get("version") == version]
    rendered = [record for record in mine if record.type == "form.rendered"]
    signed = [record for record in mine if record.type == "form.signed"]
    if len(rendered) != 1:
        raise NotSound(layout.FORM, "its rendering is not recorded in the ledger")
    frozen = rendered[0]
    wanted: dict[str, Json] = {
        "checkpoint": statement.check_inputs["checkpoint"],
        "check_code": check_code(statement.check_inputs),
    }
    for name, value in wanted.items():
        if frozen.fields.get(name) != value:
            raise NotSound(frozen.item, f"its {name.replace('_', ' ')} is not that of the paper")
    last = signed[-1] if signed else frozen
    if last.fields.get("sha256") != files[layout.FORM].sha256:
        raise NotSound(layout.FORM, f"it is not the form of {last.item}")
    reviewers, signers = _who_signed(statement, frozen, signed)
    for key in reviewers:
        if key not in holders:
            raise NotSound(frozen.item, "a reviewer is not in the school's directory")
    if signers:
        _check_signed_pdf(statement, files, holders, str(frozen.fields.get("sha256")), signers)


def _check_signed_pdf(
    statement: Statement, files: Mapping[str, Seen], holders: Mapping[str, Holder],
    frozen_sha256: str, signers: list[str],
) -> None:  # fmt: skip
    # pyHanko takes half a second to load: a pack that fails before this point is told at once.
    from esafety_tui.output.form.verify_form import verify_form

    try:
        form = verify_form(
            files[layout.FORM].content,
            read_authority(files).public_bytes(Encoding.DER),
            frozen_sha256=frozen_sha256,
            expected_certificates={
                holders[key].certificate.public_bytes(Encoding.DER) for key in signers
            },
            allow_missing=bool(statement.not_signed_by),
        )
    except NotSound as err:
        raise NotSound(layout.FORM, f"{err.item}: {err.reason}") from err
    if form.signed_by != tuple(signers):
        raise NotSound(layout.FORM, "it is not signed by those whom the ledger names")


def _who_signed(
    statement: Statement, frozen: Record, signed: list[Record]
) -> tuple[list[str], list[str]]:
    """Return (reviewers, those of them who signed the form, in that order)."""
    reviewers = frozen.fields.get("officers")
    signers = [str(record.fields.get("officer")) for record in signed]
    if not isinstance(reviewers, list) or len(set(map(str, reviewers))) != len(reviewers):
        raise NotSound(frozen.item, "its reviewers are not named")
    missing = tuple(sorted(str(key) for key in reviewers if key not in signers))
    twice = len(set(signers)) != len(signers)
    if twice or not set(signers) <= set(reviewers) or missing != statement.not_signed_by:
        raise NotSound(layout.STATEMENT, "it does not say truly who signed the form")
    return reviewers, signers
