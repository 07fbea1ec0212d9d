"""Whether key files open, and whether a copy of them would replace a good one by a damaged one.

A wrap is written once in a generation (format.md section 4a), so two copies of it have the same
bytes. An age file is authenticated whole: who opens its outer layer has checked every byte of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.integrity.backup_manifest import (
    BackupManifest,
    ManifestPart,
    read_manifest,
)
from esafety_tui.data import copies, generations, wraps
from esafety_tui.data.certificates import SchoolAuthority
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.ledger import EntryLine
from esafety_tui.data.officers import read_key_file
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotEligible, Refused, Tampered

LEFT = "No copy was made. The copy that is there was left as it is."
UNPROVEN = (
    "The keys in the copy are newer than those it replaces. That they open was not tried: that "
    "takes two officers. Check the vault with: esafety verify"
)
_IN_RING = re.compile(r"[0-9a-f]{16}/keyring/g[0-9]+/(.+)")


@dataclass(frozen=True, slots=True)
class KeyFolderFindings:
    """What was found in the folder of one generation; names below that folder.

    Attributes:
        opened: key files and cards that these officers opened. shut: well-formed key files of
            others. damaged: what should open and does not, or is no sealed file at all.
    """

    opened: frozenset[str]
    shut: frozenset[str]
    damaged: frozenset[str]


def open_every_key(ring: Keyring, lines: Iterable[EntryLine]) -> KeyFolderFindings:
    """Open every key file that the officers of ``ring`` can open.

    ``lines``: the first entry of each incident that should be there.
    """
    keys = [*(o.identity for o in ring.officers), *([ring.vault] if ring.vault else [])]
    opened, shut, damaged = {"directory.sealed"}, set[str](), set[str]()
    folders = (ring.folder, ring.folder / "inc")
    for path in sorted(path for folder in folders for path in folder.glob("*.age")):
        name = path.relative_to(ring.folder).as_posix()
        try:
            (opened if wraps.opens_outer_layer(path, keys) else shut).add(name)
        except Tampered:
            damaged.add(name)
    if ring.vault is not None and not _authority_fits(ring):
        damaged.add("ca.age")
    for line in lines:
        fits, bad = _open_incident_keys(ring, line)
        opened |= fits
        damaged |= bad
    return KeyFolderFindings(
        frozenset(opened - damaged), frozenset(shut - damaged), frozenset(damaged)
    )


def _authority_fits(ring: Keyring) -> bool:
    try:
        SchoolAuthority.load_authority(generations.open_authority_key(ring), ring.directory.ca_cert)
    except (EvidenceError, ValueError, TypeError):
        return False
    return True


def _open_incident_keys(ring: Keyring, line: EntryLine) -> tuple[set[str], set[str]]:
    """Return the names of an incident that these officers opened, and those that are damaged."""
    card = f"inc/{line.inc}.card"
    try:
        read = ring.read_card(line.inc, line.by)
    except EvidenceError:
        return set(), {card}
    if ring.vault is None:
        return {card}, set()
    try:
        ring.open_incident(read)
    except NotEligible:
        return {card}, set()
    except EvidenceError:
        ends = "*.age" if read.restricted else "age"
        return {card}, {f"inc/{line.inc}.{ends}"}
    return {card}, set()


def describe_damaged_keys(ring: Keyring, damaged: Iterable[str]) -> Iterator[str]:
    """Yield what is said of damaged key files that belong to no single incident."""
    for name in sorted(damaged):
        if not name.startswith("inc/"):
            yield (
                f"The key file keyring/{ring.folder.name}/{name} is damaged. Fetch it from the "
                "vault's second copy."
            )


def refuse_key_loss(session: OpenSession, folder: Path, made: BackupManifest) -> list[str]:
    """Open a copy of the keys just written, before it may replace the one that is there.

    Args:
        folder: where the copies of keys lie. made: the list of the new one.

    Returns what is damaged and lost by no copying, as sentences.

    Raises:
        Refused: these officers could not open it, or it lacks or has damaged what a copy there
            has whole.
    """
    gone = session.store.shredded
    lines = [x for x in session.store.lines.openings() if x.seq < made.size]
    lines = [x for x in lines if x.inc not in gone]
    ring = _open_copied_keyring(session, folder / made.copy / "keyring", made)
    looked = open_every_key(ring, lines)
    lost = set[str]()
    earlier = list(_other_key_copies(folder, made))
    for old in earlier:
        lost |= set(_iterate_worse_keys(folder, old, made, looked, {x.inc for x in lines}))
        lost |= set(_iterate_changed_keys(folder, old, made))
    if lost:
        raise Refused(
            f"Damaged or missing in this vault, and not so in the copy there: "
            f"{_join_key_names(lost)}. "
            f"{LEFT}",
            "Keep that copy: it may have the only good key. Put the file back from it, or copy "
            "to another stick or folder.",
        )
    said = []
    if ring.vault is None and any(old.generation < made.generation for old in earlier):
        said.append(UNPROVEN)
    return [*said, *_describe_shared_damage(folder, made, looked)]


def _open_copied_keyring(session: OpenSession, root: Path, made: BackupManifest) -> Keyring:
    """Open a copy of the keyring as these officers will. Raises Refused."""
    try:
        return Keyring(root, made.origin, session.officers)
    except EvidenceError as err:
        raise Refused(
            f"The keys of this vault do not open from the disk: {err.what} {LEFT}",
            "Do not sign out. Make new keys for the vault now, then copy again; or put the "
            "file back from the copy.",
        ) from err


def _describe_shared_damage(
    folder: Path, made: BackupManifest, looked: KeyFolderFindings
) -> list[str]:
    """Return a sentence on what is damaged in the new copy, although nothing is lost by it."""
    bad = {f"{made.copy}/keyring/g{made.generation}/{name}" for name in looked.damaged}
    bad |= {
        p.name for p in made.files if "/officers/" in p.name and not _is_readable(folder / p.name)
    }
    if not bad:
        return []
    named = _join_key_names(name.partition("/")[2] for name in bad)
    return [f"Damaged in this vault, and so in this copy: {named}. Look for it in older copies."]


def _join_key_names(names: Iterable[str]) -> str:
    first, *more = sorted(set(names))
    return f"{', '.join([first, *more[:2]])}{f' and {len(more) - 2} more' if more[2:] else ''}"


def _is_readable(path: Path) -> bool:
    try:
        read_key_file(path)
    except EvidenceError:
        return False
    return True


def _other_key_copies(folder: Path, made: BackupManifest) -> Iterator[BackupManifest]:
    for path in sorted(folder.iterdir()):
        try:
            found = read_manifest(path) if path.name != made.copy else None
        except BadInput:  # cut short; it is no copy of keys
            continue
        if found is not None:
            yield found


def _keyring_files(listed: BackupManifest) -> dict[str, ManifestPart]:
    """Return the key files of a copy by their name below the folder of their generation."""
    found = ((_IN_RING.fullmatch(part.name), part) for part in listed.files)
    return {match[1]: part for match, part in found if match and not match[1].endswith(".reg")}


def _iterate_worse_keys(
    folder: Path,
    old: BackupManifest,
    made: BackupManifest,
    looked: KeyFolderFindings,
    incidents: set[str],
) -> Iterator[str]:
    """Yield the key files that ``old`` has whole and ``made`` may not have."""
    there, here = _keyring_files(old), _keyring_files(made)
    same = old.generation == made.generation
    for name, part in there.items():
        inc = name[4:].partition(".")[0] if name.startswith("inc/") else ""
        if inc and inc not in incidents:
            continue
        now = here.get(name)
        if same and now is not None and now.sha256 == part.sha256:
            continue
        worse = (same and name not in looked.opened) or _is_harmed(name, inc, looked.damaged)
        if worse and _matches_manifest(folder, part):
            yield f"keyring/g{made.generation}/{name}"


def _is_harmed(name: str, inc: str, damaged: Iterable[str]) -> bool:
    """Whether what this file opens is among what is damaged, in whatever generation."""
    if not inc:
        return name in damaged
    end = name.rpartition(".")[2]
    return any(bad.startswith(f"inc/{inc}.") and bad.endswith(f".{end}") for bad in damaged)


def _matches_manifest(folder: Path, part: ManifestPart) -> bool:
    """Whether a file of a copy still is what its list says."""
    path = folder / part.name
    return path.is_file() and copies.hash_and_measure(path, lambda _n: None) == (
        part.sha256,
        part.size,
    )


def _iterate_changed_keys(folder: Path, old: BackupManifest, made: BackupManifest) -> Iterator[str]:
    """Yield the officers' key files that were changed otherwise than by a new passphrase."""
    here = {part.name.partition("/")[2]: part for part in made.files}
    for part in old.files:
        name = part.name.partition("/")[2]
        now = here.get(name)
        if not name.startswith("officers/") or now is None or now.sha256 == part.sha256:
            continue
        if _matches_manifest(folder, part) and not _is_rewritten(
            folder / part.name, folder / now.name
        ):
            yield name


def _is_rewritten(old: Path, new: Path) -> bool:
    """Whether a key file was written again for the same keys: nothing of what is fresh is equal."""
    try:
        before, after = read_key_file(old), read_key_file(new)
    except EvidenceError:
        return False
    same = (before.spki, before.enc_pub) == (after.spki, after.enc_pub)
    fresh: Sequence[bool] = (
        before.salt != after.salt,
        before.sealed[:12] != after.sealed[:12],
        before.sealed[12:] != after.sealed[12:],
    )
    return same and all(fresh)
