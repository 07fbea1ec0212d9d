"""The whole check of a vault by one officer or two: reads everything, writes nothing.

Chain, witnesses, remembered heads, and the hash of every sealed file against the line that names
it. Two also check every head that two signed inside it, and that every record they may open is the
one of its entry; nothing of a record is told. What a file holds is not opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from esafety_tui.casework.access import stop_notes
from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident import frozen_content, lost_freezes
from esafety_tui.casework.integrity import key_check, missing_blobs, officer_lists, printed_heads
from esafety_tui.casework.integrity.head_memory import check_pinned_heads
from esafety_tui.casework.policy import current_policy
from esafety_tui.casework.signin.unlock import Login, open_store, unlock_keys
from esafety_tui.data import blobs, platform, signature_worker
from esafety_tui.data.incident_keys import Key
from esafety_tui.data.keyring import IncidentCard, Keyring
from esafety_tui.data.platform import SystemClock
from esafety_tui.data.store import EvidenceStore
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.data.witness_check import WitnessCheck
from esafety_tui.data.wraps import pair_file_name
from esafety_tui.kernel import timeline
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotEligible, VaultNotSound
from esafety_tui.output import child

LATER = " That they open takes two officers."
GONE = "frozen file(s) are not in this vault"
PUT_BACK = (
    "A key of the restricted incident {reference} that was taken away lies in the vault again. "
    "Compare the vault with your second copy."
)
AGE = b"age-encryption.org/v1\n"


@translate_os_errors("check the vault")
def audit_vault(
    folder: Path, officer_id: str, passphrase: str, second: Login | None = None
) -> tuple[str, ...]:
    """Return what was found sound, as sentences. Raises NotSound, Tampered, WrongPassphrase."""
    plate = read_public_info(folder)
    if plate is None:
        raise BadInput("There is no vault here.", "Choose the vault's folder.")
    logins = [Login(officer_id, passphrase), *([second] if second else [])]
    officers, keys = unlock_keys(folder, logins)
    with platform.lock_vault_file(folder / "lock"):
        keyring = Keyring(folder / "keyring", plate.origin, officers)
        store = open_store(folder, keyring)
        try:
            machine = platform.machine_fingerprint()
            session = OpenSession(folder, keyring, store, SystemClock(), machine, officer_id, keys)
            store.check_pages()
            warned = (*stop_notes.describe_stop_notes(session), *check_pinned_heads(session))
            with WitnessCheck(keyring.directory.people) as witnesses:
                store.begin_witness_check(witnesses, _start_signature_worker)
                try:  # a second process verifies signatures meanwhile
                    rest = _check_all_but_signatures(session, warned)
                except EvidenceError:
                    witnesses.finish()  # an entry that nobody signed is told before the rest
                    raise
                entries = witnesses.finish()
        finally:
            store.close()
    return (
        f"{entries} entries follow from one another, each signed by everyone present.",
        *rest,
    )


def _check_all_but_signatures(session: OpenSession, warned: Sequence[str]) -> tuple[str, ...]:
    """Check everything but the signatures of entries. Returns sentences, ``warned`` among them."""
    store = session.store
    files, gone = _check_sealed_files(session.folder, store)
    policy = current_policy.check_adopted_files(session)
    cards = session.read_case_cards()
    keys_open = _count_key_files(session, cards)
    records = _check_records(session, cards)
    lost_freezes.refuse_lost_freezes(session)
    closed = (*keys_open, *frozen_content.check_frozen_list(session))
    signed = printed_heads.check_signed_heads(session, everything=True)
    heads = (f"{signed} heads signed by two inside the vault fit its entries.",)
    return (
        f"{files} sealed files are the ones their entries name.",
        *policy,
        f"{len(cards)} incidents: their key files are there.{LATER * (not session.is_pair)}",
        *closed,
        *(heads if session.is_pair else ()),
        *warned,
        *session.warnings,
        *gone,
        *timeline.describe_findings(timeline.find_clock_events(store.lines)),
        *records,
    )


def _start_signature_worker() -> subprocess.Popen[bytes]:
    """Start the process that verifies signatures beside this one. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 - this very program
        child.child_command(signature_worker.__name__), env=child.child_environment(),
            stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def check_own_keys(session: OpenSession) -> tuple[str, ...]:
    """Open the keys that the officers signed in can open. Returns warnings as sentences.

    Incidents' keys take two. A restricted incident that these two may not open is left alone.
    """
    damaged = key_check.open_every_key(session.keyring, ()).damaged
    said = tuple(key_check.describe_damaged_keys(session.keyring, damaged))
    if not session.is_pair:
        return said
    bad = []
    for line in session.list_opening_lines():
        try:
            card = session.read_case_card(line.inc)
            if has_forbidden_key(session, card):
                bad.append(PUT_BACK.format(reference=card.reference))
            session.open_incident_keys(card)
        except NotEligible:
            continue
        except EvidenceError:
            bad.append(f"The incident opened as entry {line.seq} cannot be opened: its key is "
                       "missing or altered. Fetch the vault's second copy.")  # fmt: skip
    return (*bad, *said)


def has_forbidden_key(session: OpenSession, card: IncidentCard) -> bool:
    """Whether a restricted incident has a file that every pair can open: a key or register card."""
    folder = session.keyring.folder / "inc"
    return card.restricted and any(
        (folder / f"{card.inc}.{end}").exists() for end in ("age", "reg")
    )


def _count_key_files(session: OpenSession, cards: Sequence[IncidentCard]) -> tuple[str, ...]:
    """Return how many key files open. Raises NotSound unless all are there and fit."""
    folder = session.keyring.folder
    people = [p.id for p in session.keyring.directory.people_present]
    names = [pair_file_name(a, b) for a, b in itertools.combinations(people, 2)]
    for name in ("ca.age", "ledger.age", *names):
        if not (folder / name).is_file():
            raise VaultNotSound(f"keyring/{folder.name}/{name}", "a key file is missing")
    for card in cards:
        found = list((folder / "inc").glob(f"{card.inc}*.age"))
        if not found:
            raise VaultNotSound(
                f"keyring/{folder.name}/inc/{card.inc}.age", "a key file is missing"
            )
        if has_forbidden_key(session, card):
            raise VaultNotSound(
                f"keyring/{folder.name}/inc/{card.inc}",
                "a key that was taken away lies there again",
            )
    return _describe_keys(session)


def _describe_keys(session: OpenSession) -> tuple[str, ...]:
    """Open what these officers can open. Returns sentences. Raises NotSound."""
    ring, broken = session.keyring, session.list_broken_cases()
    looked = key_check.open_every_key(
        ring, (x for x in session.list_opening_lines() if x.inc not in broken)
    )
    for name in sorted(looked.damaged):
        if name.removeprefix("inc/").partition(".")[0] not in broken:  # those are told below
            raise VaultNotSound(f"keyring/{ring.folder.name}/{name}", "a key file is damaged")
    if not session.is_pair:
        return ()
    count = sum(name.endswith(".age") for name in looked.opened)
    said = f"{count} key files open."
    if looked.shut:
        said += f" {len(looked.shut)} more are there that the two of you cannot open: not checked."
    return (said,)


def _check_records(session: OpenSession, cards: Sequence[IncidentCard]) -> tuple[str, ...]:
    """Check every record: a sealed one, none twice; what two may open is the one of its entry.

    Returns sentences. Raises NotSound.
    """
    officer_lists.check_every_list(session)
    store, seen, opened, left = session.store, set[bytes](), 0, 0
    lost: list[str] = []
    keys = _keys_by_incident(session, cards)
    for line, sealed in store.sealed_records():
        if not sealed.startswith(AGE) or (digest := hashlib.sha256(sealed).digest()) in seen:
            raise VaultNotSound(f"record {line.seq}", "it is not a sealed record, or stands twice")
        seen.add(digest)
        key = keys.get(line.inc)
        if key is None:
            left += 1
            continue
        try:
            counts = store.check_record(line.seq, key)
        except EvidenceError as err:
            raise VaultNotSound(f"record {line.seq}", "it is not the one of its entry") from err
        opened += counts
        if not counts:
            lost.append(str(line.seq))
    lost += [str(store.lines_of_incident(inc)[0].seq) for inc in session.list_broken_cases()]
    if lost:
        named = f"entry {', '.join(lost)}" if len(lost) == 1 else f"entries {', '.join(lost)}"
        raise VaultNotSound(
            named, "one officer alone wrote that, and it cannot be read; the rest can"
        )
    if not session.is_pair:
        return ("What the records say was not opened: that takes two officers, too.",)
    said = f"{opened} records open and are the ones their entries name; none was shown."
    more = f"{left} records belong to incidents that the two of you may not open."
    return (said, more) if left else (said,)


def _keys_by_incident(session: OpenSession, cards: Sequence[IncidentCard]) -> dict[str, Key]:
    """Return the keys that two may use, by incident, "" the vault's own; none for one officer."""
    if not session.is_pair:
        return {}
    keys: dict[str, Key] = {"": session.keyring.require_vault_identity()}
    for card in cards:
        with contextlib.suppress(NotEligible):
            keys[card.inc] = session.open_incident_keys(card)
    return keys


def _hash_or_none(path: Path) -> str | None:
    """Return the hash of a sealed file, "" where it is none, None where nothing is there."""
    return blobs.hash_sealed_file(path) if path.is_file() else None


def _check_sealed_files(folder: Path, store: EvidenceStore) -> tuple[int, tuple[str, ...]]:
    """Return how many sealed files are sound, and a warning where a restore lawfully left some out.

    A missing file is excused only while it is frozen, and if a restore that two officers signed
    lists it (format.md section 11). Raises NotSound.
    """
    kept = [line for line in store.lines.with_files() if line.inc not in store.shredded]
    names = [name for line in kept for name in line.blobs]
    excused = store.holds.blobs & missing_blobs.list_lawfully_missing(folder, store)
    missing = 0
    both = ThreadPoolExecutor(2)  # hashing lets the other core work
    try:
        found = both.map(_hash_or_none, (folder / "blobs" / f"{name}.age" for name in names))
        for name, digest in zip(names, found, strict=True):
            if digest is None:
                if name not in excused:
                    raise VaultNotSound(f"blobs/{name}.age", "a sealed file is missing")
                missing += 1
            elif digest != name:
                raise VaultNotSound(f"blobs/{name}.age", "a sealed file was changed")
    finally:
        both.shutdown(cancel_futures=True)  # after a bad one the others need not be read
    if not missing:
        return len(names), ()
    return len(names) - missing, (
        f"{missing} {GONE}: it was put back from a copy, and no copy "
        "holds what is frozen. Two officers signed that. Nothing here shows what they were.",
    )
