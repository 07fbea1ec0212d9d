"""Reading, printing and packing are entries that the store writes itself, before anything is out.

What is refused by the disk here is refused by SQLite itself: the connection is made read-only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.access import reauthenticate
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data import blobs, platform
from esafety_tui.data.age import Identity
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.reading import OPENING
from esafety_tui.kernel.errors import NotSound, Refused, StorageFailed, Tampered
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import Practice, real_png

PACKAGE = Path(__file__).resolve().parents[2] / "esafety_tui"
INSIDE = frozenset({"read_out", "unseal", "unseal_stream", "parse_record"})
"""What opens sealed things without an entry: for data alone."""
HIDDEN = frozenset({"_record", "_pieces", "_opener"})
"""The same, as methods of the store."""
KEY_FILES = {("casework/destruction/verify_gone.py", "unseal")}
"""Opens key files, to show that a destroyed key is in none of them; no record, no sealed file."""


@pytest.fixture
def case(practice: Practice, tmp_path: Path) -> CaseFile:
    """An incident with a picture."""
    found = practice.case()
    path = tmp_path / "s.png"
    path.write_bytes(real_png())
    capture.capture_file(found, path, "A picture", "here")
    return found


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (folder := tmp_path / "stick").mkdir()
    return folder


def shot(case: CaseFile) -> OpenRecord:
    return next(r for r in case.records if r.type == "screenshot")


def order(practice: Practice, target: Path) -> pack_source.PackOrder:
    words = [(practice.ids[i], practice.words[i]) for i in ("AB", "CD")]
    return pack_source.PackOrder(target, "the police", "inquiry", words, True, "a portal")


def said(case: CaseFile, kind: str = "read") -> list[dict[str, object]]:
    """Return the fields of every such entry as it is on the disk, read by the test itself."""
    store, key = case.session.store, case.session.current_case_identity(case.card)
    found = [store._open_record(line.seq, key) for line in store.lines_of_incident(case.inc)]
    assert [r.seq for r in found] == [r.seq for r in case.records], "memory follows the disk"
    return [dict(r.fields) for r in found if r.type == kind]


def test_every_reading_says_what_for(practice: Practice, case: CaseFile, stick: Path) -> None:
    """Guards the fields: a reader of the ledger sees what was looked at, and for whom."""
    picture = shot(case)
    b"".join(capture.view_exhibit(case, picture.seq, "look"))
    signed_form.render_form(case, [picture.seq], reason="not all is known yet")
    for who in ("AB", "CD"):
        signed_form.sign_form(case, practice.ids[who], practice.words[who])
    assert signed_form.release_form_for_paper(case)[:5] == b"%PDF-"
    done = evidence_pack.export_pack(case, order(practice, stick), lambda *_: None)
    entries = said(case)
    assert entries == [
        {"exhibit": "AB/1", "purpose": "look"},
        {"exhibit": "AB/1", "purpose": "form"}, {"form": 1, "purpose": "to sign"},
        {"form": 1, "purpose": "to sign"},
        {"exhibits": ["AB/1"], "recipient": "the police", "purpose": "pack",
         "records": entries[-1]["records"]},
    ]  # fmt: skip
    assert said(case, "printed") == [{"what": "form", "form": 1}]
    sheet = (done.path / "data/continuity.csv").read_text("utf-8-sig")
    assert "pack, for the police" in sheet and '"AB/1","read"' in sheet
    practice.close()
    again = opening.reopen_incident(practice.sign_in("CD", "EF"), case.inc)
    assert again.records[-1].fields == {"records": len(again.records) - 1}
    assert [r.type for r in again.records].count("read") == 6


def test_an_incident_is_one_reading_a_session(practice: Practice, case: CaseFile) -> None:
    practice.close()
    desk = Desk(practice.folder, platform.SystemClock(), FLOOR, practice.home)
    ab, cd = (practice.ids[i] for i in ("AB", "CD"))
    desk.unlock(ab, practice.words["AB"], cd, practice.words["CD"], ())
    try:
        desk.case(case.inc)
        desk.case(case.inc)
        assert len(said(desk.context.load_case(case.inc))) == 1
    finally:
        desk.close()


def read_only(session: OpenSession) -> None:
    """Let SQLite refuse every further write."""
    with session.store._db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")


def test_where_the_entry_cannot_be_written_nothing_is_let_out(
    practice: Practice, case: CaseFile, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the order inside each verb: the entry first, then the first byte."""
    picture, session = shot(case), case.session
    signed_form.render_form(case, [picture.seq], reason="not all is known yet")
    signed_form.sign_form(case, session.presenting, practice.words["AB"])
    other = next(o.id for o in session.officers if o.id != session.presenting)
    reader = session.case_reader(case.card)
    opened: list[str] = []
    real = blobs.read_original

    def watched(folder: Path, name: str, sha256: str, identity: Identity) -> Iterator[bytes]:
        opened.append(name)
        return real(folder, name, sha256, identity)

    monkeypatch.setattr(blobs, "read_original", watched)
    read_only(session)
    before = len(case.records)
    verbs: dict[str, Callable[[], object]] = {
        "read the case": lambda: session.read_all(case.card),
        "reopen": lambda: opening.reopen_incident(session, case.inc),
        "view": lambda: capture.view_exhibit(case, picture.seq, "look"),
        "form image": lambda: signed_form.render_form(
            case, [picture.seq], reason="not all is known yet"
        ),
        "sign": lambda: signed_form.sign_form(case, other, practice.words["CD"]),
        "print": lambda: signed_form.release_form_for_paper(case),
        "store.release": lambda: session.store.release_original(reader, picture, {"purpose": "x"}),
        "store.pack": lambda: session.store.release_for_pack(reader, [picture], {}),
        "store.printed": lambda: session.store.record_printing(reader, {"what": "x"}),
        "export": lambda: evidence_pack.export_pack(case, order(practice, stick), lambda *_: None),
    }
    for name, verb in verbs.items():
        with pytest.raises(StorageFailed):
            verb()
            raise AssertionError(name)
    assert opened == [] and list(stick.iterdir()) == [] and len(case.records) == before


def test_a_lone_officers_sheet_is_not_written_without_its_entry(
    practice: Practice, stick: Path
) -> None:
    desk = Desk(practice.folder, platform.SystemClock(), FLOOR, practice.home)
    desk.unlock(practice.ids["EF"], practice.words["EF"], None, None, ())
    try:
        inc = desk.open_incident((), "", True).inc
        desk.note(inc, "told: words")
        assert desk.referral_sheet(inc, stick).is_file()
        assert desk.context.load_case(inc).records[-1].fields == {"what": "referral sheet"}
        read_only(desk.context.session)
        with pytest.raises(StorageFailed):
            desk.referral_sheet(inc, stick)
        assert len(list(stick.iterdir())) == 1
    finally:
        desk.close()


def test_no_entry_for_what_is_refused_and_none_for_the_vaults_own(case: CaseFile) -> None:
    session, store = case.session, case.session.store
    picture, key = shot(case), session.current_case_identity(case.card)
    other = opening.open_new_incident(session)
    size = store.chain.size
    assert (
        store.read_vault_record(0, session.keyring.require_vault_identity()).type == "vault.created"
    )
    with pytest.raises(Refused):
        store.read_vault_record(picture.seq, key)
    asked = store.read_opening_fields(case.inc, key)
    assert set(asked) == set(OPENING) and asked["procedure_name"] == "misuse"
    assert store.check_record(picture.seq, key) is True
    with pytest.raises(Tampered, match="No entry"):  # a file of another incident
        store.release_original(session.case_reader(other.card), picture, {"purpose": "x"})
    stop.freeze_now(case)
    with pytest.raises(Refused):
        store.release_for_pack(session.case_reader(case.card), [picture], {})
    with pytest.raises(Refused):
        capture.view_exhibit(case, picture.seq, "look")
    assert store.chain.size == size


def test_a_file_exchanged_between_its_two_readings_is_in_no_form_or_pack(
    practice: Practice, case: CaseFile, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards the hash of the second pass where it matters: none of these counts as done."""
    picture = shot(case)
    signed_form.render_form(case, reason="not all is known yet")
    folder, name = practice.folder / "blobs", picture.field_text("blob")
    true = (folder / f"{name}.age").read_bytes()
    path = stick.parent / "fake.png"
    path.write_bytes(real_png() + b"fake")
    fake = capture.capture_file(case, path, "x", "y")
    false = (folder / f"{fake.field_text('blob')}.age").read_bytes()
    real = blobs._open_pieces
    passes = 0

    def exchanged(at: Path, identity: Identity) -> Iterator[bytes]:
        nonlocal passes
        if at.stem == name:
            passes += 1
            at.write_bytes(true if passes % 2 else false)
        return real(at, identity)

    monkeypatch.setattr(blobs, "_open_pieces", exchanged)
    with pytest.raises(Tampered):
        signed_form.render_form(case, [picture.seq], reason="not all is known yet")
    with pytest.raises(Tampered):
        evidence_pack.export_pack(case, order(practice, stick), lambda *_: None)
    assert passes == 4
    done = {"pack.exported", "pack.read-back"}
    assert not done & {r.type for r in case.records}
    assert [r.type for r in case.records].count("form.rendered") == 1
    assert all("incomplete" in p.name for p in stick.iterdir())


def test_a_renamed_key_file_signs_in_signs_and_confirms(practice: Practice, tmp_path: Path) -> None:
    """Guards ``Session.key_files``: the file chosen at the door is asked again, by its own name."""
    moved = practice.key_file("AB").rename(tmp_path / "my key")
    logins = [Login(practice.ids["AB"], practice.words["AB"], moved), *practice.logins("CD")]
    session = unlock_vault(practice.folder, logins, platform.SystemClock())
    practice.sessions.append(session)
    assert session.key_files == {practice.ids["AB"]: moved}
    case = practice.case(session)
    signed_form.render_form(case, reason="not all is known yet")
    for who in ("AB", "CD"):
        done = signed_form.sign_form(case, practice.ids[who], practice.words[who])
    assert done.verified
    reauthenticate.reauthenticate_both(
        session, {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    )


def test_exchanged_records_are_found_by_two_and_doubled_ones_by_one(
    practice: Practice, case: CaseFile
) -> None:
    """Guards the audit's look at records: it tells nothing of them and writes nothing."""
    one, two = case.records[1].seq, case.records[2].seq
    secret = opening.open_new_incident(case.session, named=[practice.ids["EF"]])
    practice.close()
    size = practice.sql("SELECT count(*) FROM entry")

    def audited(*who: str) -> tuple[str, ...]:
        first, *more = (Login(practice.ids[i], practice.words[i]) for i in who)
        return audit_vault(practice.folder, first.officer_id, first.passphrase, *more)

    everything = size[0][0]
    assert any(s.startswith(f"{everything} records open") for s in audited("AB", "CD"))
    told = audited("AB", "EF")
    left = len([1 for line in case.session.store.lines if line.inc == secret.inc])
    assert any(s.startswith(f"{everything - left} records open") for s in told)
    assert any(s.startswith(f"{left} records belong to incidents") for s in told)
    before = {
        seq: practice.sql("SELECT ct FROM rec WHERE seq = ?", seq)[0][0] for seq in (one, two)
    }
    for seq, ct in ((one, before[two]), (two, before[one])):
        practice.sql("UPDATE rec SET ct = ? WHERE seq = ?", ct, seq)
    assert audited("AB")  # one officer alone opens no record
    with pytest.raises(NotSound, match=f"record {one}"):
        audited("AB", "CD")
    practice.sql("UPDATE rec SET ct = ? WHERE seq = ?", before[one], one)
    with pytest.raises(NotSound, match=f"record {two}"):
        audited("AB")
    assert practice.sql("SELECT count(*) FROM entry") == size
