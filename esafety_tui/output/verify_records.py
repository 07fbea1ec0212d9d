"""Compares the records of a pack with its files: the opening, the exhibits and the form.

docs/format.md section 10. Each rule is one that the page in the pack has, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import NotSound
from esafety_tui.kernel.records import CAPTURES
from esafety_tui.output.pack import layout
from esafety_tui.output.verify_code import compute_check_code
from esafety_tui.output.verify_files import PackFile
from esafety_tui.output.verify_keys import CertifiedOfficer, read_authority
from esafety_tui.output.verify_ledger import PackRecord
from esafety_tui.output.verify_shape import is_same_json, require_officer_ids
from esafety_tui.output.verify_source import PackFiles
from esafety_tui.output.verify_statement import PackStatement

OPENING_TYPE = "incident.opened"


def check_opening_entry(statement: PackStatement, records: tuple[PackRecord, ...]) -> None:
    """Check that the first entry, and no other, opened the incident of the statement."""
    first, *others = records
    if first.type != OPENING_TYPE:
        raise NotSound(first.item, "it is the first entry and did not open the incident")
    for record in others:
        if record.type == OPENING_TYPE:
            raise NotSound(record.item, "it opens the incident once more")
    if not is_same_json(first.fields.get("reference"), statement.reference):
        raise NotSound(first.item, "it opened an incident with another reference")


def check_exhibits(
    statement: PackStatement, files: PackFiles, records: tuple[PackRecord, ...]
) -> int:
    """Match files and records one to one; an exhibit left out must be declared. Returns a count.

    Names, sizes and hashes that are said come first; the exhibits themselves are read last.
    """
    taken = _captured_exhibits(records)
    here: dict[str, str] = {}
    for name in sorted(files):
        ref = layout.exhibit_reference(name)
        if ref is None:
            continue
        if ref not in taken or ref in here or ref in statement.withheld:
            raise NotSound(name, "it is an exhibit that no record brought in")
        sealed = taken[ref].fields
        told = is_same_json(sealed.get("sha256"), statement.subject[name])
        if not told or not is_same_json(sealed.get("size"), files.sizes[name]):
            raise NotSound(name, "it is not the file that was taken in")
        here[ref] = name
    for ref, record in taken.items():
        if ref not in here and ref not in statement.withheld:
            raise NotSound(record.item, f"its exhibit {ref} is missing and not declared")
    if not set(statement.withheld) <= set(taken):
        raise NotSound(layout.STATEMENT, "it leaves out an exhibit that no record brought in")
    files.check_all_files(here.values())
    return len(here)


def _captured_exhibits(records: tuple[PackRecord, ...]) -> dict[str, PackRecord]:
    taken: dict[str, PackRecord] = {}
    for record in records:
        if record.type in CAPTURES:
            ref = record.fields.get("exhibit")
            if type(ref) is not str or ref in taken:
                raise NotSound(record.item, "its exhibit is not named, or is named twice")
            taken[ref] = record
    return taken


def check_form_records(
    statement: PackStatement, files: Mapping[str, PackFile], holders: Mapping[str,
    CertifiedOfficer],
    records: tuple[PackRecord, ...],
) -> None:  # fmt: skip
    """Check the form against its records: rendered, signed by whom, and the paper's code."""
    version = statement.check_inputs["form"]
    mine = [record for record in records if is_same_json(record.fields.get("version"), version)]
    rendered = [record for record in mine if record.type == "form.rendered"]
    signed = [record for record in mine if record.type == "form.signed"]
    if len(rendered) != 1:
        raise NotSound(layout.FORM, "its rendering is not recorded in the ledger")
    frozen = rendered[0]
    wanted: dict[str, Json] = {
        "checkpoint": statement.check_inputs["checkpoint"],
        "check_code": compute_check_code(statement.check_inputs),
    }
    for name, value in wanted.items():
        if not is_same_json(frozen.fields.get(name), value):
            raise NotSound(frozen.item, f"its {name.replace('_', ' ')} is not that of the paper")
    last = signed[-1] if signed else frozen
    if last.fields.get("sha256") != files[layout.FORM].sha256:
        raise NotSound(layout.FORM, f"it is not the form of {last.item}")
    reviewers, signers = _read_signers(statement, frozen, signed)
    for key in reviewers:
        if key not in holders:
            raise NotSound(frozen.item, "a reviewer is not in the school's directory")
    if signers:
        _check_signed_pdf(statement, files, holders, str(frozen.fields.get("sha256")), signers)


def _check_signed_pdf(
    statement: PackStatement, files: Mapping[str, PackFile], holders: Mapping[str,
    CertifiedOfficer],
    frozen_sha256: str, signers: list[str],
) -> None:  # fmt: skip
    # pyHanko takes half a second to load: a pack that fails before this point is refused at once.
    from esafety_tui.output.form.verify_form import verify_form

    try:
        form = verify_form(
            files[layout.FORM].content,
            read_authority(files).der,
            frozen_sha256=frozen_sha256,
            expected_certificates={holders[key].certificate.der for key in signers},
            allow_missing=bool(statement.not_signed_by),
        )
    except NotSound as err:
        raise NotSound(layout.FORM, f"{err.item}: {err.reason}") from err
    if form.signed_by != tuple(signers):
        raise NotSound(layout.FORM, "it is not signed by those whom the ledger names")


def _read_signers(
    statement: PackStatement, frozen: PackRecord, signed: list[PackRecord]
) -> tuple[list[str], list[str]]:
    """Return (reviewers, those of them who signed the form, in that order)."""
    named = frozen.fields.get("officers")
    reviewers = list(require_officer_ids(named if isinstance(named, list) else [""], frozen.item))
    signers = [str(record.fields.get("officer")) for record in signed]
    missing = tuple(key for key in reviewers if key not in signers)
    twice = len(set(signers)) != len(signers)
    if twice or not set(signers) <= set(reviewers) or missing != statement.not_signed_by:
        raise NotSound(layout.STATEMENT, "it does not say truly who signed the form")
    return reviewers, signers
