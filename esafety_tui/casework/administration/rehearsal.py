"""Can we still open it? Once a term the two paper keys open a copy, and everything in it.

The copy is of sealed bytes, lies beside the vault while it is looked at, and is removed. Every
record of every incident is opened and checked against its line; nothing of it is shown. Sealed
files are not copied: that each incident's key opens is what is rehearsed.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.signin.unlock import open_store
from esafety_tui.data import platform
from esafety_tui.data.incident_keys import IncidentKeys, Key
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.store import EvidenceStore
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.kernel.clock import format_uk_time, parse_stamp
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotEligible, VaultNotSound
from esafety_tui.kernel.records import EntryReceipt

TERM = timedelta(days=120)
"""About a term: how long a rehearsal counts."""


@dataclass(frozen=True, slots=True)
class RehearsalResult:
    """What the paper keys opened: numbers of incidents and of records."""

    incidents: int
    records: int
    receipt: EntryReceipt


def read_paper_keys(session: OpenSession, typed: Sequence[tuple[str, str]]) -> list[OfficerKeys]:
    """Return the paper keys of two sheets, each (identity line, signing line), checked.

    Raises BadInput for a line mistyped, for the same sheet twice, for an old sheet.
    """
    found: list[OfficerKeys] = []
    papers = {p.id: p for p in session.keyring.directory.people_present if p.kind == "paper"}
    for number, (identity, signing) in enumerate(typed, 1):
        try:
            officer = OfficerKeys.restore_from_paper("paper key", signing, identity)
        except BadInput as err:
            raise BadInput(f"Sheet {number}: {err.what}", err.do) from err
        person = papers.get(officer.id)
        if person is None or officer.identity.recipient.to_text != person.enc_pub:
            raise BadInput(
                f"Sheet {number} is not a paper key of this vault as it is now.",
                "Look at the date on the sheet: older paper keys may have been replaced.",
            )
        found.append(officer)
    if len({o.id for o in found}) != 2:
        raise BadInput("That is the same sheet twice.", "Two different sheets are needed.")
    return found


@translate_os_errors("rehearse the paper keys")
def rehearse_recovery(session: OpenSession, typed: Sequence[tuple[str, str]]) -> RehearsalResult:
    """Open a copy of the vault with the two paper keys, wholly, and seal that it was done.

    Two officers. Raises BadInput, NotEligible, StorageFailed; NotSound where something does not
    open, naming it: then the paper keys must be renewed at once.
    """
    session.require_pair()
    papers = read_paper_keys(session, typed)
    with _copy_vault(session.folder) as folder:
        incidents, records = _open_everything(folder, session, papers)
    receipt = session.append_record(
        "rehearsed",
        {
            "what": "both paper keys opened a copy", "incidents": incidents, "records": records,
            "generation": session.keyring.directory.generation,
        },
    )  # fmt: skip
    return RehearsalResult(incidents, records, receipt)


@contextlib.contextmanager
def _copy_vault(vault: Path) -> Iterator[Path]:
    folder = vault.with_name(f".{vault.name}.rehearsal-{secrets.token_hex(4)}")
    try:
        platform.make_private(folder)
        shutil.copyfile(vault / "evidence.db", folder / "evidence.db")
        shutil.copytree(vault / "keyring", folder / "keyring")
        yield folder
    except OSError as err:
        raise platform.describe_os_error(err, "make a copy to rehearse with") from err
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open_everything(
    folder: Path, session: OpenSession, papers: Sequence[OfficerKeys]
) -> tuple[int, int]:
    try:
        ring = Keyring(folder / "keyring", session.keyring.directory.origin, papers)
        store = open_store(folder, ring)
    except EvidenceError as err:
        raise VaultNotSound("paper keys", f"they do not open the copy: {err.what}") from err
    try:
        if store.current_head() != session.store.current_head():
            raise VaultNotSound("copy", "it does not hold the entries of this vault")
        store.check_signatures(ring.directory.people)
        return _count_records(ring, store)
    finally:
        store.close()


def _count_records(ring: Keyring, store: EvidenceStore) -> tuple[int, int]:
    first = {x.inc: x for x in reversed(store.lines) if x.inc and x.inc not in store.shredded}
    keys: dict[str, IncidentKeys] = {}
    for inc, line in first.items():
        try:
            keys[inc] = ring.open_incident(ring.read_card(inc, line.by))
        except (EvidenceError, NotEligible) as err:
            if len(line.by) < 2:  # one alone began it, and may have left it broken: it counts not
                continue
            raise VaultNotSound(
                f"incident of entry {line.seq}", f"it does not open: {err.what}"
            ) from err
    opened = 0
    for line in store.lines:
        if line.inc in store.shredded:
            continue
        if line.inc and line.inc not in keys:
            continue
        key: Key = keys[line.inc] if line.inc else ring.require_vault_identity()
        try:
            opened += store.check_record(line.seq, key)
        except EvidenceError as err:
            raise VaultNotSound(f"record {line.seq}", f"it does not open: {err.what}") from err
    return len(keys), opened


def last_rehearsal(session: OpenSession, now: datetime) -> datetime | None:
    """Return when the paper keys were rehearsed within a term, None where they were not.

    Reads the vault's own records of that time; for two officers.
    """
    since = now - TERM
    recent = itertools.takewhile(lambda x: parse_stamp(x.t) >= since, reversed(session.store.lines))
    vault = session.keyring.require_vault_identity()
    for line in recent:
        kinds = {"rehearsed", "vault.created"}
        if line.inc or len(line.by) < 2:  # one officer alone could seal such a record, too
            continue
        if session.store.read_vault_record(line.seq, vault).type in kinds:
            return parse_stamp(line.t)
    return None


def rehearsal_reminder(session: OpenSession, now: datetime) -> str:
    """Return one sentence where a rehearsal is due, "" where it is not or cannot be told."""
    if not session.is_pair or last_rehearsal(session, now) is not None:
        return ""
    begun = format_uk_time(parse_stamp(session.store.lines[0].t))
    return (
        f"No rehearsal of the paper keys in the last {TERM.days} days (vault set up {begun}). "
        "Fetch both envelopes and try whether they still open it: Officers and keys, Rehearse."
    )
