"""Certificates that the school's own authority signed, with other dates, uses and names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from cryptography.x509.oid import NameOID

from esafety_tui.output.pack.bag import certificate_pem
from tests.promises.tampers.making import (
    COMMON_NAME,
    GENERAL,
    OFFICER_BASIC,
    OFFICER_USAGE,
    ORGANISATION,
    UTC,
    UTF8,
    Plan,
    attribute,
    der,
)
from tests.promises.tampers.row import SOUND, Make, Tamper
from tests.promises.tampers.world import World

Change = Callable[[Plan], Plan]
PERSON = "Ada Sample"
EKU = bytes.fromhex("30130603551d25040c300a06082b06010505070304")
UNKNOWN = bytes.fromhex("300906032a030404020500")
CRITICAL = bytes.fromhex("300c06032a03040101ff04020500")
KEY_ID = bytes.fromhex("301d0603551d0e04160414") + bytes(20)
ISSUER_ID = bytes.fromhex("301f0603551d23041830168014") + bytes(20)


def school_of(world: World) -> str:
    """Return the school's name as its authority writes it."""
    subject = world.school.authority.certificate.subject
    return str(subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)


def authority_key(world: World) -> ec.EllipticCurvePrivateKey:
    """Return the key of the school's authority."""
    key = load_der_private_key(world.school.authority.private_der(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def plan_of(world: World, number: int = 0) -> Plan:
    """Return the plan of a sound certificate of one officer, the first signer."""
    officer = world.school.officers[number]
    issuer = world.school.authority.certificate.subject.public_bytes()
    subject = der(0x30, attribute(ORGANISATION, school_of(world)), attribute(COMMON_NAME, PERSON))
    return Plan(issuer, subject, officer.spki)


def issued(change: Change, number: int = 0) -> Make:
    """Return what puts a certificate in place and has both officers sign the pack again."""

    def make(world: World, folder: Path) -> Path:
        pack = world.copy(folder, 0)
        made = change(plan_of(world, number)).sign(authority_key(world))
        id16 = world.school.officers[number].short_id
        (pack / f"certs/{id16}.pem").write_bytes(certificate_pem(made))
        return world.refit(pack)

    return make


def _end(value: bytes, tag: int = UTC) -> Change:
    return lambda plan: plan.but(end=der(tag, value))


def _start(value: bytes, tag: int = UTC) -> Change:
    return lambda plan: plan.but(start=der(tag, value))


# The pack was made on 21 November 2026 at 16:00:00.000.
DATES: dict[str, tuple[Change, bool]] = {
    "sound": (lambda plan: plan, True),
    "run out": (_end(b"261121155959Z"), False),
    "ends in that second": (_end(b"261121160000Z"), True),
    "begins in that second": (_start(b"261121160000Z"), True),
    "not yet begun": (_start(b"261121160001Z"), False),
    "ended in 1950": (_end(b"500101000000Z"), False),
    "begun in 1950": (_start(b"500101000000Z"), True),
    "no Z": (_end(b"401121160000"), False),
    "offset": (_end(b"401121160000+0000"), False),
    "no seconds": (_end(b"4011211600Z"), False),
    "30 February": (_end(b"400230160000Z"), False),
    "hour 24": (_end(b"401121240000Z"), False),
    "month 13": (_end(b"401321160000Z"), False),
    "four digits for 2040": (_end(b"20401121160000Z", GENERAL), False),
    "a fraction": (_end(b"20561121160000.5Z", GENERAL), False),
    "two digits as four": (_end(b"561121160000Z", GENERAL), False),
    "as text": (_end(b"401121160000Z", UTF8), False),
    "empty": (_end(b""), False),
    "year 9999": (_end(b"99991231235959Z", GENERAL), True),
    "letters": (_end(b"4O1121160000Z"), False),
}


def _uses(*extensions: bytes) -> Change:
    return lambda plan: plan.but(extensions=extensions)


def _usage(bits: str) -> bytes:
    return bytes.fromhex("300e0603551d0f0101ff040403" + bits)


USES: dict[str, tuple[Change, bool]] = {
    "no use named": (_uses(OFFICER_BASIC), False),
    "not said to be no authority": (_uses(OFFICER_USAGE), False),
    "nothing": (_uses(), False),
    "signing alone": (_uses(OFFICER_BASIC, _usage("020780")), False),
    "commitment alone": (_uses(OFFICER_BASIC, _usage("020640")), False),
    "may certify, too": (_uses(OFFICER_BASIC, _usage("0202c4")), False),
    "an authority": (
        _uses(bytes.fromhex("300f0603551d130101ff040530030101ff"), OFFICER_USAGE),
        False,
    ),
    "extended use": (_uses(OFFICER_BASIC, OFFICER_USAGE, EKU), False),
    "unknown": (_uses(OFFICER_BASIC, OFFICER_USAGE, UNKNOWN), False),
    "unknown, critical": (_uses(OFFICER_BASIC, OFFICER_USAGE, CRITICAL), False),
    "use not critical": (_uses(OFFICER_BASIC, bytes.fromhex("300b0603551d0f0404030206c0")), False),
    "use twice": (_uses(OFFICER_BASIC, OFFICER_USAGE, OFFICER_USAGE), False),
    "false written out": (
        _uses(bytes.fromhex("300f0603551d130101ff04053003010100"), OFFICER_USAGE),
        False,
    ),
    "key numbers": (_uses(OFFICER_BASIC, OFFICER_USAGE, ISSUER_ID, KEY_ID), True),
    "key number twice": (_uses(OFFICER_BASIC, OFFICER_USAGE, KEY_ID, KEY_ID), False),
    "another order": (_uses(KEY_ID, OFFICER_USAGE, OFFICER_BASIC), True),
    "key number cut": (_uses(OFFICER_BASIC, OFFICER_USAGE, KEY_ID[:-1]), False),
}


def _named(*parts: bytes) -> Change:
    return lambda plan: plan.but(subject=der(0x30, *parts))


def _called(person: str | bytes, tag: int = UTF8) -> Change:
    """Change the common name alone; the school's name is that of the authority."""

    def change(plan: Plan) -> Plan:
        school = plan.subject[2 : plan.subject.index(COMMON_NAME) - 4]
        return plan.but(subject=der(0x30, school, attribute(COMMON_NAME, person, tag)))

    return change


def _school(school: str) -> Change:
    return _named(attribute(ORGANISATION, school), attribute(COMMON_NAME, PERSON))


def _swapped(plan: Plan) -> Plan:
    cut = plan.subject.index(COMMON_NAME) - 4
    return plan.but(subject=der(0x30, plan.subject[cut:], plan.subject[2:cut]))


def _more(part: bytes) -> Change:
    return lambda plan: plan.but(subject=der(0x30, plan.subject[2:], part))


NAMES: dict[str, tuple[Change, bool]] = {
    "another person": (_called("Zoe Other"), True),
    "empty": (_called(""), False),
    "64 letters": (_called("\u00e9" * 64), True),
    "65 letters": (_called("e" * 65), False),
    "64 signs beyond 16 bits": (_called("\U0001f600" * 16), True),
    "PrintableString": (_called(PERSON, 0x13), False),
    "BMPString": (_called(b"\0A", 0x1E), False),
    "not UTF-8": (_called(b"\xff\xfe"), False),
    "half a character": (_called(b"\xed\xa0\x80"), False),
    "control signs": (_called("A\x1b[2J\u202eB"), True),
    "byte order mark": (_called("\ufeffA"), True),
    "name first": (_swapped, False),
    "no school": (_named(attribute(COMMON_NAME, PERSON)), False),
    "another school": (_school("Another School"), False),
    "two people": (_more(attribute(COMMON_NAME, "Boris")), False),
    "a country": (_more(attribute(b"\x06\x03\x55\x04\x06", "GB", 0x13)), False),
    "nobody": (_named(), False),
    "zero in it": (_called("Ada\0Sample"), True),
}


def rows() -> Iterator[Tamper]:
    """Return the rows of certificates of officers."""
    for kind, table in (("certificate date", DATES), ("certificate use", USES),
                        ("certificate name", NAMES)):  # fmt: skip
        for name, (change, sound) in table.items():
            make = issued(change)
            if sound:
                yield Tamper(kind, name, True, make, SOUND)
            else:
                yield Tamper(kind, name, True, make)
    third = issued(lambda plan: plan.but(end=der(UTC, b"261121155959Z")), 2)
    yield Tamper("certificate date", "run out, of one who did not sign", True, third, SOUND)
