"""Officers, computers and contacts: who joins, who leaves, whose keys are new.

Each is one new generation by two officers, both passphrases asked again (casework/access/rekey.py).
Nobody decides about their own part. What a leaver knew is not taken back: records of their time
can still be read with an old copy of the vault and the keys of two, and so can what is added later
to an incident begun in their time, since it keeps its key. Incidents begun later cannot.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from esafety_tui.casework.access import key_files, rekey
from esafety_tui.casework.access.rekey import NewKeyHolder, VaultChange
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.signin import create_vault
from esafety_tui.casework.signin.create_vault import PAPER_KEYS, Founder, PaperKey
from esafety_tui.data.officers import KdfCost, OfficerKeys, encode_base64
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.errors import (
    BadInput,
    NotEligible,
    Refused,
    StorageFailed,
    WrongPassphrase,
)
from esafety_tui.kernel.records import Contact, EntryReceipt, Person

Save = Callable[[Sequence[PaperKey]], None]


@dataclass(frozen=True, slots=True)
class PairConsent:
    """What two officers give to an act that binds the school.

    Attributes:
        passphrases: officer id to passphrase, of both. reason: why, in words.
    """

    passphrases: Mapping[str, str] = field(repr=False)
    reason: str


def enrol_officer(
    session: OpenSession, new: Founder, consent: PairConsent, kdf: KdfCost
) -> tuple[str, EntryReceipt]:
    """Enrol one more officer with a passphrase of their own. Returns the new id and the receipt.

    The key file is written first: if the program is cut off before the commit, it opens nothing.
    Raises BadInput, NotEligible, WrongPassphrase, StorageFailed.
    """
    fresh = _refuse_known_person(session, new)
    says = f"{fresh.officer.name} ({fresh.position}) joins as {fresh.initials}"
    receipt = _rekey_with_officer(session, new, fresh, VaultChange("officer.enrolled", (says,),
    (fresh,)),
                        consent, kdf)  # fmt: skip
    return fresh.officer.id, receipt


def renew_officer_keys(
    session: OpenSession, officer_id: str, passphrase: str, consent: PairConsent, kdf: KdfCost
) -> tuple[str, EntryReceipt]:
    """Give an officer new keys, because the old ones were lost or somebody else knew them.

    They may be one of the two who decide it: the old key signs, and the new one with it. Returns
    the new id and the receipt.
    """
    old = _find_present_person(session, officer_id, "officer")
    new = Founder(old.name, old.position, old.initials, passphrase)
    fresh = NewKeyHolder(
        OfficerKeys.generate_keys(old.name), "officer", old.position, old.initials, old.id
    )
    change = VaultChange("generation.rotated", (f"{old.name} has new keys",), (fresh,), (old.id,))
    return fresh.officer.id, _rekey_with_officer(session, new, fresh, change, consent, kdf)


def _rekey_with_officer(
    session: OpenSession,
    new: Founder,
    fresh: NewKeyHolder,
    change: VaultChange,
    consent: PairConsent,
    kdf: KdfCost,
) -> EntryReceipt:
    rekey.refuse_unfit_change(session, change, consent.reason)
    rekey.write_officer_key(session, fresh.officer, new.passphrase, kdf)
    try:
        return rekey.rekey_vault(session, change, consent.passphrases, consent.reason)
    except (BadInput, Refused, WrongPassphrase):
        # Only what was refused takes the file along: after a disk's error the change may stand.
        path = session.folder / "officers" / key_files.key_file_name(fresh.officer.id)
        with contextlib.suppress(OSError):  # a key file nobody lists opens nothing
            path.unlink(missing_ok=True)
        raise


def remove_officer(session: OpenSession, officer_id: str, consent: PairConsent) -> EntryReceipt:
    """End an officer's part. What they witnessed stays theirs; their keys open nothing new."""
    old = _find_present_person(session, officer_id, "officer")
    says = f"{old.name} ({old.position}, {old.initials}) leaves"
    change = VaultChange("officer.removed", (says,), leaving=(old.id,))
    return rekey.rekey_vault(session, change, consent.passphrases, consent.reason)


def replace_paper_keys(session: OpenSession, consent: PairConsent, save: Save) -> EntryReceipt:
    """Replace both paper keys, because an envelope was opened. ``save`` writes the new sheets.

    Raises Refused while there is a restricted incident that these two may not open: it would be
    left with the old paper keys alone.
    """
    ring = session.keyring
    restricted = [c for c in session.read_case_cards() if c.restricted]
    shut = [c for c in restricted if not _names_of_eligible(session, c.inc)]
    if shut:
        raise Refused(
            f"{len(shut)} restricted incident(s) are closed to one of you, so their paper keys "
            "cannot be replaced by you two.",
            "Two who may open them do this, or the two old paper keys sign in together.",
        )
    old = [p for p in ring.directory.people_present if p.kind == "paper"]
    fresh = tuple(
        NewKeyHolder(OfficerKeys.generate_keys(o.name), "paper", o.position, o.initials, o.id)
        for o in old
    )
    if len(fresh) != PAPER_KEYS:
        raise BadInput("This vault has no pair of paper keys.", "Report this as a fault.")
    printed = [
        PaperKey(f.officer.name, f.officer.identity.to_text, encode_base64(f.officer.private_der()))
        for f in fresh
    ]
    saved = []

    def keep() -> None:
        save(printed)
        saved.append(True)

    change = VaultChange(
        "generation.rotated", ("both paper keys are new; the old sheets open nothing new",), fresh,
        tuple(p.id for p in old), prove=keep,
    )  # fmt: skip
    try:
        return rekey.rekey_vault(session, change, consent.passphrases, consent.reason)
    except StorageFailed as err:
        if not saved:
            raise
        raise StorageFailed(
            f"{err.what} The new sheets were saved, but may not count.",
            "Keep the old sheets too. Sign in again and rehearse: it says which sheets count.",
        ) from err


def _names_of_eligible(session: OpenSession, inc: str) -> bool:
    try:
        session.open_incident_keys(session.read_case_card(inc))
    except NotEligible:
        return False
    return True


def designate_computer(session: OpenSession, label: str, consent: PairConsent) -> EntryReceipt:
    """Make this computer a designated one as well. ``label``: its name and place."""
    known = session.keyring.directory
    if session.machine in known.machines:
        raise BadInput("This computer is a designated one already.", "There is nothing to do.")
    if not label.strip():
        raise BadInput("The computer needs a name and a place.", "Type them like PC 2 · library.")
    machines = {**known.machines, session.machine: label.strip()}
    change = VaultChange("machine.enrolled", (f"{label.strip()} is a designated computer",),
                    machines=machines)  # fmt: skip
    return rekey.rekey_vault(session, change, consent.passphrases, consent.reason)


def retire_computer(session: OpenSession, fingerprint: str, consent: PairConsent) -> EntryReceipt:
    """End a computer's designation. One designated computer stays."""
    known = session.keyring.directory
    if fingerprint not in known.machines:
        raise BadInput("There is no such computer in this vault.", "Choose one from the list.")
    machines = {f: n for f, n in known.machines.items() if f != fingerprint}
    if not machines:
        raise Refused("It is the only designated computer.", "Enrol another one first.")
    says = f"{known.machines[fingerprint]} is no longer a designated computer"
    change = VaultChange("generation.rotated", (says,), machines=machines)
    return rekey.rekey_vault(session, change, consent.passphrases, consent.reason)


def set_contacts(
    session: OpenSession,
    values: Mapping[str, str],
    consent: PairConsent,
    checked: Collection[str] = (),
) -> EntryReceipt:
    """Fill in whom to call. ``values``: contact kind to number or address, "" for not known.

    What is changed counts as checked today, and so does what is in ``checked`` (kinds): somebody
    has rung it, and it is right.
    """
    known = session.keyring.directory.contacts
    if unknown := {*values, *checked} - {c.kind for c in known}:
        raise BadInput(f"There is no contact {min(unknown)}.", "Choose from the list.")
    today = session.clock.read_clock().wall.astimezone(LONDON).date().isoformat()
    after = tuple(
        _fill_contact(c, values.get(c.kind, c.value).strip(), today, c.kind in checked)
        for c in known
    )
    if after == known:
        raise BadInput("Nothing was changed.", "Type what is different, or go back.")
    names = ", ".join(a.label for a, b in zip(after, known, strict=True) if a != b)
    says = (f"contacts were changed or checked: {names}",)
    change = VaultChange("generation.rotated", says, contacts=after)
    return rekey.rekey_vault(session, change, consent.passphrases, consent.reason)


def _fill_contact(contact: Contact, value: str, today: str, checked: bool) -> Contact:
    if value == contact.value and not checked:
        return contact
    return Contact(contact.kind, contact.label, value, today if value else "")


def rotate_keys(session: OpenSession, consent: PairConsent) -> EntryReceipt:
    """New keys for the vault, with everybody as before."""
    change = VaultChange("generation.rotated", ("the vault has new keys",))
    return rekey.rekey_vault(session, change, consent.passphrases, consent.reason)


def _refuse_known_person(session: OpenSession, new: Founder) -> NewKeyHolder:
    """Return the newcomer if they can be told apart from all who were ever there."""
    officers = [p for p in session.keyring.directory.people if p.kind == "officer"]
    rows = tuple(Founder(p.name, p.position, p.initials, "") for p in officers if p.is_present)
    create_vault.check_founders((*rows, new))
    initials = new.initials.strip().upper()
    if initials in {p.initials for p in officers}:
        raise BadInput(
            "Somebody who has left had the same initials, and their exhibits carry them.",
            "Add a middle initial.",
        )
    return NewKeyHolder(
        OfficerKeys.generate_keys(new.name.strip()), "officer", new.position.strip(), initials
    )


def _find_present_person(session: OpenSession, officer_id: str, kind: str) -> Person:
    for person in session.keyring.directory.people_present:
        if person.id == officer_id and person.kind == kind:
            return person
    raise BadInput("There is no such officer in this vault.", "Choose one from the list.")
