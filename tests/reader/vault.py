"""A whole vault, read by two officers: every check of docs/format.md on every entry and file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.reader import agefile, base, freezes, heads, jcs, lines, policy, signs
from tests.reader.closed import Closed, read_closed, tag
from tests.reader.freezes import Hold
from tests.reader.keyfile import Officer
from tests.reader.lines import Chain, Record
from tests.reader.refusal import Refusal
from tests.reader.ring import Ring, file_bytes, generation

_BRINGS = frozenset({
    "vault.created", "officer.enrolled", "officer.removed", "machine.enrolled", "profile.adopted",
    "shredded", "generation.rotated",
})  # fmt: skip
_CARRIERS = frozenset({"screenshot", "file", "form.rendered", "form.signed"})


@dataclass
class Vault:
    """What was read and found sound.

    Attributes:
        records: by number of entry. unread: incidents these two may not open.
        files: name of a sealed file to H(original bytes); None where it is frozen, left out, or
            brought by a record that brings no file.
        head: the body of the last checkpoint. closed: the list of files closed by STOP.
    """

    origin: str
    generation: int
    head: bytes
    closed: Closed | None
    chain: Chain
    holds: list[Hold]
    cards: dict[str, dict[str, Any]]
    records: dict[int, Record] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    files: dict[str, str | None] = field(default_factory=dict)


def _plate(folder: Path) -> dict[str, Any]:
    fields = {"v": int, "typ": str, "origin": str, "school": str, "officers": list}
    plate = jcs.shape(jcs.load(file_bytes(folder / "vault.json", "vault.json")), fields, "vault")
    if plate["typ"] != "evidence-vault":
        raise Refusal("malformed", "vault.json")
    return plate


def _check_plate(plate: dict[str, Any], ring: Ring) -> None:
    known = [
        {name: row[name] for name in ("id", "name", "sign_spki")}
        for row in ring.directory.body["officers"]
        if row["kind"] == "officer" and row["until"] == -1
    ]
    if (plate["school"], plate["officers"]) != (ring.directory.body["school"], known):
        raise Refusal("changed", "vault.json")


def _chain(rows: base.Rows, ring: Ring) -> Chain:
    chain = Chain()
    for seq in range(len(rows.entries)):
        ct, sigs = rows.entries[seq]
        place = f"{ring.origin}/{seq}"
        line = chain.add(signs.unseal(ring.ledger, ct, f"evidence-entry/v1/{place}"))
        plain = signs.unseal(ring.ledger, sigs, f"evidence-sigs/v1/{place}")
        lines.check_sigs(line, plain, ring.directory.keys_at(seq))
    return chain


def _head(rows: base.Rows, chain: Chain, origin: str) -> bytes:
    text = rows.meta.get("head")
    if text is None:
        if chain.lines:
            raise Refusal("missing", "the head")
        return b""
    head = heads.read_body(text.encode("utf-8"))
    if head != heads.Head(origin, len(chain.lines), chain.root()):
        raise Refusal("broken link", "the head of the database")
    return text.encode("utf-8")


def _check_rows(rows: base.Rows, chain: Chain, shredded: set[str]) -> None:
    due = {line.seq for line in chain.lines if line.inc not in shredded}
    if set(rows.records) != due:
        raise Refusal("missing", "a record")


class _Reading:
    """One reading of a vault's records and files."""

    def __init__(self, folder: Path, rows: base.Rows, ring: Ring, vault: Vault) -> None:
        self.folder, self.rows, self.ring, self.vault = folder, rows, ring, vault
        self.keys: dict[str, list[agefile.Identity] | None] = {"": [ring.vault]}

    def key(self, inc: str, seq: int) -> agefile.Identity | None:
        """Return the identity for entry ``seq`` of an incident, "" for the vault's own."""
        if inc not in self.keys:
            first = next(line for line in self.vault.chain.lines if line.inc == inc)
            card = self.vault.cards[inc] = self.ring.card(first)
            self.keys[inc] = self.ring.incident(card)
            if self.keys[inc] is None:
                self.vault.unread.add(inc)
        found = self.keys[inc]
        later = sum(row["entry"] <= seq for row in self.ring.restrictions(inc))
        return found[later] if found is not None else None

    def records(self) -> None:
        """Read every record that these two may read. Raises Refusal."""
        for line in self.vault.chain.lines:
            if line.seq not in self.rows.records:
                continue
            identity = self.key(line.inc, line.seq)
            if identity is None:
                continue
            plain = agefile.opened(self.rows.records[line.seq], identity)
            record = lines.read_record(plain, line)
            opening = record.type == "incident.opened"
            if opening != (line.inc != "" and line.iseq == 0):
                raise Refusal("broken link", f"record {line.seq}")
            if (
                opening
                and record.fields.get("recipient") != self.vault.cards[line.inc]["recipient"]
            ):
                raise Refusal("wrong key", f"record {line.seq}")
            self.vault.records[line.seq] = record

    def _left_out(self) -> set[str]:
        """Return the files that a copy did not hold which the vault was put back from."""
        restored = (r for r in self.vault.records.values() if r.type == "restored")
        return {str(name) for record in restored for name in record.fields.get("left_out", ())}

    def check_restored(self) -> None:
        """Check what one officer is told of gaps against the records. Raises Refusal."""
        told: set[str] = set()
        for value in jcs.load(self.rows.meta.get("restored", "[]").encode("utf-8")):
            seq = value.get("seq") if isinstance(value, dict) else None
            if type(seq) is not int or not 0 <= seq < len(self.vault.chain.lines):
                raise Refusal("broken link", "what was put back")
            record = lines.read_redacted(jcs.dump(value), self.vault.chain.lines[seq])
            if record.type != "restored" or record.inc or set(record.fields) != {"left_out"}:
                raise Refusal("malformed", "what was put back")
            told.update(record.fields["left_out"])
        if told != self._left_out():
            raise Refusal("missing", "what was put back")

    def files(self) -> None:
        """Check every sealed file that a line names and that is not gone. Raises Refusal."""
        frozen = freezes.frozen_files(self.vault.holds)
        frozen |= freezes.frozen_by_records(self.vault.records, self.vault.chain.lines)
        for line in self.vault.chain.lines:
            for name in line.blobs if line.seq in self.rows.records else ():
                path = self.folder / "blobs" / f"{name}.age"
                if not path.exists() and name in frozen & self._left_out():
                    self.vault.files[name] = None
                    continue
                data = file_bytes(path, "a sealed file")
                if signs.digest(data) != name:
                    raise Refusal("changed", "a sealed file")
                self.vault.files[name] = None
                identity = self.key(line.inc, line.seq)
                brings = self.vault.records[line.seq].type in _CARRIERS if identity else False
                if identity is not None and brings and name not in frozen:
                    found = signs.digest(agefile.opened(data, identity))
                    if found != self.vault.records[line.seq].fields.get("sha256"):
                        raise Refusal("bad commitment", "a sealed file")
                    self.vault.files[name] = found

    def check_closed(self) -> None:
        """Check the items of files that these two may read. Raises Refusal (bad commitment)."""
        listed = self.vault.closed
        for line in self.vault.chain.lines if listed else ():
            record = self.vault.records.get(line.seq)
            key = self.key(line.inc, line.seq) if record else None
            for name in line.blobs if record and key else ():
                assert listed and record and key
                found = listed.items.get(tag(key, name))
                if found not in (None, listed.mark(str(record.fields.get("sha256")))):
                    raise Refusal("bad commitment", "a closed file")

    def check_heads(self) -> None:
        """Check every head that officers signed. Raises Refusal."""
        for seq, record in self.vault.records.items():
            if record.type == "head.signed":
                keys = self.ring.directory.keys_at(seq)
                by = self.vault.chain.lines[seq].by
                head = heads.check_signed(seq, by, record.fields, keys)
                if (head.origin, head.root) != (self.ring.origin, self.vault.chain.root(head.size)):
                    raise Refusal("broken link", "a signed head")

    def check_restrictions(self) -> None:
        """Check each later restriction against its entry, and its record. Raises Refusal."""
        for row in self.ring.directory.restricted:
            line = self.vault.chain.lines[row["entry"]]
            if line.inc != row["inc"] or len(line.by) < 2:
                raise Refusal("broken link", "the entry of a restriction")
            record = self.vault.records.get(line.seq)
            if record is None:
                continue  # shredded since, or not for these two
            if (record.type, record.fields.get("recipient")) != (
                "incident.restricted", row["recipient"],
            ):  # fmt: skip
                raise Refusal("wrong key", "the entry of a restriction")

    def check_directory(self) -> None:
        """Check each directory against the entry that brought it, and that none is left out.

        Raises Refusal.
        """
        brought = {
            seq: (record.fields.get("directory"), record.fields.get("vault_recipient"))
            for seq, record in self.vault.records.items()
            if not record.inc and record.type in _BRINGS
        }
        due = {
            link.body["entry"]: (link.digest, link.body["vault_recipient"])
            for link in self.ring.chain
        }
        if brought != due:
            raise Refusal("broken link", "the entry of a directory")


def read_vault(folder: Path, first: Officer, second: Officer) -> Vault:
    """Read a vault whole, changing nothing. Raises Refusal for the first thing that is wrong."""
    plate = _plate(folder)
    rows = base.read_rows(folder / "evidence.db")
    if rows.meta["origin"] != plate["origin"]:
        raise Refusal("other place", "the database")
    ring = Ring(generation(folder, rows.meta["generation"]), plate["origin"], (first, second))
    _check_plate(plate, ring)
    chain = _chain(rows, ring)
    _check_rows(rows, chain, set(ring.directory.shredded))
    head = _head(rows, chain, ring.origin)
    holds = []
    for seq, ct in rows.holds.items():
        plain = signs.unseal(ring.ledger, ct, f"evidence-hold/v1/{ring.origin}/{seq}")
        holds.append(freezes.read_hold(plain, seq, chain.lines))
    listed = None
    if "closed" in rows.meta:
        listed = read_closed(rows.meta["closed"], ring.vault, ring.origin)
    vault = Vault(ring.origin, len(ring.chain), head, listed, chain, holds, {})
    reading = _Reading(folder, rows, ring, vault)
    reading.records()
    reading.check_restrictions()
    reading.check_directory()
    reading.check_heads()
    reading.check_restored()
    reading.files()
    reading.check_closed()
    policy.check_openings(vault.records.values(), policy.check_files(folder, ring.chain))
    kinds = {seq: record.type for seq, record in vault.records.items()}
    freezes.check_captures(kinds, chain.lines, holds)
    return vault


def check_memory(vault: Vault, sidecar: bytes, officer: Officer) -> None:
    """Compare a vault with what an officer remembers of it. Raises Refusal (broken link)."""
    remembered = heads.read_sidecar(sidecar, officer.identity).get(vault.origin)
    if remembered is not None:
        heads.check_remembered(*remembered, len(vault.chain.lines), vault.chain.root)
    if heads.generation(sidecar, vault.origin) > vault.generation:
        raise Refusal("broken link", "a generation that an officer remembers")
