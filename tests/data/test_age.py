"""age files against the C2SP test kit, the ``age`` program and pyrage, and against edits."""

from __future__ import annotations

import hashlib
import io
import secrets
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest

from esafety_tui.data import age
from esafety_tui.data.age import CHUNK, AgeWriter, BadAgeHeader, Identity, NoMatchingKey, Recipient
from esafety_tui.kernel.errors import BadInput, Tampered
from tests.programs import need_program

OWN = Path(__file__).parents[1] / "vectors" / "age"
KIT = Path(__file__).parents[2].parent / "shared" / "vectors" / "age"
ERRORS = {
    "no match": NoMatchingKey,
    "HMAC failure": Tampered,
    "header failure": BadAgeHeader,
    "payload failure": Tampered,
}
# Here the kit's reader releases the last whole chunk before it looks at what follows; ours after.
EAGER = (
    "stream_two_final",
    "stream_trailing",
    "stream_no_final_full",
    "stream_no_final_two_chunks_",
)
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 1024 * 1024]
ANNA, BILL = Identity.generate(), Identity.generate()


@dataclass(frozen=True)
class Vector:
    """One file of the test kit: what must happen, who opens it, the bytes."""

    head: dict[str, str]
    identities: list[Identity]
    data: bytes


def _vector(path: Path) -> Vector:
    text, data = path.read_bytes().split(b"\n\n", 1)
    pairs = [line.split(": ", 1) for line in text.decode().splitlines()]
    head = dict(reversed(pairs))
    if head.get("compressed") == "zlib":
        data = zlib.decompress(data)
    ours = [value for key, value in pairs if key == "identity"]
    return Vector(head, [Identity.parse_text(value) for value in ours if "-PQ-" not in value], data)


def _kit() -> list[Path]:
    if not KIT.is_dir():
        return []
    foreign = ("armor", "scrypt", "hybrid")
    return [path for path in sorted(KIT.iterdir()) if not path.name.startswith(foreign)]


def _stream(data: bytes, *identities: Identity) -> tuple[bytes, type[Exception] | None]:
    """Return what was released, and the error that ended it."""
    released = bytearray()
    try:
        for chunk in age.decrypt_stream(io.BytesIO(data), identities):
            released += chunk
    except (NoMatchingKey, BadAgeHeader, Tampered) as err:
        return bytes(released), type(err)
    return bytes(released), None


@pytest.mark.parametrize("path", [*sorted(OWN.iterdir()), *_kit()], ids=lambda path: path.name)
def test_vector(path: Path) -> None:
    vector = _vector(path)
    released, error = _stream(vector.data, *vector.identities)
    assert error is ERRORS.get(vector.head["expect"])
    if "payload" in vector.head and not path.name.startswith(EAGER):
        assert hashlib.sha256(released).hexdigest() == vector.head["payload"]


def test_the_kit_is_whole_or_its_absence_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(list(OWN.iterdir())) == 12
    if KIT.is_dir():
        assert len(_kit()) == 67
        return
    with capsys.disabled():
        sys.stdout.write("\nThe C2SP age test kit is not beside this checkout: own vectors only.\n")


def test_a_passphrase_beside_a_recipient_is_refused() -> None:
    head, end = age.encrypt_to(b"x", [ANNA.recipient]).split(b"---", 1)
    stanza = b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n" + b"A" * 43 + b"\n"
    assert _stream(head + stanza + b"---" + end, ANNA) == (b"", BadAgeHeader)


def _sealed_by_writer(plaintext: bytes, step: int, *recipients: Recipient) -> bytes:
    dst = io.BytesIO()
    writer = AgeWriter(dst, recipients)
    for at in range(0, len(plaintext), step):
        writer.write(memoryview(plaintext)[at : at + step])
    writer.finish()
    return dst.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_interoperates_with_pyrage(size: int) -> None:
    plaintext = secrets.token_bytes(size)
    both = [ANNA.recipient, BILL.recipient]
    for sealed in (age.encrypt_to(plaintext, both), _sealed_by_writer(plaintext, 65537, *both)):
        for officer in (ANNA, BILL):
            key = pyrage.x25519.Identity.from_str(officer.to_text)
            assert pyrage.decrypt(sealed, [key]) == plaintext
    theirs = pyrage.encrypt(plaintext, [pyrage.x25519.Recipient.from_str(ANNA.recipient.to_text)])
    assert age.decrypt_file(theirs, [BILL, ANNA]) == plaintext


def _age(*args: str, stdin: bytes) -> bytes:
    return subprocess.run(
        [need_program("age"), *args], input=stdin, capture_output=True, check=True
    ).stdout


@pytest.mark.tool("age")
@pytest.mark.parametrize("size", SIZES)
def test_interoperates_with_the_age_program(size: int, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(ANNA.to_text + "\n")
    plaintext = secrets.token_bytes(size)
    sealed = _sealed_by_writer(plaintext, 1024 * 1024, ANNA.recipient)
    assert _age("-d", "-i", str(tmp_path / "key"), stdin=sealed) == plaintext
    theirs = _age("-r", ANNA.recipient.to_text, stdin=plaintext)
    assert age.decrypt_file(theirs, [ANNA]) == plaintext


def test_two_keys_are_needed_to_open_a_nested_file() -> None:
    nested = age.encrypt_to(age.encrypt_to(b"key", [BILL.recipient]), [ANNA.recipient])
    assert age.decrypt_file(age.decrypt_file(nested, [ANNA]), [BILL]) == b"key"
    with pytest.raises(NoMatchingKey):
        age.decrypt_file(nested, [BILL])
    with pytest.raises(NoMatchingKey):
        age.decrypt_file(age.decrypt_file(nested, [ANNA]), [ANNA])


def test_the_same_words_never_give_the_same_bytes() -> None:
    one, other = (age.encrypt_to(b"same", [ANNA.recipient]) for _ in range(2))
    assert not set(one.split(b"\n")[1:]) & set(other.split(b"\n")[1:])


def test_every_flipped_bit_of_a_small_file_is_found() -> None:
    sealed = age.encrypt_to(b"what was seen", [ANNA.recipient])
    for at in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[at] ^= 1 << bit
            released, error = _stream(bytes(changed), ANNA)
            assert released == b""
            assert error is not None, (at, bit)


def test_every_truncation_of_a_small_file_is_found() -> None:
    sealed = age.encrypt_to(b"what was seen", [ANNA.recipient])
    for size in range(len(sealed)):
        released, error = _stream(sealed[:size], ANNA)
        assert released == b""
        assert error in (BadAgeHeader, Tampered), size


def _parts(plaintext: bytes) -> tuple[bytes, list[bytes]]:
    """Return header with nonce, and the sealed chunks."""
    sealed = age.encrypt_to(plaintext, [ANNA.recipient])
    start = sealed.index(b"\n--- ") + len(b"\n--- ") + 44 + 16
    body = sealed[start:]
    return sealed[:start], [body[at : at + CHUNK + 16] for at in range(0, len(body), CHUNK + 16)]


@pytest.mark.parametrize("count", [2, 3, 16, 17, 33])
def test_chunks_cut_swapped_doubled_or_added_are_found(count: int) -> None:
    head, chunks = _parts(secrets.token_bytes(count * CHUNK))
    first, last = chunks[0], chunks[-1]
    wrong = {
        "cut": chunks[:-1],
        "cut inside": [*chunks[:-1], last[:-1]],
        "swapped": [chunks[1], first, *chunks[2:]],
        "dropped first": chunks[1:],
        "doubled": [first, *chunks],
        "last twice": [*chunks, last],
        "one byte more": [*chunks, b"\0"],
        "nothing left": [],
    }
    for name, edited in wrong.items():
        assert _stream(head + b"".join(edited), ANNA)[1] is Tampered, name


def test_a_payload_does_not_carry_over_to_another_header() -> None:
    (head, _), (_, chunks) = _parts(b"one"), _parts(b"two")
    assert _stream(head + b"".join(chunks), ANNA) == (b"", Tampered)


def _header_edits() -> dict[str, tuple[bytes, type[Exception]]]:
    sealed = age.encrypt_to(b"x", [ANNA.recipient, BILL.recipient])
    lines = sealed.split(b"\n")[:6]
    rest = sealed[len(b"\n".join(lines)) :]
    version, arg1, body1, arg2, body2, mac = lines

    def made(*edited: bytes) -> bytes:
        return b"\n".join(edited) + rest

    return {
        "version 2": (made(version[:-1] + b"2", *lines[1:]), BadAgeHeader),
        "recipient removed": (made(version, arg1, body1, mac), Tampered),
        "recipients swapped": (made(version, arg2, body2, arg1, body1, mac), Tampered),
        "recipient doubled": (made(*lines[:3], arg1, body1, *lines[3:]), Tampered),
        "stranger added": (made(*lines[:5], b"-> grease x", b"", mac), Tampered),
        "no recipients": (made(version, mac), BadAgeHeader),
        "argument added": (made(version, arg1 + b" x", *lines[2:]), BadAgeHeader),
        "space doubled": (made(version, arg1.replace(b" X", b"  X"), *lines[2:]), BadAgeHeader),
        "carriage returns": (b"\r\n".join(lines) + rest, BadAgeHeader),
        "body padded": (made(version, arg1, body1 + b"=", *lines[3:]), BadAgeHeader),
        "body of 24 bytes": (made(version, arg1, b"A" * 32, *lines[3:]), BadAgeHeader),
        "mac padded": (made(*lines[:5], mac + b"="), BadAgeHeader),
        "mac of 24 bytes": (made(*lines[:5], b"--- " + b"A" * 32), BadAgeHeader),
        "mac of zeros": (made(*lines[:5], b"--- " + b"A" * 43), Tampered),
        "lower case type": (made(*(line.lower() for line in lines[:2]), *lines[2:]), Tampered),
    }


@pytest.mark.parametrize("edit", _header_edits())
def test_a_header_edited_by_hand_is_refused(edit: str) -> None:
    data, error = _header_edits()[edit]
    # Bill's stanza is untouched by most edits: only strictness or the MAC can tell.
    assert _stream(data, ANNA, BILL) == (b"", error)


def test_an_endless_header_is_given_up() -> None:
    for more in (b"-> grease %b\n\n" % (b"x" * 999) * 3000, b"-> " + b"x" * 3_000_000):
        source = io.BytesIO(b"age-encryption.org/v1\n" + more)
        with pytest.raises(BadAgeHeader):
            age.decrypt_stream(source, [ANNA])
        assert source.tell() == 1024 * 1024


def test_an_unbuffered_source_that_answers_in_parts_is_read_whole() -> None:
    class Dribble(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 4999))

    plaintext = secrets.token_bytes(17 * CHUNK)
    source = Dribble(age.encrypt_to(plaintext, [ANNA.recipient]))
    assert b"".join(age.decrypt_stream(source, [ANNA])) == plaintext


def test_sealing_for_nobody_is_refused() -> None:
    with pytest.raises(BadInput, match="nobody"):
        age.encrypt_to(b"x", [])
    with pytest.raises(BadInput, match="nobody"):
        AgeWriter(io.BytesIO(), [])
