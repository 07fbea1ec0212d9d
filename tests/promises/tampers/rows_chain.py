"""Certificates that do not lead to the school's authority, and authorities that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from esafety_tui.data.certificates import SchoolAuthority
from esafety_tui.output.pack.bag import certificate_pem
from tests.output.pack_samples import START
from tests.promises.tampers.making import CA_BASIC, CA_USAGE, Plan, der, spki
from tests.promises.tampers.making import name as name_of
from tests.promises.tampers.row import NOT_SOUND, SOUND, Make, Tamper
from tests.promises.tampers.rows_certificates import (
    Change,
    authority_key,
    issued,
    plan_of,
)
from tests.promises.tampers.world import World

KIND = "certificate chain"
SHA384 = bytes.fromhex("300a06082a8648ce3d040303")


def _serial(value: bytes) -> Change:
    return lambda plan: plan.but(serial=der(2, value))


BUILT: dict[str, tuple[Change, bool]] = {
    "number 0": (_serial(b"\0"), False),
    "number negative": (_serial(b"\x81"), False),
    "number of 20 bytes": (_serial(b"\x7f" * 20), True),
    "of 21": (_serial(b"\x7f" * 21), False),
    "number with a zero": (_serial(b"\0\x11"), False),
    "no number": (_serial(b""), False),
    "version 1": (lambda plan: plan.but(version=b""), False),
    "version 2": (lambda plan: plan.but(version=b"\xa0\x03\x02\x01\x01"), False),
    "SHA-384 inside": (lambda plan: plan.but(inner=SHA384), False),
    "SHA-384 outside": (lambda plan: plan.but(outer=SHA384), False),
    "spare bits": (lambda plan: plan.but(spare_bits=1), False),
    "a part more": (lambda plan: plan.but(more=b"\x05\x00"), False),
    "another issuer": (lambda plan: plan.but(issuer=name_of("Other", "Other CA")), False),
    "another key": (
        lambda plan: plan.but(spki=spki(ec.generate_private_key(ec.SECP256R1()))),
        False,
    ),
    "key of P-384": (
        lambda plan: plan.but(spki=spki(ec.generate_private_key(ec.SECP384R1()))),
        False,
    ),
}


def _put(write: Callable[[World, Path], object]) -> Make:
    def make(world: World, folder: Path) -> Path:
        pack = world.copy(folder, 0)
        write(world, pack)
        return world.refit(pack)

    return make


def _certificate(world: World, pack: Path) -> Path:
    return pack / f"certs/{world.school.officers[0].short_id}.pem"


def _namesake(world: World, pack: Path) -> None:
    """An authority of the same name, but another key."""
    key = ec.generate_private_key(ec.SECP256R1())
    _certificate(world, pack).write_bytes(certificate_pem(plan_of(world).sign(key)))


def _another_ca(world: World, pack: Path) -> None:
    other = SchoolAuthority.create_authority("Heron Valley School", START).certificate_der()
    (pack / "certs/ca.pem").write_bytes(certificate_pem(other))


def _whole_other(world: World, pack: Path) -> None:
    """An authority of its own for all officers: sound in itself, and without the paper no more."""
    other = SchoolAuthority.create_authority("Heron Valley School", START)
    (pack / "certs/ca.pem").write_bytes(certificate_pem(other.certificate_der()))
    for officer in world.school.officers:
        made = certificate_pem(other.issue_certificate(officer, START))
        (pack / f"certs/{officer.short_id}.pem").write_bytes(made)


def _authority(change: Change, sound_key: bool = True) -> Make:
    """Return what writes another certificate of the authority, over its own key."""

    def write(world: World, pack: Path) -> None:
        key = authority_key(world)
        own = world.school.authority.certificate.subject.public_bytes()
        plan = Plan(own, own, spki(key), extensions=(CA_BASIC, CA_USAGE))
        signer = key if sound_key else ec.generate_private_key(ec.SECP256R1())
        (pack / "certs/ca.pem").write_bytes(certificate_pem(change(plan).sign(signer)))

    return _put(write)


def _ca_uses(*extensions: bytes) -> Change:
    return lambda plan: plan.but(extensions=extensions)


AUTHORITY: dict[str, tuple[Change, bool]] = {
    "authority made again": (lambda plan: plan, True),
    "authority run out": (lambda plan: plan.but(end=der(0x17, b"261120150000Z")), True),
    "authority may not certify": (
        _ca_uses(CA_BASIC, bytes.fromhex("300e0603551d0f0101ff040403020102")),
        False,
    ),
    "authority is none": (_ca_uses(bytes.fromhex("300c0603551d130101ff04023000"), CA_USAGE), False),
    "authority without a use": (_ca_uses(CA_BASIC), False),
    "authority of any length": (
        _ca_uses(bytes.fromhex("300f0603551d130101ff040530030101ff"), CA_USAGE),
        False,
    ),
    "authority of length 1": (
        _ca_uses(bytes.fromhex("30120603551d130101ff040830060101ff020101"), CA_USAGE),
        False,
    ),
    "authority of another issuer": (lambda plan: plan.but(issuer=name_of("Other", "CA")), False),
}
PEM: dict[str, Callable[[bytes], bytes]] = {
    "PEM twice": lambda pem: pem + pem,
    "PEM with CRLF": lambda pem: pem.replace(b"\n", b"\r\n"),
    "PEM of 76 columns": lambda pem: _columns(pem, 76),
    "PEM in one line": lambda pem: _columns(pem, 9999),
    "PEM with a heading": lambda pem: b"School\n" + pem,
    "PEM without an end": lambda pem: pem[:-1],
    "PEM with a blank line": lambda pem: pem.replace(b"\n-----END", b"\n\n-----END"),
    "PEM of another kind": lambda pem: pem.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE"),
    "PEM of nothing": lambda _: b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    "PEM of one bit": lambda _: certificate_pem(b"\x30"),
    "PEM cut": lambda pem: _columns(pem[:200] + pem[-30:], 64),
}


def _columns(pem: bytes, width: int) -> bytes:
    first, *rest, last = pem.split(b"\n")[:-1]
    text = b"".join(rest)
    return b"\n".join(
        [first, *(text[n : n + width] for n in range(0, len(text), width)), last, b""]
    )


def rows() -> Iterator[Tamper]:
    """Return the rows of chains."""
    for name, (change, sound) in BUILT.items():
        yield Tamper(KIND, name, True, issued(change), SOUND if sound else NOT_SOUND)
    for name, (change, sound) in AUTHORITY.items():
        item = "" if sound else "certs/ca.pem"
        state = SOUND if sound else NOT_SOUND
        yield Tamper(KIND, name, True, _authority(change), state, item)
    yield Tamper(KIND, "authority not signed by itself", True,
                 _authority(lambda plan: plan, sound_key=False), item="certs/ca.pem")  # fmt: skip
    for pem_name, alter in PEM.items():

        def write(world: World, pack: Path, alter: Callable[[bytes], bytes] = alter) -> None:
            path = _certificate(world, pack)
            path.write_bytes(alter(path.read_bytes()))

        yield Tamper(KIND, pem_name, True, _put(write))
    yield Tamper(KIND, "issued by a namesake", True, _put(_namesake))
    yield Tamper(KIND, "another authority", True, _put(_another_ca))
    yield Tamper(KIND, "another authority for all", True, _put(_whole_other), SOUND)
