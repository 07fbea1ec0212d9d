"""Certificates as the school's authority makes them, read byte by byte (X.690 DER, RFC 5280).

The page in the pack has no X.509 either, so both readers go by one closed list: docs/format.md
section 10, "Certificates". Nothing is skipped: what is not on the list is refused. The signature is
checked elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from esafety_tui.kernel.clock import parse_exact_stamp
from esafety_tui.kernel.errors import NotSound

ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
SPKI_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""Before the 64 bytes of a point of the curve P-256, not compressed (RFC 5480)."""

_VERSION_3 = bytes.fromhex("a003020102")
_ORGANISATION = bytes.fromhex("060355040a")
_COMMON_NAME = bytes.fromhex("0603550403")
_AUTHORITY = (
    bytes.fromhex("30120603551d130101ff040830060101ff020100"),  # may certify, path length 0
    bytes.fromhex("300e0603551d0f0101ff040403020106"),  # keyCertSign, cRLSign
)
_OFFICER = (
    bytes.fromhex("300c0603551d130101ff04023000"),  # may not certify
    bytes.fromhex("300e0603551d0f0101ff0404030206c0"),  # digitalSignature, contentCommitment
)
_KEY_IDS = (
    bytes.fromhex("301d0603551d0e04160414"),  # of the subject, 20 bytes follow
    bytes.fromhex("301f0603551d23041830168014"),  # of the authority, 20 bytes follow
)
_SEQUENCE, _SET, _INTEGER, _BITS, _UTF8 = 0x30, 0x31, 0x02, 0x03, 0x0C
_UTC_TIME, _GENERAL_TIME, _EXTENSIONS = 0x17, 0x18, 0xA3


@dataclass(frozen=True, slots=True)
class SchoolCertificate:
    """A certificate of the closed list; its signature is not yet checked.

    Attributes:
        der: the whole. signed: the bytes that are signed. signature: DER of ECDSA.
        issuer, subject: DER of the names. organisation, common_name: of the subject.
        start, end: first and last moment of validity, as stamps of format.md.
    """

    der: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    organisation: str = field(repr=False)
    common_name: str = field(repr=False)
    spki: bytes = field(repr=False)
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class _DerValue:
    tag: int
    body: bytes = field(repr=False)
    raw: bytes = field(repr=False)


def read_certificate(der: bytes, item: str, *, authority: bool) -> SchoolCertificate:
    """Read one certificate of the school's authority, or of an officer. Raises NotSound."""
    try:
        return _parse_certificate(der, authority)
    except ValueError as err:
        raise NotSound(item, f"it is not a certificate as the school makes it: {err}") from err


def _parse_certificate(der: bytes, authority: bool) -> SchoolCertificate:
    signed, algorithm, bits = _exact_values(_single_body(der, _SEQUENCE), 3)
    fields = _exact_values(signed.body, 8)
    version, serial, inner, issuer, validity, subject, spki, extensions = fields
    _require(version.raw == _VERSION_3, "it is not of version 3")
    _require(_is_serial_number(serial), "its number")
    _require(algorithm.raw == inner.raw == ECDSA_SHA256, "it is not signed with ECDSA and SHA-256")
    _require(bits.tag == _BITS and bits.body[:1] == b"\0", "its signature")
    _require(len(spki.raw) == 91 and spki.raw.startswith(SPKI_HEAD), "its key is not of P-256")
    _require((signed.tag, issuer.tag, subject.tag) == (_SEQUENCE,) * 3, "its form")
    start, end = map(_parse_time, _exact_values(_body_with_tag(validity, _SEQUENCE), 2))
    _check_extensions(_single_body(_body_with_tag(extensions, _EXTENSIONS), _SEQUENCE), authority)
    _parse_names(issuer.body)
    organisation, common_name = _parse_names(subject.body)
    return SchoolCertificate(
        der, signed.raw, bits.body[1:], issuer.raw, subject.raw, organisation, common_name,
        spki.raw, start, end,
    )  # fmt: skip


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _split_values(data: bytes) -> list[_DerValue]:
    """Split DER values that follow one another. Raises ValueError."""
    found, at = [], 0
    while at < len(data):
        start, head = at, data[at : at + 2]
        _require(len(head) == 2 and head[0] & 0x1F != 0x1F, "its DER")
        length, at = head[1], at + 2
        if length > 0x7F:
            count = length - 0x80
            digits = data[at : at + count]
            _require(1 <= count <= 3 and len(digits) == count, "its DER")
            length, at = int.from_bytes(digits, "big"), at + count
            _require(length >= (0x80 if count == 1 else 256 ** (count - 1)), "its DER")
        _require(at + length <= len(data), "its DER")
        found.append(_DerValue(head[0], data[at : at + length], data[start : at + length]))
        at += length
    return found


def _exact_values(data: bytes, count: int) -> list[_DerValue]:
    found = _split_values(data)
    _require(len(found) == count, "it has more or fewer parts")
    return found


def _body_with_tag(value: _DerValue, tag: int) -> bytes:
    _require(value.tag == tag, "its form")
    return value.body


def _single_body(data: bytes, tag: int) -> bytes:
    return _body_with_tag(_exact_values(data, 1)[0], tag)


def _is_serial_number(value: _DerValue) -> bool:
    """RFC 5280 section 4.1.2.2: positive, at most 20 bytes; DER: no byte too many."""
    body = value.body
    positive = value.tag == _INTEGER and 0 < len(body) <= 20 and body[0] < 0x80 and any(body)
    return positive and (len(body) == 1 or body[0] != 0 or body[1] > 0x7F)


def _parse_time(value: _DerValue) -> str:
    """RFC 5280 section 4.1.2.5: two digits of the year up to 2049, four after it."""
    text = value.body.decode("ascii", "replace")
    digits = text[:-1]
    _require(text.endswith("Z") and digits.isascii() and digits.isdecimal(), "a date")
    if value.tag == _UTC_TIME and len(digits) == 12:
        digits = ("19" if digits >= "5" else "20") + digits
    else:
        _require(value.tag == _GENERAL_TIME and len(digits) == 14 and digits >= "205", "a date")
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    stamp = f"{day}T{digits[8:10]}:{digits[10:12]}:{digits[12:]}.000Z"
    parse_exact_stamp(stamp)  # ValueError where no calendar has it
    return stamp


def _parse_names(name: bytes) -> tuple[str, str]:
    """Return organisation and common name, the only two attributes, in this order."""
    pairs = [
        _exact_values(_single_body(_body_with_tag(part, _SET), _SEQUENCE), 2)
        for part in _exact_values(name, 2)
    ]
    oids = [oid.raw for oid, _ in pairs]
    _require(oids == [_ORGANISATION, _COMMON_NAME], "its names are not a school and a person")
    texts = [_body_with_tag(value, _UTF8).decode("utf-8") for _, value in pairs]
    _require(all(0 < len(text) <= 64 for text in texts), "a name is empty or too long")
    return texts[0], texts[1]


def _check_extensions(data: bytes, authority: bool) -> None:
    wanted = _AUTHORITY if authority else _OFFICER
    found = [value.raw for value in _split_values(data)]
    for raw in found:
        keyed = any(raw.startswith(head) and len(raw) == len(head) + 20 for head in _KEY_IDS)
        _require(raw in wanted or keyed, "what it may be used for")
    kinds = {raw[2:7] for raw in found}
    _require(len(kinds) == len(found) and set(wanted) <= set(found), "what it may be used for")
