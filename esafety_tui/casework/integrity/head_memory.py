"""Judging a vault by what the officers signed in remember of its head: format.md section 8.

Every remembered head of both places counts. Only officers who are signed in can be asked: what the
others remember is under their own keys. What is found is said by casework/integrity/alarms.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.integrity import alarms
from esafety_tui.data import heads
from esafety_tui.data.heads import PinnedHead, PinnedHeads
from esafety_tui.data.merkle import MerkleFrontier, hash_leaf
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.store import EvidenceStore
from esafety_tui.kernel.errors import RolledBack, Tampered
from esafety_tui.kernel.text import show_invisible

OLDER = (
    " Its keys and its list of officers are older, too: somebody who has left may be in it again, "
    "and what was destroyed may be there again."
)


@dataclass(frozen=True, slots=True)
class ContradictingHead:
    """One memory that contradicts the vault. ``same``: so many first entries do fit (0: unknown).

    ``who`` is the officer's name for people, ``id`` the officer's id.
    """

    id: str
    who: str
    memory: PinnedHead
    same: int


@dataclass(frozen=True, slots=True)
class HeadJudgement:
    """What the memories say of a vault.

    Attributes:
        known: entries whose witnesses were checked before, by *every* officer signed in: the least
            of what each one's own memory vouches for, since one officer could forge their own.
        looked: so many first entries every one of them looked through for accepted histories.
        accepted: which of those entries accept one. largest: the least of the officers' largest
            remembered sizes, fitting or not.
    """

    against: tuple[ContradictingHead, ...]
    warnings: tuple[str, ...]
    known: int
    looked: int
    accepted: frozenset[int]
    largest: int


def roots_at_sizes(store: EvidenceStore, sizes: Iterable[int]) -> dict[int, str]:
    """Return the hex Merkle root at each of ``sizes`` that the vault has, in one pass over it."""
    have = store.chain.size
    found = {have: store.chain.merkle_root.hex()}
    wanted = sorted({size for size in sizes if size < have})
    edge = MerkleFrontier()
    for size in wanted:
        for line in store.raw.between(edge.size, size):
            edge.append_leaf(hash_leaf(line))
        found[size] = edge.root().hex()
    return found


def judge_pinned_heads(session: OpenSession) -> HeadJudgement:
    """Compare every head remembered by the officers signed in. Raises RolledBack: forged."""
    known = {o.id: _read_pinned_heads(session, o) for o in session.officers}
    sizes = {m.size for recalled in known.values() for m in recalled.memories}
    root = roots_at_sizes(session.store, sizes)
    against: list[ContradictingHead] = []
    vouched, looked, largest = [], [], []
    for officer_id, recalled in known.items():
        fits = [m for m in recalled.memories if root.get(m.size) == m.root]
        same = max((m.size for m in fits), default=0)
        # Where the entries are all there, so must be the keys that were in force with them.
        if any(m.generation > session.keyring.directory.generation for m in fits):
            raise alarms.OLD_LIST.make_error(who=officer_name(session, officer_id))
        wrong = [m for m in recalled.memories if m not in fits]
        who = officer_name(session, officer_id)
        against += [ContradictingHead(officer_id, who, m, same) for m in dict.fromkeys(wrong)]
        vouched.append(0 if wrong else same)
        looked.append(0 if wrong else max((m.looked[0] for m in fits), default=0))
        largest.append(max((m.size for m in recalled.memories), default=0))
    entries = {seq for r in known.values() for m in r.memories for seq in m.looked[1]}
    before = frozenset(seq for seq in entries if seq < min(looked))
    return HeadJudgement(
        tuple(against), _head_warnings(session, known), min(vouched), min(looked),
        before, min(largest),
    )  # fmt: skip


def _read_pinned_heads(session: OpenSession, officer: OfficerKeys) -> PinnedHeads:
    beside = session.keys.get(officer.id)
    if beside is None:  # a paper key has no file, and nothing that remembers beside it
        return PinnedHeads((), (), ())
    try:
        return heads.read_pinned_heads(officer, beside, session.store.origin)
    except Tampered as err:
        bad = _describe_forged_file(officer, beside)
        raise alarms.FORGED.make_error(who=officer_name(session, officer.id), name=bad) from err


def _describe_forged_file(officer: OfficerKeys, beside: Path) -> str:
    """Return where the memory lies, so that people find it."""
    return heads.sidecar_paths(officer.id, beside)[0].name


def officer_name(session: OpenSession, officer_id: str) -> str:
    """Return an officer's name, made visible. Raises Tampered for an unknown one."""
    return show_invisible(session.keyring.directory.find_person(officer_id).name)


def _head_warnings(session: OpenSession, known: dict[str, PinnedHeads]) -> tuple[str, ...]:
    with_file = [r for officer_id, r in known.items() if officer_id in session.keys]
    have = session.store.chain.size
    if have < 2:
        return ()
    if not with_file:
        return (alarms.PAPER.to_sentences(entries=alarms.count_in_words(have)),)
    if not any(r.memories for r in with_file):
        return (alarms.NO_MEMORY.to_sentences(entries=alarms.count_in_words(have)),)
    said = []
    without = [i for i in known if i in session.keys and not known[i].memories]
    if without:
        who = " and ".join(officer_name(session, i) for i in without)
        said.append(alarms.NO_MEMORY_OF.to_sentences(who=who))
    if any(r.missing for r in with_file):
        said.append(alarms.MISSING.to_sentences())
    if any(r.foreign for r in with_file):
        said.append(alarms.FOREIGN.to_sentences())
    return tuple(said)


def contradiction_alarm(session: OpenSession, one: ContradictingHead) -> RolledBack:
    """Return the alarm that one contradicting memory raises, as exactly as it can be told."""
    have, size = session.store.chain.size, one.memory.size
    count, by = _describe_tail(session, one)
    facts: dict[str, object] = {"who": one.who, "size": alarms.count_in_words(size), "by": by}
    if size > have:
        kind = alarms.SHORTER if session.is_pair else alarms.SHORTER_ALONE
        tail = f" Its last {alarms.count_in_words(count)} are signed by {by} alone." if by else ""
        if one.memory.generation > session.keyring.directory.generation:
            tail += OLDER
        missing = alarms.count_in_words(size - have)
        return kind.make_error(
            **facts, have=alarms.count_in_words(have), missing=missing, tail=tail
        )
    facts["same"] = f" (the first {alarms.count_in_words(one.same)} are)" if one.same else ""
    if by:
        return alarms.RE_SIGNED.make_error(**facts, count=alarms.count_in_words(count))
    return (alarms.FORK if session.is_pair else alarms.FORK_ALONE).make_error(**facts)


def _describe_tail(session: OpenSession, one: ContradictingHead) -> tuple[int, str]:
    """Return how many last entries one other officer alone signed, and who; (0, "") for none.

    Only what follows the last entry that names the contradicted officer: what they signed there
    themselves, nobody made with another's key.
    """
    tail = []
    for line in reversed(session.store.lines):
        if one.id in line.by:
            break
        tail.append(line.by)
    signers = set(tail)
    if len(signers) != 1 or len(tail[0]) != 1:
        return 0, ""
    return len(tail), officer_name(session, tail[0][0])


def check_pinned_heads(session: OpenSession) -> tuple[str, ...]:
    """Compare every head the officers signed in remember. Returns warnings as sentences.

    Raises RolledBack: the vault was put back, cut or rewritten, or a memory was forged.
    """
    found = judge_pinned_heads(session)
    for one in found.against:
        raise contradiction_alarm(session, one)
    return found.warnings
