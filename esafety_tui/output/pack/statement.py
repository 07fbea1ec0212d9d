"""The signed statement over a pack: in-toto Statement v1 in a DSSE v1 envelope.

Two officers sign it, and it, not the bag around it, is the authority over what the pack holds.
Signing itself is the signers' business: no private key comes here.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from esafety_tui.data import checkpoint
from esafety_tui.kernel.canon import Json, canonical_bytes
from esafety_tui.kernel.clock import format_stamp
from esafety_tui.output.pack import layout
from esafety_tui.output.pack.source import PackSource


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """The files of the statement: envelope, the signed bytes, and id16 to DER signature."""

    envelope: bytes
    pae: bytes
    signatures: Mapping[str, bytes] = field(repr=False)


def build_predicate(source: PackSource) -> dict[str, Json]:
    """Return the predicate of format.md section 10."""
    head, _ = checkpoint.parse_signed_note(source.checkpoint_note)
    return {
        "v": 1,
        "incident": source.incident,
        "reference": source.reference,
        "entries": len(source.entries),
        "origin": head.origin,
        "size": head.size,
        "root": base64.b64encode(head.root).decode(),
        "check_inputs": source.check_inputs,
        "recipient": source.recipient,
        "purpose": source.purpose,
        "created": format_stamp(source.created),
        "practice": source.practice,
        "signed_by": sorted(signer.id for signer in source.signers),
        "not_signed_by": sorted(source.not_signed_by),
        "withheld": [
            {"exhibit": item.ref, "reason": item.reason}
            for item in sorted(source.withheld, key=lambda item: item.ref)
        ],
    }


def sign_statement(source: PackSource, digests: Mapping[str, str]) -> SignedStatement:
    """Have both signers sign the statement over ``digests`` (file name to hex SHA-256)."""
    payload = canonical_bytes(
        {
            "_type": layout.STATEMENT_TYPE,
            "subject": [
                {"name": name, "digest": {"sha256": digests[name]}} for name in sorted(digests)
            ],
            "predicateType": layout.PREDICATE_TYPE,
            "predicate": build_predicate(source),
        }
    )
    pae = layout.pre_authentication_encoding(payload)
    signers = sorted(source.signers, key=lambda signer: signer.id)
    signed = {signer.id: signer.sign_form_bytes(pae) for signer in signers}
    envelope = canonical_bytes(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": layout.PAYLOAD_TYPE,
            "signatures": [
                {"keyid": key, "sig": base64.b64encode(sig).decode()} for key, sig in signed.items()
            ],
        }
    )
    return SignedStatement(envelope, pae, {key[:16]: sig for key, sig in signed.items()})
