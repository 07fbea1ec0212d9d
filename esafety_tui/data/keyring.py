"""Who can open what: the LEDGER key for one officer, the VAULT and INCIDENT identities for two.

format.md sections 1 and 4. Two-person control is nesting: for every pair an identity is sealed to
one officer, and that to the other. A restricted incident is nested for eligible pairs only.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from esafety_tui.data import platform
from esafety_tui.data.age import Identity, NoMatchingKey, Recipient, decrypt_file, encrypt_to
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.directory import Directory, open_directory_chain
from esafety_tui.data.eligibility import Naming, list_eligible
from esafety_tui.data.incident_keys import IncidentKeys
from esafety_tui.data.officers import OfficerKeys, encode_base64, verify_with_key
from esafety_tui.data.wraps import (
    current_generation,
    damaged_key_file,
    naming_the_file,
    nest_for_pairs,
    nest_identity,
    open_keyring_file,
    pair_file_name,
    read_identity,
    read_keyring_file,
    swapped_key_file,
    unnest_identities,
    unnest_identity,
    wrap_identity,
)
from esafety_tui.kernel.canon import canonical_bytes, decode_base64, parse_canonical, require_fields
from esafety_tui.kernel.clock import parse_stamp
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotEligible
from esafety_tui.kernel.records import Person

CARD_PREFIX = b"evidence-card/v1\n"
_CARD: Mapping[str, type] = {
    "v": int, "inc": str, "reference": str, "recipient": str, "restricted": bool,
    "words_only": bool, "opened": str, "linked": str, "by": list,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class IncidentCard:
    """What every officer may know of an incident: that it exists, by whom, when, sealed to whom.

    Attributes:
        recipient: age recipient of its records from here on. opened: UTC stamp.
        linked: another inc or "". before: where it was restricted after its opening, the number
            of each entry at which an older recipient ended, and that one, the oldest first.
    """

    inc: str
    reference: str
    recipient: str
    restricted: bool
    words_only: bool
    opened: str
    linked: str
    by: tuple[str, ...]
    before: tuple[tuple[int, str], ...] = ()

    @property
    def first_recipient(self) -> str:
        """The recipient that its card and its first record name."""
        return self.before[0][1] if self.before else self.recipient


def write_generation_keys(
    folder: Path, people: Sequence[Person], vault: Identity, ledger: bytes, ca_key: bytes
) -> None:
    """Write one whole generation's key files into ``folder``; the caller syncs it as a whole.

    ``people`` are those present. Raises StorageFailed.
    """
    platform.make_private(folder / "inc")
    everyone = [Recipient.parse_text(p.enc_pub) for p in people]
    _write_key_file(folder / "ledger.age", encrypt_to((ledger.hex() + "\n").encode(), everyone))
    for a, b in itertools.combinations(sorted(people, key=lambda p: p.id), 2):
        pair = [Recipient.parse_text(a.enc_pub), Recipient.parse_text(b.enc_pub)]
        _write_key_file(folder / pair_file_name(a.id, b.id), nest_identity(vault, pair))
    _write_key_file(folder / "ca.age", encrypt_to(ca_key, [vault.recipient]))


def _write_key_file(path: Path, data: bytes) -> None:
    platform.write_atomically(path, data, durable=False)


class Keyring:
    """The current generation's keys, opened by one or two ``officers``.

    ``box`` is the LEDGER key, ``directory`` verified, ``vault`` an identity or None for one alone.
    """

    def __init__(
        self, folder: Path, origin: str, officers: Sequence[OfficerKeys], generation: str = ""
    ) -> None:
        """Open the keyring: the generation in force, or one that is staged beside it.

        Raises NotEligible, BadInput or Tampered.
        """
        ids = {o.id for o in officers}
        if len(ids) != len(officers) or not 1 <= len(ids) <= 2:
            raise NotEligible(
                "The same officer cannot be both officers.", "Ask a second officer to sign in."
            )
        self.officers = tuple(sorted(officers, key=lambda o: o.id))
        self.folder = folder / (generation or current_generation(folder))
        self.box = LedgerBox(self._ledger_key())
        sealed = read_keyring_file(self.folder / "directory.sealed")
        self.directory: Directory = open_directory_chain(self.box, sealed, origin, self.officers)
        if self.folder.name != f"g{self.directory.generation}":
            raise swapped_key_file()
        self.vault = self._vault_identity() if len(self.officers) == 2 else None
        self._registers: dict[str, bytes] = {}
        self._plain_incidents: set[str] = set()

    def _ledger_key(self) -> bytes:
        try:
            text = open_keyring_file(self.folder / "ledger.age", self.officers[0].identity)
            return bytes.fromhex(text.decode().strip())
        except NoMatchingKey as err:
            raise BadInput(
                "This key does not open this vault: it belongs to another one, or to somebody "
                "who has left, or it was replaced by a newer key.",
                "Choose the officer's newest key file, made for this vault.",
            ) from err
        except ValueError as err:
            raise swapped_key_file() from err

    def _vault_identity(self) -> Identity:
        a, b = self.officers
        path = self.folder / pair_file_name(a.id, b.id)
        data = read_keyring_file(path)
        try:
            with naming_the_file(path):
                identity = unnest_identity(data, (a, b))
        except NoMatchingKey as err:
            raise swapped_key_file() from err
        if identity.recipient != self.directory.vault_recipient:
            raise swapped_key_file()
        return identity

    def require_vault_identity(self) -> Identity:
        """Return the VAULT identity. Raises NotEligible for a lone officer."""
        if self.vault is None:
            raise NotEligible("Two officers are needed for this.", "Ask a second one to sign in.")
        return self.vault

    def wrap_incident(self, inc: str, identity: Identity, excluded: Iterable[str]) -> None:
        """Write the incident's key: for the vault, or nested for the eligible pairs only.

        Args:
            excluded: ids of officers named in the incident; none means not restricted.
        """
        barred = set(excluded)
        if not barred:
            data = wrap_identity(identity, self.directory.vault_recipient)
            platform.write_atomically(self.folder / "inc" / f"{inc}.age", data)
            return
        naming = Naming(self.directory.entry, frozenset(barred))
        may = list_eligible(self.directory, [naming])
        for n, data in enumerate(nest_for_pairs([identity], may)):
            platform.write_atomically(self.folder / "inc" / f"{inc}.{n}.age", data)

    def open_incident(self, card: IncidentCard) -> IncidentKeys:
        """Return the INCIDENT identities. Raises NotEligible for a lone or an excluded officer."""
        if self.vault is None:
            raise NotEligible("Two officers open an incident.", "Ask a second officer to sign in.")
        found = self._open_restricted(card) if card.restricted else [self._open_unrestricted(card)]
        if [x.recipient.to_text for x in found] != [*(r for _, r in card.before), card.recipient]:
            raise swapped_key_file()
        ends = (end for end, _ in card.before)
        return IncidentKeys(found[-1], tuple(zip(ends, found[:-1], strict=True)))

    def _open_unrestricted(self, card: IncidentCard) -> Identity:
        assert self.vault is not None  # noqa: S101 - open_incident has refused a lone officer
        try:
            path = self.folder / "inc" / f"{card.inc}.age"
            return read_identity(open_keyring_file(path, self.vault))
        except (NoMatchingKey, BadInput) as err:  # another's key, or no sealed file any more
            raise swapped_key_file() from err

    def _open_restricted(self, card: IncidentCard) -> list[Identity]:
        bad: Path | None = None
        for path in sorted((self.folder / "inc").glob(f"{card.inc}.*.age")):
            try:
                return unnest_identities(read_keyring_file(path), self.officers)
            except EvidenceError as err:  # another pair's, or damaged, whosever it is
                bad = bad if isinstance(err, NoMatchingKey) else path
        if bad is not None:
            raise damaged_key_file(bad)
        raise NotEligible(
            "This incident is restricted. One of you may not open it, or its key was damaged.",
            "Two officers who are not named in it sign in; if they cannot, use the second copy.",
        )

    def write_card(self, card: IncidentCard) -> None:
        """Sign the card by the officers signed in and write it."""
        body: dict[str, Any] = {"v": 1, **asdict(card), "by": list(card.by)}
        del body["before"]  # a card is written once, at the opening
        plain = canonical_bytes(body)
        sigs = {o.id: encode_base64(o.sign_message(CARD_PREFIX + plain)) for o in self.officers}
        signed = canonical_bytes({"card": body, "sigs": sigs})
        sealed = self.box.seal_bytes(signed, self._register_place(card.inc))
        platform.write_atomically(self.folder / "inc" / f"{card.inc}.card", sealed)
        self._note_restriction(card)

    def _note_restriction(self, card: IncidentCard) -> None:
        if not card.restricted:
            self._plain_incidents.add(card.inc)

    def read_card(self, inc: str, opened_by: Sequence[str]) -> IncidentCard:
        """Read a card, signed by those who made the incident's first entry. Raises Tampered."""
        sealed = read_keyring_file(path := self.folder / "inc" / f"{inc}.card")
        with naming_the_file(path):
            plain = self.box.open_bytes(sealed, self._register_place(inc))
        try:
            value = parse_canonical(plain)
            require_fields(value, {"card": dict, "sigs": dict})
            body = dict(require_fields(value["card"], _CARD))
            plain = canonical_bytes(body)
            sigs = require_fields(value["sigs"], dict.fromkeys(opened_by, str))
            for officer_id, sig in sigs.items():
                spki = self.directory.find_person(officer_id).sign_spki
                verify_with_key(spki, decode_base64(sig), CARD_PREFIX + plain)
            Recipient.parse_text(body["recipient"])
            parse_stamp(body["opened"])
            del body["v"]
            card = self._restricted_later(IncidentCard(**{**body, "by": tuple(body["by"])}))
        except (EvidenceError, KeyError, TypeError, ValueError) as err:
            raise swapped_key_file() from err
        if card.inc != inc or card.by != tuple(opened_by):
            raise swapped_key_file()
        self._note_restriction(card)
        return card

    def _restricted_later(self, card: IncidentCard) -> IncidentCard:
        """Return the card with what two officers restricted later; a card is never rewritten."""
        rows = self.directory.restrictions_of(card.inc)
        if not rows:
            return card
        recipients = [card.recipient, *(row.recipient for row in rows)]
        before = tuple(zip((row.entry for row in rows), recipients[:-1], strict=True))
        return replace(card, restricted=True, recipient=recipients[-1], before=before)

    def write_register(self, inc: str, state: Mapping[str, str]) -> None:
        """Seal the register card; a cache, so neither durable nor evidence.

        A restricted incident has none: an officer named in it could read how it stands. Only a
        card read or written here says that it is not restricted; without one nothing is written.
        """
        path = self.folder / "inc" / f"{inc}.reg"
        plain = canonical_bytes({"v": 1, "inc": inc, **state})
        if inc not in self._plain_incidents:
            return
        if self._registers.get(inc) == plain and path.exists():
            return
        sealed = encrypt_to(plain, [self.directory.vault_recipient])
        platform.write_atomically(path, sealed, durable=False)
        self._registers[inc] = plain

    def read_register(self, inc: str) -> dict[str, str]:
        """Return the register card, or {} when there is none or it cannot be read by these two.

        A restricted incident has none.
        """
        plain = self.register_bytes(inc)
        try:
            value = parse_canonical(plain) if plain else {}
        except EvidenceError:  # a cache cut short by a crash says nothing, so show nothing
            return {}
        if not isinstance(value, dict):  # anybody can seal to the vault's public recipient
            return {}
        return {k: str(v) for k, v in value.items() if k not in {"v", "inc"}}

    def register_bytes(self, inc: str) -> bytes:
        """Return the register card as it is, b"" where there is none for these officers."""
        path = self.folder / "inc" / f"{inc}.reg"
        if self.vault is None or not path.exists():
            return b""
        try:
            return decrypt_file(read_keyring_file(path), [self.vault])
        except EvidenceError:  # a cache cut short by a crash says nothing, so show nothing
            return b""

    def _register_place(self, inc: str) -> str:
        return f"evidence-card/v1/{self.directory.origin}/{inc}"


def new_incident_id() -> str:
    """Return a fresh incident id: 32 hexadecimal digits."""
    return secrets.token_hex(16)
