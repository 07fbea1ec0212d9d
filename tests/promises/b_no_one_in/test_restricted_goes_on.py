"""A vault with an incident that was restricted later: everything else that turns its keys."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest

from esafety_tui.casework.access import rekey_cleanup
from esafety_tui.casework.administration import officer_changes, rehearsal
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.destruction import shredding
from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
from esafety_tui.casework.incident import capture, opening, restriction, retention
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.signin.create_vault import Founder, PaperKey
from esafety_tui.casework.signin.unlock import open_session
from esafety_tui.data import generations
from esafety_tui.data.eligibility import Naming, list_eligible
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.wraps import nest_for_pairs
from esafety_tui.kernel.errors import EvidenceError, NotEligible, Refused
from esafety_tui.output.verify import verify_path
from tests.casework.copy_samples import CLOCK, Kept, forget, quiet
from tests.casework.copy_samples import put_back as put_back_copy
from tests.casework.hostile import ring_of
from tests.casework.support import Practice, copy_of
from tests.promises.b_no_one_in.scene import (
    AFTER,
    ALL,
    BEFORE,
    INVOLVED,
    WHY,
    Scene,
    begin,
    opens,
    words,
)
from tests.reader import keyfile
from tests.reader.refusal import Refusal
from tests.reader.vault import read_vault

KILLS = max(2, int(os.environ.get("ESAFETY_KILLS", "0")) // 10)
"""Rounds; scripts/slow.sh asks for a hundred."""


def consent(practice: Practice, *who: str) -> PairConsent:
    return PairConsent(words(practice, *who), "a reason")


def joined(practice: Practice, who: tuple[str, str], initials: str, name: str) -> None:
    """Enrol one more officer by two of the others."""
    practice.words = {**practice.words, initials: f"practice words of {initials} five"}
    new = Founder(name, "Head of year", initials, practice.words[initials])
    made, _ = officer_changes.enrol_officer(
        practice.sign_in(*who), new, consent(practice, *who), FLOOR
    )
    practice.ids = {**practice.ids, initials: made}
    practice.close()


def read(practice: Practice, inc: str, *who: str) -> set[str]:
    """Return which of the two texts a pair reads with the program."""
    session = practice.sign_in(*who)
    try:
        said = {r.field_text("text") for r in session.read_all(session.read_case_card(inc))}
        return {name for name, text in (("before", BEFORE), ("after", AFTER)) if text in said}
    except NotEligible:
        return set()
    finally:
        practice.close()


BOTH = {"before", "after"}


@pytest.mark.tool("age")
def test_two_restrictions_in_a_row_each_with_a_new_key(scene: Scene) -> None:
    """First CD, then EF: what each could read before they were named is all they ever could."""
    practice, inc = scene.practice, scene.inc
    paper = practice.paper_officer(0)
    session = open_session(
        practice.folder, practice.origin, [practice.officer("AB"), paper],
        {practice.ids["AB"]: practice.folder / "officers"}, CLOCK,
    )  # fmt: skip
    practice.sessions.append(session)
    case = opening.reopen_incident(session, inc)
    both = {**words(practice, "AB"), paper.id: paper.identity.to_text}
    restriction.restrict_incident(case, [practice.ids["EF"]], "and EF", both)
    capture.record_note(case, "told: since EF was named")
    keys = session.open_incident_keys(case.card)
    assert len(list(keys)) == 3 and len({k.to_text for k in keys}) == 3
    practice.close()
    for who in ("AB EF", "CD EF", "EF 0", "AB CD", "CD 1"):
        assert opens(scene, None, who) == set(), who
    for who in ("AB 0", "AB 1", "0 1"):
        assert opens(scene, None, who) == ALL, who
    papers = [keyfile.from_paper(k.signing, k.identity) for k in practice.paper[:2]]
    found = read_vault(practice.folder, papers[0], papers[1])
    texts = {r.fields.get("text") for r in found.records.values()}
    assert found.unread == set()
    assert {BEFORE, AFTER, "told: since EF was named"} <= texts


@pytest.mark.long("test_two_restrictions_in_a_row_each_with_a_new_key")
def test_every_other_change_of_keys_carries_them(scene: Scene) -> None:
    """Rotation by those who may and who may not, joining, new keys, paper keys, leaving."""
    practice, inc = scene.practice, scene.inc
    officer_changes.rotate_keys(practice.sign_in("AB", INVOLVED), consent(practice, "AB", INVOLVED))
    practice.close()
    session = practice.sign_in("AB", "EF")
    own = session.store.read_vault_record(
        session.keyring.directory.entry, session.keyring.require_vault_identity()
    )
    assert own.fields["left"] == [inc], "taken over byte for byte by those who may not open it"
    practice.close()
    assert read(practice, inc, "AB", "EF") == BOTH
    joined(practice, ("AB", "EF"), "GH", "Gita Harbour")
    assert read(practice, inc, "AB", "GH") == set(), "somebody enrolled later is never eligible"
    practice.words = {**practice.words, "EX": "practice words of EX five"}
    session = practice.sign_in("AB", "EF")
    made, _ = officer_changes.renew_officer_keys(
        session, practice.ids["EF"], practice.words["EX"], consent(practice, "AB", "EF"), FLOOR
    )
    practice.ids = {**practice.ids, "EX": made}
    practice.close()
    assert read(practice, inc, "AB", "EX") == BOTH, "a newer key of somebody eligible"
    with pytest.raises(Refused, match="closed to one of you"):
        officer_changes.replace_paper_keys(practice.sign_in("GH", "EX"), consent(practice, "GH",
        "EX"),
                                   lambda _: None)  # fmt: skip
    practice.close()
    saved: list[PaperKey] = []
    session = practice.sign_in("AB", "EX")
    officer_changes.replace_paper_keys(session, consent(practice, "AB", "EX"), saved.extend)
    done = rehearsal.rehearse_recovery(session, [(k.identity, k.signing) for k in saved])
    assert done.incidents == 1
    officer_changes.remove_officer(session, practice.ids[INVOLVED], consent(practice, "AB", "EX"))
    practice.close()
    assert read(practice, inc, "AB", "EX") == BOTH
    login = practice.logins("EX")[0]
    assert audit_vault(practice.folder, practice.ids["AB"], practice.words["AB"], login)


@pytest.mark.long("test_two_restrictions_in_a_row_each_with_a_new_key")
def test_who_was_enrolled_between_opening_and_restriction_stays_eligible(real: Practice) -> None:
    """They could read it already; somebody enrolled after it by whom it names never can."""
    inc, _ = begin(real)
    joined(real, ("AB", INVOLVED), "GH", "Gita Harbour")
    case = opening.reopen_incident(real.sign_in("AB", "GH"), inc)
    restriction.restrict_incident(case, [real.ids[INVOLVED]], WHY, words(real, "AB", "GH"))
    capture.record_note(case, AFTER)
    real.close()
    joined(real, ("EF", INVOLVED), "IJ", "Ivy Jackdaw")
    officer_changes.rotate_keys(real.sign_in("AB", "GH"), consent(real, "AB", "GH"))
    real.close()
    assert read(real, inc, "EF", "GH") == BOTH
    assert read(real, inc, "GH", "IJ") == read(real, inc, "GH", INVOLVED) == set()


class _CutError(BaseException):
    pass


def _stop(*_args: object, **_named: object) -> None:
    raise _CutError


@pytest.mark.parametrize("cut", ["stage", "commit", "rename", "clear"])
@pytest.mark.long("test_killed_at_any_moment_it_is_done_or_not_begun")
def test_cut_off_at_each_step_it_is_done_or_not_begun(
    real: Practice, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    """One complete generation: either CD reads as before, or the incident is closed to them."""
    inc, _ = begin(real)
    session = real.sign_in("AB", "EF")
    case = opening.reopen_incident(session, inc)
    with monkeypatch.context() as patch:
        if cut == "stage":
            patch.setattr(generations, "prove_generation", _stop)
        elif cut == "commit":
            patch.setattr(type(session.store), "append_entry", _stop)
        elif cut == "rename":
            patch.setattr(generations, "put_in_force", _stop)
        else:
            patch.setattr(rekey_cleanup, "remove_leftovers", _stop)
        with pytest.raises(_CutError):
            restriction.restrict_incident(case, [real.ids[INVOLVED]], WHY, words(real, "AB", "EF"))
    session.store.close()
    real.sessions.clear()
    _done_or_not_begun(real, inc, done=cut in {"rename", "clear"})


def _done_or_not_begun(real: Practice, inc: str, done: bool | None = None) -> bool:
    """Sign in as anybody would; return whether the incident is restricted, wholly either way."""
    session = real.sign_in("AB", "EF")
    assert session.warnings == []
    case = opening.reopen_incident(session, inc)
    said = [r for r in case.records if r.type == "incident.restricted"]
    rows = session.keyring.directory.restricted
    folders = [p.name for p in (real.folder / "keyring").glob("g*")]
    assert [r.seq for r in said] == [row.entry for row in rows]
    assert folders == [session.keyring.folder.name]
    assert case.card.restricted is bool(rows) and done in (None, bool(rows))
    real.close()
    assert read(real, inc, "AB", INVOLVED) == (set() if rows else {"before"})
    return bool(rows)


@pytest.mark.posix
def test_killed_at_any_moment_it_is_done_or_not_begun(
    real_template: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL in the middle of the verb, KILLS times."""
    if sys.platform == "win32":
        pytest.skip("no fork")
    rng, outcomes = random.Random(20261130), list[bool]()
    for n in range(KILLS):
        home = tmp_path / f"{n}"
        home.mkdir()
        monkeypatch.setenv("XDG_STATE_HOME", str(home / ".home" / "state"))
        real = copy_of(real_template, home)
        inc, _ = begin(real)
        ready, said = os.pipe()
        child = os.fork()
        if child == 0:
            case = opening.reopen_incident(real.sign_in("AB", "EF"), inc)
            os.write(said, b"x")
            try:
                restriction.restrict_incident(
                    case, [real.ids[INVOLVED]], WHY, words(real, "AB", "EF")
                )
            finally:
                time.sleep(60)
                os._exit(70)
        os.read(ready, 1)
        time.sleep(rng.uniform(0.05, 0.35))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        outcomes.append(_done_or_not_begun(real, inc))
    assert len(outcomes) == KILLS


def exported(case: CaseFile, practice: Practice, stick: Path) -> evidence_pack.PackResult:
    """Draw the form and write a plain pack."""
    signed_form.render_form(case, reason="not all is known yet")
    stick.mkdir()
    given = tuple(words(practice, "AB", "EF").items())
    order = pack_source.PackOrder(stick, "police", "inquiry", given, True, "their portal")
    return evidence_pack.export_pack(case, order, quiet)


def test_its_pack_is_one_incident_and_verifies(scene: Scene, tmp_path: Path) -> None:
    case = opening.reopen_incident(scene.practice.sign_in("AB", "EF"), scene.inc)
    done = exported(case, scene.practice, tmp_path / "stick")
    verdict = verify_path(done.path, passphrase=None, check_code=done.code)
    assert verdict.authentic
    records = sorted((done.path / "data/records").iterdir())
    kinds = [path.read_text() for path in records]
    assert sum('"incident.restricted"' in text for text in kinds) == 1
    assert any(BEFORE[6:] in text for text in kinds) and any(AFTER[6:] in text for text in kinds)
    assert len(list((done.path / "data/exhibits").iterdir())) == 2


@pytest.mark.long("test_two_restrictions_in_a_row_each_with_a_new_key")
def test_a_second_copy_puts_it_back_restricted(scene: Scene) -> None:
    practice = scene.practice
    case = opening.reopen_incident(practice.sign_in("AB", "EF"), scene.inc)
    target, keys = practice.home / "stick", practice.home / "safe"
    target.mkdir()
    keys.mkdir()
    have = Kept(practice, case, target, keys)
    have.make()
    forget(practice)
    back = put_back_copy(have, who="AB EF")
    moved = Practice(back.folder.parent, practice.words, practice.ids, practice.paper,
                     domain=practice.domain)  # fmt: skip
    pair = [practice.officer(i) for i in ("AB", "EF")]
    folders = {o.id: back.folder / "officers" for o in pair}
    session = open_session(back.folder, moved.origin, pair, folders, CLOCK)
    said = {r.field_text("text") for r in session.read_all(session.read_case_card(scene.inc))}
    assert {BEFORE, AFTER} <= said
    session.close_session()
    pair = [practice.officer(i) for i in ("AB", INVOLVED)]
    folders = {o.id: back.folder / "officers" for o in pair}
    session = open_session(back.folder, moved.origin, pair, folders, CLOCK)
    with pytest.raises(NotEligible):
        opening.reopen_incident(session, scene.inc)
    session.close_session()


def test_both_keys_are_gone_when_it_is_destroyed(scene: Scene) -> None:
    practice = scene.practice
    session = practice.sign_in("AB", "EF")
    case = opening.reopen_incident(session, scene.inc)
    keys = list(session.open_incident_keys(case.card))
    day = retention.today_in_uk(session).isoformat()
    retention.set_review_date(case, day, "They are grown up.", words(practice, "AB", "EF"))
    typed = {scene.inc: case.card.reference}
    shredding.destroy_incidents(
        session, [scene.inc], typed, words(practice, "AB", "EF"), "It is time."
    )
    practice.close()
    left = [p for p in practice.folder.rglob("*") if scene.inc in p.name]
    assert left == [] and len(keys) == 2
    session = practice.sign_in("AB", "EF")
    assert [row.inc for row in session.keyring.directory.restricted] == [scene.inc]


@pytest.mark.long("tests/reader/test_whole_vault.py")
def test_the_second_reader_reads_it_and_refuses_what_was_tampered_with(scene: Scene) -> None:
    practice = scene.practice

    def pair(*who: str) -> tuple[keyfile.Officer, keyfile.Officer]:
        one, two = (
            keyfile.open_key_file(practice.key_file(i).read_bytes(), practice.words[i]) for i in who
        )
        return one, two

    found = read_vault(practice.folder, *pair("AB", "EF"))
    assert {r.fields.get("text") for r in found.records.values()} >= {BEFORE, AFTER}
    assert all(found.files[name] for name in scene.files)
    assert read_vault(practice.folder, *pair("AB", INVOLVED)).unread == {scene.inc}
    inc = next((practice.folder / "keyring").glob("g*")) / "inc"
    (inc / f"{scene.inc}.age").write_bytes(b"a key for every pair")
    with pytest.raises(Refusal, match="for every pair"):
        read_vault(practice.folder, *pair("AB", "EF"))
    (inc / f"{scene.inc}.age").unlink()
    old = Keyring(scene.old / "keyring", practice.origin, scene.people("AB CD"))
    first = old.open_incident(old.read_card(scene.inc, _by(scene))).newest
    ring = ring_of(practice, "AB")
    naming = Naming(scene.restricted, frozenset([practice.ids[INVOLVED]]))
    for n, wrap in enumerate(nest_for_pairs([first], list_eligible(ring.directory, [naming]))):
        (inc / f"{scene.inc}.{n}.age").write_bytes(wrap)
    with pytest.raises(Refusal, match="an incident's key"):
        read_vault(practice.folder, *pair("AB", "EF"))
    with pytest.raises(EvidenceError, match="does not belong"):
        opening.reopen_incident(practice.sign_in("AB", "EF"), scene.inc)


def _by(scene: Scene) -> tuple[str, ...]:
    return tuple(sorted(scene.practice.ids[i] for i in ("AB", INVOLVED)))
