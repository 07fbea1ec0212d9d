"""A new generation: whoever joins or leaves, whatever is shredded, all goes this one way.

format.md section 4a. Two officers, both passphrases again. Nothing is in force before the new keys
were read back from the disk; then one commit switches, and everything after it can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from esafety_tui.casework.access import reauthenticate, rekey_cleanup, stop_notes
from esafety_tui.casework.access.named_people import list_namings
from esafety_tui.casework.access.public_info import public_info_bytes
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data import directory, generations, heads, officers, platform
from esafety_tui.data.age import Identity
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.certificates import SchoolAuthority
from esafety_tui.data.eligibility import Naming, list_eligible
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.store import EntryDraft
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.data.turning import EpochChange
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import format_stamp
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused, StorageFailed
from esafety_tui.kernel.records import BRINGS_DIRECTORY, Contact, EntryReceipt, Person


@dataclass(frozen=True, slots=True)
class NewKeyHolder:
    """Somebody with new keys. ``follows``: id of the same person's key that ends with this."""

    officer: OfficerKeys
    kind: str
    position: str
    initials: str
    follows: str = ""


@dataclass(frozen=True, slots=True)
class CaseRestriction:
    """An incident that is closed to further officers.

    Attributes:
        named: ids of those it names from here on. identity: opens all that is sealed from here on.
        fields: of its record ``incident.restricted``.
    """

    inc: str
    named: frozenset[str]
    identity: Identity
    fields: Mapping[str, Json] = field(repr=False)


@dataclass(frozen=True, slots=True)
class VaultChange:
    """What is different in the next generation.

    Attributes:
        kind: record type, one of BRINGS_DIRECTORY. says: the changes as sentences.
        fresh: people with new keys. leaving: ids of those whose part ends.
        machines, contacts, procedures: the whole new list, or None to keep the present one.
        profile: name and digest of the new one, or None to keep it.
        shred: incidents whose keys, records and files are destroyed.
        restrict: an incident to be restricted; its record goes before the one of this change.
        extra: further fields of the record.
        prove: called when the new keys were read back and before they come in force; may raise.
    """

    kind: str
    says: tuple[str, ...]
    fresh: tuple[NewKeyHolder, ...] = ()
    leaving: tuple[str, ...] = ()
    machines: Mapping[str, str] | None = None
    contacts: tuple[Contact, ...] | None = None
    procedures: Mapping[str, str] | None = None
    profile: tuple[str, str] | None = None
    shred: tuple[str, ...] = ()
    restrict: CaseRestriction | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)
    prove: Callable[[], None] | None = None


@translate_os_errors("change the keys")
def rekey_vault(
    session: OpenSession, change: VaultChange, passphrases: Mapping[str, str], reason: str
) -> EntryReceipt:
    """Put the next generation in force and return the receipt of its entry.

    Raises NotEligible, WrongPassphrase, BadInput, Refused or StorageFailed; the vault is as it was
    before then. The session goes on with the new keys.
    """
    reauthenticate.reauthenticate_both(session, passphrases)
    refuse_unfit_change(session, change, reason)
    broken = session.list_broken_cases() - set(change.shred)
    coming, cards, shut = _plan_generation(session, change)
    ring = session.keyring
    folder = generations.stage_generation(ring, coming, cards, broken)
    newer = {f.follows: f.officer for f in change.fresh}
    after = [newer.get(o.id, o) for o in ring.officers]
    proven = generations.prove_generation(ring, folder, coming, cards, after)
    if change.prove is not None:
        change.prove()
    receipt = _commit_generation(session, change, coming, reason, (*shut, *sorted(broken)))
    # The commit stands. What follows is repeated at the next opening if it is cut off here.
    session.keyring = proven
    stop_notes.reseal_stop_notes(session, ring.box)
    if session.presenting in newer:
        session.presenting = newer[session.presenting].id
    session.keys = {
        **session.keys,
        **{f.officer.id: session.folder / "officers" for f in change.fresh if f.kind == "officer"},
    }
    _finish_generation(session, coming, change)
    return receipt


def refuse_unfit_change(session: OpenSession, change: VaultChange, reason: str) -> None:
    """Raise what :func:`renew` would, before anything is made or written."""
    if change.kind not in BRINGS_DIRECTORY or not reason.strip():
        raise BadInput("A reason is needed for this.", "Write why, in a few words.")
    here = {o.id for o in session.officers}
    if here & set(change.leaving) - {f.follows for f in change.fresh}:
        raise NotEligible(
            "Somebody whose part ends cannot be one of the two who decide it.",
            "Two others sign in: officers, or one of them with a paper key.",
        )
    known = session.keyring.directory
    missing = set(change.leaving) - {p.id for p in known.people_present}
    if missing:
        raise BadInput("There is no such officer in this vault.", "Choose one from the list.")
    staying = [p for p in known.officers_present if p.id not in change.leaving]
    count = len(staying) + sum(f.kind == "officer" for f in change.fresh)
    if change.leaving and count < 2:
        raise Refused(
            "Fewer than two officers would be left.", "Enrol the successor first, then try again."
        )


def _plan_generation(
    session: OpenSession, change: VaultChange
) -> tuple[generations.NextGeneration, list[IncidentCard], tuple[str, ...]]:
    """Return the next generation, the cards that go on, and the incidents left unopened."""
    ring, known = session.keyring, session.keyring.directory
    closing = change.restrict
    entry = session.store.chain.size + bool(closing)
    vault, ledger, key = (
        Identity.generate(),
        LedgerBox.generate_key(),
        generations.open_authority_key(ring),
    )
    now = session.clock.read_clock().wall
    authority = SchoolAuthority.load_authority(key, known.ca_cert)
    joined = [_describe_newcomer(f, authority, entry, session) for f in change.fresh]
    people = [replace(p, until=entry) if p.id in change.leaving else p for p in known.people]
    people += joined
    cards = [c for c in session.read_case_cards() if c.inc not in change.shred]
    body = {
        **known.copy_body, "generation": known.generation + 1, "entry": entry,
        "vault_recipient": vault.recipient.to_text,
        "officers": [directory.person_row(p) for p in people], "created": format_stamp(now),
        "shredded": [{"inc": i, "entry": e} for i, e in known.shredded.items()]
        + [{"inc": i, "entry": entry} for i in sorted(change.shred)],
    }  # fmt: skip
    body |= _replaced_lists(change)
    further = {closing.inc: closing.identity} if closing else {}
    body["restricted"] = [
        *body["restricted"],
        *(
            {"inc": i, "entry": entry - 1, "recipient": x.recipient.to_text}
            for i, x in further.items()
        ),
    ]
    may, left = _eligible_by_case(session, people, cards, closing)
    signers = [*session.officers, *(f.officer for f in change.fresh)]
    coming = generations.NextGeneration(body, people, signers, vault, ledger, key, may, further)
    return coming, cards, left


def _describe_newcomer(
    fresh: NewKeyHolder, authority: SchoolAuthority, entry: int, session: OpenSession
) -> Person:
    o = fresh.officer
    cert = authority.issue_certificate(o, session.clock.read_clock().wall)
    return Person(
        o.id, fresh.kind, o.name, fresh.position, fresh.initials, o.spki,
        o.identity.recipient.to_text, cert, entry, -1, fresh.follows,
    )  # fmt: skip


def _replaced_lists(change: VaultChange) -> dict[str, Json]:
    """Return the lists of the directory that this change replaces."""
    found: dict[str, Json] = {}
    if change.machines is not None:
        found["machines"] = [{"fingerprint": f, "label": n} for f, n in change.machines.items()]
    if change.contacts is not None:
        found["contacts"] = [asdict(contact) for contact in change.contacts]
    if change.profile is not None:
        found["profile"] = dict(zip(("name", "hash"), change.profile, strict=True))
    if change.procedures is not None:
        found["procedures"] = [{"name": n, "hash": h} for n, h in sorted(change.procedures.items())]
    return found


def _eligible_by_case(
    session: OpenSession, people: Sequence[Person], cards: Sequence[IncidentCard],
    closing: CaseRestriction | None,
) -> tuple[dict[str, tuple[Person, ...]], tuple[str, ...]]:  # fmt: skip
    """Return who may open each restricted incident, and those that these two cannot open.

    The incident's own records say who is named; only the eligible can read them.
    """
    after = replace(session.keyring.directory, people=tuple(people))
    found: dict[str, tuple[Person, ...]] = {}
    left = []
    for card in cards:
        closes = closing is not None and closing.inc == card.inc
        if not (card.restricted or closes):
            continue
        try:
            named = list_namings(session.store, session.keyring, card)
        except NotEligible:
            left.append(card.inc)
            continue
        if closing is not None and closes:
            before = named[-1].officers if named else frozenset[str]()
            named.append(Naming(session.store.chain.size, before | closing.named))
        found[card.inc] = list_eligible(after, named)
    return found, tuple(left)


def _commit_generation(
    session: OpenSession, change: VaultChange, coming: generations.NextGeneration, reason: str,
    left: tuple[str, ...],
) -> EntryReceipt:  # fmt: skip
    """Commit: everything sealed anew, and the entry that says so. Returns its receipt."""
    present = [p for p in coming.people if p.is_present]
    said: dict[str, Json] = {
        **change.extra, "generation": coming.body["generation"],
        "directory": directory.directory_digest(coming.body),
        "vault_recipient": coming.vault.recipient.to_text,
        "recipients": sorted(p.enc_pub for p in present), "changes": list(change.says),
        "reason": reason, "left": list(left),
    }  # fmt: skip
    gone = frozenset(session.keyring.directory.shredded) | frozenset(change.shred)
    closing = change.restrict
    first = () if closing is None else (
        EntryDraft("incident.restricted", closing.fields, closing.inc, closing.identity.recipient),
    )  # fmt: skip
    turn = EpochChange(
        int(coming.body["generation"]),
        LedgerBox(coming.ledger),
        session.keyring.require_vault_identity(),
        coming.vault,
        gone,
        first,
    )
    draft = EntryDraft(change.kind, said, "", coming.vault.recipient)
    return session.store.append_entry(draft, session.entry_signers(), turn)


def _finish_generation(
    session: OpenSession, coming: generations.NextGeneration, change: VaultChange
) -> None:
    """Name the new generation, and remove what it leaves behind."""
    known = session.keyring.directory
    try:
        generations.put_in_force(session.folder / "keyring", coming.folder_name)
        plate = public_info_bytes(known.origin, known.school, known.people)
        platform.write_atomically(session.folder / "vault.json", plate)
    except StorageFailed as err:
        session.warnings.append(
            f"The change is in force, but not everything could be written. {err.what} "
            "It is completed at the next sign-in. Check the disk."
        )
    session.pin_current_head()
    head = session.store.current_head()
    for fresh in change.fresh:
        if fresh.kind == "officer":
            heads.pin_head(
                fresh.officer, session.folder / "officers", head.origin,
                (head.size, head.root.hex()), None, session.keyring.directory.generation,
            )  # fmt: skip
    rekey_cleanup.remove_leftovers(session)


@translate_os_errors("write the key file")
def write_officer_key(
    session: OpenSession, officer: OfficerKeys, passphrase: str, kdf: officers.KdfCost
) -> None:
    """Write a fresh officer's key file into the vault, read back. Raises StorageFailed."""
    officers.write_key_file(session.folder / "officers", officer, passphrase, kdf)
