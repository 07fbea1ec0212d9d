"""The one stream of files that makes a pack, in the order in which they are written.

Both sinks, folder and container, drain the same stream. Each file is hashed as it passes, so
manifests and statement come last and nothing is kept or staged. BagIt 1.0 (RFC 8493).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files

from esafety_tui.kernel.canon import Json, canonical_bytes
from esafety_tui.kernel.clock import format_stamp
from esafety_tui.kernel.errors import OutputFailed
from esafety_tui.output.pack import layout, readme, sheets, statement, tables
from esafety_tui.output.pack.source import PackEntry, PackExhibit, PackSource


@dataclass(frozen=True, slots=True)
class PackMember:
    """One file on its way: name inside the pack, size in bytes, and its pieces, to be read once."""

    name: str
    size: int
    pieces: Iterator[bytes] = field(repr=False)


class _RunningDigests:
    """Digests and sizes of what has passed."""

    def __init__(self) -> None:
        self.digests: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def hashed_member(self, name: str, size: int, pieces: Iterable[bytes]) -> PackMember:
        return PackMember(name, size, self._hash_pieces(name, pieces))

    def whole_member(self, name: str, data: bytes) -> PackMember:
        return self.hashed_member(name, len(data), (data,))

    def _hash_pieces(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece
        self.digests[name], self.sizes[name] = digest.hexdigest(), size

    def select_digests(self, payload: bool) -> dict[str, str]:
        return {
            name: digest
            for name, digest in self.digests.items()
            if name.startswith("data/") == payload
        }


def pack_members(source: PackSource) -> Iterator[PackMember]:
    """Yield every file of the pack. The caller drains each one before it asks for the next.

    Raises OutputFailed if an exhibit does not have the hash of its record.
    """
    sums = _RunningDigests()
    yield from _payload_members(source, sums)
    yield from _tag_members(source, sums)
    yield sums.whole_member(
        layout.MANIFEST, layout.manifest_text(sums.select_digests(payload=True))
    )
    signed = statement.sign_statement(source, sums.digests)
    yield sums.whole_member(layout.STATEMENT, signed.envelope)
    yield sums.whole_member(layout.PAE, signed.pae)
    for id16, signature in signed.signatures.items():
        yield sums.whole_member(f"statement.{id16}.sig", signature)
    yield sums.whole_member(
        layout.TAG_MANIFEST, layout.manifest_text(sums.select_digests(payload=False))
    )


def _payload_members(source: PackSource, sums: _RunningDigests) -> Iterator[PackMember]:
    for exhibit in source.exhibits:
        name = layout.EXHIBITS + exhibit.disk_name
        yield sums.hashed_member(name, exhibit.size, exhibit.open())
        _require_as_recorded(exhibit, sums.digests[name], sums.sizes[name])
    yield sums.whole_member(layout.FORM, source.form_pdf)
    yield sums.whole_member(layout.EXHIBIT_LIST, tables.exhibit_list_csv(source))
    yield sums.whole_member(layout.CONTINUITY, tables.continuity_csv(source))
    yield sums.whole_member(layout.LIMITS, sheets.limits_pdf(source))
    for name, data in source.followed_files.items():
        yield sums.whole_member(name, data)
    for entry in source.entries:
        yield sums.whole_member(
            layout.record_file_name(entry.seq), _record_json(source.incident, entry)
        )
    yield sums.whole_member(layout.LEDGER, _ledger_json(source))
    yield sums.whole_member(layout.CHECKPOINT, source.checkpoint_note)


def _tag_members(source: PackSource, sums: _RunningDigests) -> Iterator[PackMember]:
    payload = [size for name, size in sums.sizes.items() if name.startswith("data/")]
    info = layout.bag_info_text(format_stamp(source.created)[:10], source.reference, payload)
    yield sums.whole_member(layout.BAGIT, layout.BAGIT_TEXT)
    yield sums.whole_member(layout.BAG_INFO, info)
    yield sums.whole_member(layout.START_HERE, sheets.start_here_pdf(source))
    yield sums.whole_member(layout.README, readme.readme_text(source))
    yield sums.whole_member(layout.VERIFY_PAGE, read_verify_page())
    for officer in source.officers:
        yield sums.whole_member(f"keys/{officer.id[:16]}.pem", public_key_pem(officer.spki))
        yield sums.whole_member(f"certs/{officer.id[:16]}.pem", certificate_pem(officer.cert))
    yield sums.whole_member(layout.CA_CERT, certificate_pem(source.ca_cert))


def _require_as_recorded(exhibit: PackExhibit, sha256: str, size: int) -> None:
    if (sha256, size) != (exhibit.sha256, exhibit.size):
        raise OutputFailed(
            f"Exhibit {exhibit.ref} is not the file that was taken in.",
            "Stop the export. Check the vault, then tell the technician.",
        )


def _record_json(incident: str, entry: PackEntry) -> bytes:
    shown: list[Json] = [list(row) for row in entry.record.disclosures]
    return canonical_bytes(
        {
            "v": 1,
            "inc": incident,
            "seq": entry.seq,
            "type": entry.record.type,
            "digests": sorted(entry.record.digests),
            "disclosures": shown,
        }
    )


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _ledger_json(source: PackSource) -> bytes:
    entries: list[Json] = [
        {
            "line": entry.line.decode(),
            "sigs": {key: _to_base64(sig) for key, sig in entry.sigs.items()},
            "proof": [_to_base64(node) for node in entry.proof],
        }
        for entry in source.entries
    ]
    printed: dict[str, Json] = {
        "checkpoint": source.check_inputs["checkpoint"],
        "proof": [_to_base64(node) for node in source.printed_proof],
    }
    return canonical_bytes({"v": 1, "entries": entries, "printed": printed})


def read_verify_page() -> bytes:
    """Return the page that checks a pack in a browser; the form prints its hash."""
    return files("esafety_tui.output.pack").joinpath(layout.VERIFY_PAGE).read_bytes()


def public_key_pem(spki: bytes) -> bytes:
    """Return an SPKI DER as PEM, 64 characters a line, as openssl writes it."""
    return _encode_pem("PUBLIC KEY", spki)


def certificate_pem(der: bytes) -> bytes:
    """Return a certificate DER as PEM."""
    return _encode_pem("CERTIFICATE", der)


def _encode_pem(label: str, der: bytes) -> bytes:
    text = _to_base64(der)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()
