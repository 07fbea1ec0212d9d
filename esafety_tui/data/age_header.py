"""The header of an age v1 file (C2SP age.md): the wrapped file key and its MAC.

Rule: parsed strictly, so that two readers never see two different headers in the same bytes.
No armour. Stanzas of other kinds than X25519 are passed over, not opened.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final

from esafety_tui.data.age_keys import Identity, Recipient, derive_hkdf
from esafety_tui.kernel.errors import BadInput, Tampered, VaultError

_LIMIT: Final = 1024 * 1024  # bytes of header we are ready to read: thousands of recipients
VERSION: Final = b"age-encryption.org/v1\n"
_STANZA_LINE: Final = re.compile(rb"->( [\x21-\x7e]+)+\n")
_COLUMNS: Final = 64


class NoMatchingKey(VaultError):
    """None of the keys at hand opens this sealed file."""

    def __init__(self) -> None:
        super().__init__(
            "None of the keys at hand opens this sealed file.",
            "Log in with the officers or paper keys it was sealed for.",
        )


class BadAgeHeader(BadInput):
    """The first lines of a sealed file cannot be read."""

    def __init__(self) -> None:
        super().__init__(
            "This is not a sealed file, or its first lines are damaged.",
            "Use an unchanged copy of the file.",
        )


def damaged_age_file() -> Tampered:
    """Return the one error for every failed MAC or tag: which one it was helps nobody honest."""
    return Tampered(
        "This sealed file was changed or cut short after it was written.",
        "Do not rely on it. Keep it as it is and compare it with a backup.",
    )


def write_header(file_key: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return a header that wraps ``file_key`` for each recipient. Raises BadInput without any."""
    if not recipients:
        raise BadInput("There is nobody to seal this for.", "Name at least one recipient.")
    signed = VERSION
    for share, body in (recipient.wrap_file_key(file_key) for recipient in recipients):
        signed += b"-> X25519 %b\n%b\n" % (_encode_age_base64(share), _encode_age_base64(body))
    signed += b"---"
    return b"%b %b\n" % (signed, _encode_age_base64(_header_mac(file_key, signed)))


def read_header(src: BinaryIO, identities: Sequence[Identity]) -> bytes:
    """Read a header from ``src``, no byte further, and return the file key it wraps.

    Raises BadHeader (malformed), NoMatch (sealed for others), Tampered (its MAC does not hold).
    """
    seen = bytearray()

    def line() -> bytes:
        read = src.readline(_LIMIT - len(seen))
        if not read.endswith(b"\n"):
            raise BadAgeHeader
        seen.extend(read)
        return read

    if line() != VERSION:
        raise BadAgeHeader
    stanzas = []
    while not (first := line()).startswith(b"--- "):
        if not _STANZA_LINE.fullmatch(first):
            raise BadAgeHeader
        stanzas.append((first[3:-1].split(b" "), _read_body(line)))
    mac = _decode_age_base64(first[4:-1])
    if len(mac) != 32 or not stanzas:
        raise BadAgeHeader
    file_key = _unwrap_file_key(stanzas, identities)
    signed = bytes(seen[: len(b"---") - len(first)])
    if not hmac.compare_digest(_header_mac(file_key, signed), mac):
        raise damaged_age_file()
    return file_key


def _read_body(line: Callable[[], bytes]) -> bytes:
    """Read full base64 lines up to the first shorter one, which may be empty."""
    text = bytearray()
    while len(read := line()) > _COLUMNS:
        if len(read) > _COLUMNS + 1:
            raise BadAgeHeader
        text += read[:-1]
    return _decode_age_base64(bytes(text + read[:-1]))


def _unwrap_file_key(
    stanzas: Sequence[tuple[Sequence[bytes], bytes]], identities: Sequence[Identity]
) -> bytes:
    for share, body in list(
        _parse_x25519_stanzas(stanzas)
    ):  # all are checked before any key is tried
        for identity in identities:
            try:
                file_key = identity.unwrap_file_key(share, body)
            except ValueError as err:
                raise BadAgeHeader from err
            if file_key is not None:
                return file_key
    raise NoMatchingKey


def _parse_x25519_stanzas(
    stanzas: Sequence[tuple[Sequence[bytes], bytes]],
) -> Iterator[tuple[bytes, bytes]]:
    for args, body in stanzas:
        if args[0] == b"scrypt" and len(stanzas) > 1:
            raise BadAgeHeader  # age.md: a passphrase must be the only way in
        if args[0] == b"X25519":
            share = _decode_age_base64(args[1]) if len(args) == 2 else b""
            # The exact body length closes partitioning oracle attacks (age.md).
            if len(share) != 32 or len(body) != 32:
                raise BadAgeHeader
            yield share, body


def _header_mac(file_key: bytes, signed: bytes) -> bytes:
    return hmac.digest(derive_hkdf(file_key, None, b"header"), signed, "sha256")


def _encode_age_base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _decode_age_base64(text: bytes) -> bytes:
    """Decode unpadded base64, canonical only. Raises BadHeader."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as err:
        raise BadAgeHeader from err
    if _encode_age_base64(data) != text:
        raise BadAgeHeader
    return data
