"""Forgery with one stolen key and the whole disk: the other officers find it out."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from esafety_tui.casework.incident import capture, opening
from esafety_tui.data import directory, heads, keyring, ledger, platform
from esafety_tui.data.age import Identity, Recipient, encrypt_to
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.store import EntryDraft, EntrySigners, EvidenceStore
from esafety_tui.kernel.canon import canonical_bytes, parse_canonical, sha256_hex
from esafety_tui.kernel.errors import RolledBack, Tampered
from tests.casework.support import PNG, Practice


@pytest.fixture
def filled(practice: Practice, tmp_path: Path) -> Practice:
    case = practice.case()
    picture = tmp_path / "s.png"
    picture.write_bytes(PNG)
    capture.capture_file(case, picture, "An unkind picture", "seen here")
    practice.close()
    return practice


def attacker(practice: Practice) -> tuple[OfficerKeys, Keyring]:
    mine = practice.officer("AB")
    return mine, Keyring(practice.folder / "keyring", practice.origin, [mine])


def rewrite(practice: Practice, keep: int, extra: int) -> None:
    """Make a new history with ONE stolen key: cut to ``keep`` entries, add ``extra`` of one's own.

    The attacker has the LEDGER key, so can seal lines, signatures and the clear head properly, and
    sets their own remembered heads right.
    """
    mine, ring = attacker(practice)
    chain = ledger.EntryChain()
    for seq, ct in practice.sql("SELECT seq, ct FROM entry ORDER BY seq"):
        if seq < keep:
            chain.append_line(ring.box.open_bytes(ct, f"evidence-entry/v1/{practice.origin}/{seq}"))
    for name in ("entry", "rec", "hold"):
        practice.sql(f"DELETE FROM {name} WHERE seq >= ?", keep)
    head = Checkpoint(practice.origin, chain.size, chain.merkle_root)
    practice.sql("UPDATE meta SET v = ? WHERE k = 'head'", head.signed_body().decode())
    store = EvidenceStore(practice.folder, practice.origin, ring.box)
    clock = platform.SystemClock()
    for _ in range(extra):
        draft = EntryDraft("session.opened", {}, "", ring.directory.vault_recipient)
        store.append_entry(
            draft, EntrySigners([mine], platform.machine_fingerprint(), clock.read_clock)
        )
    last = store.current_head()
    store.close()
    beside = practice.key_file("AB").parent
    heads.pin_head(mine, beside, practice.origin, (last.size, last.root.hex()))


@pytest.mark.parametrize("extra", [0, 1, 30])
def test_a_history_resigned_with_one_stolen_key_is_found_by_the_other_officer(
    filled: Practice, extra: int
) -> None:
    rewrite(filled, keep=8, extra=extra)
    with pytest.raises(RolledBack, match="ALARM"):
        filled.sign_in("CD")
    with pytest.raises(RolledBack, match="ALARM"):
        filled.sign_in("AB", "CD")


def test_a_thief_cannot_write_the_other_officers_memory(filled: Practice) -> None:
    rewrite(filled, keep=8, extra=0)
    mine = filled.officer("AB")
    theirs = heads.sidecar_paths(filled.ids["CD"], filled.key_file("CD").parent)
    own = heads.sidecar_paths(mine.id, filled.key_file("AB").parent)[0].read_bytes()
    for path in theirs:
        path.write_bytes(own)
    with pytest.raises(Tampered):
        filled.sign_in("CD")


def test_a_line_in_the_other_officers_name_needs_their_signature(filled: Practice) -> None:
    mine, ring = attacker(filled)
    store = EvidenceStore(filled.folder, filled.origin, ring.box)
    both = tuple(sorted((mine.id, filled.ids["CD"])))
    last = store.lines[-1]
    line = ledger.EntryLine(
        store.chain.size,
        store.chain.prev,
        "",
        store.chain.incidents[""],
        "a" * 64,
        (),
        both,
        last.t,
        last.mono,
        last.boot,
        last.machine,
    )
    data = line.to_bytes()
    signed = base64.b64encode(mine.sign_message(ledger.SIGN_PREFIX + data)).decode()
    head = Checkpoint(filled.origin, line.seq + 1, store.chain.chain_after(data).merkle_root)
    store.close()
    for sigs in (dict.fromkeys(both, signed), {mine.id: signed}, {}):
        place = f"{filled.origin}/{line.seq}"
        ct = ring.box.seal_bytes(data, f"evidence-entry/v1/{place}")
        sealed = ring.box.seal_bytes(canonical_bytes(sigs), f"evidence-sigs/v1/{place}")
        for name in ("entry", "rec"):
            filled.sql(f"DELETE FROM {name} WHERE seq = ?", line.seq)
        filled.sql("INSERT INTO entry VALUES (?, ?, ?)", line.seq, ct, sealed)
        filled.sql("INSERT INTO rec VALUES (?, ?)", line.seq, b"")
        filled.sql("UPDATE meta SET v = ? WHERE k = 'head'", head.signed_body().decode())
        with pytest.raises(Tampered, match="not witnessed"):
            filled.sign_in("CD", "EF")


def test_a_reader_cannot_be_added_to_the_directory(filled: Practice) -> None:
    """A forged directory lacks the other founders' signatures."""
    mine, ring = attacker(filled)
    stranger = OfficerKeys.generate_keys("Somebody Else")
    path = filled.folder / "keyring/g1/directory.sealed"
    value = parse_canonical(ring.box.open_bytes(path.read_bytes(), _place(filled)))["chain"][0]
    row = {
        **value["dir"]["officers"][0],
        "id": stranger.id,
        "name": "Somebody Else",
        "sign_spki": base64.b64encode(stranger.spki).decode(),
        "enc_pub": stranger.identity.recipient.to_text,
    }
    body = {**value["dir"], "officers": [*value["dir"]["officers"], row]}
    path.write_bytes(
        directory.seal_directory_chain(ring.box, [directory.sign_directory(body, [mine, stranger])])
    )
    with pytest.raises(Tampered):
        filled.sign_in("CD")
    with pytest.raises(Tampered):
        filled.sign_in("AB", "CD")
    kept = canonical_bytes({"v": 1, "chain": [{"dir": body, "sigs": value["sigs"]}]})
    path.write_bytes(ring.box.seal_bytes(kept, _place(filled)))
    with pytest.raises(Tampered):
        filled.sign_in("CD")


def _place(practice: Practice) -> str:
    return f"evidence-directory/v1/{practice.origin}"


def test_records_are_not_sealed_to_a_swapped_reader(filled: Practice) -> None:
    """The card with another recipient, signed by the thief alone, is not used to seal."""
    _, ring = attacker(filled)
    line = next(x for x in EvidenceStore(filled.folder, filled.origin, ring.box).lines if x.inc)
    card = ring.read_card(line.inc, line.by)
    own = Identity.generate()
    ring.write_card(
        keyring.IncidentCard(
            **{
                **{f: getattr(card, f) for f in card.__slots__},
                "recipient": own.recipient.to_text,
            }
        )
    )
    inc = filled.folder / "keyring/g1/inc"
    (inc / f"{line.inc}.age").write_bytes(
        encrypt_to(
            (own.to_text + "\n").encode(),
            [Recipient.parse_text(ring.directory.vault_recipient.to_text)],
        )
    )
    for who in (("EF",), ("AB", "CD")):
        session = filled.sign_in(*who)
        with pytest.raises(Tampered):
            opening.reopen_incident(session, line.inc)
        filled.close()


def test_the_thief_cannot_enrol_through_the_clear_page(filled: Practice) -> None:
    path = filled.folder / "vault.json"
    good, value = path.read_bytes(), parse_canonical(path.read_bytes())
    other = OfficerKeys.generate_keys("Somebody Else")
    row = {"id": other.id, "name": other.name, "sign_spki": base64.b64encode(other.spki).decode()}
    path.write_bytes(canonical_bytes({**value, "officers": [*value["officers"], row]}))
    warnings = filled.sign_in().warnings
    assert any("names shown before sign-in were not those" in w for w in warnings)
    assert path.read_bytes() == good


def test_a_stolen_key_file_and_disk_without_the_passphrase_give_nothing(
    filled: Practice,
) -> None:
    data = filled.key_file("AB").read_bytes()
    value = parse_canonical(data)
    assert set(value) == {"v", "typ", "name", "sign_spki", "enc_pub", "kdf", "ct"}
    assert sha256_hex(base64.b64decode(value["sign_spki"])) == filled.ids["AB"]
