"""The policy of a vault: the profile and procedures in force, and what an incident began with.

docs/procedures.md section 4. A file counts because its digest stands in a directory that two
officers signed, or comes with this program; a file that merely lies in the vault counts for
nothing. What was changed by hand or lost is put back from the program, or from the record of its
adoption, and that is said.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.policy import policy_files
from esafety_tui.flows.engine import fit
from esafety_tui.flows.procedure.load import load_procedure, parse_procedure
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.profile.profile import Profile, load_profile, parse_profile
from esafety_tui.flows.profile.retention_rules import RetentionRule
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    Refused,
    StorageFailed,
    Tampered,
    VaultNotSound,
)

FULL, WORDS = "misuse", "words-only"
FILES = "files"
"""Field of a record ``profile.adopted``: digest to the text of each file it brought."""

PUT_RIGHT = (
    "A file of the school's policy was changed or missing in this vault. The one that was adopted "
    "was put back: nothing of the change is in force."
)
BY_THE_PROGRAM = (
    "The school's policy in this vault cannot be read, so this incident follows the program's own "
    "procedure. Copy the folder policy back from the second copy."
)

T = TypeVar("T", Procedure, Profile)


class FittedProcedure(NamedTuple):
    """A procedure as a school has it, and the school's policy."""

    procedure: Procedure
    profile: Profile


def list_adopted(chain: tuple[Mapping[str, Any], ...]) -> dict[str, int]:
    """Return each digest that a directory of the chain names, and the entry that brought it."""
    found: dict[str, int] = {}
    for link in chain:
        body = link["dir"]
        for row in (body["profile"], *body["procedures"]):
            found.setdefault(row["hash"], body["entry"])
    return found


def read_policy_source(session: OpenSession, digest: str) -> bytes:
    """Return the file of that digest: adopted by two officers, or the program's own.

    Raises Refused for any other, Tampered where it was changed and nothing has it any more.
    """
    if digest in session.policies:
        return session.policies[digest]
    known, own = (
        list_adopted(session.keyring.directory.chain),
        policy_files.shipped_policy_files().source,
    )
    if digest not in known and digest not in own:
        raise Refused(
            "This names a procedure or profile that two officers never put in force here.",
            "Open it with the version of this program it was started with.",
        )
    try:
        data = policy_files.read_stored_policy(session.folder, digest)
    except (Refused, Tampered):
        data = own.get(digest) or _text_of_adoption(session, known.get(digest, -1), digest)
        if not data:
            raise
        if digest in known:
            _restore_file(session, data)
    session.policies[digest] = data
    return data


def _text_of_adoption(session: OpenSession, entry: int, digest: str) -> bytes:
    """Return the text that the record of an adoption holds; b"" for one officer, who reads none."""
    if session.keyring.vault is None or entry < 0:
        return b""
    with contextlib.suppress(EvidenceError):  # whoever asks says that the file is not there
        texts = session.store.read_vault_record(entry, session.keyring.vault).fields.get(FILES)
        data = str(texts.get(digest, "")).encode() if isinstance(texts, Mapping) else b""
        return data if sha256_hex(data) == digest else b""
    return b""


def _restore_file(session: OpenSession, data: bytes) -> None:
    if PUT_RIGHT not in session.warnings:
        session.warnings.append(PUT_RIGHT)
    # A disk that refuses: what is in force is known all the same, and it is tried again.
    with contextlib.suppress(StorageFailed):
        policy_files.store_policy_file(session.folder, data)


@lru_cache(maxsize=128)
def _parse_procedure(data: bytes) -> Procedure:
    return parse_procedure(data, "procedure.toml", adopted=True)


@lru_cache(maxsize=32)
def _parse_profile(data: bytes) -> Profile:
    return parse_profile(data, "profile.toml")


def _read_policy_file(
    session: OpenSession, digest: str, name: str, parse: Callable[[bytes], T]
) -> T:
    """Return the file of that digest if it is the one of that name. Raises Refused, Tampered."""
    try:
        found = parse(read_policy_source(session, digest))
    except BadInput as err:
        raise Refused(
            f"{name} cannot be read by this version of the program.",
            "Use the version of this program it was adopted with.",
        ) from err
    if found.name != name:
        raise Refused("A procedure is named by another one's file.", "Fetch the second copy.")
    return found


def profile_in_force(session: OpenSession) -> Profile:
    """Return the profile in force. Raises Refused, Tampered."""
    name, digest = session.keyring.directory.profile
    return _read_policy_file(session, digest, name, _parse_profile)


def procedure_in_force(session: OpenSession, name: str) -> FittedProcedure:
    """Return the procedure of that name in force, as this school has it. Raises as profile."""
    return _fit_procedure(unfitted_procedure(session, name), profile_in_force(session))


def unfitted_procedure(session: OpenSession, name: str) -> Procedure:
    """Return the procedure of that name in force, as it stands in its file. Raises as profile."""
    digest = session.keyring.directory.procedures.get(name)
    if digest is None:
        raise Refused(f"This vault has no procedure {name}.", "Choose one from the list.")
    return _read_policy_file(session, digest, name, _parse_procedure)


def _fit_procedure(found: Procedure, school: Profile) -> FittedProcedure:
    return FittedProcedure(fit.fit_procedure(found, school), school)


def procedure_for_one(session: OpenSession) -> FittedProcedure:
    """Return the procedure that one officer may follow: words alone, so it is always there."""
    names = session.keyring.directory.procedures
    with contextlib.suppress(EvidenceError):  # said at the door, and once more here
        for name in sorted(names, key=lambda n: (n != WORDS, n)):
            found = procedure_in_force(session, name)
            if found.procedure.alone:
                return found
    return built_in_procedure(session, WORDS)


def built_in_procedure(session: OpenSession, name: str) -> FittedProcedure:
    """Return the program's own, for words and for a STOP: no damaged policy keeps them waiting."""
    if BY_THE_PROGRAM not in session.warnings:
        session.warnings.append(BY_THE_PROGRAM)
    return _fit_procedure(load_procedure(name), load_profile())


def procedure_of_incident(session: OpenSession, opened: Mapping[str, Any]) -> FittedProcedure:
    """Return the procedure that an incident's first record names, whatever is in force since.

    Raises Refused where this vault and this program have it no more, or two never adopted it.
    """
    names = ("procedure", "procedure_name", "policy", "profile")
    digest, name, own, school = (str(opened.get(n, "")) for n in names)
    found = _read_policy_file(session, digest, name, _parse_procedure)
    return _fit_procedure(found, _read_policy_file(session, own, school, _parse_profile))


def retention_rules(session: OpenSession) -> tuple[RetentionRule, ...]:
    """Return the retention schedule in force, and lines of earlier ones that it lacks.

    Where a profile is damaged the program's own stands in: it was said at the door, and a day has
    to be shown all the same.
    """
    found: dict[str, RetentionRule] = {}
    for link in reversed(session.keyring.directory.chain):
        row = link["dir"]["profile"]
        try:
            school = _read_policy_file(session, row["hash"], row["name"], _parse_profile)
        except EvidenceError:
            school = load_profile()
        for rule in school.retention:
            found.setdefault(rule.key, rule)
    return tuple(found.values())


@lru_cache(maxsize=64)
def require_claims(found: FittedProcedure, names: frozenset[str]) -> None:
    """Raise Refused naming the first claim that does not hold (flows.proof).

    ``names``: the procedures there are to carry on with.
    """
    from esafety_tui.flows.proof import proof  # no first screen waits for it

    proof.require_proof(found.procedure, found.profile, names)


def read_policy_in_force(session: OpenSession) -> None:
    """Read the policy in force: what was changed is put right or becomes a warning."""
    known = session.keyring.directory
    for digest in (known.profile[1], *known.procedures.values()):
        try:
            read_policy_source(session, digest)
        except (Refused, Tampered) as err:
            note = f"{err.what} {err.do}"
            if note not in session.warnings:
                session.warnings.append(note)


def mend_adopted_files(session: OpenSession) -> tuple[list[str], int]:
    """Put right what can be of all files ever adopted. Returns those sound, sorted; how many not.

    Reads the disk, whatever is remembered of it.
    """
    wanted = list_adopted(session.keyring.directory.chain)
    for digest in wanted:
        if not policy_files.is_sound_policy_file(session.folder, digest):
            session.policies.pop(digest, None)
            with contextlib.suppress(EvidenceError):  # counted below
                read_policy_source(session, digest)
    sound = sorted(d for d in wanted if policy_files.is_sound_policy_file(session.folder, d))
    return sound, len(wanted) - len(sound)


def describe_lost_files(number: int) -> list[str]:
    """Say that so many files are in no copy; nothing where all are."""
    said = (
        f"{number} file(s) of the school's policy in this vault were changed or are missing, and "
        "are not in this copy. Two officers sign in: what was adopted here is then put right."
    )
    return [said] if number else []


def check_adopted_files(session: OpenSession) -> tuple[str, ...]:
    """Check every file ever adopted, writing nothing. Returns sentences. Raises VaultNotSound.

    A file that comes with the program is put back at the next sign-in, and that is a sentence.
    """
    wanted = list_adopted(session.keyring.directory.chain)
    lost = 0
    for digest in wanted:
        try:
            policy_files.read_stored_policy(session.folder, digest)
        except (Refused, Tampered) as err:
            if digest not in policy_files.shipped_policy_files().source:
                name = f"{policy_files.FOLDER}/{digest}.toml"
                raise VaultNotSound(
                    name, "a file of the school's policy is not as adopted"
                ) from err
            lost += 1
    said = f"{len(wanted) - lost} files of the school's policy are those two officers adopted."
    again = f"{lost} were changed or are missing: they are put right at the next sign-in."
    return (said, again) if lost else (said,)
