"""A history that two officers accept: a vault that was put back, with what is missing named.

format.md section 8. Only two officers can accept, only with a reason, and only where the vault is
shorter than they remember, or where it carries on from a history that was accepted before. A
forged memory, a broken chain, a rewritten history and unsound witnesses are never accepted.

Why one dishonest officer gains nothing: the entry needs both signatures; it is the first entry
after the copy that was put back, so it holds only for that copy; it excuses no memory that was made
on its own side (the memory says which such entries it has seen); and how far it excuses others is
the *lesser* of what the two remember, so a forged large memory excuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.integrity import alarms, head_memory
from esafety_tui.casework.integrity.head_memory import ContradictingHead, HeadJudgement
from esafety_tui.data.heads import PinnedHead
from esafety_tui.kernel.clock import format_uk_time, parse_stamp
from esafety_tui.kernel.errors import EvidenceError, RolledBack, Shortened
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.kernel.text import show_invisible

TYPE = "history.accepted"


@dataclass(frozen=True, slots=True)
class AcceptedHistory:
    """One ``history.accepted`` of the vault.

    Attributes:
        have: entries that were left, and the number of this entry. missing: how many were not.
        remembered: heads ``size:root`` that were given up. upto: both officers remembered so many.
        date, officers, reason: for people.
    """

    have: int
    missing: int
    remembered: frozenset[str]
    upto: int
    date: str
    officers: str
    reason: str

    def relation_to_head(self, memory: PinnedHead) -> str:
        """Return whether a contradicting memory is of what was given up here.

        ``covered``: it surely is. ``beyond``: it may be, or it goes further than the two knew.
        "": it is not; it was made after this entry, or contradicts what was kept.
        """
        if memory.size <= self.have:
            return ""
        if f"{memory.size}:{memory.root}" in self.remembered:
            return "covered"
        seen, entries = memory.looked
        if self.have in entries:
            return ""
        return "covered" if seen > self.have and memory.size <= self.upto else "beyond"


def weigh_contradictions(
    session: OpenSession, found: HeadJudgement, reason: str
) -> tuple[ContradictingHead, ...]:
    """Weigh what contradicts the vault. Returns what the two officers accept with ``reason``.

    What was accepted before becomes a warning. Raises RolledBack: whatever is left.
    """
    if not session.is_pair:
        for one in found.against:
            raise head_memory.contradiction_alarm(session, one)
        return ()
    there = list(_iterate_accepted(session, found.looked))
    session.accepted = (*sorted(found.accepted), *(one.have for one in there))
    open_now = []
    for one in found.against:
        covered = [a for a in there if a.relation_to_head(one.memory) == "covered"]
        if covered:
            session.warnings.append(_is_excused(covered[-1], one))
        else:
            open_now.append(one)
    for one in open_now:
        beyond = [a for a in there if a.relation_to_head(one.memory) == "beyond"]
        shorter = one.memory.size > session.store.chain.size
        if not (shorter or beyond):
            raise head_memory.contradiction_alarm(session, one)
    if open_now and not reason.strip():
        said = _refuse_unaccepted(session, open_now[0], there)
        raise Shortened(said.what, said.do)
    return tuple(open_now)


def _refuse_unaccepted(
    session: OpenSession, one: ContradictingHead, there: list[AcceptedHistory]
) -> RolledBack:
    beyond = [a for a in there if a.relation_to_head(one.memory) == "beyond"]
    if not beyond:
        return head_memory.contradiction_alarm(session, one)
    last = beyond[-1]
    return alarms.BEYOND.make_error(
        size=alarms.count_in_words(one.memory.size), who=one.who, date=last.date,
        officers=last.officers, have=last.have,
    )  # fmt: skip


def _is_excused(past: AcceptedHistory, one: ContradictingHead) -> str:
    return alarms.ACCEPTED.to_sentences(
        date=past.date, officers=past.officers, missing=alarms.count_in_words(past.missing),
        reason=past.reason, who=one.who, size=alarms.count_in_words(one.memory.size),
    )  # fmt: skip


def vault_records(session: OpenSession, start: int = 0) -> Iterator[OpenRecord]:
    """Yield the records of the vault's own entries by two, newest first, from ``start`` on.

    One that cannot be read is a warning, not an alarm: it proves nothing, and the whole check of
    the vault says more. Nothing for one officer alone.
    """
    vault = session.keyring.vault
    if vault is None:
        return
    for line in reversed(session.store.lines_of_incident("")):
        if line.seq < start:
            return
        if len(line.by) < 2:
            continue
        try:
            yield session.store.read_vault_record(line.seq, vault)
        except EvidenceError:
            session.warnings.append(alarms.UNREADABLE.to_sentences(seq=line.seq))


def _iterate_accepted(session: OpenSession, start: int) -> Iterator[AcceptedHistory]:
    """Yield what was accepted, oldest first."""
    found = [r for r in vault_records(session, start) if r.type == TYPE]
    root = head_memory.roots_at_sizes(session.store, [r.seq for r in found])
    for record in reversed(found):
        fields = record.fields
        listed, have = fields.get("remembered"), fields.get("have")
        missing, upto = fields.get("missing"), fields.get("upto")
        # It holds for the copy that it stands right after, and for no other.
        if have != record.seq or fields.get("root") != root[record.seq]:
            continue
        if not (isinstance(missing, int) and isinstance(upto, int) and isinstance(listed, list)):
            continue
        who = " and ".join(head_memory.officer_name(session, i) for i in record.by)
        yield AcceptedHistory(
            record.seq,
            missing,
            frozenset(str(item) for item in listed),
            upto,
            format_uk_time(parse_stamp(record.at)),
            who,
            show_invisible(record.field_text("reason")),
        )


def accept_history(
    session: OpenSession, found: HeadJudgement, given_up: tuple[ContradictingHead, ...], reason: str
) -> None:
    """Seal that two officers accept the vault as it is. The next entry they write, no other first.

    Everything else was checked before: chain, witnesses, directory.
    """
    session.require_pair()
    have = session.store.chain.size
    there = session.accepted or ()
    missing = max(_count_missing(one.memory.size, have, there) for one in given_up)
    listed = sorted({f"{one.memory.size}:{one.memory.root}" for one in given_up})
    session.accepted = (*there, have)
    session.append_record(
        TYPE,
        {
            "reason": reason.strip(), "remembered": [*listed], "have": have, "missing": missing,
            "root": session.store.chain.merkle_root.hex(), "upto": max(have, found.largest),
        },
    )  # fmt: skip
    session.warnings.append(
        alarms.NOW_ACCEPTED.to_sentences(missing=alarms.count_in_words(missing))
    )


def _count_missing(size: int, have: int, there: tuple[int, ...]) -> int:
    """Return how many remembered entries are gone, at the least."""
    if size > have:
        return size - have
    return size - max((seq for seq in there if seq < size), default=0)
