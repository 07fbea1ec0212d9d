"""Set-up: the school's authority, officers, paper keys, keyring and an empty, verified vault.

Everything is staged in a folder beside the target and moved there by one rename, so a set-up that
is interrupted leaves no half vault. Afterwards the vault is opened again from the disk, once with
two officers and once with the two paper keys, before anybody is told that it exists.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from esafety_tui.casework.access.public_info import public_info_bytes
from esafety_tui.casework.policy import policy_files
from esafety_tui.casework.signin.unlock import RESERVE, Login, unlock_vault
from esafety_tui.data import directory, heads, keyring, officers, platform
from esafety_tui.data.age import Identity
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.certificates import SchoolAuthority
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import KdfCost, OfficerKeys
from esafety_tui.data.store import EntryDraft, EntrySigners, EvidenceStore
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import Clock, format_stamp
from esafety_tui.kernel.errors import BadInput, OutputFailed
from esafety_tui.kernel.records import Contact, Person

PRACTICE_DOMAIN = "practice.invalid"
PAPER_KEYS = 2
NATIONS = ("england", "wales", "scotland", "northern-ireland")
_DOMAIN = re.compile(
    r"(?=.{3,100}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"
)
_SITE = re.compile(r"[A-Z][A-Z0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Founder:
    """One officer to enrol."""

    name: str
    position: str
    initials: str
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class School:
    """What set-up has asked.

    Attributes:
        contacts: what was typed; value "" means "not known". The profile's other slots follow.
        profile: name of the shipped profile closest to the school's policy.
    """

    name: str
    domain: str
    site: str
    nation: str
    machine: str
    founders: tuple[Founder, ...]
    contacts: tuple[Contact, ...]
    profile: str = "generic"

    @property
    def origin(self) -> str:
        """The vault's origin (format.md section 2)."""
        return f"{self.site.lower()}.{self.domain.lower()}/evidence"


@dataclass(frozen=True, slots=True)
class PaperKey:
    """A paper key's printed texts."""

    name: str
    identity: str = field(repr=False)
    signing: str = field(repr=False)


def check_school(school: School) -> School:
    """Return the answers if a vault can be made of them. Raises BadInput in words."""
    if not school.name.strip():
        raise BadInput("The school needs a name.", "Type the school's name.")
    if not _DOMAIN.fullmatch(school.domain.lower()):
        raise BadInput(
            "That is not a school domain.", "Type it like hillview.example.sch.uk, without http."
        )
    if not _SITE.fullmatch(school.site):
        raise BadInput("The site code is 2 to 6 capitals or digits.", "Type it like HVS.")
    if school.nation not in NATIONS:
        raise BadInput("The nation is not known.", "Choose one from the list.")
    if school.profile not in policy_files.shipped_policy_files().profiles:
        raise BadInput("There is no such profile.", "Choose one from the list.")
    check_founders(school.founders)
    return school


def check_founders(founders: Sequence[Founder]) -> None:
    """Raise BadInput unless these people can be told apart, and there are at least two."""
    if len(founders) < 2:
        raise BadInput("At least two officers are needed.", "Add a second officer.")
    initials = [f.initials.upper() for f in founders]
    if len(set(initials)) != len(initials):
        raise BadInput(
            "Two officers have the same initials, so their exhibits could be confused.",
            "Give one of them a middle initial.",
        )
    for founder in founders:
        if not (founder.name.strip() and founder.position.strip()):
            raise BadInput("An officer's name or position is empty.", "Fill in both.")
        if not re.fullmatch(r"[A-Z]{2,4}", founder.initials.upper()):
            raise BadInput("Initials are two to four letters.", "Type them like AB.")
    if len({f.name.strip() for f in founders}) != len(founders):
        raise BadInput("The same person is entered twice.", "Enter three different people.")


def create_vault(
    folder: Path,
    school: School,
    clock: Clock,
    kdf: KdfCost,
    before: Callable[[Sequence[PaperKey]], None] | None = None,
) -> tuple[PaperKey, ...]:
    """Make the vault in ``folder``, read it back, and return the paper keys to print.

    ``before`` saves the paper keys before the vault exists: a vault whose paper keys were lost
    with a full disk could never be recovered. If it raises, nothing was set up.

    Raises BadInput (also when ``folder`` already holds something) or StorageFailed.
    """
    check_school(school)
    officers.check_argon2()
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise BadInput(
            "There is something in the vault's folder already. Nothing was changed.",
            "Open the vault that is there, or choose an empty folder.",
        )
    staging = folder.with_name(f".{folder.name}.setup")
    if staging.exists():
        shutil.rmtree(staging)  # a set-up that was cut short; it was never a vault
    platform.make_private(staging)
    people = [OfficerKeys.generate_keys(f.name.strip()) for f in school.founders]
    paper = [OfficerKeys.generate_keys(f"Paper key {n + 1}") for n in range(PAPER_KEYS)]
    _stage_vault(staging, school, people, paper, clock, kdf)
    for officer, founder in zip(people, school.founders, strict=True):
        officers.write_key_file(staging / "officers", officer, founder.passphrase, kdf)
    _open_and_check(staging, school, people, paper, clock)
    printed = tuple(
        PaperKey(o.name, o.identity.to_text, officers.encode_base64(o.private_der())) for o in paper
    )
    if before is not None:
        before(printed)
    if folder.exists():
        folder.rmdir()
    staging.replace(folder)
    platform.sync_folder(folder.parent)
    return printed


def _stage_vault(
    staging: Path, school: School, people: Sequence[OfficerKeys], paper: Sequence[OfficerKeys],
    clock: Clock, kdf: KdfCost,
) -> None:  # fmt: skip
    now = clock.read_clock()
    authority = SchoolAuthority.create_authority(school.name, now.wall)
    vault, ledger_key = Identity.generate(), LedgerBox.generate_key()
    everyone = _describe_persons(school, people, paper, authority, now.wall)
    generation = staging / "keyring" / "g1"
    for name in ("officers", "blobs", "keyring", "keyring/g1"):
        platform.make_private(staging / name)
    keyring.write_generation_keys(generation, everyone, vault, ledger_key, authority.private_der())
    at = format_stamp(now.wall)
    body = _first_directory(school, everyone, vault.recipient.to_text, authority, at)
    box = LedgerBox(ledger_key)
    signed = directory.sign_directory(body, [*people, *paper])
    sealed = directory.seal_directory_chain(box, [signed])
    platform.write_atomically(generation / "directory.sealed", sealed)
    platform.write_atomically(staging / "keyring" / "current", b"g1\n")
    _put_policy(staging, school)
    platform.write_atomically(staging / "reserve", bytes(RESERVE))
    public = public_info_bytes(school.origin, school.name.strip(), everyone)
    platform.write_atomically(staging / "vault.json", public)
    created: dict[str, Json] = {
        "generation": 1, "directory": directory.directory_digest(body), "changes": ["set up"],
        "vault_recipient": vault.recipient.to_text, "reason": "", "left": [],
        "recipients": sorted(p.enc_pub for p in everyone), "nation": school.nation,
        "kdf": [kdf.m, kdf.t, kdf.p],
    }  # fmt: skip
    platform.sync_tree(generation)
    store = EvidenceStore.create_store(staging, school.origin, box)
    try:
        here = platform.machine_fingerprint()
        signers = EntrySigners([*people, *paper], here, clock.read_clock)
        store.append_entry(EntryDraft("vault.created", created, "", vault.recipient), signers)
    finally:
        store.close()


def _first_directory(
    school: School,
    everyone: Sequence[Person],
    recipient: str,
    authority: SchoolAuthority,
    created: str,
) -> dict[str, Json]:
    known, profile = policy_files.shipped_policy_files(), load_profile(school.profile)
    return {
        "v": directory.LATEST, "origin": school.origin, "school": school.name.strip(),
        "site": school.site, "nation": school.nation, "generation": 1, "entry": 0,
        "vault_recipient": recipient,
        "ca_cert": officers.encode_base64(authority.certificate_der()),
        "officers": [directory.person_row(p) for p in everyone],
        "machines": [{"fingerprint": platform.machine_fingerprint(), "label": school.machine}],
        "contacts": [asdict(c) for c in policy_files.contact_slots(profile, school.contacts,
        created[:10])],
        "profile": {"name": profile.name, "hash": profile.digest},
        "procedures": [{"name": n, "hash": h} for n, h in sorted(known.procedures.items())],
        "shredded": [], "restricted": [], "created": created,
    }  # fmt: skip


def _put_policy(staging: Path, school: School) -> None:
    """Write the files that the first directory names."""
    known = policy_files.shipped_policy_files()
    for digest in (known.profiles[school.profile], *known.procedures.values()):
        policy_files.store_policy_file(staging, known.source[digest])


def _describe_persons(
    school: School,
    people: Sequence[OfficerKeys],
    paper: Sequence[OfficerKeys],
    authority: SchoolAuthority,
    now: datetime,
) -> list[Person]:
    rows = [
        (o, "officer", f.position.strip(), f.initials.upper())
        for o, f in zip(people, school.founders, strict=True)
    ]
    rows += [(o, "paper", "sealed envelope", f"PK{chr(65 + n)}") for n, o in enumerate(paper)]
    return [
        Person(
            o.id, kind, o.name, position, initials, o.spki, o.identity.recipient.to_text,
            authority.issue_certificate(o, now),
        )
        for o, kind, position, initials in rows
    ]  # fmt: skip


def _open_and_check(
    folder: Path,
    school: School,
    people: Sequence[OfficerKeys],
    paper: Sequence[OfficerKeys],
    clock: Clock,
) -> None:
    """Open what lies on the disk with the passphrases typed, and with the two paper keys."""
    logins = [
        Login(o.id, f.passphrase) for o, f in zip(people[:2], school.founders[:2], strict=True)
    ]
    session = unlock_vault(folder, logins, clock)
    head = session.store.current_head()
    session.close_session()
    for officer in people:
        remembered = (head.size, head.root.hex())
        if not heads.pin_head(officer, folder / "officers", head.origin, remembered):
            raise OutputFailed("The officers' memory could not be written.", "Check the disk.")
    for a, b in itertools.combinations(paper, 2):
        if Keyring(folder / "keyring", school.origin, [a, b]).vault is None:
            raise OutputFailed("The paper keys do not open the vault.", "Run set-up again.")
