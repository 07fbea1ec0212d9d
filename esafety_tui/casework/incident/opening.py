"""Opening an incident: a new one, with those named in it shut out, or one that exists.

A lone officer opens one in words only. Two officers read what is there, and reading is an entry.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence

from esafety_tui.casework.access.named_people import list_namings
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import clock_check, lost_freezes
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.policy import current_policy
from esafety_tui.casework.policy.current_policy import FULL, WORDS, FittedProcedure
from esafety_tui.data.age import Identity
from esafety_tui.data.holds import Hold
from esafety_tui.data.keyring import IncidentCard, new_incident_id
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.flows.procedure.model import FREEZING_CLASSES
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import format_stamp
from esafety_tui.kernel.errors import (
    EvidenceError,
    NotEligible,
    Refused,
    StorageFailed,
    VaultBusy,
)
from esafety_tui.kernel.records import OpenRecord

__all__ = [
    "FULL",
    "WORDS",
    "followed_procedure",
    "open_incident_for_stop",
    "open_linked_incident",
    "open_new_incident",
    "open_without_reading",
    "reopen_incident",
]

_NUMBER = re.compile(r".*-([0-9]{4,9})", re.ASCII)
UNLISTED = (
    "Entry {seq} says that this incident was restricted, but its keys were not changed: it is no "
    "more closed than before. Ask the two who signed it."
)
LEAP = 1000
"""A number so much higher than there are incidents was not given by this program."""


def _next_number(session: OpenSession) -> int:
    """Return the number after the highest; a damaged card must not stop a new incident."""
    incidents = session.store.chain.incidents.keys() - {""}
    for inc in incidents - session.numbers.keys() - session.store.shredded:
        with contextlib.suppress(EvidenceError):  # the list of incidents says that it is damaged
            # One officer alone may have written anything there in an incident of words.
            found = _NUMBER.fullmatch(session.read_case_card(inc).reference)
            number = int(found[1]) if found else 0
            session.numbers[inc] = number if number < len(incidents) + LEAP else 0
    return 1 + max((len(incidents), *session.numbers.values()))


@translate_os_errors("open the incident")
def open_new_incident(
    session: OpenSession,
    *,
    named: Sequence[str] = (),
    others: str = "",
    words_only: bool = False,
    procedure: str = FULL,
) -> CaseFile:
    """Open a new incident. ``named`` are ids of officers it names; they are not eligible.

    It follows ``procedure`` as it is in force; a lone officer, or ``words_only``, the one for one
    officer. What has no line to choose it by is only carried on with (:func:`carry_on`).

    Raises NotEligible, Refused for a procedure that is not there or not proven, StorageFailed.
    """
    if words_only or not session.is_pair:
        flow = current_policy.procedure_for_one(session)
    else:
        flow = current_policy.procedure_in_force(session, procedure)
        if not flow.procedure.offer:
            raise Refused("This procedure is not offered here.", "Choose one from the list.")
    case = _open_incident(session, _require_proven(session, flow), named, others)
    # It is on the disk already, among the vault's own entries: a disk that is full keeps nobody
    # from an incident that is open.
    with contextlib.suppress(StorageFailed, VaultBusy):
        clock_check.carry_over_comparison(case)
    return case


def _require_proven(session: OpenSession, flow: FittedProcedure) -> FittedProcedure:
    current_policy.require_claims(flow, frozenset(session.keyring.directory.procedures))
    return flow


@translate_os_errors("open the incident")
def open_linked_incident(case: CaseFile, procedure: str) -> CaseFile:
    """Open a new incident of ``procedure``, linked to ``case``, naming the same people.

    They are those named at the opening of ``case`` and by each restriction after it. Raises
    Refused unless an answer in force in ``case`` offers it.
    """
    session = case.session
    session.require_pair()
    if procedure not in case.outcome_of_answers.carry_on:
        raise Refused(
            "No answer in this incident leads to that procedure.",
            "Record what the police, or whoever leads, said first.",
        )
    named = list_namings(session.store, session.keyring, case.card)
    ids = named[-1].officers if named else frozenset[str]()
    flow = _require_proven(session, current_policy.procedure_in_force(session, procedure))
    others = case.records[0].field_text("named_others")
    return _open_incident(session, flow, sorted(ids), others, case.inc)


@translate_os_errors("open the incident")
def open_incident_for_stop(session: OpenSession) -> CaseFile:
    """Open a new incident that STOP goes into, whatever became of the policy in this vault."""
    try:
        flow = (
            current_policy.procedure_in_force(session, FULL)
            if session.is_pair
            else current_policy.procedure_for_one(session)
        )
    except EvidenceError:
        flow = current_policy.built_in_procedure(session, FULL)
    return _open_incident(session, flow, (), "")


def open_without_reading(session: OpenSession, inc: str) -> CaseFile:
    """Return an incident without opening anything of it: words may be added, and a STOP.

    Its card names the recipient of its records, so that a damaged key keeps no STOP out. Raises
    Refused, Tampered where the card is not to be had either.
    """
    card = session.read_case_card(
        inc
    )  # refused where it was destroyed, whatever is still in memory
    known = session.cases.get_case(inc)
    if isinstance(known, CaseFile):
        return known
    flow = current_policy.procedure_for_one(session)
    return CaseFile(session, card, flow.procedure, None, profile=flow.profile)


def _open_incident(
    session: OpenSession, flow: FittedProcedure, named: Sequence[str], others: str, linked: str = ""
) -> CaseFile:
    if set(named) & {o.id for o in session.officers}:
        raise NotEligible(
            "An officer who is named in an incident cannot open it.",
            "Two officers who are not named must sign in.",
        )
    procedure, profile = flow
    identity, inc = Identity.generate(), new_incident_id()
    number = _next_number(session)
    now = session.clock.read_clock().wall
    card = IncidentCard(
        inc,
        f"{session.keyring.directory.site}-{now.year}-{number:04d}",
        identity.recipient.to_text,
        bool(named),
        procedure.alone,
        format_stamp(now),
        linked,
        tuple(o.id for o in session.officers),
    )
    session.keyring.wrap_incident(inc, identity, named)
    session.keyring.write_card(card)
    fields: dict[str, Json] = {
        "reference": card.reference, "recipient": card.recipient, "restricted": card.restricted,
        "words_only": card.words_only, "procedure": procedure.digest,
        "procedure_name": procedure.name, "policy": profile.digest, "profile": profile.name,
        "named_officers": sorted(named), "named_others": others, "linked": linked,
    }  # fmt: skip
    case = CaseFile(
        session, card, procedure, identity if session.is_pair else None, profile=profile
    )
    _write_first_record(case, fields)
    if named:
        people = [p for p in session.keyring.directory.people_present if p.id not in set(named)]
        case.write_record("incident.restricted", {"eligible": sorted(p.id for p in people)})
    return case


def _write_first_record(case: CaseFile, fields: dict[str, Json]) -> None:
    """Write the first record; a procedure that is class A from its opening freezes with it."""
    if case.procedure.opens_as not in FREEZING_CLASSES:
        case.write_record("incident.opened", fields)
        return
    case.write_record("incident.opened", fields, hold=Hold(case.inc, "freeze", ()))
    # The opening is on the disk and names the procedure; this only says once more what it froze.
    with contextlib.suppress(StorageFailed, VaultBusy):
        case.write_record(
            "frozen", {"because": "opening", "step": case.procedure.first, "blobs": []}
        )


@translate_os_errors("open the incident")
def reopen_incident(session: OpenSession, inc: str) -> CaseFile:
    """Open an incident that exists: two officers read it, one officer may only add words.

    It goes on with the procedure and policy it was started with. Reading is an entry of its own.
    Where this session has it open already, that one object is read again and returned.
    Raises NotEligible, Tampered, Refused where neither vault nor program has that procedure.
    """
    card = session.read_case_card(inc)
    if card.restricted and not session.is_pair:
        raise NotEligible(
            "This incident is restricted: one officer alone may not add to it.",
            "Write down what you know in a new incident of your own, in words.",
        )
    if not session.is_pair:
        return open_without_reading(session, inc)
    identity = session.current_case_identity(card)
    records = session.read_all(card)  # and the entry of it, the last of them
    opened = records[0]
    if opened.type != "incident.opened" or opened.field_text("recipient") != card.first_recipient:
        raise Refused("The incident's first record is not its opening.", "Fetch the second copy.")
    list_namings(
        session.store, session.keyring, card
    )  # who restricted it later named these recipients
    _warn_of_unlisted(session, card, records)
    known = session.cases.get_case(inc)
    flow = followed_procedure(session, card, opened.fields)
    if isinstance(known, CaseFile):
        case = known
        case.procedure, case.profile = flow  # one that could not be read before followed none
        case.take_up_records(card, identity, records)
    else:
        case = CaseFile(session, card, flow.procedure, identity, records, flow.profile)
    lost_freezes.restore_in_memory(case)
    # One officer alone may have added something that the list does not show.
    case.write_register_card()
    return case


def _warn_of_unlisted(
    session: OpenSession, card: IncidentCard, records: Sequence[OpenRecord]
) -> None:
    """Warn of records that say the incident was restricted, where its keys were not changed."""
    known = {row.entry for row in session.keyring.directory.restrictions_of(card.inc)}
    for record in records:
        said = record.type == "incident.restricted" and record.field_text("recipient")
        if said and record.seq not in known:
            session.warnings.append(UNLISTED.format(seq=record.seq))


def followed_procedure(
    session: OpenSession, card: IncidentCard, opened: Mapping[str, Json]
) -> FittedProcedure:
    """Return what an incident follows, by the fields of its first record.

    Raises Refused where nothing has it any more, or one officer alone began it with a procedure
    for two, Tampered.
    """
    flow = current_policy.procedure_of_incident(session, opened)
    if len(card.by) < 2 and not (flow.procedure.alone and card.words_only):
        raise Refused(
            "One officer alone began this incident with a procedure for two.",
            "Ask them. Two officers open a new incident.",
        )
    return flow
