"""Restricting an incident after it was opened: somebody turns out to be involved in it.

format.md section 4a. Two officers who are not involved do it, both passphrases again; the one it is
about is not asked. It is one new generation: all later records and files are sealed to a new key,
and the older keys leave the vault's own for the pairs that may still open the incident.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from esafety_tui.casework.access import rekey
from esafety_tui.casework.access.named_people import list_namings
from esafety_tui.casework.access.rekey import CaseRestriction, VaultChange
from esafety_tui.casework.access.session import OpenSession, record_as_read
from esafety_tui.casework.incident import draft_files
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data.age import Identity
from esafety_tui.data.draft_folder import remove_drafts
from esafety_tui.data.eligibility import Naming, list_eligible
from esafety_tui.flows.engine import checks
from esafety_tui.flows.procedure.model import Problem
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotEligible, StorageFailed
from esafety_tui.kernel.involved import AFTERWARDS, ENDED, UNWRITTEN, WRITTEN
from esafety_tui.kernel.records import EntryReceipt, Person
from esafety_tui.kernel.text import show_invisible

LEFT_BEHIND = (
    "An officer who was signed in is said to be involved in this incident. The session was ended "
    "at once, so that two others can restrict it."
)


@dataclass(frozen=True, slots=True)
class RestrictionResult:
    """What was done.

    Attributes:
        receipt: of the incident's record. may: who may open it from here on, paper keys included.
        linked: references of incidents linked to it that these two can see.
    """

    receipt: EntryReceipt
    may: tuple[Person, ...]
    linked: tuple[str, ...]


def involved_signed_in(session: OpenSession, named: Sequence[str]) -> tuple[Person, ...]:
    """Return those signed in whom ``named`` means, by any key they ever had."""
    known = {p.id: p for p in session.keyring.directory.people}
    found = []
    for person in session.people:
        trail = [person.id]
        while known[trail[-1]].follows:
            trail.append(known[trail[-1]].follows)
        if not set(named).isdisjoint(trail):
            found.append(person)
    return tuple(found)


def list_who_may_open(case: CaseFile, named: Sequence[str]) -> tuple[Person, ...]:
    """Return who could open the incident if ``named`` were named in it from here on.

    Raises NotEligible for somebody who may not open it, BadInput where nobody new is named.
    """
    session = case.session
    known, officers = session.keyring.directory, set[str]()
    officers.update(p.id for p in known.people if p.kind == "officer")
    if not named or not officers.issuperset(named):
        raise BadInput("There is no such officer in this vault.", "Choose one from the list.")
    before = list_namings(session.store, session.keyring, case.card)
    already = before[-1].officers if before else frozenset[str]()
    if already.issuperset(named):
        raise BadInput("This incident is closed to them already.", "There is nothing to do.")
    now = Naming(session.store.chain.size, already | set(named))
    return list_eligible(known, [*before, now])


def restrict_incident(
    case: CaseFile, named: Sequence[str], why: str, passphrases: Mapping[str, str]
) -> RestrictionResult:
    """Close an incident to ``named`` (officer ids) from here on, and return what was done.

    Args:
        why: in words; it stands in the incident, and nowhere else.
        passphrases: of both officers, by officer id.

    Raises NotEligible (also where one of the two is involved: their session is to be ended, see
    :func:`step_back`), WrongPassphrase, BadInput, StorageFailed; the vault is as it was then.
    """
    session = case.session
    session.require_pair()
    refuse_involved(session, named)
    reason = checks.check_text(why)
    if isinstance(reason, Problem):
        raise BadInput(reason.text, "Nothing was saved.")
    may = list_who_may_open(case, named)
    if not {o.id for o in session.officers} <= {p.id for p in may}:
        raise NotEligible(
            "One of you could not open this incident afterwards.",
            "Two who had a part in the vault before it was restricted do this.",
        )
    identity, at = Identity.generate(), session.store.chain.size
    fields: dict[str, Json] = {
        "named_officers": sorted(named), "recipient": identity.recipient.to_text,
        "eligible": sorted(p.id for p in may), "reason": reason,
    }  # fmt: skip
    change = VaultChange(
        "generation.rotated", (f"{case.card.reference} is restricted",),
        restrict=CaseRestriction(case.inc, frozenset(named), identity, fields),
    )  # fmt: skip
    rekey.rekey_vault(session, change, passphrases, "An incident is restricted; why stands in it.")
    _take_up_new_key(case)
    line = session.store.lines[at]
    case.records.append(record_as_read(line, "incident.restricted", fields))
    receipt = EntryReceipt(at, _hash_of_entry(session, at), line.t, "incident.restricted")
    return RestrictionResult(receipt, may, linked_references(case))


def _take_up_new_key(case: CaseFile) -> None:
    """Go on under the new key, drafts as well: one that is being written is waited for.

    What of them cannot be read is removed: whoever is excluded might still open it. The restriction
    stands whatever the disk does: a draft that stays is said.
    """
    session = case.session
    with session.drafting:
        case.card = session.read_case_card(case.inc)
        keys = session.open_incident_keys(case.card)
        case.identity = keys.newest
        try:
            remove_drafts(draft_files.reseal_drafts(session, case.inc, keys))
        except StorageFailed as err:
            session.warnings.append(
                "The incident is restricted, but an older draft of it may lie in the vault. "
                f"{err.what} It is tried again at the next sign-in."
            )


def _hash_of_entry(session: OpenSession, seq: int) -> str:
    """Return the hash of an entry's line: the next one names it."""
    return session.store.lines[seq + 1].prev


def refuse_involved(session: OpenSession, named: Sequence[str]) -> None:
    """Raise NotEligible where somebody signed in is among ``named``."""
    if involved_signed_in(session, named):
        raise NotEligible("Somebody signed in is involved in it.", AFTERWARDS)


def record_stepping_back(case: CaseFile, named: Sequence[str]) -> NotEligible:
    """Write down that somebody signed in is said to be involved, and return what to tell them.

    The caller ends the session whatever comes of it. Nobody is named in the record, which the one
    it is about can still read.
    """
    names = " and ".join(show_invisible(p.name) for p in involved_signed_in(case.session, named))
    kept = WRITTEN
    try:
        case.write_record("note", {"text": LEFT_BEHIND, "program": True})
    except EvidenceError:  # a disk that refuses keeps nobody in
        kept = UNWRITTEN
    return NotEligible(ENDED.format(name=names, kept=kept), AFTERWARDS)


def linked_references(case: CaseFile) -> tuple[str, ...]:
    """Return the references of incidents that are linked to this one, either way."""
    cards = case.session.read_case_cards()
    return tuple(c.reference for c in cards if c.linked == case.inc or c.inc == case.card.linked)
