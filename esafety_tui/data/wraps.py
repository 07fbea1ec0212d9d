"""Key files: an identity sealed to the vault, or nested for two so that both are needed to open it.

format.md section 1. Reading one never trusts it: whoever opens it compares what is inside.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from esafety_tui.data.age import (
    BadAgeHeader,
    Identity,
    NoMatchingKey,
    Recipient,
    decrypt_file,
    encrypt_to,
)
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.plainfiles import LISTS, read_plain
from esafety_tui.kernel.errors import EvidenceError, NotEligible, Tampered
from esafety_tui.kernel.records import Person


def nest_identity(identity: Identity, pair: Sequence[Recipient]) -> bytes:
    """Seal an identity so that both of ``pair`` are needed to open it."""
    return nest_identities([identity], pair)


def nest_identities(identities: Iterable[Identity], pair: Sequence[Recipient]) -> bytes:
    """Seal identities, one a line, so that both of ``pair`` are needed to open them."""
    text = "".join(f"{identity.to_text}\n" for identity in identities)
    return encrypt_to(encrypt_to(text.encode(), [pair[1]]), [pair[0]])


def unnest_identity(data: bytes, pair: Sequence[OfficerKeys]) -> Identity:
    """Open a nested identity with two officers, outer first. Raises NoMatch or Tampered."""
    found = unnest_identities(data, pair)
    if len(found) != 1:
        raise swapped_key_file()
    return found[0]


def unnest_identities(data: bytes, pair: Sequence[OfficerKeys]) -> list[Identity]:
    """Open nested identities, one a line, as :func:`unnest` does."""
    return read_identities(decrypt_file(decrypt_file(data, [pair[0].identity]), [pair[1].identity]))


def read_identities(text: bytes) -> list[Identity]:
    """Read the text of identities, one a line. Raises Tampered as :func:`read_identity`."""
    found = [read_identity(line) for line in text.splitlines()]
    if not found:
        raise swapped_key_file()
    return found


def read_identity(text: bytes) -> Identity:
    """Read the text of an identity. Raises Tampered: only this program writes these files."""
    try:
        return Identity.parse_text(text.decode("ascii").strip())
    except (EvidenceError, ValueError) as err:
        raise swapped_key_file() from err


def pair_file_name(a: str, b: str) -> str:
    """Return the file name of a pair's wrap of the vault identity."""
    first, second = sorted((a[:16], b[:16]))
    return f"vault.{first}+{second}.age"


def wrap_identity(identity: Identity, vault: Recipient) -> bytes:
    """Seal an incident's identity to the vault."""
    return encrypt_to((identity.to_text + "\n").encode(), [vault])


def nest_for_pairs(identities: Sequence[Identity], eligible: Sequence[Person]) -> list[bytes]:
    """Return identities nested for every pair of those eligible. Raises NotEligible below two."""
    if len(eligible) < 2:
        raise NotEligible(
            "Fewer than two people who are not named could open this incident.",
            "Ring the police or the LADO now; do not use this vault for it.",
        )
    people = sorted(eligible, key=_sort_by_id)
    return [
        nest_identities(
            identities, [Recipient.parse_text(a.enc_pub), Recipient.parse_text(b.enc_pub)]
        )
        for a, b in itertools.combinations(people, 2)
    ]


def _sort_by_id(person: Person) -> str:
    return person.id


def current_generation(folder: Path) -> str:
    """Return the folder name of the generation in force. Raises Tampered."""
    text = read_keyring_file(folder / "current")
    if re.fullmatch(rb"g[1-9][0-9]*\n", text) is None:
        raise swapped_key_file()
    return text.decode("ascii").strip()


def read_keyring_file(path: Path) -> bytes:
    """Return one key file's bytes. Raises Tampered where it cannot be read."""
    try:
        return read_plain(path, LISTS)
    except OSError as err:
        raise Tampered(
            f"A key file of this vault is missing or cannot be read: {_keyring_path(path)}.",
            "Copy the vault's whole folder back from your second copy, not the database alone.",
        ) from err


def open_keyring_file(path: Path, identity: Identity) -> bytes:
    """Open one key file. Raises NoMatch, or Tampered that names the file."""
    data = read_keyring_file(path)
    with naming_the_file(path):
        return decrypt_file(data, [identity])


def opens_outer_layer(path: Path, identities: Sequence[Identity]) -> bool:
    """Whether one of ``identities`` opens the outer layer of a key file, which covers every byte.

    Raises Tampered where it is damaged as far as that can be seen.
    """
    data = read_keyring_file(path)
    try:
        with naming_the_file(path):
            decrypt_file(data, identities)
    except NoMatchingKey:
        return False
    return True


@contextlib.contextmanager
def naming_the_file(path: Path) -> Iterator[None]:
    """Let damage that is found meanwhile name the file. Raises Tampered."""
    try:
        yield
    except (BadAgeHeader, Tampered) as err:
        raise damaged_key_file(path) from err


def damaged_key_file(path: Path) -> Tampered:
    """Return the error for a key file that does not open and should."""
    return Tampered(
        f"A key file of this vault is damaged: {_keyring_path(path)}.",
        "Stop. Put that file back from your second copy.",
    )


def _keyring_path(path: Path) -> str:
    """Return the name of a key file from the keyring's folder on."""
    parts = path.parts
    return "/".join(parts[parts.index("keyring") :] if "keyring" in parts else parts[-1:])


def swapped_key_file() -> Tampered:
    """Return the error for a key file that is not one of this vault's."""
    return Tampered(
        "A key of this vault does not belong to it.",
        "Stop. Do not add to this vault. Compare it with your second copy.",
    )
