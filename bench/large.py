"""A practice vault of many incidents, written at data level: a set-up of seconds, not of hours.

Everything in it is what the program would have written: real keys, cards, records, sealed files and
two signatures an entry. Only the way is short: one transaction, and no person answers anything.
"""

from __future__ import annotations

import base64
import io
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.rounds import sized
from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.policy import current_policy
from esafety_tui.casework.signin.create_vault import create_vault
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data import acquisition, ledger
from esafety_tui.data.age import Identity, Recipient, encrypt_to
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.keyring import IncidentCard, new_incident_id
from esafety_tui.data.officers import FLOOR, KdfCost
from esafety_tui.data.platform import SystemClock
from esafety_tui.demo import samples
from esafety_tui.kernel.canon import Json, canonical_bytes
from esafety_tui.kernel.clock import format_stamp

Row = tuple[str, Recipient, str, dict[str, Json], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Large:
    """A vault on the disk, and how everybody gets in: officer id to passphrase, in order."""

    folder: Path
    words: dict[str, str] = field(repr=False)

    def logins(self, *which: int) -> list[Login]:
        """Return the ways in of the officers with these numbers."""
        ids = list(self.words)
        return [Login(ids[n], self.words[ids[n]]) for n in which]

    def sign_in(self, *which: int) -> OpenSession:
        """Sign two officers in; the first two unless told otherwise."""
        return unlock_vault(self.folder, self.logins(*(which or (0, 1))), SystemClock())

    @property
    def mib(self) -> float:
        """Size on the disk."""
        files = [p for p in self.folder.rglob("*") if p.is_file()]
        return sum(p.stat().st_size for p in files) / (1 << 20)


def made(folder: Path, incidents: int, entries: int, kdf: KdfCost = FLOOR) -> Large:
    """Make a vault in ``folder`` with so many incidents and about so many entries in all."""
    # Otherwise the officers would remember this vault in the home of whoever runs the bench.
    os.environ["XDG_STATE_HOME"] = str(folder.parent / "state")
    school = samples.make_practice_school()
    create_vault(folder, school, SystemClock(), kdf)
    plate = read_public_info(folder)
    assert plate is not None
    words = {f.name: f.passphrase for f in school.founders}
    vault = Large(folder, {i: words[name] for i, name in plate.officers})
    session = vault.sign_in()
    try:
        _write(session, _rows(session, incidents, entries))
    finally:
        session.store.close()  # without remembering: this session does not know what it wrote
    vault.sign_in().close_session()
    return vault


def standard(folder: Path, kdf: KdfCost = FLOOR) -> Large:
    """Make a vault of BENCH_INCIDENTS incidents (500), twenty entries each."""
    count = sized("BENCH_INCIDENTS", 500)
    return made(folder, count, 20 * count, kdf)


def _rows(session: OpenSession, incidents: int, entries: int) -> Iterator[Row]:
    procedure, profile = current_policy.procedure_in_force(session, current_policy.FULL)
    for number in range(1, incidents + 1):
        identity, inc = Identity.generate(), new_incident_id()
        to, now = identity.recipient, session.clock.read_clock().wall
        card = IncidentCard(
            inc, f"{session.keyring.directory.site}-{now.year}-{number:04d}", to.to_text, False,
            False, format_stamp(now), "", tuple(o.id for o in session.officers),
        )  # fmt: skip
        session.keyring.wrap_incident(inc, identity, ())
        session.keyring.write_card(card)
        opened: dict[str, Json] = {
            "reference": card.reference, "recipient": to.to_text, "restricted": False,
            "words_only": False, "procedure": procedure.digest,
            "procedure_name": procedure.name, "policy": profile.digest, "profile": profile.name,
            "named_officers": [], "named_others": "", "linked": "",
        }  # fmt: skip
        yield inc, to, "incident.opened", opened, ()
        kept = acquisition.acquire_file(
            io.BytesIO(os.urandom(20_000)), session.folder / "blobs", to
        )
        taken: dict[str, Json] = {
            "exhibit": "AB/1", "sha256": kept.sha256, "size": kept.size, "blob": kept.blob_name,
            "name": "page.png", "producer": session.presenting,
        }  # fmt: skip
        yield inc, to, "file", taken, (kept.blob_name,)
        for _ in range(max(0, entries // incidents - 2)):
            yield inc, to, "note", {"text": "A note of some words about what was seen."}, ()


def _write(session: OpenSession, rows: Iterator[Row]) -> None:
    """Write rows as ``Store.append`` would, all in one transaction."""
    store, box, origin = session.store, session.keyring.box, session.store.origin
    with sqlite3.connect(session.folder / "evidence.db") as db:
        for inc, to, kind, fields, names in rows:
            seq, instant = store.chain.size, session.clock.read_clock()
            disclosed = ledger.salt_fields(fields)
            line = ledger.EntryLine(
                seq, store.chain.prev, inc, store.chain.incidents.get(inc, 0),
                ledger.record_commitment(kind, map(ledger.disclosure_digest, disclosed)), names,
                tuple(o.id for o in session.officers), format_stamp(instant.wall), instant.mono,
                instant.boot, session.machine,
            )  # fmt: skip
            data, at = line.to_bytes(), f"{origin}/{seq}"
            db.execute(
                "INSERT INTO entry VALUES (?, ?, ?)",
                (seq, box.seal_bytes(data, f"evidence-entry/v1/{at}"),
                 box.seal_bytes(_signed(session, data), f"evidence-sigs/v1/{at}")),
            )  # fmt: skip
            record = ledger.record_bytes(inc, seq, kind, disclosed)
            db.execute("INSERT INTO rec VALUES (?, ?)", (seq, encrypt_to(record, [to])))
            store.chain.append_line(data)
        head = Checkpoint(origin, store.chain.size, store.chain.merkle_root).signed_body().decode()
        db.execute("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (head,))
    db.close()


def _signed(session: OpenSession, data: bytes) -> bytes:
    sign = ledger.SIGN_PREFIX + data
    return canonical_bytes(
        {o.id: base64.b64encode(o.sign_message(sign)).decode() for o in session.officers}
    )


def consent(vault: Large, which: Sequence[int] = (0, 1)) -> dict[str, str]:
    """Return the passphrases that these officers type again."""
    ids = list(vault.words)
    return {ids[n]: vault.words[ids[n]] for n in which}
