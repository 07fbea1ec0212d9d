"""Key files: an identity sealed to the vault, or nested for two so that both are needed to open it.

format.md section 1. Reading one never trusts it: whoever opens it compares what is inside.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from esafety_tui.data.age import BadHeader, Identity, NoMatch, Recipient, seal, unseal
from esafety_tui.data.officers import Officer
from esafety_tui.data.plainfiles import LISTS, read_plain
from esafety_tui.kernel.errors import EvidenceError, NotEligible, Tampered
from esafety_tui.kernel.records import Person


def nest(identity: Identity, pair: Sequence[Recipient]) -> bytes:
    """Seal an identity so that both of ``pair`` are needed to open it."""
    return nest_all([identity], pair)


def nest_all(identities: Iterable[Identity], pair: Sequence[Recipient]) -> bytes:
    """Seal identities, one a line, so that both of ``pair`` are needed to open them."""
    text = "".join(f"{identity.text}\n" for identity in identities)
    return seal(seal(text.encode(), [pair[1]]), [pair[0]])


def unnest(data: bytes, pair: Sequence[Officer]) -> Identity:
    """Open a nested identity with two officers, outer first. Raises NoMatch or Tampered."""
    found = unnest_all(data, pair)
    if len(found) != 1:
        raise swapped()
    return found[0]


def unnest_all(data: bytes, pair: Sequence[Officer]) -> list[Identity]:
    """Open nested identities, one a line, as :func:`unnest` does."""
    return read_identities(unseal(unseal(data, [pair[0].identity]), [pair[1].identity]))


def read_identities(text: bytes) -> list[Identity]:
    """Read the text of identities, one a line. Raises Tampered as :func:`read_identity`."""
    found = [read_identity(line) for line in text.splitlines()]
    if not found:
        raise swapped()
    return found


def read_identity(text: bytes) -> Identity:
    """Read the text of an identity. Raises Tampered: only this program writes these files."""
    try:
        return Identity.parse(text.decode("ascii").strip())
    except (EvidenceError, ValueError) as err:
        raise swapped() from err


def pair_name(a: str, b: str) -> str:
    """Return the file name of a pair's wrap of the vault identity."""
    first, second = sorted((a[:16], b[:16]))
    return f"vault.{first}+{second}.age"


def wrap(identity: Identity, vault: Recipient) -> bytes:
    """Seal an incident's identity to the vault."""
    return seal((identity.text + "\n").encode(), [vault])


def nested_wraps(identities: Sequence[Identity], eligible: Sequence[Person]) -> list[bytes]:
    """Return identities nested for every pair of those eligible. Raises NotEligible below two."""
    if len(eligible) < 2:
        raise NotEligible(
            "Fewer than two people who are not named could open this incident.",
            "Ring the police or the LADO now; do not use this vault for it.",
        )
    people = sorted(eligible, key=_by_id)
    return [
        nest_all(identities, [Recipient.parse(a.enc_pub), Recipient.parse(b.enc_pub)])
        for a, b in itertools.combinations(people, 2)
    ]


def _by_id(person: Person) -> str:
    return person.id


def current(folder: Path) -> str:
    """Return the folder name of the generation in force. Raises Tampered."""
    text = read_file(folder / "current")
    if re.fullmatch(rb"g[1-9][0-9]*\n", text) is None:
        raise swapped()
    return text.decode("ascii").strip()


def read_file(path: Path) -> bytes:
    """Return one key file's bytes. Raises Tampered where it cannot be read."""
    try:
        return read_plain(path, LISTS)
    except OSError as err:
        raise Tampered(
            f"A key file of this vault is missing or cannot be read: {_named(path)}.",
            "Copy the vault's whole folder back from your second copy, not the database alone.",
        ) from err


def unseal_file(path: Path, identity: Identity) -> bytes:
    """Open one key file. Raises NoMatch, or Tampered that names the file."""
    data = read_file(path)
    with named(path):
        return unseal(data, [identity])


def opens(path: Path, identities: Sequence[Identity]) -> bool:
    """Whether one of ``identities`` opens the outer layer of a key file, which covers every byte.

    Raises Tampered where it is damaged as far as that can be seen.
    """
    data = read_file(path)
    try:
        with named(path):
            unseal(data, identities)
    except NoMatch:
        return False
    return True


@contextlib.contextmanager
def named(path: Path) -> Iterator[None]:
    """Let damage that is found meanwhile name the file. Raises Tampered."""
    try:
        yield
    except (BadHeader, Tampered) as err:
        raise damaged(path) from err


def damaged(path: Path) -> Tampered:
    """Return the error for a key file that does not open and should."""
    return Tampered(
        f"A key file of this vault is damaged: {_named(path)}.",
        "Stop. Put that file back from your second copy.",
    )


def _named(path: Path) -> str:
    """Return the name of a key file from the keyring's folder on."""
    parts = path.parts
    return "/".join(parts[parts.index("keyring") :] if "keyring" in parts else parts[-1:])


def swapped() -> Tampered:
    """Return the error for a key file that is not one of this vault's."""
    return Tampered(
        "A key of this vault does not belong to it.",
        "Stop. Do not add to this vault. Compare it with your second copy.",
    )
