"""The signed statement: its form, its two signatures, and what it says about every file.

DSSE v1, in-toto Statement v1, docs/format.md section 10. The statement is the authority: BagIt
tools call a bag valid that has an extra tag file or a fetch.txt, so the bag is checked against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import NewerVersion, NotSound
from esafety_tui.output.pack import layout
from esafety_tui.output.pack.layout import PAE, STATEMENT
from esafety_tui.output.pack.source import PRACTICE_ORIGIN
from esafety_tui.output.verify_files import PackFile
from esafety_tui.output.verify_keys import CertifiedOfficer
from esafety_tui.output.verify_shape import (
    HEX64,
    decode_base64,
    read_canonical_json,
    require_fields,
    require_officer_ids,
    require_stamp,
)
from esafety_tui.output.verify_source import PackFiles

_INCIDENT = re.compile(r"[0-9a-f]{32}")
_ORIGIN = re.compile(r"[a-z0-9.-]+/evidence")
NEWEST_PACK_NUMBER = 1
"""Highest number of a pack that this program knows (format.md sections 0 and 10)."""

_PREDICATE_FIELDS: Mapping[str, type] = {
    "v": int, "incident": str, "reference": str, "entries": int, "origin": str, "size": int,
    "root": str, "check_inputs": dict, "recipient": str, "purpose": str, "created": str,
    "practice": bool, "signed_by": list, "not_signed_by": list, "withheld": list,
}  # fmt: skip
_INPUT_FIELDS: Mapping[str, type] = {
    "v": int, "origin": str, "incident": str, "form": int, "checkpoint": str, "officers": list,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackStatement:
    """The statement that two officers signed.

    Attributes:
        subject: file name to hex SHA-256. check_inputs: format.md section 9.
        officers: ids of all officers and paper keys of the school's directory.
        withheld: exhibit reference to reason. created: a stamp.
        payload: signed bytes of the statement. signatures: officer id to DER signature.
    """

    subject: Mapping[str, str] = field(repr=False)
    incident: str
    reference: str
    entries: int
    origin: str
    size: int
    root: bytes
    check_inputs: Mapping[str, Json] = field(repr=False)
    officers: tuple[str, ...] = field(repr=False)
    created: str
    practice: bool
    signed_by: tuple[str, ...]
    not_signed_by: tuple[str, ...]
    withheld: Mapping[str, str] = field(repr=False)
    payload: bytes = field(repr=False)
    signatures: Mapping[str, bytes] = field(repr=False)


def read_statement(data: bytes) -> PackStatement:
    """Read ``statement.dsse.json``. Believes nothing yet. Raises NotSound, NewerVersion."""
    kinds = {"payload": str, "payloadType": str, "signatures": list}
    envelope = read_canonical_json(data, STATEMENT, kinds)
    if envelope["payloadType"] != layout.PAYLOAD_TYPE:
        raise NotSound(STATEMENT, "it is another kind of statement")
    signatures = _read_signatures(envelope["signatures"])
    payload = decode_base64(envelope["payload"], STATEMENT)
    kinds = {"_type": str, "subject": list, "predicateType": str, "predicate": dict}
    body = read_canonical_json(payload, STATEMENT, kinds)
    number = body["predicate"].get("v")
    if type(number) is int and number > NEWEST_PACK_NUMBER:
        raise NewerVersion(
            "This pack was made by a newer version of the program.",
            "Check it with that version; this one cannot judge it.",
        )
    if (body["_type"], body["predicateType"]) != (layout.STATEMENT_TYPE, layout.PREDICATE_TYPE):
        raise NotSound(STATEMENT, "it is another kind of statement")
    said = require_fields(body["predicate"], STATEMENT, _PREDICATE_FIELDS)
    inputs = require_fields(said["check_inputs"], STATEMENT, _INPUT_FIELDS)
    signed_by = require_officer_ids(said["signed_by"], STATEMENT)
    if signed_by != tuple(sorted(signatures)):
        raise NotSound(STATEMENT, "those who signed are not those it names")
    return PackStatement(
        _read_subject(body["subject"]), said["incident"], said["reference"], said["entries"],
        said["origin"], said["size"], decode_base64(said["root"], STATEMENT), inputs,
        require_officer_ids(inputs["officers"], STATEMENT), require_stamp(said["created"],
        STATEMENT),
        said["practice"], signed_by, require_officer_ids(said["not_signed_by"], STATEMENT),
        _read_withheld(said["withheld"]), payload, signatures,
    )  # fmt: skip


def _read_signatures(rows: list[Any]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for row in rows:
        require_fields(row, STATEMENT, {"keyid": str, "sig": str})
        if HEX64.fullmatch(row["keyid"]) is None or row["keyid"] in found:
            raise NotSound(STATEMENT, "one officer signed it twice, or a key is not named")
        found[row["keyid"]] = decode_base64(row["sig"], STATEMENT)
    if len(found) != 2:
        raise NotSound(STATEMENT, "it does not have the signatures of two officers")
    return found


def _read_subject(rows: list[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    last = ""
    for row in rows:
        require_fields(row, STATEMENT, {"name": str, "digest": dict})
        digest = require_fields(row["digest"], STATEMENT, {"sha256": str})["sha256"]
        name = row["name"]
        if not layout.is_pack_name(name) or not layout.is_in_statement(name):
            raise NotSound(STATEMENT, "it lists a file that a pack does not have")
        if HEX64.fullmatch(digest) is None or name <= last:
            raise NotSound(STATEMENT, "its list of files is not in order")
        found[name], last = digest, name
    return found


def _read_withheld(rows: list[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    last = ""
    for row in rows:
        require_fields(row, STATEMENT, {"exhibit": str, "reason": str})
        if layout.EXHIBIT_REF.fullmatch(row["exhibit"]) is None or row["exhibit"] <= last:
            raise NotSound(STATEMENT, "its list of exhibits left out is not in order")
        last = row["exhibit"]
        found[last] = row["reason"]
    return found


def check_signatures(
    statement: PackStatement, files: Mapping[str, PackFile], holders: Mapping[str, CertifiedOfficer]
) -> None:
    """Check both signatures over the statement, and the copies kept for openssl."""
    signed = layout.pre_authentication_encoding(statement.payload)
    copies = {f"statement.{key[:16]}.sig": sig for key, sig in statement.signatures.items()}
    for key, signature in statement.signatures.items():
        if key not in holders:
            raise NotSound(STATEMENT, "it is signed by a key that the school did not certify")
        holders[key].verify_signature(signature, signed, STATEMENT)
    here = {name for name in files if layout.SIG_NAME.fullmatch(name)}
    for name in sorted(here ^ set(copies)):
        raise NotSound(name, "it is missing" if name in copies else "it was added")
    for name, signature in [(PAE, signed), *sorted(copies.items())]:
        if files[name].content != signature:
            raise NotSound(name, "it has been changed against the signed statement")


def check_listed_files(statement: PackStatement, files: PackFiles) -> None:
    """Check names and sizes, then all but the exhibits, then the bag's own lists of the files.

    The lists are compared with the signed hashes; the exhibits are held against these by
    :func:`verify_records.check_exhibits`.
    """
    here = {name for name in files if layout.is_in_statement(name)}
    for name in sorted(here | set(statement.subject)):
        if name not in here:
            raise NotSound(name, "it is missing")
        if name not in statement.subject:
            raise NotSound(name, "it was added: the signed statement does not list it")
    files.check_all_files(name for name in sorted(files) if not name.startswith(layout.EXHIBITS))
    if files[layout.BAGIT].content != layout.BAGIT_TEXT:
        raise NotSound(layout.BAGIT, "it is not that of BagIt 1.0")
    check_bag_info(statement, files, counted=False)
    for manifest, payload in ((layout.MANIFEST, True), (layout.TAG_MANIFEST, False)):
        listed = {
            name: statement.subject.get(name) or files.sha256_of(name)
            for name in files
            if name.startswith("data/") == payload and name != layout.TAG_MANIFEST
        }
        if files[manifest].content != layout.manifest_text(listed):
            raise NotSound(manifest, "it does not agree with the files")


def check_bag_info(statement: PackStatement, files: PackFiles, *, counted: bool = True) -> None:
    """Check what the bag says of its own date and name, and if ``counted`` of bytes and files.

    The latter comes last: where they differ, the exhibit that is not as it was captured is named.
    """
    sizes = [size for name, size in files.sizes.items() if name.startswith("data/")]
    true = layout.bag_info_text(statement.created[:10], statement.reference, sizes)
    said = files[layout.BAG_INFO].content
    if not counted:
        true, said = true.partition(b"Payload-Oxum")[0], said.partition(b"Payload-Oxum")[0]
    if said != true:
        raise NotSound(layout.BAG_INFO, "it does not agree with the files and the statement")


def check_predicate(statement: PackStatement) -> None:
    """Check what the statement says against itself: incident, origin, practice, officers."""
    inputs = statement.check_inputs
    if (inputs["origin"], inputs["incident"]) != (statement.origin, statement.incident):
        raise NotSound(STATEMENT, "its check code is for another incident")
    if _INCIDENT.fullmatch(statement.incident) is None or int(str(inputs["form"])) < 1:
        raise NotSound(STATEMENT, "it does not name an incident and a form")
    if layout.REFERENCE.fullmatch(statement.reference) is None:
        raise NotSound(STATEMENT, "its reference is not one of an incident")
    if _ORIGIN.fullmatch(statement.origin) is None:
        raise NotSound(STATEMENT, "its origin is not one of a school's vault")
    if statement.practice != statement.origin.endswith(PRACTICE_ORIGIN):
        raise NotSound(STATEMENT, "it hides whether it is practice")
    if not set(statement.signed_by) <= set(statement.officers):
        raise NotSound(STATEMENT, "it is signed by someone who is not in the school's directory")
