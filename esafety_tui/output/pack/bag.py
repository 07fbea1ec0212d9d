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

from esafety_tui.kernel.canon import Json, canonical
from esafety_tui.kernel.clock import stamp
from esafety_tui.kernel.errors import OutputFailed
from esafety_tui.output.pack import layout, readme, sheets, statement, tables
from esafety_tui.output.pack.source import PackEntry, PackExhibit, PackSource


@dataclass(frozen=True, slots=True)
class Member:
    """One file on its way: name inside the pack, size in bytes, and its pieces, to be read once."""

    name: str
    size: int
    pieces: Iterator[bytes] = field(repr=False)


class _Sums:
    """Digests and sizes of what has passed."""

    def __init__(self) -> None:
        self.digests: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def member(self, name: str, size: int, pieces: Iterable[bytes]) -> Member:
        return Member(name, size, self._passing(name, pieces))

    def whole(self, name: str, data: bytes) -> Member:
        return self.member(name, len(data), (data,))

    def _passing(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece
        self.digests[name], self.sizes[name] = digest.hexdigest(), size

    def of(self, payload: bool) -> dict[str, str]:
        return {
            name: digest
            for name, digest in self.digests.items()
            if name.startswith("data/") == payload
        }


def members(source: PackSource) -> Iterator[Member]:
    """Yield every file of the pack. The caller drains each one before it asks for the next.

    Raises OutputFailed if an exhibit does not have the hash of its record.
    """
    sums = _Sums()
    yield from _payload(source, sums)
    yield from _tags(source, sums)
    yield sums.whole(layout.MANIFEST, layout.manifest(sums.of(payload=True)))
    signed = statement.sign(source, sums.digests)
    yield sums.whole(layout.STATEMENT, signed.envelope)
    yield sums.whole(layout.PAE, signed.pae)
    for id16, signature in signed.signatures.items():
        yield sums.whole(f"statement.{id16}.sig", signature)
    yield sums.whole(layout.TAG_MANIFEST, layout.manifest(sums.of(payload=False)))


def _payload(source: PackSource, sums: _Sums) -> Iterator[Member]:
    for exhibit in source.exhibits:
        name = layout.EXHIBITS + exhibit.disk_name
        yield sums.member(name, exhibit.size, exhibit.open())
        _as_recorded(exhibit, sums.digests[name], sums.sizes[name])
    yield sums.whole(layout.FORM, source.form_pdf)
    yield sums.whole(layout.EXHIBIT_LIST, tables.exhibit_list(source))
    yield sums.whole(layout.CONTINUITY, tables.continuity(source))
    yield sums.whole(layout.LIMITS, sheets.limits(source))
    for name, data in source.followed.items():
        yield sums.whole(name, data)
    for entry in source.entries:
        yield sums.whole(layout.record_file(entry.seq), _record(source.incident, entry))
    yield sums.whole(layout.LEDGER, _ledger(source))
    yield sums.whole(layout.CHECKPOINT, source.checkpoint_note)


def _tags(source: PackSource, sums: _Sums) -> Iterator[Member]:
    payload = [size for name, size in sums.sizes.items() if name.startswith("data/")]
    info = layout.bag_info(stamp(source.created)[:10], source.reference, payload)
    yield sums.whole(layout.BAGIT, layout.BAGIT_TEXT)
    yield sums.whole(layout.BAG_INFO, info)
    yield sums.whole(layout.START_HERE, sheets.start_here(source))
    yield sums.whole(layout.README, readme.text(source))
    yield sums.whole(layout.VERIFY_PAGE, verify_page())
    for officer in source.officers:
        yield sums.whole(f"keys/{officer.id[:16]}.pem", public_pem(officer.spki))
        yield sums.whole(f"certs/{officer.id[:16]}.pem", certificate_pem(officer.cert))
    yield sums.whole(layout.CA_CERT, certificate_pem(source.ca_cert))


def _as_recorded(exhibit: PackExhibit, sha256: str, size: int) -> None:
    if (sha256, size) != (exhibit.sha256, exhibit.size):
        raise OutputFailed(
            f"Exhibit {exhibit.ref} is not the file that was taken in.",
            "Stop the export. Check the vault, then tell the technician.",
        )


def _record(incident: str, entry: PackEntry) -> bytes:
    shown: list[Json] = [list(row) for row in entry.record.disclosures]
    return canonical(
        {
            "v": 1,
            "inc": incident,
            "seq": entry.seq,
            "type": entry.record.type,
            "digests": sorted(entry.record.digests),
            "disclosures": shown,
        }
    )


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _ledger(source: PackSource) -> bytes:
    entries: list[Json] = [
        {
            "line": entry.line.decode(),
            "sigs": {key: _b64(sig) for key, sig in entry.sigs.items()},
            "proof": [_b64(node) for node in entry.proof],
        }
        for entry in source.entries
    ]
    printed: dict[str, Json] = {
        "checkpoint": source.check_inputs["checkpoint"],
        "proof": [_b64(node) for node in source.printed_proof],
    }
    return canonical({"v": 1, "entries": entries, "printed": printed})


def verify_page() -> bytes:
    """Return the page that checks a pack in a browser; the form prints its hash."""
    return files("esafety_tui.output.pack").joinpath(layout.VERIFY_PAGE).read_bytes()


def public_pem(spki: bytes) -> bytes:
    """Return an SPKI DER as PEM, 64 characters a line, as openssl writes it."""
    return _pem("PUBLIC KEY", spki)


def certificate_pem(der: bytes) -> bytes:
    """Return a certificate DER as PEM."""
    return _pem("CERTIFICATE", der)


def _pem(label: str, der: bytes) -> bytes:
    text = _b64(der)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()
