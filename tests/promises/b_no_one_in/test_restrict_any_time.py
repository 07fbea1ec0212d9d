"""An officer turns out to be involved after an incident was opened: docs/format.md section 4a."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from esafety_tui.casework.administration.officer_changes import PairConsent, rotate_keys
from esafety_tui.casework.incident import capture, opening, restriction, stop
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.data import directory
from esafety_tui.data.age import Recipient
from esafety_tui.data.incident_keys import IncidentKeys
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.store import EntryDraft
from esafety_tui.data.wraps import wrap_identity
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import (
    BadInput,
    EvidenceError,
    NotEligible,
    NotSound,
    WrongPassphrase,
)
from esafety_tui.kernel.involved import OLD_COPIES
from esafety_tui.kernel.records import CAPTURES
from tests.casework.hostile import ring_of
from tests.casework.support import Practice
from tests.promises.b_no_one_in import scene as scenes
from tests.promises.b_no_one_in.scene import AFTER, ALL, BEFORE, INVOLVED, WHY, Scene, opens, words
from tests.reader import keyfile
from tests.reader.refusal import Refusal
from tests.reader.vault import read_vault


@pytest.mark.tool("age")
def test_the_one_involved_opens_nothing_with_anybody_and_two_others_open_all(
    scene: Scene, tmp_path: Path
) -> None:
    """Every key on the present disk, with every colleague and both paper keys."""
    for who in ("AB CD", "CD EF", "CD 0", "CD 1", "AB", "EF"):
        assert opens(scene, None, who) == set(), who
    for who in ("AB EF", "AB 0", "EF 1", "0 1"):
        assert opens(scene, None, who) == ALL, who
    assert opens(scene, tmp_path / "stock", "AB CD") == set()
    assert opens(scene, tmp_path / "stock", "0 1") == ALL


@pytest.mark.long("test_the_one_involved_opens_nothing_with_anybody_and_two_others_open_all")
def test_an_old_keyring_opens_what_was_there_before_and_nothing_since(
    scene: Scene, tmp_path: Path
) -> None:
    """What the screen and the threat model say of old copies is true, no more and no less."""
    found = opens(scene, tmp_path / "stock", "AB CD", scene.old / "keyring")
    assert found == {"before", "file before"}
    assert "old copy" in OLD_COPIES and "before now" in OLD_COPIES


def test_the_program_reads_both_keys_as_one_incident(scene: Scene) -> None:
    practice = scene.practice
    session = practice.sign_in("AB", "EF")
    case = opening.reopen_incident(session, scene.inc)
    texts = [r.field_text("text") for r in case.records]
    assert BEFORE in texts and AFTER in texts
    assert [r.iseq for r in case.records] == list(range(len(case.records)))
    shots = [r for r in case.records if r.type in CAPTURES]
    assert [r.field_text("blob") for r in shots] == list(scene.files)
    for record in shots:
        assert b"PNG" in b"".join(capture.view_exhibit(case, record.seq, "look"))
    assert case.card.restricted and case.card.before
    practice.close()
    assert len(audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"],
                     practice.logins("EF")[0])) > 4  # fmt: skip


def test_the_program_shuts_the_one_involved_out(scene: Scene) -> None:
    practice = scene.practice
    for who in (("AB", INVOLVED), ("EF", INVOLVED), ("AB",), (INVOLVED,)):
        session = practice.sign_in(*who)
        with pytest.raises(NotEligible):
            opening.reopen_incident(session, scene.inc)
        assert session.keyring.read_register(scene.inc) == {}
        practice.close()
    assert not list((practice.folder / "keyring").rglob(f"{scene.inc}.reg"))
    assert not list((practice.folder / "keyring").rglob(f"{scene.inc}.age"))


def test_who_does_it(real: Practice) -> None:
    """Two, neither of them involved, each with their own passphrase; else nothing changes."""
    inc, _ = scenes.begin(real)
    session = real.sign_in("AB", INVOLVED)
    case = opening.reopen_incident(session, inc)
    with pytest.raises(NotEligible, match="involved"):
        restriction.restrict_incident(case, [real.ids[INVOLVED]], WHY, words(real, "AB", INVOLVED))
    real.close()
    session = real.sign_in("AB")
    with pytest.raises(NotEligible):
        restriction.restrict_incident(opening.reopen_incident(session, inc), [real.ids[INVOLVED]],
        WHY,
                             words(real, "AB"))  # fmt: skip
    real.close()
    session = real.sign_in("AB", "EF")
    case = opening.reopen_incident(session, inc)
    size = session.store.chain.size
    bad = {**words(real, "AB", "EF"), real.ids["EF"]: "not theirs"}
    with pytest.raises(WrongPassphrase):
        restriction.restrict_incident(case, [real.ids[INVOLVED]], WHY, bad)
    for named, why in (([], WHY), (["0" * 64], WHY), ([real.ids[INVOLVED]], " ")):
        with pytest.raises(BadInput):
            restriction.restrict_incident(case, named, why, words(real, "AB", "EF"))
    paper = next(p.id for p in session.keyring.directory.people_present if p.kind == "paper")
    with pytest.raises(BadInput, match="no such officer"):
        restriction.restrict_incident(case, [paper], WHY, words(real, "AB", "EF"))
    assert (session.store.chain.size, case.card.restricted) == (size, False)
    restriction.restrict_incident(case, [real.ids[INVOLVED]], WHY, words(real, "AB", "EF"))
    with pytest.raises(BadInput, match="closed to them already"):
        restriction.restrict_incident(case, [real.ids[INVOLVED]], WHY, words(real, "AB", "EF"))


def test_an_officer_and_a_paper_key_can_do_it(real: Practice) -> None:
    """Where only one officer is left who is not involved."""
    from esafety_tui.casework.signin.unlock import unlock_vault
    from esafety_tui.data.platform import SystemClock

    inc, _ = scenes.begin(real)
    paper = real.paper_officer(0)
    session = unlock_vault(real.folder, real.logins("AB"), SystemClock(), papers=[paper])
    real.sessions.append(session)
    named = [real.ids[INVOLVED], real.ids["EF"]]
    both = {**words(real, "AB"), paper.id: paper.identity.to_text}
    done = restriction.restrict_incident(opening.reopen_incident(session, inc), named, WHY, both)
    assert {p.kind for p in done.may} == {"officer", "paper"} and len(done.may) == 3
    real.close()
    session = real.sign_in("AB", "EF")
    with pytest.raises(NotEligible):
        opening.reopen_incident(session, inc)


def test_nothing_of_who_and_why_stands_where_the_one_involved_reads(scene: Scene) -> None:
    """The vault's own record of the new generation says that it was done, not why."""
    session = scene.practice.sign_in("AB", INVOLVED)
    own = session.store.read_vault_record(
        scene.restricted + 1, session.keyring.require_vault_identity()
    )
    assert own.type == "generation.rotated"
    assert WHY not in str(own.fields) and scene.practice.ids[INVOLVED] not in str(own.fields)
    [row] = session.keyring.directory.restricted
    assert (row.inc, row.entry) == (scene.inc, scene.restricted)


def forged(session_of: str, scene_practice: Practice, inc: str, who: tuple[str, ...]) -> int:
    """Write an ``incident.restricted`` past the verb, without new keys; return its number."""
    session = scene_practice.sign_in(*who)
    card = session.read_case_card(inc)
    fields: dict[str, Json] = {
        "named_officers": [scene_practice.ids["EF"]], "recipient": session_of,
        "eligible": [], "reason": "forged",
    }  # fmt: skip
    draft = EntryDraft("incident.restricted", fields, inc, Recipient.parse_text(card.recipient))
    seq = session.store.append_entry(draft, session.entry_signers()).seq
    scene_practice.close()
    return seq


STRANGER = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


def test_one_officer_alone_cannot_restrict_and_it_is_told(
    real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a program of their own that lets them write it: it does nothing, and is told."""
    from esafety_tui.data import ledger

    inc, _ = scenes.begin(real)
    with pytest.raises(EvidenceError):
        forged(STRANGER, real, inc, ("AB",))
    real.close()
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "why_not_counted", lambda *_, **__: "")
        seq = forged(STRANGER, real, inc, ("AB",))
    session = real.sign_in("AB", "EF")
    case = opening.reopen_incident(session, inc)
    assert any(f"Entry {seq}, which Ada Bellweather alone signed" in w for w in session.warnings)
    assert not case.card.restricted and case.card.recipient != STRANGER
    capture.record_note(case, AFTER)


def test_two_who_write_it_without_new_keys_are_told(real: Practice) -> None:
    inc, _ = scenes.begin(real)
    seq = forged(STRANGER, real, inc, ("AB", INVOLVED))
    session = real.sign_in("AB", "EF")
    assert not opening.reopen_incident(session, inc).card.restricted
    assert any(f"Entry {seq} says that this incident was restricted" in w for w in session.warnings)


def _dropped(rows: list[dict[str, Json]]) -> list[dict[str, Json]]:
    return []


def _own(rows: list[dict[str, Json]]) -> list[dict[str, Json]]:
    return [{**row, "recipient": STRANGER} for row in rows]


def _earlier(rows: list[dict[str, Json]]) -> list[dict[str, Json]]:
    return [{**row, "entry": 1} for row in rows]


@pytest.mark.parametrize("lie", [_dropped, _own, _earlier])
def test_two_who_are_dishonest_cannot_take_it_back(scene: Scene, lie: object) -> None:
    """A next list of officers, signed by both, without the restriction: no program takes it."""
    assert callable(lie)
    practice = scene.practice
    ring = ring_of(practice, "AB")
    both = [practice.officer(i) for i in ("AB", INVOLVED)]
    old = ring.directory.copy_body
    for version in (2, 1):
        body = {**old, "generation": 3, "entry": old["entry"] + 3, "v": version}
        body["restricted"] = lie(body["restricted"])
        if version == 1:
            del body["restricted"]
        chain = [*ring.directory.chain, directory.sign_directory(body, both)]
        sealed = directory.seal_directory_chain(ring.box, chain)
        with pytest.raises(EvidenceError, match="altered"):
            directory.open_directory_chain(
                ring.box, sealed, practice.origin, [practice.officer("EF")]
            )


def _rewritten(practice: Practice, scene: Scene) -> None:
    """AB and CD sign another list in the place of the one that restricts, and go on from there."""
    both = [practice.officer(i) for i in ("AB", INVOLVED)]
    old = Keyring(scene.old / "keyring", practice.origin, both)
    first = next(x for x in practice.sign_in("AB", "EF").store.lines if x.inc == scene.inc)
    practice.close()
    known = old.open_incident(old.read_card(scene.inc, first.by)).newest
    session = practice.sign_in("AB", INVOLVED)
    ring = session.keyring
    earlier = ring.directory.chain
    other = directory.sign_directory({**earlier[-1]["dir"], "restricted": []}, both)
    sealed = directory.seal_directory_chain(ring.box, [*earlier[:-1], other])
    ring.directory = directory.open_directory_chain(ring.box, sealed, practice.origin, both)
    for path in (ring.folder / "inc").glob(f"{scene.inc}.*.age"):
        path.unlink()
    place = ring.folder / "inc" / f"{scene.inc}.age"
    place.write_bytes(wrap_identity(known, ring.directory.vault_recipient))
    rotate_keys(session, PairConsent(words(practice, "AB", INVOLVED), "a reason"))
    practice.close()


def test_two_who_are_dishonest_cannot_rewrite_an_earlier_list(scene: Scene) -> None:
    """The chain is sound in itself; the entry of the list that was taken out names another one."""
    practice = scene.practice
    _rewritten(practice, scene)
    with pytest.raises(EvidenceError, match="not the one that two officers put in force"):
        practice.sign_in("AB", "EF")
    with pytest.raises(EvidenceError, match="not the one that two officers put in force"):
        audit_vault(
            practice.folder, practice.ids["AB"], practice.words["AB"], practice.logins("EF")[0]
        )
    pair = [
        keyfile.open_key_file(practice.key_file(i).read_bytes(), practice.words[i])
        for i in ("AB", "EF")
    ]
    with pytest.raises(Refusal):
        read_vault(practice.folder, pair[0], pair[1])


def test_what_was_taken_away_and_is_put_back_is_an_alarm(scene: Scene) -> None:
    """The incident's older key, sealed to the vault's present one by those who kept it."""
    practice = scene.practice
    old = Keyring(scene.old / "keyring", practice.origin,
                  [practice.officer(i) for i in ("AB", INVOLVED)])  # fmt: skip
    first = next(x for x in practice.sign_in("AB", "EF").store.lines if x.inc == scene.inc)
    practice.close()
    known = old.open_incident(old.read_card(scene.inc, first.by)).newest
    now = ring_of(practice, "AB")
    place = now.folder / "inc" / f"{scene.inc}.age"
    place.write_bytes(wrap_identity(known, now.directory.vault_recipient))
    session = practice.sign_in("AB", INVOLVED)
    with pytest.raises(NotEligible):
        opening.reopen_incident(session, scene.inc)
    practice.close()
    login = practice.logins("EF")[0]
    with pytest.raises(NotSound, match="taken away"):
        audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"], login)


@pytest.mark.parametrize("name", ["{inc}.card", "directory.sealed"])
def test_an_older_file_of_the_keyring_in_its_place_is_an_alarm(scene: Scene, name: str) -> None:
    practice = scene.practice
    folder = next((practice.folder / "keyring").glob("g*"))
    sub = "inc" if name.endswith("card") else ""
    older = next((scene.old / "keyring").glob("g*")) / sub / name.format(inc=scene.inc)
    shutil.copy(older, folder / sub / older.name)
    with pytest.raises(EvidenceError):
        opening.reopen_incident(practice.sign_in("AB", "EF"), scene.inc)


def test_keys_go_by_the_number_of_the_entry(scene: Scene) -> None:
    session = scene.practice.sign_in("AB", "EF")
    keys = session.open_incident_keys(session.read_case_card(scene.inc))
    assert isinstance(keys, IncidentKeys) and len(list(keys)) == 2
    assert (
        keys.identity_at(scene.restricted - 1) != keys.identity_at(scene.restricted) == keys.newest
    )
    first = next(iter(keys))
    for line in session.store.lines_of_incident(scene.inc):
        assert session.store.check_record(line.seq, keys)
        with pytest.raises(EvidenceError):
            older = line.seq < scene.restricted
            session.store.check_record(line.seq, keys.newest if older else first)


def test_a_stopped_incident_can_be_restricted_and_stays_frozen(real: Practice) -> None:
    inc, blob = scenes.begin(real)
    session = real.sign_in("AB", "EF")
    case = opening.reopen_incident(session, inc)
    stop.record_stop(case)
    restriction.restrict_incident(case, [real.ids[INVOLVED]], WHY, words(real, "AB", "EF"))
    assert case.is_frozen and blob in session.store.holds.blobs
    real.close()
    session = real.sign_in("AB", "EF")
    assert opening.reopen_incident(session, inc).is_frozen and blob in session.store.holds.blobs
