"""The chain of directories: who the officers are, and when. docs/format.md section 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.reader import agefile, jcs, signs
from tests.reader.keyfile import Officer
from tests.reader.lines import HEX64, STAMP
from tests.reader.refusal import Refusal

_DIR: Mapping[str, type] = {
    "v": int, "origin": str, "school": str, "site": str, "nation": str, "generation": int,
    "entry": int, "vault_recipient": str, "ca_cert": str, "officers": list, "machines": list,
    "contacts": list, "profile": dict, "procedures": list, "shredded": list, "created": str,
}  # fmt: skip
_PERSON: Mapping[str, type] = {
    "id": str, "kind": str, "name": str, "position": str, "initials": str, "sign_spki": str,
    "enc_pub": str, "cert": str, "since": int, "until": int, "follows": str,
}  # fmt: skip
_FILE: Mapping[str, type] = {"name": str, "hash": str}
_ROWS: Mapping[str, Mapping[str, type]] = {
    "officers": _PERSON,
    "machines": {"fingerprint": str, "label": str},
    "contacts": {"kind": str, "label": str, "value": str, "verified": str},
    "procedures": _FILE,
    "shredded": {"inc": str, "entry": int},
    "restricted": {"inc": str, "entry": int, "recipient": str},
}
_LATEST = 2
_PREFIX = b"evidence-directory/v1\n"


@dataclass(frozen=True)
class Directory:
    """One directory, its rows by id, and H(JCS(dir))."""

    body: Mapping[str, Any]
    people: Mapping[str, Mapping[str, Any]]
    shredded: Mapping[str, int]
    digest: str

    @property
    def restricted(self) -> list[Mapping[str, Any]]:
        """The rows of incidents restricted after their opening, in order."""
        return list(self.body.get("restricted", []))

    @property
    def present(self) -> set[str]:
        """Ids of those who still have a part."""
        return {who for who, row in self.people.items() if row["until"] == -1}

    def keys_at(self, seq: int) -> dict[str, bytes]:
        """Return id to SPKI DER of those whose part covers entry ``seq``."""
        return {
            who: signs.unbase64(row["sign_spki"], "a public key")
            for who, row in self.people.items()
            if row["since"] <= seq and row["until"] in (-1, *range(seq, row["until"] + 1))
        }


def _person(row: Mapping[str, Any]) -> None:
    spki = signs.unbase64(row["sign_spki"], "a person's key")
    signs.public_key(spki)
    agefile.recipient(row["enc_pub"])
    signs.unbase64(row["cert"], "a certificate")
    jcs.text(row["follows"], f"({HEX64})?", "a person, follows")
    if signs.digest(spki) != row["id"] or row["kind"] not in ("officer", "paper"):
        raise Refusal("malformed", "a person")
    if row["since"] < 0 or row["until"] < -1:
        raise Refusal("malformed", "a person's time")


def parse(body: Any) -> Directory:
    """Read one ``dir``. Raises Refusal (malformed, newer version)."""
    version = body.get("v") if isinstance(body, dict) else None
    if type(version) is int and version > _LATEST:
        raise Refusal("newer version", "a directory")
    second = {"restricted": list} if version == _LATEST else {}
    value = jcs.shape(body, {**_DIR, **second}, "a directory", 2 if second else 1)
    for row in value.get("restricted", []):
        jcs.shape(row, _ROWS["restricted"], "a directory, restricted")
        jcs.text(row["inc"], "[0-9a-f]{32}", "a directory, restricted")
        agefile.recipient(row["recipient"])
    for name, fields in _ROWS.items():
        for row in value.get(name, []):
            jcs.shape(row, fields, f"a directory, {name}")
    jcs.shape(value["profile"], _FILE, "a directory, profile")
    agefile.recipient(value["vault_recipient"])
    signs.unbase64(value["ca_cert"], "the school's certificate")
    jcs.text(value["created"], STAMP, "a directory, created")
    for row in value["officers"]:
        _person(row)
    people = {row["id"]: row for row in value["officers"]}
    shredded = {row["inc"]: row["entry"] for row in value["shredded"]}
    if len(people) != len(value["officers"]) or len(shredded) != len(value["shredded"]):
        raise Refusal("malformed", "somebody or something listed twice")
    return Directory(value, people, shredded, signs.digest(jcs.dump(value)))


def _signers(found: Directory, sigs: Any) -> set[str]:
    """Return the ids of those who signed. Raises Refusal for any signature that is not sound."""
    if not isinstance(sigs, dict):
        raise Refusal("malformed", "signatures of a directory")
    for who, sig in sigs.items():
        if who not in found.people:
            raise Refusal("not listed", "a signature of a directory")
        spki = signs.unbase64(found.people[who]["sign_spki"], "a public key")
        data = _PREFIX + jcs.dump(found.body)
        signs.check_signature(spki, signs.unbase64(sig, "a signature"), data)
    return set(sigs)


def _kept(old: Directory, new: Directory) -> bool:
    """Whether nobody was struck off or altered, but for parts that end with the new entry."""
    now = new.body["entry"]
    for who, row in old.people.items():
        ended = {**row, "until": now} if row["until"] == -1 else row
        if new.people.get(who) not in (row, ended):
            return False
    same = all(new.shredded.get(inc) == entry for inc, entry in old.shredded.items())
    return same and all(
        entry == now for inc, entry in new.shredded.items() if inc not in old.shredded
    )


def _kept_shut(old: Directory, new: Directory) -> bool:
    """Whether no restriction was taken back, and each new one is of an entry in between."""
    count = len(old.restricted)
    numbers = [row["entry"] for row in new.restricted[count:]]
    places = [old.body["entry"], *numbers, new.body["entry"]]
    rising = places == sorted(set(places))
    return rising and new.restricted[:count] == old.restricted and new.body["v"] >= old.body["v"]


def _check_newcomers(new: Directory, first: set[str], signed: set[str]) -> None:
    """Check those whom this directory lists for the first time. Raises Refusal."""
    now = new.body["entry"]
    for who in first:
        row = new.people[who]
        if (row["since"], row["until"]) != (now, -1):
            raise Refusal("broken link", "somebody's time")
        earlier = new.people.get(row["follows"])
        if not row["follows"]:
            continue
        if earlier is None or (earlier["until"], earlier["kind"]) != (now, row["kind"]):
            raise Refusal("broken link", "somebody's earlier key")
    if not first <= signed:
        raise Refusal("one officer", "a directory not signed by all it lists anew")


def _check_link(old: Directory | None, new: Directory, signed: set[str]) -> None:
    """Check one directory against the one before it. Raises Refusal."""
    first = set(new.people) - (set(old.people) if old else set())
    _check_newcomers(new, first, signed)
    now = new.body["entry"]
    if old is None:
        bare = not new.shredded and not new.restricted
        if (new.body["generation"], now) != (1, 0) or len(signed) < 2 or not bare:
            raise Refusal("broken link", "the first directory")
        return
    if new.body["generation"] != old.body["generation"] + 1 or now <= old.body["entry"]:
        raise Refusal("broken link", "the number of a directory")
    if any(new.body[name] != old.body[name] for name in ("origin", "ca_cert")):
        raise Refusal("broken link", "another school")
    if not _kept(old, new) or not _kept_shut(old, new):
        raise Refusal("broken link", "somebody or something is missing or altered")
    moved = {new.people[who]["follows"] for who in first & signed}
    if len(signed & old.present & (new.present | moved)) < 2:
        raise Refusal("one officer", "a directory")


def read_chain(plain: bytes, origin: str, readers: Sequence[Officer]) -> list[Directory]:
    """Check the chain for those who read it. Returns the directories, oldest first.

    Raises Refusal; ``not listed`` where a reader has no part in it, or did not sign their first.
    """
    value = jcs.shape(jcs.load(plain), {"v": int, "chain": list}, "a chain of directories")
    found: list[Directory] = []
    unseen = {officer.id for officer in readers}
    for link in value["chain"]:
        jcs.shape(link, {"dir": dict, "sigs": dict}, "a link")
        new = parse(link["dir"])
        signed = _signers(new, link["sigs"])
        _check_link(found[-1] if found else None, new, signed)
        unseen -= signed & set(new.people)
        found.append(new)
    if not found or found[0].body["origin"] != origin:
        raise Refusal("other place", "a chain of directories")
    if unseen or any(officer.id not in found[-1].present for officer in readers):
        raise Refusal("not listed", "a chain of directories")
    return found


_CARD: Mapping[str, type] = {
    "v": int, "inc": str, "reference": str, "recipient": str, "restricted": bool,
    "words_only": bool, "opened": str, "linked": str, "by": list,
}  # fmt: skip


def read_card(
    plain: bytes, inc: str, by: tuple[str, ...], keys: Mapping[str, bytes]
) -> dict[str, Any]:
    """Check an incident card beside the ``by`` of its first entry. Raises Refusal."""
    value = jcs.shape(jcs.load(plain), {"card": dict, "sigs": dict}, "a card")
    card = jcs.shape(value["card"], _CARD, "a card")
    agefile.recipient(card["recipient"])
    jcs.text(card["opened"], STAMP, "a card, opened")
    jcs.text(card["linked"], "([0-9a-f]{32})?", "a card, linked")
    if card["inc"] != inc or tuple(card["by"]) != by:
        raise Refusal("other place", "a card")
    if set(value["sigs"]) != set(by):
        raise Refusal("bad signature", "a card")
    for who in by:
        if who not in keys:
            raise Refusal("not listed", "a card")
        sig = signs.unbase64(value["sigs"][who], "a signature")
        signs.check_signature(keys[who], sig, b"evidence-card/v1\n" + jcs.dump(card))
    return card
