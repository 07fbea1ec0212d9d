"""Ledger heads: exact bytes, strict parsing, and signatures that OpenSSL agrees with."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from esafety_tui.data import checkpoint
from esafety_tui.data.checkpoint import Checkpoint, NoteSignature
from esafety_tui.kernel.errors import BadInput, Tampered
from tests.programs import need_program

HEAD = Checkpoint("HVS.harbour-view.example/evidence", 214, hashlib.sha256(b"root").digest())


class Officer:
    """A throw-away P-256 key under an officer's key name."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.spki = self.key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        self.name = f"officer-{hashlib.sha256(self.spki).hexdigest()[:16]}"

    def sign(self, head: Checkpoint) -> tuple[str, bytes, bytes]:
        return self.name, self.spki, self.key.sign(head.signed_body(), ec.ECDSA(SHA256()))


ANNA, BILL = Officer(), Officer()
KEYS = {ANNA.name: ANNA.spki, BILL.name: BILL.spki}
NOTE = checkpoint.write_signed_note(HEAD, [ANNA.sign(HEAD), BILL.sign(HEAD)])


def test_the_signed_bytes_are_three_lines() -> None:
    root = base64.b64encode(HEAD.root)
    assert HEAD.signed_body() == b"HVS.harbour-view.example/evidence\n214\n" + root + b"\n"


def test_the_note_is_body_blank_line_and_a_line_a_signature() -> None:
    name, spki, signature = ANNA.sign(HEAD)
    raw = hashlib.sha256(spki).digest()[:4] + signature
    line = b"\xe2\x80\x94 " + name.encode() + b" " + base64.b64encode(raw) + b"\n"
    assert (
        checkpoint.write_signed_note(HEAD, [(name, spki, signature)])
        == HEAD.signed_body() + b"\n" + line
    )


def test_parse_gives_back_what_was_written() -> None:
    head, lines = checkpoint.parse_signed_note(NOTE)
    assert head == HEAD
    assert [(line.name, line.key_id) for line in lines] == [
        (who.name, checkpoint.note_key_id(who.spki)) for who in (ANNA, BILL)
    ]


def test_the_note_on_the_specification_page_is_read() -> None:
    """The example of C2SP tlog-checkpoint: another log's note, in a form we did not write."""
    text = (
        "example.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
        "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    head, lines = checkpoint.parse_signed_note(text.encode())
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert lines[0].key_id.hex() == "033de0ae"
    assert len(lines[0].signature) == 64


def test_an_unsigned_head_is_read_back_from_its_body() -> None:
    assert Checkpoint.parse_body(HEAD.signed_body()) == HEAD
    for wrong in (
        HEAD.signed_body()[:-1],
        HEAD.signed_body() + b"\n",
        HEAD.signed_body() + b"x",
        NOTE,
        b"",
    ):
        with pytest.raises(BadInput, match="well-formed"):
            Checkpoint.parse_body(wrong)


def test_verify_names_who_signed_in_order() -> None:
    assert checkpoint.verify_signed_note(NOTE, KEYS) == (HEAD, [ANNA.name, BILL.name])
    assert checkpoint.verify_signed_note(NOTE, {BILL.name: BILL.spki}) == (HEAD, [BILL.name])


@pytest.mark.tool("openssl")
def test_openssl_agrees_about_the_signature(tmp_path: Path) -> None:
    need_program("openssl")
    (tmp_path / "body").write_bytes(HEAD.signed_body())
    (tmp_path / "sig").write_bytes(checkpoint.parse_signed_note(NOTE)[1][0].signature)
    (tmp_path / "key.pem").write_bytes(
        ANNA.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "sig", "body"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "Verified OK"


@pytest.mark.parametrize(
    "other",
    [
        Checkpoint(HEAD.origin, 213, HEAD.root),
        Checkpoint(HEAD.origin, HEAD.size, hashlib.sha256(b"other").digest()),
        Checkpoint("HVT.harbour-view.example/evidence", HEAD.size, HEAD.root),
    ],
)
def test_a_signature_does_not_carry_over_to_another_head(other: Checkpoint) -> None:
    with pytest.raises(Tampered, match="not genuine"):
        checkpoint.verify_signed_note(checkpoint.write_signed_note(other, [ANNA.sign(HEAD)]), KEYS)


def test_one_bad_known_signature_condemns_the_note() -> None:
    name, spki, _ = BILL.sign(HEAD)
    for forged in (ANNA.sign(HEAD)[2], b"\x30\x00", b"no DER"):
        note = checkpoint.write_signed_note(HEAD, [ANNA.sign(HEAD), (name, spki, forged)])
        with pytest.raises(Tampered, match="not genuine"):
            checkpoint.verify_signed_note(note, KEYS)


def test_unknown_keys_are_passed_over_but_never_suffice() -> None:
    stranger = Officer()
    note = checkpoint.write_signed_note(HEAD, [stranger.sign(HEAD), ANNA.sign(HEAD)])
    assert checkpoint.verify_signed_note(note, KEYS) == (HEAD, [ANNA.name])
    with pytest.raises(Tampered, match="No officer known"):
        checkpoint.verify_signed_note(note, {BILL.name: BILL.spki})


def test_a_known_name_over_a_strangers_key_is_unknown() -> None:
    _, spki, signature = Officer().sign(HEAD)
    note = checkpoint.write_signed_note(HEAD, [(ANNA.name, spki, signature), BILL.sign(HEAD)])
    assert checkpoint.verify_signed_note(note, KEYS) == (HEAD, [BILL.name])


@pytest.mark.parametrize(
    "key",
    [
        ed25519.Ed25519PrivateKey.generate().public_key(),
        ec.generate_private_key(ec.SECP384R1()).public_key(),
        None,
    ],
)
def test_only_p256_keys_verify(
    key: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | None,
) -> None:
    spki = (
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) if key else b"not a key"
    )
    with pytest.raises(BadInput, match="P-256"):
        checkpoint.verify_signed_note(
            checkpoint.write_signed_note(HEAD, [("officer-x", spki, b"sig")]), {"officer-x": spki}
        )


def _edits() -> dict[str, bytes]:
    body, lines = NOTE.split(b"\n\n")
    first = lines.split(b"\n")[0] + b"\n"
    line = HEAD.signed_body().split(b"\n")
    dash = "— officer-1 ".encode()
    return {
        "empty": b"",
        "no signature": body + b"\n\n",
        "no blank line": body + b"\n" + lines,
        "two blank lines": body + b"\n\n\n" + lines,
        "no final newline": NOTE[:-1],
        "trailing blank line": NOTE + b"\n",
        "trailing text": NOTE + b"x\n",
        "extension line": body + b"\nmore\n\n" + lines,
        "line missing": b"\n".join(line[1:3]) + b"\n\n" + lines,
        "empty origin": NOTE.replace(HEAD.origin.encode(), b"", 1),
        "space in origin": NOTE.replace(b"HVS.", b"HVS ", 1),
        "carriage return": NOTE.replace(b"\n214\n", b"\r\n214\n"),
        "leading zero": NOTE.replace(b"\n214\n", b"\n0214\n"),
        "sign": NOTE.replace(b"\n214\n", b"\n+214\n"),
        "other digits": NOTE.replace(b"\n214\n", "\n\u0662\u0661\u0664\n".encode()),
        "huge size": NOTE.replace(b"\n214\n", b"\n" + b"9" * 16 + b"\n"),
        "short root": NOTE.replace(line[2], base64.b64encode(HEAD.root[:31])),
        "root not base64": NOTE.replace(line[2], b"!" + line[2][1:]),
        "root not ascii": NOTE.replace(line[2], "é".encode() + line[2][2:]),
        "root not canonical": NOTE.replace(line[2], line[2][:-2] + b"5="),
        "not utf-8": NOTE.replace(b"HVS", b"\xff\xfe\xfd"),
        "name not utf-8": NOTE.replace(b" officer-", b" \xff"),
        "hyphen for dash": NOTE.replace("—".encode(), b"-"),
        "no dash": NOTE.replace("— ".encode(), b""),
        "no name": body + b"\n\n" + "— ".encode() + base64.b64encode(b"12345") + b"\n",
        "plus in name": body + b"\n\n" + "— a+b ".encode() + base64.b64encode(b"12345") + b"\n",
        "no signature bytes": body + b"\n\n" + dash + base64.b64encode(b"1234") + b"\n",
        "two spaces": NOTE.replace(b" officer-", b"  officer-"),
        "same key twice": body + b"\n\n" + first + first,
        "too many": body
        + b"\n\n"
        + b"".join(b"%b%b\n" % (dash, base64.b64encode(b"%4dx" % n)) for n in range(65)),
    }


@pytest.mark.parametrize("edit", _edits())
def test_a_note_we_would_not_have_written_is_refused(edit: str) -> None:
    assert _edits()[edit] != NOTE
    with pytest.raises(BadInput, match="well-formed"):
        checkpoint.parse_signed_note(_edits()[edit])


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 1, bytes(32)),
        ("a b", 1, bytes(32)),
        ("a\nb", 1, bytes(32)),
        ("a\N{NO-BREAK SPACE}b", 1, bytes(32)),
        ("a+b", 1, bytes(32)),
        ("\ud800", 1, bytes(32)),
        ("a", -1, bytes(32)),
        ("a", 10**15, bytes(32)),
        ("a", 1, bytes(31)),
    ],
)
def test_a_head_that_cannot_stand_in_a_note_is_refused(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(BadInput):
        Checkpoint(origin, size, root)


def test_note_refuses_bad_names_and_none_at_all() -> None:
    for sigs in ([], [("two words", b"k", b"s")], [("", b"k", b"s")], [("a", b"k", b"")]):
        with pytest.raises(BadInput):
            checkpoint.write_signed_note(HEAD, sigs)


def test_sixteen_signatures_are_accepted() -> None:
    sigs = [(f"officer-{n}", b"key %d" % n, b"sig") for n in range(16)]
    _, lines = checkpoint.parse_signed_note(checkpoint.write_signed_note(HEAD, sigs))
    assert lines[3] == NoteSignature("officer-3", checkpoint.note_key_id(b"key 3"), b"sig")
