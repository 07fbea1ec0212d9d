"""A whole vault, read by the second reader: it agrees with ours, and refuses what is wrong."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from esafety_tui.casework.incident import stop
from esafety_tui.data import blobs, heads, ledger
from esafety_tui.data.age import Identity, decrypt_file
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.store import EvidenceStore
from tests.casework.copy_samples import forget, kept, put_back
from tests.casework.support import STATE, Practice
from tests.reader import agefile, keyfile
from tests.reader.closed import Closed, read_closed
from tests.reader.refusal import Refusal
from tests.reader.rich import Rich, make_rich
from tests.reader.vault import Vault, check_memory, read_vault


@pytest.fixture(scope="module")
def rich(template: Practice, tmp_path_factory: pytest.TempPathFactory) -> Rich:
    """One vault for all tests here; nothing is written to it."""
    return make_rich(template, tmp_path_factory.mktemp("rich"))


@pytest.fixture(scope="module")
def read(rich: Rich) -> Vault:
    """The vault as the second reader reads it."""
    return read_vault(rich.practice.folder, *rich.officers("AB", "CD"))


@pytest.fixture
def opened(rich: Rich) -> Iterator[tuple[Keyring, EvidenceStore]]:
    """The same vault, opened by the product's own parts, which write no entry."""
    folder = rich.practice.folder
    pair = [rich.practice.officer(i) for i in ("AB", "CD")]
    ring = Keyring(folder / "keyring", rich.practice.origin, pair)
    known = ring.directory
    store = EvidenceStore(folder, known.origin, ring.box, known.generation, known.shredded)
    yield ring, store
    store.close()


def _identity(ring: Keyring, store: EvidenceStore, inc: str, seq: int) -> Identity:
    if not inc:
        return ring.require_vault_identity()
    first = next(line for line in store.lines if line.inc == inc)
    return ring.open_incident(ring.read_card(inc, first.by)).identity_at(seq)


def test_every_line_and_record_is_the_same(
    rich: Rich, read: Vault, opened: tuple[Keyring, EvidenceStore]
) -> None:
    ring, store = opened
    assert [line.data for line in read.chain.lines] == list(store.raw)
    assert read.head == store.current_head().signed_body()
    assert (read.chain.root(), read.unread) == (store.chain.merkle_root, set())
    shown = {}
    for line in store.lines:
        if line.inc != rich.gone:
            plain = decrypt_file(
                store.sealed_record(line.seq), [_identity(ring, store, line.inc, line.seq)]
            )
            kind, rows = ledger.parse_record(plain, line)
            shown[line.seq] = (kind, {name: value for _, name, value in rows})
    assert {n: (r.type, dict(r.fields)) for n, r in read.records.items()} == shown
    kinds = {record.type for record in read.records.values()}
    assert kinds >= {
        "screenshot", "url", "note", "form.signed", "head.signed", "stop", "incident.restricted",
        "generation.rotated", "shredded",
    }  # fmt: skip


def test_every_file_and_hold_is_the_same(
    rich: Rich, read: Vault, opened: tuple[Keyring, EvidenceStore]
) -> None:
    ring, store = opened
    named = {n for line in store.lines if line.inc != rich.gone for n in line.blobs}
    assert set(read.files) == named
    assert {name for name, found in read.files.items() if found is None} == store.holds.blobs
    assert store.holds.blobs
    assert [(h.seq, h.act, h.blobs) for h in read.holds] == [
        (seq, hold.act, hold.blobs) for seq, hold in store.held.items()
    ]
    for line in store.lines_of_incident(rich.full):
        full = _identity(ring, store, rich.full, line.seq)
        for name in line.blobs:
            digest = read.files[name]
            assert digest is not None
            assert b"".join(blobs.read_original(rich.practice.folder / "blobs", name, digest, full))


def test_cards_and_people_are_the_same(
    rich: Rich, read: Vault, opened: tuple[Keyring, EvidenceStore]
) -> None:
    ring, store = opened
    assert set(read.cards) == {rich.full, rich.frozen, rich.restricted, rich.lone, rich.later}
    for inc, card in read.cards.items():
        first = next(line for line in store.lines if line.inc == inc)
        ours = ring.read_card(inc, first.by)
        assert card["recipient"] == ours.first_recipient
        assert (card["restricted"] or inc == rich.later) == ours.restricted
    assert read.cards[rich.restricted]["restricted"]


def test_two_paper_keys_read_the_same(rich: Rich, read: Vault) -> None:
    found = read_vault(rich.practice.folder, *rich.papers())
    assert found.records == read.records
    assert found.files == read.files


def test_somebody_named_does_not_read_the_restricted_incident(rich: Rich, read: Vault) -> None:
    found = read_vault(rich.practice.folder, *rich.officers("AB", "EF"))
    assert found.unread == {rich.restricted, rich.later}
    hidden = {line.seq for line in read.chain.lines if line.inc in found.unread}
    assert hidden
    assert set(found.records) == set(read.records) - hidden


def test_what_the_officers_remember_is_the_same(rich: Rich, read: Vault) -> None:
    (officer, _), ours = rich.officers("AB", "CD"), rich.practice.officer("AB")
    name = f"officer-{officer.id[:16]}.heads"
    for folder in (rich.practice.folder / "officers", rich.practice.home / STATE):
        check_memory(read, (folder / name).read_bytes(), officer)
    found = heads.read_pinned_heads(ours, rich.practice.folder / "officers", rich.practice.origin)
    size, root = found.memories[0].as_checkpoint_head
    assert read.chain.root(size).hex() == root


def _change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "evidence.db")) as db, db:
        db.execute(sql)


def _sql(text: str) -> Callable[[Path, Rich], None]:
    return lambda folder, _rich: _change(folder, text)


def _flip(pattern: str) -> Callable[[Path, Rich], None]:
    def act(folder: Path, rich: Rich) -> None:
        path = sorted(folder.glob(pattern.replace("INC", rich.full)))[0]
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)

    return act


def _remove_file(folder: Path, rich: Rich) -> None:
    read = read_vault(folder, *rich.papers())
    name = next(name for name, found in read.files.items() if found is not None)
    (folder / "blobs" / f"{name}.age").unlink()


def _remove_frozen(folder: Path, rich: Rich) -> None:
    read = read_vault(folder, *rich.papers())
    name = next(name for name, found in read.files.items() if found is None)
    (folder / "blobs" / f"{name}.age").unlink()


def _swap_cards(folder: Path, rich: Rich) -> None:
    inc = next(folder.glob("keyring/g*/inc"))
    shutil.copy(inc / f"{rich.frozen}.card", inc / f"{rich.full}.card")


def _swap_keys(folder: Path, rich: Rich) -> None:
    inc = next(folder.glob("keyring/g*/inc"))
    shutil.copy(inc / f"{rich.frozen}.age", inc / f"{rich.full}.age")


def _plate(folder: Path, _rich: Rich) -> None:
    path = folder / "vault.json"
    path.write_bytes(path.read_bytes().replace(b"Ada ", b"Ida "))


def _older(folder: Path, _rich: Rich) -> None:
    (folder / "keyring" / "current").write_text("g1\n")


def _remove_policy(folder: Path, _rich: Rich) -> None:
    next(folder.glob("policy/*.toml")).unlink()


def _link_policy(folder: Path, _rich: Rich) -> None:
    path = next(folder.glob("policy/*.toml"))
    path.rename(folder / "aside.toml")
    path.symlink_to(folder / "aside.toml")


WRONG: dict[str, tuple[str, Callable[[Path, Rich], None]]] = {
    "the last entry cut off": (
        "missing", _sql("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)")
    ),
    "an entry missing": ("broken link", _sql("DELETE FROM entry WHERE seq = 3")),
    "a record missing": ("missing", _sql("DELETE FROM rec WHERE seq = 3")),
    "two records swapped": (
        "no match", _sql("UPDATE rec SET ct = (SELECT ct FROM rec WHERE seq = 0) WHERE seq = 5")
    ),
    "two records of one incident swapped": (
        "other place", _sql("UPDATE rec SET ct = (SELECT ct FROM rec WHERE seq = 6) WHERE seq = 7")
    ),
    "an entry copied": (
        "damaged", _sql("UPDATE entry SET ct = (SELECT ct FROM entry WHERE seq = 3) WHERE seq = 4")
    ),
    "the head of another": ("broken link", _sql(
        "UPDATE meta SET v = replace(v, 'exs.', 'exz.') WHERE k = 'head'")),
    "another generation noted": ("broken link", _sql(
        "UPDATE meta SET v = '2' WHERE k = 'generation'")),
    "a list of closed files that is none": (
        "malformed", _sql("UPDATE meta SET v = 'x' WHERE k = 'closed'")),
    "a list of closed files in an older vault": (
        "malformed", _sql("PRAGMA user_version = 1")),
    "a newer schema": ("newer version", _sql("PRAGMA user_version = 3")),
    "a sealed file changed": ("changed", _flip("blobs/*.age")),
    "a sealed file gone": ("missing", _remove_file),
    "a frozen file gone, and nothing was restored": ("missing", _remove_frozen),
    "an incident's key changed": ("damaged", _flip("keyring/g*/inc/INC.age")),
    "an incident's key of another": ("wrong key", _swap_keys),
    "a card changed": ("damaged", _flip("keyring/g*/inc/INC.card")),
    "a card of another": ("damaged", _swap_cards),
    "the directory changed": ("damaged", _flip("keyring/g*/directory.sealed")),
    "the ledger key changed": ("damaged", _flip("keyring/g*/ledger.age")),
    "a name on the door changed": ("changed", _plate),
    "an older generation in force": ("broken link", _older),
    "a file of the policy changed": ("changed", _flip("policy/*.toml")),
    "a file of the policy gone": ("missing", _remove_policy),
    "a file of the policy linked": ("changed", _link_policy),
}  # fmt: skip


@pytest.mark.posix
@pytest.mark.parametrize("what", WRONG)
def test_what_was_tampered_with_is_refused(rich: Rich, tmp_path: Path, what: str) -> None:
    answer, act = WRONG[what]
    folder = Path(shutil.copytree(rich.practice.folder, tmp_path / "vault"))
    act(folder, rich)
    with pytest.raises(Refusal) as caught:
        read_vault(folder, *rich.papers())
    assert caught.value.answer == answer


def test_the_closed_files_are_those_that_are_frozen(rich: Rich, read: Vault) -> None:
    """The list went through two generations; its items are told by the incident's own key."""
    assert read.closed is not None and len(read.closed.items) == 1
    [frozen] = [line for line in read.chain.lines if line.inc == rich.frozen and line.blobs]
    original = str(read.records[frozen.seq].fields["sha256"])
    assert list(read.closed.items.values()) == [read.closed.mark(original)]
    assert len(read.closed.key) == 32 and read.closed.number >= 3


def test_a_closed_file_of_other_bytes_is_refused(
    rich: Rich, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(text: str, vault: agefile.Identity, origin: str) -> Closed:
        found = read_closed(text, vault, origin)
        return Closed(found.number, found.key, dict.fromkeys(found.items, "ab" * 32))

    monkeypatch.setattr("tests.reader.vault.read_closed", other)
    with pytest.raises(Refusal, match="a closed file"):
        read_vault(rich.practice.folder, *rich.papers())


def test_a_freeze_that_was_taken_away_is_in_force_by_the_records(
    rich: Rich, read: Vault, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(rich.practice.folder, tmp_path / "vault"))
    _change(folder, "DELETE FROM hold")
    assert read_vault(folder, *rich.papers()).files == read.files


def test_a_vault_put_back_says_which_frozen_files_its_copy_did_not_hold(practice: Practice) -> None:
    have = kept(practice)
    stop.record_stop(have.case)
    have.make()
    forget(practice)
    back = put_back(have)
    assert back.left_out == 2
    pair = [
        keyfile.open_key_file(practice.key_file(i).read_bytes(), practice.words[i])
        for i in ("AB", "CD")
    ]
    read = read_vault(back.folder, pair[0], pair[1])
    assert list(read.files.values()) == [None, None]
    assert len(read.chain.lines) > back.entries
    _change(back.folder, "DELETE FROM meta WHERE k = 'restored'")
    with pytest.raises(Refusal, match="what was put back"):
        read_vault(back.folder, pair[0], pair[1])


def test_a_vault_older_than_what_is_remembered_is_refused(rich: Rich, tmp_path: Path) -> None:
    officer = rich.officers("AB", "CD")[0]
    sidecar = rich.practice.folder / "officers" / f"officer-{officer.id[:16]}.heads"
    old = read_vault(rich.practice.folder, *rich.papers())
    old.generation -= 1
    with pytest.raises(Refusal, match="a generation"):
        check_memory(old, sidecar.read_bytes(), officer)
    del old.chain.lines[-20:]
    with pytest.raises(Refusal, match="broken link"):
        check_memory(old, sidecar.read_bytes(), officer)
