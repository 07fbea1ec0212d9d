"""Names and fixed texts of a pack (docs/format.md section 10), shared by writer and reader.

Every file of a pack has one of the names below; nothing typed by a person ever becomes a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from esafety_tui.kernel.errors import BadInput

BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
START_HERE = "START-HERE.pdf"
README = "README.txt"
VERIFY_PAGE = "verify.html"
STATEMENT = "statement.dsse.json"
PAE = "statement.pae"
CA_CERT = "certs/ca.pem"
FORM = "data/form.pdf"
EXHIBIT_LIST = "data/exhibit-list.csv"
CONTINUITY = "data/continuity.csv"
LIMITS = "data/limits.pdf"
LEDGER = "data/ledger.json"
CHECKPOINT = "data/checkpoint.txt"
PROCEDURE = "data/procedure.toml"
PROFILE = "data/profile.toml"
EXHIBITS = "data/exhibits/"

BAGIT_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

PREDICATE_TYPE = "https://esafety-tui.invalid/pack/v1"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"

REQUIRED = frozenset(
    {
        BAGIT, BAG_INFO, MANIFEST, TAG_MANIFEST, START_HERE, README, VERIFY_PAGE, STATEMENT, PAE,
        CA_CERT, FORM, EXHIBIT_LIST, CONTINUITY, LIMITS, LEDGER, CHECKPOINT,
    }
)  # fmt: skip
FOLLOWED_FILES: Mapping[str, str] = {PROCEDURE: "procedure", PROFILE: "policy"}
"""The flowchart and the policy that were followed: file to the field of ``incident.opened`` with
its SHA-256. Either may be absent: where the school could not give it, the pack goes all the same.
"""
FOLDERS = frozenset({"data", "data/exhibits", "data/records", "keys", "certs"})

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}[A-Za-z0-9]")
RECORD_NAME = re.compile(r"data/records/([0-9]{6,15})\.json")
KEY_NAME = re.compile(r"keys/([0-9a-f]{16})\.pem")
CERT_NAME = re.compile(r"certs/([0-9a-f]{16})\.pem")
SIG_NAME = re.compile(r"statement\.([0-9a-f]{16})\.sig")
EXHIBIT_REF = re.compile(r"([A-Z]{1,8})/([1-9][0-9]{0,5}(?:/[1-9][0-9]{0,3})?)")

KEPT_ENDINGS = frozenset(
    {
        "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "pdf", "txt", "csv",
        "mp4", "m4v", "mov", "webm", "avi", "mp3", "m4a", "wav", "ogg", "eml", "msg",
    }
)  # fmt: skip
"""Endings an exhibit may keep. Anything a double click could run is named ``.bin``."""

_EXHIBIT_NAME = re.compile(
    r"data/exhibits/([A-Z]{1,8}_[1-9][0-9]{0,5}(?:_[1-9][0-9]{0,3})?)\.([a-z0-9]{1,4})"
)


def exhibit_file_name(reference: str, original: str) -> str:
    """Return the neutral name of an exhibit: ``AB/1`` of ``cat.PNG`` is ``AB_1.png``.

    Args:
        reference: producer's initials and number.
        original: the name the file came with; only its ending is used, and only if harmless.

    Raises:
        BadInput: the reference is not initials and a number.
    """
    if EXHIBIT_REF.fullmatch(reference) is None:
        raise BadInput(
            "An exhibit reference is not initials and a number.", "Use a reference such as AB/1."
        )
    _, dot, ending = original.lower().rpartition(".")
    kept = ending if dot and ending in KEPT_ENDINGS else "bin"
    return f"{reference.replace('/', '_')}.{kept}"


def exhibit_reference(name: str) -> str | None:
    """Return ``AB/1`` for ``data/exhibits/AB_1.png``, or None if it is no exhibit's name."""
    match = _EXHIBIT_NAME.fullmatch(name)
    if match is None or (match[2] not in KEPT_ENDINGS and match[2] != "bin"):
        return None
    return match[1].replace("_", "/")


def is_pack_name(name: str) -> bool:
    """True for a name that a file of a pack may have."""
    patterns = (RECORD_NAME, KEY_NAME, CERT_NAME, SIG_NAME)
    return (
        name in REQUIRED
        or name in FOLLOWED_FILES
        or any(pattern.fullmatch(name) for pattern in patterns)
        or exhibit_reference(name) is not None
    )


STRAY_LIMIT = 1 << 20
"""Bytes that a stray of an operating system may have."""

_STRAY = re.compile(r"(?:keys/|certs/)?(?:Thumbs\.db|desktop\.ini|\.DS_Store)")


def is_stray_file(name: str) -> bool:
    """True for a file that Windows or macOS leaves beside the pack's own, never below ``data/``."""
    return _STRAY.fullmatch(name) is not None


def bag_info_text(day: str, reference: str, sizes: Iterable[int]) -> bytes:
    """Return bag-info.txt. ``day``: ISO; ``sizes``: bytes of each file below ``data/``."""
    payload = list(sizes)
    return (
        f"Bagging-Date: {day}\n"
        f"External-Identifier: {reference}\n"
        f"Payload-Oxum: {sum(payload)}.{len(payload)}\n"
    ).encode()


def is_in_statement(name: str) -> bool:
    """True if the statement lists the file: all but its own files and the tag manifest."""
    return name != TAG_MANIFEST and not name.startswith("statement.")


def record_file_name(seq: int) -> str:
    """Return the name of the record of entry ``seq``."""
    return f"data/records/{seq:06d}.json"


def manifest_text(digests: Mapping[str, str]) -> bytes:
    """Return a BagIt manifest: one line a file, sorted by name, as sha256sum reads it."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def pre_authentication_encoding(payload: bytes) -> bytes:
    """Return the bytes that are signed: the PAE of DSSE v1 over the statement."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
