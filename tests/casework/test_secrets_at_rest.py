"""What lies on the disk without a passphrase: the closed list, and no word of anything else."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.disclosure import signed_form
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.policy.policy_files import shipped_policy_files
from esafety_tui.casework.signin.create_vault import Founder, School, create_vault
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR
from esafety_tui.kernel.records import Contact
from tests.casework.support import TO_CAPTURE, real_png, walk


def word() -> str:
    """Return a random word that occurs nowhere by chance."""
    return "q" + secrets.token_hex(8)


def encodings(text: str) -> Iterator[bytes]:
    """Yield the ways a text may lie in a file: UTF-8, UTF-16 either way, base64 at any offset."""
    for data in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield data
        for shift in range(3):
            encoded = base64.b64encode(bytes(shift) + data)
            # The outermost characters depend on the neighbours; the middle does not.
            yield encoded[4 : 4 * (len(data) // 3)]


class Told:
    """Every secret told to the program, by what it is."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def __call__(self, what: str) -> str:
        self.words[what] = word()
        return self.words[what]


def whole_job(home: Path, tell: Told) -> dict[str, str]:
    """Found a vault and run an incident with a secret in every field; return passphrases."""
    phrases = {i: tell(f"passphrase of {i}") for i in ("AB", "CD", "EF")}
    founders = tuple(
        Founder(f"Officer {i}", tell(f"position of {i}"), i, phrases[i]) for i in phrases
    )
    contacts = (Contact("dsl", "Designated safeguarding lead", tell("contact")),)
    made = School(
        "Example School", "practice.invalid", "EXS", "england", tell("machine"), founders,
        contacts,
    )  # fmt: skip
    clock = platform.SystemClock()
    create_vault(home / "vault", made, clock, FLOOR)
    plate = read_public_info(home / "vault")
    assert plate is not None
    logins = [Login(i, phrases[name[-2:]]) for i, name in plate.officers]
    session = unlock_vault(home / "vault", logins[:2], clock)
    case = opening.open_new_incident(session, others=tell("person involved"))
    first = {
        "by": tell("reporter"),
        "when": "20 Nov 2026",
        "group": "9X",
        "words": f"told: {tell('words')}",
    }
    walk(case, [("reported", first), *TO_CAPTURE[1:]])
    url = f"https://{tell('host')}.example.net/{tell('path')}"
    capture.capture_address(case, url, tell("concern"), "saw it")
    path = home / f"{tell('file name')}.txt"
    path.write_bytes((tell("content of a file") + "\n").encode() * 3000)
    capture.capture_file(case, path, tell("description"), tell("provenance"))
    picture = home / "picture.png"
    picture.write_bytes(real_png())
    shot = capture.capture_file(case, picture, "A picture", "here")
    path.unlink()
    picture.unlink()
    b"".join(capture.view_exhibit(case, shot.seq, tell("purpose")))
    capture.record_note(case, f"told: {tell('note')}\nthink: {tell('opinion')}")
    signed_form.render_form(case, [shot.seq], reason="not all is known yet")
    for person in session.people:
        signed_form.sign_form(case, person.id, phrases[person.initials])
    stop.record_stop(case)
    stop.record_stop_tick(case, 2, tell("tick"))
    both = [(p.id, phrases[p.initials]) for p in session.people]
    stop.release_exhibit(case, shot.seq, tell("police reference"), both)
    opening.open_new_incident(session, others=tell("other person"), named=[logins[2].officer_id])
    session.close_session()
    alone = unlock_vault(home / "vault", logins[2:], clock)
    capture.record_note(
        opening.open_new_incident(alone, others=tell("third person")), f"saw: {tell('lone note')}"
    )
    alone.close_session()
    return phrases


def test_no_word_told_to_the_program_lies_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setenv("TMPDIR", str(temp))
    monkeypatch.setattr("tempfile.tempdir", None)
    tell = Told()
    whole_job(tmp_path, tell)
    files = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert len(files) > 30 and any(p.suffix == ".heads" for p in files)
    needles = {what: list(encodings(text)) for what, text in tell.words.items()}
    assert len(needles) > 20
    for what, ways in needles.items():
        for path, data in files.items():
            assert not any(way in data for way in ways), f"{what} in {path.name}"
            assert tell.words[what] not in str(path), f"{what} in the name of a file"
    assert list(temp.iterdir()) == [], "no temporary file, clear or not"
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
    closed_list(tmp_path)


def test_the_search_would_find_a_word(tmp_path: Path) -> None:
    text = word()
    for shift in range(3):
        for data in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
            clear, coded = b"." * shift + data, base64.b64encode(b"." * shift + data + b"..")
            assert any(way in clear for way in encodings(text))
            assert any(way in coded for way in encodings(text))


def closed_list(home: Path) -> None:
    """Take every file apart that is not ciphertext; only the closed list may be there."""
    vault = home / "vault"
    names = {p.relative_to(vault).as_posix() for p in vault.rglob("*") if p.is_file()}
    page = json.loads((vault / "vault.json").read_bytes())
    assert set(page) == {"v", "typ", "origin", "school", "officers"}
    assert all(set(o) == {"id", "name", "sign_spki"} for o in page["officers"])
    assert [o["name"] for o in page["officers"]] == ["Officer AB", "Officer CD", "Officer EF"]
    clear = {"vault.json"} | {n for n in names if n.endswith((".evkey", ".heads"))}
    for name in (n for n in names if n.endswith(".evkey")):
        key = json.loads((vault / name).read_bytes())
        assert set(key) == {"v", "typ", "name", "sign_spki", "enc_pub", "kdf", "ct"}
        assert set(key["kdf"]) == {"alg", "v", "m", "t", "p", "salt"}
        assert key["name"] in {o["name"] for o in page["officers"]}
    for path in home.rglob("*.heads"):
        heads = json.loads(path.read_bytes())
        assert set(heads) - {"accepted"} == {"v", "typ", "heads", "mac"}
        looked = heads.get("accepted", {}).get(page["origin"], {"seen": 0, "entries": []})
        assert set(looked) == {"seen", "entries"} and isinstance(looked["seen"], int)
        assert looked["entries"] == [], "nothing was accepted here"
        assert set(heads["heads"]) == {page["origin"]}
        assert re.fullmatch(r"\d+:[0-9a-f]{64}", heads["heads"][page["origin"]])
    policy = {
        f"policy/{digest}.toml": data for digest, data in shipped_policy_files().source.items()
    }
    for name in (n for n in names if n.startswith("policy/")):  # roles and wording, as shipped
        assert (vault / name).read_bytes() == policy[name]
        clear.add(name)
    sealed_names(names - clear - {"evidence.db"}, vault)
    database(vault / "evidence.db", page["origin"])


def sealed_names(names: set[str], vault: Path) -> None:
    for name in names:
        data = (vault / name).read_bytes()
        if name == "keyring/current":
            assert data == b"g1\n"
        elif name in {"reserve", "lock"}:
            assert not data.strip(b"\0")
        elif name.endswith((".age", ".reg")):
            assert data.startswith(b"age-encryption.org/v1\n-> X25519 "), name
        else:
            assert re.fullmatch(r"keyring/g1/(directory\.sealed|inc/[0-9a-f]{32}\.card)", name), (
                name
            )
            assert not re.search(rb"[ -~]{24,}", data), name
    allowed = re.compile(
        r"(blobs/[0-9a-f]{64}\.age|keyring/g1/(ledger|ca|vault\.[0-9a-f]{16}\+[0-9a-f]{16})\.age"
        r"|keyring/g1/inc/[0-9a-f]{32}(\.\d+)?\.(age|card|reg)|keyring/g1/directory\.sealed"
        r"|keyring/current|reserve|lock)"
    )
    assert [n for n in names if not allowed.fullmatch(n)] == []


def database(path: Path, origin: str) -> None:
    """Every printable run of the file is SQL of the schema, or the clear meta rows."""
    import sqlite3

    with sqlite3.connect(path) as db:
        meta = dict(db.execute("SELECT k, v FROM meta"))
        schema = " ".join(str(s) for (s,) in db.execute("SELECT sql FROM sqlite_master"))
        kinds = {
            row for t in ("entry", "rec", "hold")
            for row in db.execute(f"SELECT DISTINCT typeof(seq), typeof(ct) FROM {t}")
        }  # fmt: skip
    db.close()
    assert set(meta) == {"origin", "head", "generation", "closed"}
    assert len(base64.b64decode(meta["closed"])) % 4096 == 28  # sealed, in steps that count nothing
    assert re.fullmatch(rf"{re.escape(origin)}\n\d+\n[A-Za-z0-9+/]{{43}}=\n", meta["head"])
    assert kinds == {("integer", "blob")}
    known = " ".join(schema.split())
    for run in re.findall(rb"[ -~]{24,}", path.read_bytes()):
        text = run.decode()
        is_age = re.search(r"^[A-Za-z0-9+/=-]+$|age-encryption\.org/v1$|-> X25519 |--- ", text)
        mine = text.endswith(origin) or "sqlite_autoindex" in text or "tableentryentry" in text
        assert is_age or mine or " ".join(text.split()) in known or "CREATE TABLE" in text, text
