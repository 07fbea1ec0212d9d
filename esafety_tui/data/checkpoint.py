"""Ledger heads as signed notes (C2SP tlog-checkpoint and signed-note, ECDSA signatures).

Rule: one checkpoint has one text, and parsing takes nothing that :func:`note` would not write.
Signing is the caller's: no private key comes here. Extension lines are refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from esafety_tui.kernel.errors import BadInput, Tampered

_NAME: Final = re.compile(r"[^\s+\x00-\x1f\x7f\ud800-\udfff]+")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,14}")
_DASH: Final = "\N{EM DASH} "
_MAX_SIGNATURES: Final = 64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One head of one ledger. Raises BadInput where a field cannot stand in a note.

    Attributes:
        origin: ``<site code>.<school domain>/evidence``, without spaces and plus signs.
        size: number of entries, below 10^15.
        root: 32 bytes of Merkle root over them.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        sound = _NAME.fullmatch(self.origin) and _SIZE.fullmatch(str(self.size))
        if not sound or len(self.root) != 32:
            raise _malformed_note()

    @classmethod
    def parse_body(cls, body: bytes) -> Checkpoint:
        """Read what :meth:`body` wrote, unsigned. Raises BadInput unless strictly formed."""
        try:
            parts = body.decode("utf-8").split("\n")
        except UnicodeDecodeError as err:
            raise _malformed_note() from err
        if len(parts) != 4 or parts[3] or not _SIZE.fullmatch(parts[1]):
            raise _malformed_note()
        return cls(parts[0], int(parts[1]), _decode_note_base64(parts[2]))

    def signed_body(self) -> bytes:
        """Return the bytes that are signed: three lines, each with its line feed."""
        return f"{self.origin}\n{self.size}\n{_encode_note_base64(self.root)}\n".encode()


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: key name, 4 bytes of key id, DER signature. Not yet verified."""

    name: str
    key_id: bytes
    signature: bytes


def note_key_id(spki_der: bytes) -> bytes:
    """Return the 4-byte key id of an ECDSA key: the start of SHA-256 over its SPKI."""
    return hashlib.sha256(spki_der).digest()[:4]


def write_signed_note(checkpoint: Checkpoint, sigs: Sequence[tuple[str, bytes, bytes]]) -> bytes:
    """Return the signed note: body, blank line, one line a signature.

    ``sigs`` holds (key name, SPKI DER, DER signature over :meth:`Checkpoint.body`); a key name is
    ``officer-<id16>``. Raises BadInput for none, for a bad name, or for one key twice.
    """
    lines = [NoteSignature(name, note_key_id(spki), signature) for name, spki, signature in sigs]
    _check_signature_lines(lines)
    text = "".join(
        f"{_DASH}{line.name} {_encode_note_base64(line.key_id + line.signature)}\n"
        for line in lines
    )
    return checkpoint.signed_body() + b"\n" + text.encode()


def parse_signed_note(note: bytes) -> tuple[Checkpoint, list[NoteSignature]]:
    """Take a signed note apart without believing it. Raises BadInput unless strictly formed."""
    body, _, tail = note.rpartition(b"\n\n")
    checkpoint = Checkpoint.parse_body(body + b"\n")
    try:
        lines = tail.decode("utf-8").split("\n")
    except UnicodeDecodeError as err:
        raise _malformed_note() from err
    if lines.pop():
        raise _malformed_note()
    signatures = [_parse_signature_line(line) for line in lines]
    _check_signature_lines(signatures)
    return checkpoint, signatures


def verify_signed_note(note: bytes, keys: Mapping[str, bytes]) -> tuple[Checkpoint, list[str]]:
    """Verify a note against known keys (key name -> SPKI DER of a P-256 key).

    Returns the checkpoint and the names whose signatures hold, in the order of the lines. Lines of
    unknown keys are passed over, as signed-note asks; whether the names suffice is the caller's
    rule. Raises BadInput (malformed note or key), Tampered where a known key's signature is bad
    or no known key signed.
    """
    checkpoint, signatures = parse_signed_note(note)
    body = checkpoint.signed_body()
    known = [
        line
        for line in signatures
        if line.name in keys and line.key_id == note_key_id(keys[line.name])
    ]
    for line in known:
        _verify_ecdsa(keys[line.name], line.signature, body)
    if not known:
        raise Tampered(
            "No officer known here signed this ledger head.",
            "Do not rely on it. Ask both officers for the head they remember.",
        )
    return checkpoint, [line.name for line in known]


def _verify_ecdsa(spki_der: bytes, signature: bytes, body: bytes) -> None:
    try:
        key = load_der_public_key(spki_der)
    except (ValueError, UnsupportedAlgorithm) as err:
        raise _unusable_note_key() from err
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _unusable_note_key()
    try:
        key.verify(signature, body, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise Tampered(
            "A signature under this ledger head is not genuine.",
            "Do not rely on it. Ask both officers for the head they remember.",
        ) from None


def _parse_signature_line(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise _malformed_note()
    raw = _decode_note_base64(encoded)
    return NoteSignature(name, raw[:4], raw[4:])


def _check_signature_lines(signatures: Sequence[NoteSignature]) -> None:
    keys = {(line.name, line.key_id) for line in signatures}
    named = all(_NAME.fullmatch(line.name) and line.signature for line in signatures)
    if not named or len(keys) != len(signatures) or not 0 < len(keys) <= _MAX_SIGNATURES:
        raise _malformed_note()


def _encode_note_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decode_note_base64(text: str) -> bytes:
    """Decode padded base64, canonical only. Raises BadInput."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as err:
        raise _malformed_note() from err
    if _encode_note_base64(data) != text:
        raise _malformed_note()
    return data


def _malformed_note() -> BadInput:
    return BadInput("This is not a well-formed ledger head.", "Use an unchanged copy of the file.")


def _unusable_note_key() -> BadInput:
    return BadInput("This is not a P-256 signing key.", "Use the officer's unchanged key file.")
