"""Opening an incident: a new one, with those named in it shut out, or one that exists.

A lone officer opens one in words only. Two officers read what is there, and reading is an entry.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence

from esafety_tui.casework.casefile import CaseFile
from esafety_tui.casework.session import Session
from esafety_tui.data.age import Identity
from esafety_tui.data.keyring import Card, new_inc
from esafety_tui.data.trouble import told
from esafety_tui.flows.load import load_procedure
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import stamp
from esafety_tui.kernel.errors import NotEligible, Refused, Tampered

FULL, WORDS = "misuse", "words-only"
_NUMBER = re.compile(r".*-([0-9]{4,9})", re.ASCII)
LEAP = 1000
"""A number so much higher than there are incidents was not given by this program."""


def _next_number(session: Session) -> int:
    """Return the number after the highest; a damaged card must not stop a new incident."""
    incidents = session.store.chain.incidents.keys() - {""}
    for inc in incidents - session.numbers.keys() - session.store.shredded:
        with contextlib.suppress(Tampered):  # the list of incidents says that it is damaged
            # One officer alone may have written anything there in an incident of words.
            found = _NUMBER.fullmatch(session.card(inc).reference)
            number = int(found[1]) if found else 0
            session.numbers[inc] = number if number < len(incidents) + LEAP else 0
    return 1 + max((len(incidents), *session.numbers.values()))


@told("open the incident")
def open_new(
    session: Session,
    *,
    named: Sequence[str] = (),
    others: str = "",
    words_only: bool = False,
    linked: str = "",
) -> CaseFile:
    """Open a new incident. ``named`` are ids of officers it names; they are not eligible.

    A lone officer can only open one in words. Raises NotEligible or StorageFailed.
    """
    if set(named) & {o.id for o in session.officers}:
        raise NotEligible(
            "An officer who is named in an incident cannot open it.",
            "Two officers who are not named must sign in.",
        )
    procedure = load_procedure(WORDS if words_only or not session.pair else FULL)
    identity, inc = Identity.generate(), new_inc()
    number = _next_number(session)
    now = session.clock.now().wall
    card = Card(
        inc, f"{session.keyring.directory.site}-{now.year}-{number:04d}", identity.recipient.text,
        bool(named), procedure.name == WORDS, stamp(now), linked,
        tuple(o.id for o in session.officers),
    )  # fmt: skip
    session.keyring.wrap_incident(inc, identity, named)
    session.keyring.write_card(card)
    fields: dict[str, Json] = {
        "reference": card.reference, "recipient": card.recipient, "restricted": card.restricted,
        "words_only": card.words_only, "procedure": procedure.digest, "profile": procedure.name,
        "named_officers": sorted(named), "named_others": others, "linked": linked,
    }  # fmt: skip
    case = CaseFile(session, card, procedure, identity if session.pair else None)
    case.write("incident.opened", fields)
    if named:
        people = [p for p in session.keyring.directory.present if p.id not in set(named)]
        case.write("incident.restricted", {"eligible": sorted(p.id for p in people)})
    return case


@told("open the incident")
def reopen(session: Session, inc: str) -> CaseFile:
    """Open an incident that exists: two officers read it, one officer may only add words.

    Reading is an entry of its own. Raises NotEligible, Tampered.
    """
    card = session.card(inc)
    if card.restricted and not session.pair:
        raise NotEligible(
            "This incident is restricted: one officer alone may not add to it.",
            "Write down what you know in a new incident of your own, in words.",
        )
    if not session.pair:
        return CaseFile(session, card, load_procedure(WORDS), None)
    identity = session.identity(card)
    records = session.read_all(card)  # and the entry of it, the last of them
    opened = records[0]
    if opened.type != "incident.opened" or opened.text("recipient") != card.recipient:
        raise Refused("The incident's first record is not its opening.", "Fetch the second copy.")
    procedure = load_procedure(opened.text("profile"))
    if procedure.digest != opened.text("procedure"):
        raise Refused(
            "This incident was started with another version of the procedure.",
            "Open it with the version of this program it was started with.",
        )
    case = CaseFile(session, card, procedure, identity, records)
    case.freeze_by_records()
    case.register()  # one officer alone may have added something that the list does not show
    return case
