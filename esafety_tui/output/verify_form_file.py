"""Checks a signed form by itself, without its pack.

A form alone cannot show where it comes from: the authority is either a certificate that the reader
has from elsewhere, or the one that came inside the form, and then anyone could have made it. So it
is never called authentic. The check code on it needs the pack to be compared with.
"""

from __future__ import annotations

import re
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

from esafety_tui.data.plainfiles import read_plain
from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.kernel.text import show_invisible
from esafety_tui.output.form.drawing import refuse_newer_form
from esafety_tui.output.pack import layout
from esafety_tui.output.verify_source import size_limit_of
from esafety_tui.output.verify_verdict import Verdict

_SIGNATURE = re.compile(rb"/Contents ?<([0-9A-Fa-f]{64,65536})>")


def verify_form_file(path: Path, *, ca: Path | None = None) -> Verdict:
    """Check one signed form.

    Args:
        ca: the school's authority, PEM or DER, from a pack that was checked or from the school.

    Raises:
        NotSound: names the field or ``form`` and what is wrong.
        Unusable: a file cannot be read, holds no certificate, or is of a newer layout.
    """
    pdf = _read_limited(path, "form")
    refuse_newer_form(pdf)
    authority = _read_given_authority(ca) if ca is not None else _embedded_authority(pdf)
    # pyHanko takes half a second to load; a file that cannot be read is refused at once.
    from esafety_tui.output.form.verify_form import verify_form

    found = verify_form(pdf, authority, allow_missing=True)
    names = tuple(show_invisible(signer.name) for signer in found.signers)
    sentences = [
        f"The form is signed by {' and '.join(names)}, and unchanged since.",
        *(f"The place {place} is not signed." for place in found.missing),
        "Their certificates come from the authority in the file you gave."
        if ca is not None
        else "Their certificates come from an authority that only this file itself names.",
        "Its origin is not shown: only a check of the pack with the code on the paper shows it.",
    ]
    return Verdict("form", "", False, False, tuple(sentences), names, found.missing)


def _read_limited(path: Path, what: str) -> bytes:
    try:
        return read_plain(path, size_limit_of(layout.FORM) or 0)
    except OSError as err:
        raise Unusable(
            f"The {what} cannot be read, or is too large for one.", "Check the path and try again."
        ) from err


def _read_given_authority(path: Path) -> bytes:
    data = _read_limited(path, "certificate")
    pem = data.startswith(b"-----BEGIN")
    try:
        load = x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate
        return load(data).public_bytes(Encoding.DER)
    except ValueError as err:
        raise Unusable(
            "This file holds no certificate.", "Use certs/ca.pem of a pack that was checked."
        ) from err


def _embedded_authority(pdf: bytes) -> bytes:
    """Return the self-issued certificate that came with the first signature.

    It only says which authority to check against; the check itself is the strict one.
    """
    match = _SIGNATURE.search(pdf)
    if match is None:
        raise NotSound("form", "nobody signed it.")
    try:
        certificates = load_der_pkcs7_certificates(_strip_padding(bytes.fromhex(match[1].decode())))
        for certificate in certificates:
            if certificate.issuer == certificate.subject:
                return certificate.public_bytes(Encoding.DER)
    except (ValueError, IndexError, UnsupportedAlgorithm) as err:
        raise NotSound("form", "its signature cannot be read.") from err
    raise NotSound("form", "its signature names no authority.")


def _strip_padding(data: bytes) -> bytes:
    """Cut the zeros off that fill the signature's place in the PDF (DER length, X.690 8.1.3)."""
    if data[1] < 0x80:
        return data[: 2 + data[1]]
    count = data[1] & 0x7F
    return data[: 2 + count + int.from_bytes(data[2 : 2 + count], "big")]
