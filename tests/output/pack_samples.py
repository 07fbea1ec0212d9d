"""A whole invented incident as a PackSource: real keys, lines, proofs, records and exhibits.

``python tests/output/pack_samples.py OUTDIR`` writes it as a folder and prints its check code.
"""

from __future__ import annotations

import io
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from esafety_tui.data import checkpoint, ledger, merkle
from esafety_tui.data.certificates import SchoolAuthority
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.canon import Json, sha256_hex
from esafety_tui.kernel.clock import format_stamp
from esafety_tui.output.form.draw import draw_form
from esafety_tui.output.form.view import FormView, PolicySource, PrintedHead, Reviewer
from esafety_tui.output.pack.folder import write_plain_folder
from esafety_tui.output.pack.layout import exhibit_file_name
from esafety_tui.output.pack.source import (
    ContinuityRow,
    PackEntry,
    PackExhibit,
    PackOfficer,
    PackSource,
    RecordCopy,
    WithheldExhibit,
)
from esafety_tui.output.verify_code import compute_check_code
from tests.output.form_pki import sign_file

START = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
ORIGIN = "hvs.practice.invalid/evidence"
REFERENCE = "HVS-2026-0007"
NAMES = ("Ada Sample", "Boris Example", "Cleo Invented")
PROCEDURE = b'format = "procedure/2"\nname = "sample"\n# drawn up for tests\n'
PROFILE = b'format = "profile/1"\nname = "sample"\n# roles only\n'
FOLLOWED: dict[str, Json] = {"procedure": sha256_hex(PROCEDURE), "policy": sha256_hex(PROFILE)}
FormMaker = Callable[["Case"], tuple[bytes, list[bytes]]]


@dataclass(frozen=True)
class Signer:
    """Signs the statement with an officer's key."""

    officer: OfficerKeys = field(repr=False)

    @property
    def id(self) -> str:
        return self.officer.id

    def sign_form_bytes(self, message: bytes) -> bytes:
        return self.officer.sign_message(message)


class Case:
    """An invented vault in memory; entries of type ``alone`` are written by one officer alone.

    ``producer`` of its exhibits: "here", "absent", "none" (the field is missing), or "withheld".
    """

    def __init__(
        self, origin: str = ORIGIN, inc: str = "ab" * 16, alone: str = "", producer: str = "here"
    ) -> None:
        self.origin, self.inc, self.alone = origin, inc, alone
        self.officers = sorted(
            (OfficerKeys.generate_keys(name) for name in NAMES), key=lambda o: o.id
        )
        self.pair = self.officers[:2]
        maker = (self.officers[-1] if producer == "absent" else self.pair[0]).id
        self.produced: dict[str, Json] = {} if producer == "none" else {"producer": maker}
        self.not_shown = ("producer",) if producer == "withheld" else ()
        self.authority = SchoolAuthority.create_authority("Heron Valley School", START)
        self.certs = {o.id: self.authority.issue_certificate(o, START) for o in self.officers}
        self.lines: list[bytes] = []
        self.counts: dict[str, int] = {}
        self.form_signatures = 0
        self.kept: list[tuple[int, bytes, Mapping[str, bytes], RecordCopy]] = []

    def add(self, inc: str, kind: str, redact: tuple[str, ...] = (), **fields: Json) -> int:
        """Append one entry; keep the copy of its record if it belongs to the incident."""
        seq, rows = len(self.lines), ledger.salt_fields(fields)
        present = self.pair[:1] if kind == self.alone else self.pair
        digests = tuple(sorted(map(ledger.disclosure_digest, rows)))
        line = ledger.EntryLine(
            seq, sha256_hex(self.lines[-1]) if self.lines else ledger.ZEROS, inc,
            self.counts.get(inc, 0), ledger.record_commitment(kind, digests), (),
            tuple(officer.id for officer in present), self.stamp(seq), 1_000_000 + seq * 9_000,
            "0-boot", "5" * 64,
        ).to_bytes()  # fmt: skip
        self.lines.append(line)
        self.counts[inc] = self.counts.get(inc, 0) + 1
        if inc == self.inc:
            message = ledger.SIGN_PREFIX + line
            sigs = {officer.id: officer.sign_message(message) for officer in present}
            shown = tuple(row for row in rows if row[1] not in redact)
            self.kept.append((seq, line, sigs, RecordCopy(kind, digests, shown)))
        return seq

    def stamp(self, seq: int) -> str:
        return format_stamp(START + timedelta(seconds=9 * seq))

    @property
    def inputs(self) -> dict[str, Json]:
        """The object of the check code, with the present head as the printed one."""
        return {
            "v": 1, "origin": self.origin, "incident": self.inc, "form": 1,
            "checkpoint": self.head().signed_body().decode(),
            "officers": sorted(officer.id for officer in self.officers),
        }  # fmt: skip

    def pen(self, number: int) -> Pen:
        """Return what the reviewer ``number`` signs the form with."""
        officer = self.pair[number]
        return Pen(officer, self.certs[officer.id], [self.authority.certificate_der()])

    def head(self, size: int | None = None) -> checkpoint.Checkpoint:
        leaves = [merkle.hash_leaf(line) for line in self.lines[:size]]
        return checkpoint.Checkpoint(self.origin, len(leaves), merkle.compute_root(leaves))


class Drifted(Case):
    """A vault whose gates name another flowchart than the incident's first entry."""

    def add(self, inc: str, kind: str, redact: tuple[str, ...] = (), **fields: Json) -> int:
        other: dict[str, Json] = {"procedure": "0" * 64} if kind == "gate" else {}
        return super().add(inc, kind, redact, **{**fields, **other})


def picture(number: int) -> bytes:
    """Return a small PNG made by code: a plain square whose grey depends on ``number``."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes([40 * number % 256] * 24) for _ in range(24))
    head = struct.pack(">IIBBBBB", 24, 24, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def exhibit(number: int, data: bytes) -> PackExhibit:
    def pieces() -> Iterator[bytes]:
        for at in range(0, len(data), 1 << 16):
            yield data[at : at + (1 << 16)]

    return PackExhibit(
        f"AS/{number}", exhibit_file_name(f"AS/{number}", "shot.png"), sha256(data).hexdigest(),
        len(data), pieces, f"Screenshot {number}, drawn by a program",
        START + timedelta(minutes=number), NAMES[0],
    )  # fmt: skip


def fill(case: Case, exhibits: list[PackExhibit]) -> None:
    """Write the story: triage, addresses, screenshots, findings, with others' lines between."""
    other = "cd" * 16
    case.add("", "vault.created", school="Heron Valley School")
    case.add("", "session.opened", machine="5" * 64)
    case.add(case.inc, "incident.opened", (), reference=REFERENCE, recipient="age1", **FOLLOWED)
    case.add(other, "incident.opened", reference="HVS-2026-0008")
    for number, question in enumerate(("triage", "two seniors", "designated computer")):
        case.add(case.inc, "gate" if number else "answer", question=question, answer="yes")
    case.add(other, "note", words="not of this incident")
    case.add(case.inc, "url", url="https://forum.example.invalid/t/88213", concern="insults")
    case.add(case.inc, "url", url="=HYPERLINK(0)", concern="<img src=x>", redact=("concern",))
    for item in exhibits:
        case.add(
            case.inc, "screenshot", case.not_shown, exhibit=item.ref, sha256=item.sha256,
            size=item.size, description=item.description, **case.produced,
        )  # fmt: skip
        case.add(other, "note", words=f"between {item.ref}")
    case.add(case.inc, "note", words="Seen by two pupils, as they said.", redact=("words",))
    case.add(case.inc, "decision", substance="yes", action="police")
    case.add(case.inc, "answer.changed", question="group", reason="typing mistake")


def form_entries(case: Case, inputs: Mapping[str, Json], pdf: bytes, signed: list[bytes]) -> None:
    """Write form.rendered and one form.signed for each signature."""
    case.form_signatures = len(signed)
    pair: list[Json] = [officer.id for officer in case.pair]
    case.add(
        case.inc, "form.rendered", version=1, entries=[row[0] for row in case.kept],
        checkpoint=inputs["checkpoint"], sha256=sha256_hex(pdf), officers=pair,
        check_code=compute_check_code(inputs),
    )  # fmt: skip
    for officer, revision in zip(case.pair, signed, strict=False):
        case.add(
            case.inc, "form.signed", version=1, officer=officer.id, sha256=sha256_hex(revision)
        )


@dataclass(frozen=True)
class Pen:
    """Signs the PDF with an officer's key and certificate."""

    officer: OfficerKeys = field(repr=False)
    certificate_der: bytes = field(repr=False)
    chain_der: list[bytes] = field(repr=False)

    @property
    def name(self) -> str:
        return self.officer.name

    def sign_form_bytes(self, message: bytes) -> bytes:
        return self.officer.sign_message(message)


def form_signed_by(count: int) -> FormMaker:
    """Return a maker of the real form, signed by the first ``count`` reviewers."""

    def make(case: Case) -> tuple[bytes, list[bytes]]:
        head = case.head()
        body = head.signed_body().decode().split("\n")
        view = FormView(
            "Heron Valley School", REFERENCE, True, 1, "Year 9", "21 Nov 2026", "A report",
            (Reviewer(case.pair[0].name, "Deputy head", "AS"),
             Reviewer(case.pair[1].name, "Safeguarding lead", "BE")),
            "SLT-02", "Office", (), "Insults", "Police told", PrintedHead(body[0], head.size,
            body[2]),
            compute_check_code(case.inputs),
            (PolicySource("Procedure followed", "Other incidents", str(FOLLOWED["procedure"])),
             PolicySource("Policy of the school", "Sample", str(FOLLOWED["policy"]))),
            "Compared at 14:02 UTC.",
        )  # fmt: skip
        out = io.BytesIO()
        draw_form(view, out)
        revisions = [out.getvalue()]
        with tempfile.TemporaryDirectory() as folder:
            last = Path(folder, "0.pdf")
            last.write_bytes(revisions[0])
            for number in range(count):
                pen = case.pen(number)
                sign_file(last, after := Path(folder, f"{number + 1}.pdf"), pen, START, number)
                revisions.append(after.read_bytes())
                last = after
        return revisions[0], revisions[1:]

    return make


def build_sample(
    pictures: list[bytes] | None = None, form: FormMaker | None = None, case: Case | None = None
) -> PackSource:
    """Return an invented incident, ready to be written.

    Args:
        pictures: exhibit bytes; the default is three small PNGs, the last one withheld.
        form: makes (first revision, revision after each signature); default: signed by both.
        case: an empty case, to choose keys, origin or incident.
    """
    case = case or Case()
    made = [exhibit(n + 1, data) for n, data in enumerate(pictures or map(picture, range(4)))]
    withheld = (
        () if pictures else (WithheldExhibit(made[-1].ref, "Frozen: the police have the device."),)
    )
    fill(case, made)
    inputs = case.inputs
    printed = len(case.lines)
    blank, signed = (form or form_signed_by(2))(case)
    form_entries(case, inputs, blank, signed)
    case.add("cd" * 16, "note", words="after")
    return finish(case, inputs, printed, made, withheld, signed[-1] if signed else blank)


def finish(
    case: Case, inputs: Mapping[str, Json], printed: int, made: list[PackExhibit],
    withheld: tuple[WithheldExhibit, ...], pdf: bytes,
) -> PackSource:  # fmt: skip
    """Sign the head, prove every entry and put the source together."""
    tree = merkle.MerkleTree([merkle.hash_leaf(line) for line in case.lines])
    head = case.head()
    sigs = [
        (f"officer-{o.short_id}", o.spki, o.sign_message(head.signed_body())) for o in case.pair
    ]
    note = checkpoint.write_signed_note(head, sigs)
    out = {item.ref for item in withheld}
    return PackSource(
        reference=REFERENCE,
        check_inputs=inputs,
        checkpoint_note=note,
        printed_proof=tuple(tree.consistency_proof(printed)),
        form_pdf=pdf,
        entries=tuple(
            PackEntry(seq, line, sigs, record, tuple(tree.inclusion_proof(seq)))
            for seq, line, sigs, record in case.kept
        ),
        exhibits=tuple(item for item in made if item.ref not in out),
        withheld=withheld,
        continuity=(ContinuityRow(START, "AS/1", "taken in", NAMES[0], "@SUM(1)"),),
        officers=tuple(
            PackOfficer(o.id, o.name, o.spki, case.certs[o.id])
            for o in case.officers
        ),
        ca_cert=case.authority.certificate_der(),
        recipient="Police, online safety desk",
        purpose="Report of an incident",
        created=START + timedelta(hours=2),
        signers=(Signer(case.pair[0]), Signer(case.pair[1])),
        not_signed_by=tuple(o.id for o in case.pair[case.form_signatures :]),
        procedure=PROCEDURE, profile=PROFILE,
    )  # fmt: skip


def quiet(_what: str, _done: int, _total: int) -> None:
    """Take progress and say nothing."""


def main(target: str) -> None:
    """Write the sample into ``target`` and print its check code."""
    source = build_sample()
    Path(target).mkdir(parents=True, exist_ok=True)
    folder = write_plain_folder(source, Path(target), quiet)
    sys.stdout.write(f"{folder}\n{compute_check_code(source.check_inputs)}\n")


if __name__ == "__main__":
    main(sys.argv[1])
