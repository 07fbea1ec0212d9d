"""Certificates judged by OpenSSL, which knows nothing of ours."""

from __future__ import annotations

import base64
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from esafety_tui.data.certificates import SchoolAuthority
from esafety_tui.data.officers import OfficerKeys, read_key_file
from tests.casework.support import Practice
from tests.programs import need_program


def openssl(*args: str) -> str:
    need_program("openssl")
    done = subprocess.run(["openssl", *args], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def pem(path: Path, der: bytes) -> str:
    body = base64.encodebytes(der).decode()
    path.write_text(f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n")
    return str(path)


@pytest.mark.tool("openssl")
def test_openssl_follows_every_certificate_to_the_school(
    practice: Practice, tmp_path: Path
) -> None:
    directory = practice.sign_in().keyring.directory
    ca = pem(tmp_path / "ca.pem", directory.ca_cert)
    assert "ca.pem: OK" in openssl("verify", "-x509_strict", "-CAfile", ca, ca)
    for person in directory.people:
        leaf = pem(tmp_path / "leaf.pem", person.cert)
        assert "leaf.pem: OK" in openssl("verify", "-x509_strict", "-CAfile", ca, leaf)
        text = openssl("x509", "-in", leaf, "-noout", "-text")
        assert "Digital Signature, Non Repudiation" in text
        assert "CA:FALSE" in text
        assert "Extended Key Usage" not in text
        assert f"CN = {person.name}" in text
        public = openssl("x509", "-in", leaf, "-noout", "-pubkey")
        spki = base64.b64decode("".join(public.splitlines()[1:-1]))
        assert spki == person.sign_spki


@pytest.mark.tool("openssl")
def test_an_officer_cannot_certify_anybody(practice: Practice, tmp_path: Path) -> None:
    directory = practice.sign_in().keyring.directory
    ca = x509.load_der_x509_certificate(directory.ca_cert)
    basic = ca.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (basic.ca, basic.path_length) == (True, 0)
    leaf, other = (pem(tmp_path / f"{p.short_id}.pem", p.cert) for p in directory.people[:2])
    assert "OK" not in openssl("verify", "-CAfile", leaf, other)
    assert str(ca.serial_number & 0xFFFFFF) != "0"
    assert str(ca.not_valid_before_utc.year) in ca.subject.rfc4514_string()


def test_every_certificate_is_of_the_key_in_the_key_file(practice: Practice) -> None:
    people = {p.id: p for p in practice.sign_in().keyring.directory.people}
    for who in ("AB", "CD", "EF"):
        assert read_key_file(practice.key_file(who)).spki == people[practice.ids[who]].sign_spki


@pytest.mark.parametrize("name", ["\u738b" * 40, "\u00e9" * 64, "Zo\u00eb " * 20])
def test_a_long_name_of_any_script_is_cut_to_what_a_certificate_takes(name: str) -> None:
    """Limits of X.520 are counted in bytes by whoever makes certificates; no letter is halved."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    authority = SchoolAuthority.create_authority(name, now)
    common = authority.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    assert re.search(r" evidence CA 2026 [0-9a-f]{6}$", str(common))
    made = x509.load_der_x509_certificate(
        authority.issue_certificate(OfficerKeys.generate_keys(name), now)
    )
    told = str(made.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    assert name.startswith(told) and 61 < len(told.encode()) <= 64
