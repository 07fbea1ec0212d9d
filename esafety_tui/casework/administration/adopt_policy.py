"""Putting another policy in force: a profile, procedures, or both, by two officers with a reason.

docs/procedures.md section 4 and format.md section 4a. What is adopted is checked and proven first,
with everything it will stand beside, and kept under its hash; then a new generation names it. Open
incidents stay on what they were started with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from esafety_tui.casework.access import rekey
from esafety_tui.casework.access.rekey import VaultChange
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.policy import current_policy, policy_files
from esafety_tui.casework.policy.current_policy import FittedProcedure
from esafety_tui.flows.procedure.load import parse_procedure
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.procedure.toml_reader import parse_toml_table
from esafety_tui.flows.profile.profile import Profile, parse_profile
from esafety_tui.kernel.canon import Json, sha256_hex
from esafety_tui.kernel.clock import LONDON
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused, WrongPassphrase
from esafety_tui.kernel.records import EntryReceipt


@dataclass(frozen=True, slots=True)
class PreparedPolicy:
    """A policy that was checked and proven, and is not in force.

    Attributes:
        procedures: name to the procedure as it stands in its file, all that will be in force.
        fresh: digest to the bytes of each file that is not in force yet. says: as sentences.
    """

    profile: Profile
    procedures: Mapping[str, Procedure]
    fresh: Mapping[str, bytes] = field(repr=False)
    says: tuple[str, ...]


def gather_policy_files(named: Iterable[str]) -> dict[str, bytes]:
    """Return file name to bytes of what is named: files, folders of them, shipped ones by name.

    Raises BadInput for a link, for what is too large or not there, and for an empty folder.
    """
    found: dict[str, bytes] = {}
    own = policy_files.shipped_policy_files()
    for text in named:
        path = Path(text)
        inside = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not inside:
            raise BadInput(f"There is no file of TOML in {path.name}.", "Name another folder.")
        digest = own.profiles.get(text) or own.procedures.get(text)
        if digest and not path.exists():
            found[f"{text}.toml"] = own.source[digest]
            continue
        for file in inside:
            if file.name in found:
                raise BadInput(f"{file.name} is there twice.", "Name each file once.")
            found[file.name] = policy_files.read_given_file(file)
    return found


def prepare_policy(session: OpenSession, files: Mapping[str, bytes]) -> PreparedPolicy:
    """Check and prove what these files make of the policy in force. Writes nothing.

    Args:
        files: file name, for messages, to bytes.

    Raises BadInput naming file, line and mistake; Refused naming the claim that does not hold.
    """
    profiles, procedures = _parse_policy_files(files)
    if len(profiles) > 1:
        raise BadInput("These are two profiles.", "A school has one: leave the other out.")
    profile = profiles[0] if profiles else current_policy.profile_in_force(session)
    others = session.keyring.directory.procedures.keys() - procedures.keys()
    coming = {
        **procedures,
        **{name: current_policy.unfitted_procedure(session, name) for name in others},
    }
    _refuse_missing_procedures(coming)
    _refuse_same_titles(coming)
    for _, found in sorted(coming.items()):
        # As it stands in its file: fitting leaves out what this school never reaches.
        current_policy.require_claims(FittedProcedure(found, profile), frozenset(coming))
    return _compare_with_present(
        session, PreparedPolicy(profile, coming, _policy_of_files(session, files), ())
    )


def _parse_policy_files(files: Mapping[str, bytes]) -> tuple[list[Profile], dict[str, Procedure]]:
    profiles: list[Profile] = []
    procedures: dict[str, Procedure] = {}
    for name, data in files.items():
        if parse_toml_table(data, name).read_string("format").startswith("profile/"):
            profiles.append(parse_profile(data, name))
            continue
        found = parse_procedure(data, name)
        if found.name in procedures:
            raise BadInput(f"Two files are procedure {found.name}.", "Leave one of them out.")
        procedures[found.name] = found
    return profiles, procedures


def _refuse_missing_procedures(coming: Mapping[str, Procedure]) -> None:
    """Refuse a policy that leaves one officer alone, or somebody unsure, without a way."""
    if not any(found.alone for found in coming.values()):
        raise Refused(
            "No procedure would be left that one officer may follow.",
            "Keep 'alone = true' in one of them.",
        )
    if not coming[current_policy.FULL].offer:
        raise Refused("Nothing would be offered for what nobody knows yet.", "Keep its 'offer'.")


def _refuse_same_titles(coming: Mapping[str, Procedure]) -> None:
    """Refuse two procedures that nobody could tell apart where an incident is opened."""
    lines: dict[str, str] = {}
    for name, found in sorted(coming.items()):
        other = lines.setdefault(found.offer, name) if found.offer else name
        if other != name:
            raise BadInput(
                f"Procedures {other} and {name} are offered with the same line.",
                f"To replace {other}, let the new file have its name. Else change its 'offer'.",
            )


def _policy_of_files(session: OpenSession, files: Mapping[str, bytes]) -> dict[str, bytes]:
    known = session.keyring.directory
    here = {known.profile[1], *known.procedures.values()}
    return {sha256_hex(d): d for d in files.values() if sha256_hex(d) not in here}


def _compare_with_present(session: OpenSession, coming: PreparedPolicy) -> PreparedPolicy:
    """Return ``coming`` with its differences in words. Raises BadInput where there is none."""
    known = session.keyring.directory
    says = []
    if coming.profile.digest != known.profile[1]:
        says.append(f"profile {coming.profile.name}: {coming.profile.title}")
    for name, found in sorted(coming.procedures.items()):
        if found.digest != known.procedures.get(name):
            says.append(f"procedure {name}, version {found.version}: {found.title}")
    if not says:
        raise BadInput("This is the policy in force already.", "There is nothing to adopt.")
    return PreparedPolicy(coming.profile, coming.procedures, coming.fresh, tuple(says))


def adopt_policy(
    session: OpenSession, files: Mapping[str, bytes], consent: PairConsent
) -> EntryReceipt:
    """Put the policy in force that these files make of the present one, by a new generation.

    Raises as :func:`prepare` and as casework.renewal.renew does.
    """
    session.require_pair()
    coming = prepare_policy(session, files)
    known = session.keyring.directory
    change = _describe_change(session, coming)
    rekey.refuse_unfit_change(session, change, consent.reason)
    there = set(policy_files.list_stored_digests(session.folder))
    for data in coming.fresh.values():
        policy_files.store_policy_file(session.folder, data)
    try:
        return rekey.rekey_vault(session, change, consent.passphrases, consent.reason)
    except (BadInput, NotEligible, Refused, WrongPassphrase):
        # Only what was refused takes the files along: after a disk's error the change may stand.
        for digest in coming.fresh.keys() - there - current_policy.list_adopted(known.chain).keys():
            policy_files.policy_file_path(session.folder, digest).unlink(missing_ok=True)
        raise


def _describe_change(session: OpenSession, coming: PreparedPolicy) -> VaultChange:
    known = session.keyring.directory
    today = session.clock.read_clock().wall.astimezone(LONDON).date().isoformat()
    texts: dict[str, Json] = {d: data.decode() for d, data in coming.fresh.items()}
    names: Sequence[Json] = sorted(coming.procedures)
    extra: dict[str, Json] = {
        "profile": coming.profile.name, "policy": coming.profile.digest,
        "procedures": [[str(n), coming.procedures[str(n)].digest] for n in names],
        current_policy.FILES: texts,
    }  # fmt: skip
    return VaultChange(
        "profile.adopted",
        tuple(f"adopted: {line}" for line in coming.says),
        contacts=policy_files.contact_slots(coming.profile, known.contacts, today),
        procedures={name: found.digest for name, found in coming.procedures.items()},
        profile=(coming.profile.name, coming.profile.digest),
        extra=extra,
    )
