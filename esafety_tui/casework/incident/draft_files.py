"""Drafts on the disk: what was typed in an incident and is not sealed, kept through any ending.

``drafts/<inc>.<random>.age``, format.md section 5a. A session writes one file an incident and
removes what it could read there before only once its own file, with those words, is on the disk. A
file it cannot read stays for those who can. In no copy, form or pack; gone with its incident.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.policy.policy_files import read_plain_bytes
from esafety_tui.data import platform
from esafety_tui.data.age import NoMatchingKey, Recipient
from esafety_tui.data.draft_folder import DRAFTS_FOLDER, list_drafts, remove_drafts
from esafety_tui.data.incident_keys import IncidentKeys
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.data.unsent import open_draft, reseal_draft, seal_draft
from esafety_tui.flows.procedure.model import CaptureContent
from esafety_tui.kernel.errors import (
    EvidenceError,
    NotEligible,
    SessionLocked,
    StorageFailed,
    Tampered,
)
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.kernel.unsent import NOTE, WORDS, UnsentText

MOST = 32
"""Drafts of one incident that are looked at, the newest first."""

_ANSWERS = frozenset({"answer", "answer.changed", "gate", "described"})
_TAKEN = {
    CaptureContent.ADDRESSES: ("urls", {"url"}),
    CaptureContent.FILES: ("paths", {"screenshot", "file"}),
}


def reseal_drafts(session: OpenSession, inc: str, keys: IncidentKeys) -> list[Path]:
    """Seal the drafts that only an older key of an incident opens to its newest, each in its place.

    Returns those that could not be read. Raises StorageFailed.
    """
    unread = []
    for path in reversed(list_drafts(session.folder, inc)):  # the newest stays the newest
        try:
            sealed = reseal_draft(_read_draft_bytes(path), keys)
        except (EvidenceError, OSError):
            unread.append(path)
            continue
        if sealed:
            platform.write_atomically(path, sealed)
    return unread


def reseal_old_drafts(session: OpenSession) -> None:
    """Seal to the newest key what lies under an older one: a restriction was cut short.

    Two who may not open the incident leave it as it is. A disk that refuses is a warning.
    """
    if not session.is_pair:
        return
    restricted = {row.inc for row in session.keyring.directory.restricted}
    for inc in sorted(restricted - session.store.shredded):
        try:
            if list_drafts(session.folder, inc):
                reseal_drafts(session, inc, session.open_incident_keys(session.read_case_card(inc)))
        except NotEligible:
            continue
        except EvidenceError as err:
            _warn_of_draft(session, err)
        except OSError as err:
            _warn_of_draft(session, platform.describe_os_error(err, "read a draft"))


class SessionDrafts:
    """The drafts of one session. Its verbs take no turn of the desk: STOP and the lock need them.

    Args:
        unkept: incident to its sealed draft, where the disk refused it; it outlives a lock.
    """

    def __init__(self, session: OpenSession, unkept: dict[str, bytes]) -> None:
        self._session: OpenSession | None = session
        self._people, self.unkept = {o.id for o in session.officers}, unkept
        self._mutex = threading.Lock()
        self._own: dict[str, str] = {}
        self._taken: dict[str, list[Path]] = {}

    def continue_in_session(self, session: OpenSession) -> bool:
        """Go on in a newer session of the same officers. False: it is of others."""
        if {o.id for o in session.officers} != self._people:
            return False
        self._session = session
        return True

    def release_session(self) -> None:
        """Let go of the session and its keys; names of files stay, for when they are back."""
        self._session = None

    def _require_session(self) -> OpenSession:
        if self._session is None:
            raise SessionLocked("It is locked.", "Reopen it with an officer's passphrase.")
        return self._session

    def write_draft(self, find: Callable[[], IncidentCard], words: Iterable[UnsentText]) -> None:
        """Put ``words`` on the disk as all that is unsent in an incident; none removes it.

        Args:
            find: gives the incident's card; asked once the key cannot change until it is written.

        Raises StorageFailed: they are kept in memory, sealed, until the session ends; Refused.
        """
        session = self._require_session()
        present = tuple(sorted(o.id for o in session.officers))
        rows = [replace(one, by=one.by or present) for one in words if not one.is_blank]
        with self._mutex, session.drafting:
            card = find()
            folder, inc = session.folder / DRAFTS_FOLDER, card.inc
            if inc in session.store.shredded:
                return  # destroyed while its words still stood on a screen
            own = folder / self._own.setdefault(inc, _new_draft_name(inc))
            if rows:
                sealed = seal_draft(inc, rows, session.officers, _draft_readers(session, card))
                try:
                    _create_folder(folder)
                    platform.write_atomically(own, sealed)
                except StorageFailed:
                    self.unkept[inc] = sealed
                    raise
            self.unkept.pop(inc, None)
            older = [p for p in self._taken.pop(inc, []) if p != own]
            remove_drafts(older if rows else [*older, own])

    def read_drafts(self, case: CaseFile) -> tuple[UnsentText, ...]:
        """Return what is unsent in an incident, as far as these officers may read it.

        The place written in last comes last. What an entry has overtaken is left out.
        """
        session, inc = self._require_session(), case.inc
        alone = [session.officers[0].identity]
        keys = list(session.open_incident_keys(case.card)) if case.identity else alone
        found: list[tuple[UnsentText, ...]] = []
        with self._mutex:
            taken = []
            for path in list_drafts(session.folder, inc)[:MOST]:
                try:
                    found.append(
                        open_draft(_read_draft_bytes(path), keys, inc, _signing_keys(session))
                    )
                    taken.append(path)
                except NoMatchingKey:
                    continue  # another officer's own words
                except EvidenceError as err:
                    _warn_of_draft(session, err)
                except OSError as err:
                    _warn_of_draft(session, platform.describe_os_error(err, "read a draft"))
            if inc in self.unkept:
                with suppress(EvidenceError):
                    found.insert(0, open_draft(self.unkept[inc], keys, inc, _signing_keys(session)))
            self._taken[inc] = taken
        return _merge_drafts(case, found)


def _merge_drafts(case: CaseFile, found: Sequence[Sequence[UnsentText]]) -> tuple[UnsentText, ...]:
    """Return the words of several drafts, the newest draft first; each place comes once.

    One officer alone has another screen than two: what they typed comes as words alone.
    """
    here = len(case.session.officers)
    kept: list[UnsentText] = []
    for draft in found:
        for one in reversed(draft):
            left = remove_sealed_words(case.records, case, one)
            same = [k for k in kept if (k.values, k.by) == (one.values, one.by)]
            if left is None or same:
                continue
            if len(left.by) != here or left.place in {k.place for k in kept}:
                left = replace(left, place=f"{WORDS}{len(kept) + 1}")
            kept.append(left)
    return tuple(reversed(kept))


def remove_sealed_words(
    records: Sequence[OpenRecord], case: CaseFile, one: UnsentText
) -> UnsentText | None:
    """Return what is left of words once the entries after them are taken off; None for nothing.

    A lone officer who comes back reads no records, so nothing is taken off.
    """
    later = [r for r in records if r.seq > one.after and _same_authors(r.by, one.by)]
    step = one.step_of_place
    takes = (
        case.procedure.get_step(step).takes if step in case.procedure else CaptureContent.NOTHING
    )
    if one.place == NOTE:
        over = any(r.type == "note" and not r.fields.get("program") for r in later)
    elif takes in _TAKEN and one.place.startswith("step "):
        return _remove_sealed_items(one, *_TAKEN[takes], later)
    elif step:
        over = any(r.type in _ANSWERS and r.field_text("step") == step for r in later)
    elif one.place.startswith("tick "):
        over = any(r.type == "stop.tick" and f"tick {r.fields.get('number')}" == one.place
                   for r in later)  # fmt: skip
    else:
        over = False
    return None if over else one


def _same_authors(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether both are of two officers, or of the same one."""
    return len(first) == len(second) and (len(first) > 1 or first == second)


def _remove_sealed_items(
    one: UnsentText, name: str, types: set[str], later: Sequence[OpenRecord]
) -> UnsentText | None:
    """Take off the addresses or files that were sealed one after another since."""
    done = sum(r.type in types for r in later)
    if not done:
        return one
    given = one.values.get(name, ())
    rest = ([given] if isinstance(given, str) else list(given))[done:]
    return replace(one, values={**one.values, name: tuple(rest)}) if rest else None


def _draft_readers(session: OpenSession, card: IncidentCard) -> list[Recipient]:
    """Return who can open a draft: the incident, and whoever writes words there alone.

    There are always two, so that the header does not say which drafts are of one officer.
    """
    incident = Recipient.parse_text(card.recipient)
    own = card.words_only and not session.is_pair
    return [incident, session.officers[0].identity.recipient if own else incident]


def _warn_of_draft(session: OpenSession, error: EvidenceError) -> None:
    text = f"{error.what} {error.do}"
    if text not in session.warnings:
        session.warnings.append(text)


def _signing_keys(session: OpenSession) -> Callable[[str], bytes]:
    return lambda who: session.keyring.directory.find_person(who).sign_spki


def _new_draft_name(inc: str) -> str:
    return f"{inc}.{secrets.token_hex(8)}.age"


def _read_draft_bytes(path: Path) -> bytes:
    """Return a draft's bytes. Raises Tampered for what is no plain file, OSError."""
    data = read_plain_bytes(path)
    if data is None:
        raise Tampered(
            f"What lies at {DRAFTS_FOLDER}/{path.name} in the vault is no draft.",
            "What was sealed is not affected.",
        )
    return data


def _create_folder(folder: Path) -> None:
    """Create the folder of drafts; its name is on the disk before a draft is."""
    if not folder.is_dir():
        platform.make_private(folder)
        platform.sync_folder(folder.parent)
