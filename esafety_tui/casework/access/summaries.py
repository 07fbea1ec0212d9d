"""Small views of the vault for people: officers, the last sealed record, the list of incidents."""

from __future__ import annotations

import base64

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.cards import OfficerCard, Receipt
from esafety_tui.kernel.clock import format_uk_time, parse_stamp
from esafety_tui.kernel.errors import Tampered
from esafety_tui.kernel.records import EntryReceipt as Sealed
from esafety_tui.kernel.records import Person
from esafety_tui.kernel.views import IncidentSummary


def officer_card(person: Person) -> OfficerCard:
    """Return what a screen shows of an officer."""
    asked = "Identity" if person.kind == "paper" else "passphrase"
    return OfficerCard(person.id, person.name, person.position, person.initials, asked)


def show_receipt(receipt: Sealed) -> Receipt:
    """Return a receipt as a screen shows it."""
    return Receipt(receipt.seq, receipt.head[:8], format_uk_time(parse_stamp(receipt.at)))


def last_receipt(session: OpenSession) -> Receipt | None:
    """Return the last sealed entry of an open vault, from memory."""
    last = session.store.last
    return show_receipt(last) if last else None


def summarise_incident(session: OpenSession, card: IncidentCard) -> IncidentSummary:
    """Return one line of the register. State and category only for two officers."""
    cached = session.keyring.read_register(card.inc)
    frozen = card.inc in session.store.holds.frozen
    state = "frozen" if frozen else cached.get("state", "restricted" if card.restricted else "open")
    return IncidentSummary(
        card.inc, card.reference, format_uk_time(parse_stamp(card.opened)), state,
        cached.get("category", ""), card.restricted,
    )  # fmt: skip


def list_incidents(session: OpenSession) -> tuple[IncidentSummary, ...]:
    """Return the register, newest first. A damaged card is a line that says so."""
    rows = []
    for line in reversed(session.list_opening_lines()):
        try:
            rows.append(summarise_incident(session, session.read_case_card(line.inc)))
        except Tampered:
            at = format_uk_time(parse_stamp(line.t))
            rows.append(
                IncidentSummary(line.inc, f"#{line.seq}", at, "its key is missing or altered")
            )
    return tuple(rows)


def seal_session_end(session: OpenSession) -> None:
    """Seal the end of the session and a head signed by everyone present."""
    head = session.store.current_head()
    sigs: dict[str, Json] = {
        o.id: base64.b64encode(o.sign_message(head.signed_body())).decode()
        for o in session.officers
    }
    session.append_record("head.signed", {"checkpoint": head.signed_body().decode(), "sigs": sigs})
    session.append_record("session.closed", {"entries": session.store.chain.size})
