"""STOP knows bytes: what was closed is refused wherever the same file is brought.

format.md section 5c. Taking in, viewing, printing and packing take two officers, and two who sign
in first put everything on the list that is frozen in the incidents they may open: so a STOP by one
officer alone is on it before anybody can bring the file again. A restricted incident waits for two
who may open it. Whoever may open the incident is told which it is; everybody reads the same words.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data.age import Identity
from esafety_tui.data.closed import DO, WHAT, FrozenList, frozen_tag
from esafety_tui.data.holds import Hold, Holds
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.errors import EvidenceError, Frozen, Tampered, VaultNotSound
from esafety_tui.kernel.records import CARRIERS, SESSION_BEGINS, OpenRecord

NUMBER = "closed"
"""Field of ``session.opened`` of two: how many times the list had been written by then."""

LOST = (
    "The list of files closed by STOP is missing, older than it should be, or altered. It was made "
    "again from the incidents that the two of you may open; those restricted against you are on it "
    "again once two sign in who may open them. Compare this vault with your second copy."
)


class FreezableCase(Protocol):
    """As much of an incident at work as is needed here."""

    session: OpenSession
    card: IncidentCard
    records: list[OpenRecord]


def open_frozen_list(session: OpenSession) -> None:
    """Open the list for two officers, and put on it what is frozen and not yet there.

    What is added is written with the next entry. A list that does not open, or is older than two
    officers have seen it, is said and made again: it must keep nobody out.
    """
    vault, store = session.keyring.vault, session.store
    if vault is None:
        return
    text, said = store.frozen_list_text(), _least_writes(session)
    store.closed = FrozenList(vault, store.origin)
    try:
        store.closed = FrozenList.parse_stored(text, vault, store.origin) if text else store.closed
        lost = store.closed.number < said
    except Tampered:
        lost = True
    if lost:
        store.closed.rewrite_after(said)
        session.warnings.append(LOST)
    for inc in sorted(store.holds.frozen - store.shredded):
        with contextlib.suppress(EvidenceError):  # not theirs, or damaged: the door says so
            learn_case_files(session, session.read_case_card(inc))
    store.closed.freeze_blobs(store.holds.blobs)


def check_frozen_list(session: OpenSession) -> tuple[str, ...]:
    """Return how many items are on the list, for two officers; writes nothing. Raises NotSound."""
    open_frozen_list(session)
    if LOST in session.warnings:
        raise VaultNotSound("the list of files closed by STOP", "it is missing, older or altered")
    found = session.store.closed
    count = len(found.items) if found is not None else 0
    return (f"{count} file(s) are closed by STOP, by their bytes.",) if count else ()


def _least_writes(session: OpenSession) -> int:
    """Return how often the list was written at the least: as two last said, and by a freeze since.

    0 where two have never said so: what an earlier program froze is on no list.
    """
    record = find_last_opening(session)
    number = record.fields.get(NUMBER) if record is not None else None
    if record is None or type(number) is not int:
        return 0
    return number + _was_frozen_since(session.store, record.seq)


def find_last_opening(session: OpenSession) -> OpenRecord | None:
    """Return the newest record by which two signed in or came back, None where there is none."""
    vault, store = session.keyring.require_vault_identity(), session.store
    for line in reversed(store.lines_of_incident("")):
        if len(line.by) < 2:
            continue
        with contextlib.suppress(EvidenceError):
            record = store.read_vault_record(line.seq, vault)
            if record.type in SESSION_BEGINS:
                return record
    return None


def _was_frozen_since(store: EvidenceStore, seq: int) -> bool:
    """Whether two froze a file after entry ``seq`` that was not frozen then."""
    then = Holds()
    for at, hold in sorted(store.held.items()):
        fresh = hold.act == "freeze" and not then.blobs.issuperset(hold.blobs)
        if at > seq and fresh and len(store.lines[at].by) > 1:
            return True
        then.apply_hold(hold)
    return False


def learn_case_files(
    session: OpenSession, card: IncidentCard, records: Iterable[OpenRecord] = ()
) -> None:
    """Learn marks and tags of an incident's files, so that they can be closed or released.

    ``records``: those at hand; the others are opened, and nothing is told of them. Nothing for a
    lone officer. Raises NotEligible, Tampered.
    """
    closed = session.store.closed
    if closed is None:
        return
    hashes = {r.seq: r.field_text("sha256") for r in records if r.type in CARRIERS}
    for seq, blob, key in _iterate_sealed_files(session, card):
        sha256 = hashes.get(seq) or session.store.hash_of_original(seq, key)
        closed.learn_sealed_file(blob, frozen_tag(key, blob), sha256)


def _iterate_sealed_files(
    session: OpenSession, card: IncidentCard
) -> Iterator[tuple[int, str, Identity]]:
    """Yield the entry, name and key of each sealed file of an incident."""
    lines = [line for line in session.store.lines_of_incident(card.inc) if line.blobs]
    keys = session.open_incident_keys(card) if lines else None
    for line in lines:
        for blob in line.blobs:
            if keys is not None:
                yield line.seq, blob, keys.identity_at(line.seq)


def make_freeze(case: FreezableCase) -> Hold:
    """Return the freeze of an incident and of every file it has, whose marks go along with it."""
    with contextlib.suppress(EvidenceError):  # what is not learnt now is, when two sign in
        learn_case_files(case.session, case.card, case.records)
    lines = case.session.store.lines_of_incident(case.card.inc)
    names = {name for line in lines for name in line.blobs}
    return Hold(case.card.inc, "freeze", tuple(sorted(names)))


def freeze_content_now(case: FreezableCase) -> None:
    """Close an incident's frozen files in memory, at once. STOP does not fail for it."""
    hold, store = make_freeze(case), case.session.store
    if store.closed is not None:
        store.closed.freeze_blobs(store.holds.blobs.intersection(hold.blobs))


def refuse_frozen_bytes(session: OpenSession, sha256: str) -> None:
    """Raise Frozen where these bytes are closed; whoever may open the incident reads which it is.

    The sentence is the same for all: it says nothing of an incident that is not theirs.
    """
    closed = session.store.closed
    found = closed.tags_of_original(sha256) if closed is not None else frozenset()
    if found:
        where = ", ".join(_references_of(session, found))
        raise Frozen(WHAT, f"{DO} It was stopped in {where}." if where else DO)


def _references_of(session: OpenSession, tags: frozenset[str]) -> Iterator[str]:
    """Yield the references of the incidents, of those that these two may open."""
    for inc in sorted(session.store.holds.frozen - session.store.shredded):
        with contextlib.suppress(EvidenceError):
            card = session.read_case_card(inc)
            if any(
                frozen_tag(key, blob) in tags
                for _, blob, key in _iterate_sealed_files(session, card)
            ):
                yield card.reference
