"""The invented school of the table: its keys, one sound pack, and the ways to make another."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from esafety_tui.data import ledger
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.canon import Json, canonical_bytes, sha256_hex
from esafety_tui.output.pack import layout
from esafety_tui.output.pack.bag import pack_members
from esafety_tui.output.pack.source import PackSource, RecordCopy
from esafety_tui.output.verify_code import compute_check_code
from tests.output.pack_samples import Case, FormMaker, build_sample, form_signed_by

ORIGIN = "hvs.heron-valley.invalid/evidence"


@dataclass
class Entry:
    """An entry before it is signed; an edit may change anything of it."""

    kind: str
    fields: dict[str, Any]
    redact: tuple[str, ...]
    present: list[OfficerKeys]
    line: dict[str, Any] = field(default_factory=dict)
    signers: list[OfficerKeys] | None = None
    text: Callable[[bytes], bytes] | None = None
    """Changes the line's bytes after they were made."""


Edit = Callable[[Entry], None]


class Edited(Case):
    """The vault of the school once more, with its own keys; an edit sees each entry first."""

    def __init__(self, school: Case, edit: Edit) -> None:
        super().__init__(ORIGIN)
        self.officers, self.pair = school.officers, school.pair
        self.authority, self.certs = school.authority, school.certs
        self.produced = school.produced
        self.edit = edit

    def add(self, inc: str, kind: str, redact: tuple[str, ...] = (), **fields: Json) -> int:
        seq = len(self.lines)
        entry = Entry(kind, dict(fields), redact, list(self.pair))
        entry.line = {
            "v": 1, "seq": seq, "inc": inc, "iseq": self.counts.get(inc, 0), "blobs": [],
            "prev": sha256_hex(self.lines[-1]) if self.lines else ledger.ZEROS,
            "t": self.stamp(seq), "mono": 1_000_000 + seq * 9_000, "boot": "0-boot",
            "machine": "5" * 64,
        }  # fmt: skip
        if inc == self.inc:
            self.edit(entry)
        rows = ledger.salt_fields(entry.fields)
        digests = tuple(sorted(map(ledger.disclosure_digest, rows)))
        entry.line.setdefault("rec", ledger.record_commitment(entry.kind, digests))
        entry.line.setdefault("by", [officer.id for officer in entry.present])
        line = canonical_bytes(entry.line)
        line = entry.text(line) if entry.text else line
        self.lines.append(line)
        self.counts[inc] = self.counts.get(inc, 0) + 1
        if inc == self.inc:
            message = ledger.SIGN_PREFIX + line
            sigs = {o.id: o.sign_message(message) for o in entry.signers or entry.present}
            shown = tuple(row for row in rows if row[1] not in entry.redact)
            self.kept.append((seq, line, sigs, RecordCopy(entry.kind, digests, shown)))
        return seq


class World:
    """Keys, a sound pack with a form that both signed, and one whose form nobody signed."""

    def __init__(self, folder: Path) -> None:
        self.school = Case(ORIGIN)
        self.signed = build_sample(case=self.school)
        self._forms = {2: self._form(2), 0: self._form(0)}
        self.unsigned = self.source(lambda _: None)
        self._packs = {2: write(self.signed, folder / "2"), 0: write(self.unsigned, folder / "0")}
        self.code = compute_check_code(self.signed.check_inputs)
        self.signers = self.signed.signers

    def _form(self, count: int) -> FormMaker:
        """The form is drawn once: what is checked of it are its hashes and its signatures."""
        ready = form_signed_by(count)(self.school)
        return lambda _case: ready

    def source(self, edit: Edit, forms: int = 0) -> PackSource:
        """Return the incident with edited entries, signed and proven anew."""
        return build_sample(form=self._forms[forms], case=Edited(self.school, edit))

    def copy(self, folder: Path, forms: int = 2) -> Path:
        """Return a copy of a sound pack."""
        return Path(shutil.copytree(self._packs[forms], folder / "HVS-2026-0007"))

    def build(self, folder: Path, edit: Edit, forms: int = 0) -> Path:
        """Write the pack of edited entries."""
        return write(self.source(edit, forms), folder)

    def refit(
        self, pack: Path, edit: Callable[[dict[str, Any]], object] | None = None, bag: bool = True
    ) -> Path:
        """Have the statement signed over the files as they are, and make all lists fit.

        Args:
            edit: changes the statement before it is signed.
            bag: whether bag-info.txt and manifest-sha256.txt are made to fit as well.
        """
        if bag:
            sizes = [(pack / name).stat().st_size for name in names(pack) if _payload(name)]
            info = layout.bag_info_text("2026-11-21", "HVS-2026-0007", sizes)
            (pack / layout.BAG_INFO).write_bytes(info)
            payload = {name: _sum(pack, name) for name in names(pack) if _payload(name)}
            (pack / layout.MANIFEST).write_bytes(layout.manifest_text(payload))
        envelope = json.loads((pack / layout.STATEMENT).read_bytes())
        body = json.loads(base64.b64decode(envelope["payload"]))
        body["subject"] = [
            {"name": name, "digest": {"sha256": _sum(pack, name)}}
            for name in names(pack)
            if layout.is_in_statement(name)
        ]
        if edit is not None:
            edit(body)
        return self.sign(pack, canonical_bytes(body))

    def sign(self, pack: Path, payload: bytes) -> Path:
        """Write a statement of these bytes, signed by both, and the files that go with it."""
        pae = layout.pre_authentication_encoding(payload)
        signed = {signer.id: signer.sign_form_bytes(pae) for signer in self.signers}
        rows = [{"keyid": key, "sig": _b64(sig)} for key, sig in sorted(signed.items())]
        envelope: dict[str, Any] = {
            "payload": _b64(payload), "payloadType": layout.PAYLOAD_TYPE, "signatures": rows,
        }  # fmt: skip
        (pack / layout.STATEMENT).write_bytes(canonical_bytes(envelope))
        (pack / layout.PAE).write_bytes(pae)
        for key, sig in signed.items():
            (pack / f"statement.{key[:16]}.sig").write_bytes(sig)
        return retag(pack)


def write(source: PackSource, folder: Path) -> Path:
    """Write the product's own stream of files, without waiting for the disk as an export does."""
    for member in pack_members(source):
        target = folder / source.reference / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"".join(member.pieces))
    return folder / source.reference


def names(pack: Path) -> list[str]:
    """Return the pack's files, sorted as a statement sorts them."""
    return sorted(p.relative_to(pack).as_posix() for p in pack.rglob("*") if p.is_file())


def retag(pack: Path, skip: Iterable[str] = ()) -> Path:
    """Write the tag manifest anew, as anybody can."""
    tags = {
        name: _sum(pack, name)
        for name in names(pack)
        if not _payload(name) and name != layout.TAG_MANIFEST and name not in skip
    }
    (pack / layout.TAG_MANIFEST).write_bytes(layout.manifest_text(tags))
    return pack


def with_entry(source: PackSource, at: int, **fields: Any) -> PackSource:
    """Return the source with one entry changed after it was signed."""
    entry = replace(source.entries[at], **fields)
    return replace(source, entries=(*source.entries[:at], entry, *source.entries[at + 1 :]))


def edit_json(pack: Path, name: str, edit: Callable[[Any], object]) -> Path:
    """Change one JSON file of the pack; it stays its own canonical form."""
    value = json.loads((pack / name).read_bytes())
    edit(value)
    (pack / name).write_bytes(canonical_bytes(value))
    return pack


def _payload(name: str) -> bool:
    return name.startswith("data/")


def _sum(pack: Path, name: str) -> str:
    return hashlib.sha256((pack / name).read_bytes()).hexdigest()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
