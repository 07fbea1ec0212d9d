"""Where a reader's school certificate comes from when a form is checked on its own.

From a file the reader was given (pack: ``certs/ca.pem``), or from inside the form. The latter only
shows that the form is sound in itself: a forger brings a certificate of their own.
"""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from esafety_tui.kernel.errors import NotSound, Unusable


def read_authority(path: Path) -> bytes:
    """Return the certificate in a PEM or DER file as DER. Raises Unusable."""
    try:
        data = path.read_bytes()
        load = (
            x509.load_pem_x509_certificate
            if b"-----BEGIN" in data
            else x509.load_der_x509_certificate
        )
        return load(data).public_bytes(Encoding.DER)
    except (OSError, ValueError) as err:
        raise Unusable(
            "That is not a certificate file.", "Use the pack's file certs/ca.pem."
        ) from err


def embedded_authority(path: Path) -> bytes:
    """Return the one certificate authority inside the form's first signature, DER.

    Raises NotSound for a form without a signature or without one authority, Unusable for no PDF.
    """
    try:
        with path.open("rb") as source:
            signatures = PdfFileReader(source).embedded_signatures
            if not signatures:
                raise NotSound("form", "nobody has signed it digitally")
            certificates = [c.dump() for c in signatures[0].other_embedded_certs]
    except OSError as err:
        raise Unusable("The form cannot be read.", "Check the path.") from err
    except (PdfError, ValueError) as err:
        raise NotSound("form", "it is not a form as the program makes it") from err
    found = [c for c in map(x509.load_der_x509_certificate, certificates) if c.issuer == c.subject]
    if len(found) != 1:
        raise NotSound("form", "it does not hold one school certificate")
    return found[0].public_bytes(Encoding.DER)
