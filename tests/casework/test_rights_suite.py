"""Who has what, tries what, and what happens: the table of rights on a real vault.

Rows that need more telling: test_rights.py (what one officer may do), test_rights_forgery.py
(re-signed history, a new reader), test_rights_restricted.py, test_rights_generations.py,
test_rights_copies.py, test_rights_poison.py.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from esafety_tui.casework.administration.officer_changes import PairConsent, rotate_keys
from esafety_tui.casework.incident import capture, opening
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.data import directory, wraps
from esafety_tui.data.age import Identity, Recipient, encrypt_to
from esafety_tui.data.boxes import LedgerBox
from esafety_tui.data.eligibility import Naming, list_eligible
from esafety_tui.data.officers import OfficerKeys, encode_base64
from esafety_tui.kernel.canon import canonical_bytes, parse_canonical
from esafety_tui.kernel.errors import EvidenceError
from tests.casework.copy_samples import Kept, kept
from tests.casework.hostile import ring_of
from tests.casework.support import Practice, make_template
from tests.programs import need_program

THIEF = OfficerKeys.generate_keys("Somebody Else")
SECRET = b"Nasty messages"
"""Words of a record."""


@dataclass
class Scene:
    """A vault in its second generation: a case with a file, one of words, a restricted one."""

    have: Kept
    inc: str
    restricted: str
    other: str

    @property
    def practice(self) -> Practice:
        return self.have.practice

    @property
    def ring(self) -> Path:
        return self.practice.folder / "keyring/g2"

    def key(self, inc: str) -> Path:
        return self.ring / "inc" / f"{inc}.age"


@pytest.fixture
def scene(practice: Practice) -> Scene:
    have = kept(practice)
    session = have.session
    other = opening.open_new_incident(session, words_only=True)
    closed = opening.open_new_incident(session, named=[practice.ids["EF"]])
    capture.record_note(closed, "told: about EF")
    words = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    rotate_keys(session, PairConsent(words, "the yearly change"))
    have.make()
    practice.close()
    return Scene(have, have.case.inc, closed.inc, other.inc)


def own_ledger(s: Scene) -> None:
    """Nothing but the disk: a LEDGER key of the thief's, sealed for every officer."""
    people = [read.enc_pub for read in ring_of(s.practice, "AB").directory.people_present]
    key = (LedgerBox.generate_key().hex() + "\n").encode()
    (s.ring / "ledger.age").write_bytes(encrypt_to(key, [Recipient.parse_text(p) for p in people]))


def own_vault(s: Scene) -> None:
    """Nothing but the disk: another VAULT identity for the pair that signs in."""
    people = [s.practice.officer(i).identity.recipient for i in ("AB", "CD")]
    ids = sorted(((s.practice.ids[i], r) for i, r in zip(("AB", "CD"), people, strict=True)))
    nested = wraps.nest_identity(Identity.generate(), [r for _, r in ids])
    (s.ring / wraps.pair_file_name(ids[0][0], ids[1][0])).write_bytes(nested)


def another_vault(s: Scene) -> None:
    """Nothing but the disk: the keyring of another vault of the same school."""
    home = s.practice.home / "elsewhere"
    home.mkdir()
    made = make_template(home)
    shutil.rmtree(s.ring)
    shutil.copytree(made.folder / "keyring/g1", s.ring)


def cut(s: Scene) -> None:
    """Nothing but the disk: the last entries removed."""
    for table in ("entry", "rec"):
        s.practice.sql(f"DELETE FROM {table} WHERE seq > (SELECT max(seq) FROM {table}) - 3")


def exchanged(s: Scene) -> None:
    """Nothing but the disk: the keys of two incidents exchanged."""
    one, two = s.key(s.inc), s.key(s.other)
    kept_bytes = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(kept_bytes)


def own_incident(s: Scene) -> None:
    """One officer: another identity for an incident, sealed to the vault as it should be."""
    vault = ring_of(s.practice, "AB").directory.vault_recipient
    s.key(s.inc).write_bytes(wraps.wrap_identity(Identity.generate(), vault))


def own_restricted(s: Scene) -> None:
    """One officer: the same for every pair of a restricted incident."""
    ring = ring_of(s.practice, "AB")
    naming = Naming(ring.directory.entry, frozenset([s.practice.ids["EF"]]))
    people = list_eligible(ring.directory, [naming])
    for n, data in enumerate(wraps.nest_for_pairs([Identity.generate()], people)):
        (s.ring / "inc" / f"{s.restricted}.{n}.age").write_bytes(data)


def unrestricted(s: Scene) -> None:
    """One officer, named or not: the card of a restricted incident made that of an open one."""
    ring = ring_of(s.practice, "EF")
    path = s.ring / "inc" / f"{s.restricted}.card"
    place = f"evidence-card/v1/{s.practice.origin}/{s.restricted}"
    value = parse_canonical(ring.box.open_bytes(path.read_bytes(), place))
    value["card"]["restricted"] = False
    path.write_bytes(ring.box.seal_bytes(canonical_bytes(value), place))


def other_card(s: Scene) -> None:
    """One officer: the card of another incident in its place."""
    ring, inc = ring_of(s.practice, "AB"), s.ring / "inc"
    places = [f"evidence-card/v1/{s.practice.origin}/{i}" for i in (s.other, s.inc)]
    plain = ring.box.open_bytes((inc / f"{s.other}.card").read_bytes(), places[0])
    (inc / f"{s.inc}.card").write_bytes(ring.box.seal_bytes(plain, places[1]))


def own_generation(s: Scene) -> None:
    """One officer: the next list of officers, signed by them and by the one they would add."""
    me, ring = s.practice.officer("AB"), ring_of(s.practice, "AB")
    body = {**ring.directory.copy_body}
    row = {**body["officers"][0], "since": body["entry"], "follows": ""}
    spki, age = encode_base64(THIEF.spki), THIEF.identity.recipient.to_text
    row |= {"id": THIEF.id, "name": THIEF.name, "sign_spki": spki, "enc_pub": age}
    body["officers"] = [*body["officers"], row]
    chain = [*ring.directory.chain[:-1], directory.sign_directory(body, [me, THIEF])]
    (s.ring / "directory.sealed").write_bytes(directory.seal_directory_chain(ring.box, chain))


def shorter_chain(s: Scene) -> None:
    """One officer: the list of the first generation, under the keys of the second."""
    ring = ring_of(s.practice, "AB")
    chain = ring.directory.chain[:1]
    (s.ring / "directory.sealed").write_bytes(directory.seal_directory_chain(ring.box, chain))


ATTEMPTS: tuple[tuple[Callable[[Scene], None], str], ...] = (
    (own_ledger, "CD"), (own_vault, ""), (another_vault, "CD"), (cut, "CD"),
    (exchanged, ""), (own_incident, ""), (own_restricted, ""), (unrestricted, "CD"),
    (other_card, "CD"), (own_generation, "CD"), (shorter_chain, "CD"),
)  # fmt: skip
"""What is tried, and whether an officer finds it out alone; two always do."""


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: one[0].__name__)
def test_none_succeeds_unnoticed_and_none_reads(
    scene: Scene, attempt: tuple[Callable[[Scene], None], str]
) -> None:
    attack, alone = attempt
    practice = scene.practice
    attack(scene)
    for who in alone.split():
        with pytest.raises(EvidenceError):
            everything(scene, who)
        practice.close()
    with pytest.raises(EvidenceError):
        everything(scene, "AB", "CD")
    practice.close()
    login = practice.logins("CD")[0]
    with pytest.raises(EvidenceError):
        audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"], login)


def everything(scene: Scene, *who: str) -> None:
    """Sign in and look at every card; two also open every incident they may."""
    session = scene.practice.sign_in(*who)
    for inc in (scene.inc, scene.other, scene.restricted):
        card = session.read_case_card(inc)
        if len(who) > 1:
            session.read_all(card)


def test_another_authority_certifies_nobody(scene: Scene) -> None:
    """One officer seals another authority's key to the vault: no certificate comes of it."""
    vault = ring_of(scene.practice, "AB").directory.vault_recipient
    (scene.ring / "ca.age").write_bytes(
        encrypt_to(OfficerKeys.generate_keys("x").private_der(), [vault])
    )
    session = scene.practice.sign_in()
    words = {scene.practice.ids[i]: scene.practice.words[i] for i in ("AB", "CD")}
    with pytest.raises(EvidenceError):
        rotate_keys(session, PairConsent(words, "the yearly change"))
    assert (scene.practice.folder / "keyring/current").read_text() == "g2\n"


@pytest.mark.tool("age")
def test_the_stock_age_tool_opens_the_ledger_key_alone(scene: Scene, tmp_path: Path) -> None:
    """One officer's identity on every age file of the vault, of its copies and of every record."""
    tool = need_program("age")
    key = tmp_path / "key.txt"
    who = min(["AB", "CD", "EF"], key=lambda initials: scene.practice.ids[initials])
    key.write_text(scene.practice.officer(who).identity.to_text + "\n")  # the outer layer of pairs
    places = (scene.practice.folder, scene.have.target, scene.have.keys)
    files = [p for place in places for p in sorted(place.rglob("*.age"))]
    for seq, ct in scene.practice.sql("SELECT seq, ct FROM rec"):
        files.append(tmp_path / f"record-{seq}.age")
        files[-1].write_bytes(ct)
    found, layers = set(), 0
    for path in files:
        done = subprocess.run(
            [tool, "--decrypt", "-i", str(key), str(path)], capture_output=True, check=False
        )
        assert SECRET not in done.stdout and b"AGE-SECRET-KEY" not in done.stdout, path.name
        if done.returncode:
            continue
        if done.stdout.startswith(b"age-encryption.org/v1\n"):
            layers += 1  # the outer layer of a pair: what is inside is for the other one
            inner = tmp_path / "inner.age"
            inner.write_bytes(done.stdout)
            again = [tool, "--decrypt", "-i", str(key), str(inner)]
            assert subprocess.run(again, capture_output=True, check=False).returncode
        else:
            found.add(path.name)
    assert found == {"ledger.age"}
    assert len(files) > 50 and layers > 0, "and the sample held what there is to try"
