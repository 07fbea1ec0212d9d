"""Vectors of directories, sealed under a ledger key of their own."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.reader import jcs
from tests.vectors.making.keys import (
    INC,
    ORIGIN,
    PEOPLE,
    STRANGER,
    Maker,
    b64,
    boxed,
    case,
    h,
    loose,
    maker,
    seed,
    without,
)
from tests.vectors.making.lines import Cases

LEDGER = seed("ledger of the directory")
_PLACE = f"evidence-directory/v1/{ORIGIN}"
_CA = maker("Example School CA 2026 0001")
_NEW = maker("Ivy Jackdaw")
_FIRST, _SECOND, _THIRD = PEOPLE


def _name(common: str) -> x509.Name:
    return x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, common),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example School"),
    ])  # fmt: skip


@functools.cache
def _certificate(person: Maker, ca: Maker = _CA) -> str:
    """Return b64 DER, short of the extensions: no reader of a directory looks inside."""
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(person.name))
        .issuer_name(_name(ca.name))
        .public_key(person.key.public_key())
        .serial_number(int.from_bytes(seed(person.name)[:8], "big"))
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
    )
    assert isinstance(ca.key, ec.EllipticCurvePrivateKey)
    signed = made.sign(ca.key, SHA256(), ecdsa_deterministic=True)
    return b64(signed.public_bytes(Encoding.DER))


def row(person: Maker, since: int = 0, until: int = -1, **fields: Any) -> dict[str, Any]:
    """Return somebody's row in a directory."""
    return {
        "id": person.id, "kind": "officer", "name": person.name, "position": "Senior teacher",
        "initials": "".join(word[0] for word in person.name.split()),
        "sign_spki": b64(person.spki), "enc_pub": person.recipient,
        "cert": _certificate(person), "since": since, "until": until, "follows": "", **fields,
    }  # fmt: skip


def directory(generation: int, entry: int, people: Sequence[dict[str, Any]], **fields: Any) -> Any:
    """Return a ``dir``; anything can be said otherwise."""
    return {
        "v": 1, "origin": ORIGIN, "school": "Example School", "site": "EXS", "nation": "england",
        "generation": generation, "entry": entry,
        "vault_recipient": maker(f"vault {generation}").recipient,
        "ca_cert": _certificate(_CA), "officers": list(people),
        "machines": [{"fingerprint": h(b"machine"), "label": "PC 1"}],
        "contacts": [{"kind": "lado", "label": "LADO", "value": "", "verified": ""}],
        "profile": {"name": "school", "hash": h(b"profile")},
        "procedures": [{"name": "full", "hash": h(b"full")}], "shredded": [],
        "created": "2026-11-21T14:07:12.345Z", **fields,
    }  # fmt: skip


def link(body: dict[str, Any], *signers: Maker) -> dict[str, Any]:
    """Return a signed directory."""
    data = b"evidence-directory/v1\n" + jcs.dump(body)
    return {"dir": body, "sigs": {person.id: b64(person.sign(data)) for person in signers}}


ALL = [row(person) for person in PEOPLE]
FIRST_ONE = link(directory(1, 0, ALL), *PEOPLE)
_JOINED = [*ALL, row(_NEW, 5)]
_G2 = link(directory(2, 5, _JOINED), _FIRST, _SECOND, _NEW)
_GONE = [{"inc": INC, "entry": 9}]


def _left(entry: int = 9, who: int = 2) -> list[dict[str, Any]]:
    return [r | ({"until": entry} if n == who else {}) for n, r in enumerate(_JOINED)]


_G3 = link(directory(3, 9, _left(), shredded=_GONE), _FIRST, _SECOND)


def _first(*signers: Maker, people: Sequence[dict[str, Any]] = ALL, **fields: Any) -> list[Any]:
    return [link(directory(1, 0, people) | fields, *(signers or PEOPLE))]


def second(people: Sequence[dict[str, Any]], *signers: Maker, **fields: Any) -> list[Any]:
    """Return a chain of two whose second is made of these rows, at entry 5."""
    return [FIRST_ONE, link(directory(2, 5, people) | fields, *(signers or (_FIRST, _SECOND)))]


def sealed_chain(chain: list[Any], **fields: Any) -> bytes:
    """Return directory.sealed of a chain."""
    return boxed(LEDGER, jcs.dump({"v": 1, "chain": chain} | fields), _PLACE)


def reader_head(reader: Maker = _FIRST, origin: str = ORIGIN) -> list[tuple[str, str]]:
    """Return the header lines that say who reads, with which key."""
    return [
        ("ledger", LEDGER.hex()), ("origin", origin),
        ("reader", f"{b64(reader.pkcs8)} {reader.identity}"),
    ]  # fmt: skip


def _lawful() -> dict[str, list[Any]]:
    moved = [*_left(5)[:3], row(_NEW, 5, follows=_THIRD.id)]
    contact = [
        {"kind": "lado", "label": "LADO", "value": "the LADO's desk", "verified": "2026-09-03"}
    ]
    return {
        "ok-first": [FIRST_ONE],
        "ok-somebody-joined": [FIRST_ONE, _G2],
        "ok-somebody-left": [FIRST_ONE, _G2, _G3],
        "ok-a-newer-key": second(moved, _FIRST, _SECOND, _NEW),
        "ok-renewed-by-its-holder": second(moved, _FIRST, _THIRD, _NEW),
        "ok-another-contact": second(ALL, contacts=contact),
        "ok-another-policy": second(ALL, profile={"name": "school", "hash": h(b"another")}),
        "ok-signed-by-all": second(ALL, *PEOPLE),
        "ok-a-paper-key": _first(people=[*ALL[:2], ALL[2] | {"kind": "paper"}]),
    }


def _unlawful() -> dict[str, tuple[str, list[Any]]]:
    """Return chains whose signatures are sound and that nobody may make."""
    renamed = [ALL[0] | {"name": "Ada Bellwether"}, *ALL[1:]]
    rekeyed = [ALL[0] | {"enc_pub": STRANGER.recipient}, *ALL[1:]]
    return {
        "first-signed-by-two-of-three": ("one officer", _first(_FIRST, _SECOND)),
        "first-of-one-person": ("broken link", _first(_FIRST, people=ALL[:1])),
        "second-signed-by-one": ("one officer", second(ALL, _FIRST)),
        "second-signed-by-nobody": ("one officer", [FIRST_ONE, link(directory(2, 5, ALL))]),
        "newcomer-did-not-sign": ("one officer", second(_JOINED, _FIRST, _SECOND)),
        "one-and-a-newcomer": ("one officer", second(_JOINED, _FIRST, _NEW)),
        "one-and-a-leaver": ("one officer", second(_left(5)[:3], _FIRST, _THIRD)),
        "leaver-signs-later": ("one officer", [
            FIRST_ONE, _G2, _G3, link(directory(4, 12, _left(), shredded=_GONE), _FIRST, _THIRD)]),
        "strangers-made-the-second": ("broken link", second(
            [row(STRANGER, 5), row(_NEW, 5)], STRANGER, _NEW)),
        "first-is-generation-2": ("broken link", _first(generation=2)),
        "first-at-entry-1": ("broken link", _first(
            people=[r | {"since": 1} for r in ALL], entry=1)),
        "generation-left-out": ("broken link", second(ALL, generation=3)),
        "generation-twice": ("broken link", [FIRST_ONE, FIRST_ONE]),
        "oldest-missing": ("broken link", [_G2]),
        "middle-missing": ("broken link", [FIRST_ONE, _G3]),
        "newest-first": ("broken link", [_G2, FIRST_ONE]),
        "entry-does-not-rise": ("broken link", [
            *second(ALL), link(directory(3, 5, ALL), _FIRST, _SECOND)]),
        "other-origin-later": ("broken link", second(ALL, origin="abc.practice.invalid/evidence")),
        "other-ca-later": ("broken link", second(ALL, ca_cert=_certificate(STRANGER, STRANGER))),
        "somebody-struck-off": ("broken link", second(ALL[:2])),
        "somebody-renamed": ("broken link", second(renamed)),
        "recipient-swapped": ("broken link", second(rekeyed)),
        "left-at-another-entry": ("broken link", second(_left(4)[:3])),
        "came-back": ("broken link", [FIRST_ONE, _G2, _G3, link(
            directory(4, 12, _JOINED, shredded=_GONE), _FIRST, _SECOND)]),
        "left-twice": ("broken link", [FIRST_ONE, _G2, _G3, link(
            directory(4, 12, [r | {"until": 12} if r["until"] == 9 else r for r in _left()],
                      shredded=_GONE), _FIRST, _SECOND)]),
        "newcomer-of-earlier": ("broken link", second(
            [*ALL, row(_NEW, 0)], _FIRST, _SECOND, _NEW)),
        "newcomer-already-left": ("broken link", second(
            [*ALL, row(_NEW, 5, 5)], _FIRST, _SECOND, _NEW)),
        "follows-somebody-who-stays": ("broken link", second(
            [*ALL, row(_NEW, 5, follows=_THIRD.id)], _FIRST, _SECOND, _NEW)),
        "follows-nobody-listed": ("broken link", second(
            [*ALL, row(_NEW, 5, follows=STRANGER.id)], _FIRST, _SECOND, _NEW)),
        "follows-of-another-kind": ("broken link", second(
            [*_left(5)[:3], row(_NEW, 5, follows=_THIRD.id, kind="paper")],
            _FIRST, _SECOND, _NEW)),
        "shredded-forgotten": ("broken link", [
            FIRST_ONE, _G2, _G3, link(directory(4, 12, _left()), _FIRST, _SECOND)]),
        "shredded-moved": ("broken link", [FIRST_ONE, _G2, _G3, link(
            directory(4, 12, _left(), shredded=[_GONE[0] | {"entry": 8}]), _FIRST, _SECOND)]),
        "shredded-at-another-entry": ("broken link", second(ALL, shredded=_GONE)),
        "shredded-in-the-first": ("broken link", _first(shredded=[{"inc": INC, "entry": 0}])),
        "of-another-vault": ("other place", _first(origin="abc.practice.invalid/evidence")),
        "empty": ("other place", []),
    }  # fmt: skip


def _misshapen() -> dict[str, tuple[str, list[Any]]]:
    """Return chains that are wrong before anybody asks who made them."""
    sigs = FIRST_ONE["sigs"]
    swapped = sigs | {_FIRST.id: sigs[_SECOND.id], _SECOND.id: sigs[_FIRST.id]}
    return {
        "stranger-signed-too": ("not listed", _first(*PEOPLE, STRANGER)),
        "signatures-swapped": ("bad signature", [FIRST_ONE | {"sigs": swapped}]),
        "changed-after-signing": ("bad signature", [
            FIRST_ONE | {"dir": FIRST_ONE["dir"] | {"school": "Other"}}]),
        "third-signature-bad": ("bad signature", [FIRST_ONE, _G2 | {"sigs": _G2["sigs"] | {
            _THIRD.id: sigs[_THIRD.id]}}]),
        "spaced-signature": ("malformed", [FIRST_ONE | {"sigs": sigs | {
            _FIRST.id: " " + sigs[_FIRST.id]}}]),
        "somebody-twice": ("malformed", _first(people=[*ALL, ALL[0]])),
        "other-kind": ("malformed", _first(people=[ALL[0] | {"kind": "robot"}, *ALL[1:]])),
        "since-as-text": ("malformed", _first(people=[ALL[0] | {"since": "0"}, *ALL[1:]])),
        "no-follows": ("malformed", _first(people=[without(ALL[0], "follows"), *ALL[1:]])),
        "row-with-one-more": ("malformed", _first(people=[ALL[0] | {"zzz": 1}, *ALL[1:]])),
        "recipient-mistyped": ("malformed", _first(vault_recipient="age1" + "q" * 58)),
        "no-profile": ("malformed", [link(without(directory(1, 0, ALL), "profile"), *PEOPLE)]),
        "profile-as-text": ("malformed", _first(profile="generic")),
        "profile-with-one-more": ("malformed", _first(
            profile={"name": "school", "hash": h(b"profile"), "zzz": 1})),
        "contact-without-verified": ("malformed", _first(
            contacts=[{"kind": "lado", "label": "LADO", "value": ""}])),
        "no-contacts": ("malformed", [link(without(directory(1, 0, ALL), "contacts"), *PEOPLE)]),
        "dir-with-one-more": ("malformed", _first(zzz=1)),
        "dir-of-version-3": ("newer version", _first(v=3)),
    }  # fmt: skip


def directories() -> Cases:
    """Yield the vectors of ``directory.sealed``. ``reader``: signing key and identity."""
    for name, chain in _lawful().items():
        yield name, case("ok", name[3:].replace("-", " "), sealed_chain(chain), *reader_head())
    for name, (expect, chain) in (_unlawful() | _misshapen()).items():
        yield name, case(expect, name.replace("-", " "), sealed_chain(chain), *reader_head())
    for name, (expect, data) in loose({"v": 1, "chain": [FIRST_ONE]}).items():
        sealed = boxed(LEDGER, data, _PLACE)
        yield name, case(expect, name.replace("-", " "), sealed, *reader_head())
    three = sealed_chain([FIRST_ONE, _G2, _G3])
    yield "ok-read-by-a-newcomer", case("ok", "joined later", three, *reader_head(_NEW))
    yield "read-by-a-leaver", case("not listed", "has left", three, *reader_head(_THIRD))
    yield "read-by-a-stranger", case("not listed", "never in it", three, *reader_head(STRANGER))
    other = link(directory(1, 0, [ALL[0] | {"id": STRANGER.id}, *ALL[1:]]), *PEOPLE)
    other["sigs"][STRANGER.id] = other["sigs"].pop(_FIRST.id)
    wrong = case("malformed", "an id of no key", sealed_chain([other]), *reader_head(_SECOND))
    yield "id-of-another-key", wrong
    elsewhere = reader_head(origin="abc.practice.invalid/evidence")
    yield "sealed-for-another-place", case("damaged", "another origin", three, *elsewhere)
    yield "cut", case("damaged", "last byte missing", three[:-1], *reader_head())
