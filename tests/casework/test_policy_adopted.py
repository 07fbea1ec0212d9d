"""Adopting another policy: checked, proven, by two; open incidents stay on theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.administration import adopt_policy, officer_changes
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.desk import vault_overview
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident import opening, retention
from esafety_tui.casework.policy import current_policy, policy_files
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR
from esafety_tui.flows.procedure.load import parse_procedure
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused, WrongPassphrase
from esafety_tui.kernel.keeping import Act
from tests.casework.policies import (
    adopt,
    changed,
    consent,
    kept_at,
    our_misuse,
    our_profile,
    shipped_bytes,
)
from tests.casework.support import TO_CAPTURE, Practice, walk

OURS, PROFILE = our_misuse(), our_profile()


def test_an_open_incident_stays_on_what_it_was_started_with(practice: Practice) -> None:
    session = practice.sign_in()
    case = opening.open_new_incident(session, others="A pupil")
    walk(case, TO_CAPTURE[:3])
    receipt = adopt(practice, session, OURS, PROFILE)
    assert (receipt.type, session.keyring.directory.generation) == ("profile.adopted", 2)
    fresh = opening.open_new_incident(session)
    assert fresh.procedure.get_step("reported").question == "What was said (ours)?"
    assert fresh.profile.name == "ours"
    walk(case, TO_CAPTURE[3:4])
    practice.close()
    session = practice.sign_in("CD", "EF")
    assert session.warnings == []
    old, new = (
        opening.reopen_incident(session, case.inc),
        opening.reopen_incident(session, fresh.inc),
    )
    assert old.procedure == case.procedure and old.profile.name == "generic"
    assert old.state == case.state and new.procedure == fresh.procedure
    walk(old, TO_CAPTURE[4:])
    assert retention.retention_schedule(old) == old.profile.retention
    assert {r.key for r in current_policy.retention_rules(session)} == {
        r.key for r in new.profile.retention
    }


def test_the_record_says_what_was_adopted_and_holds_its_text(practice: Practice) -> None:
    session = practice.sign_in()
    receipt = adopt(practice, session, OURS, PROFILE)
    record = session.store.read_vault_record(receipt.seq, session.keyring.require_vault_identity())
    known = session.keyring.directory
    assert len(record.by) == 2 and record.field_text("reason") == "our policy was reviewed"
    assert record.fields["files"] == {
        sha256_hex(OURS): OURS.decode(), sha256_hex(PROFILE): PROFILE.decode(),
    }  # fmt: skip
    assert (record.field_text("profile"), record.field_text("policy")) == known.profile
    assert record.fields["procedures"] == [[n, h] for n, h in sorted(known.procedures.items())]
    assert [c.value for c in known.contacts if c.kind == "trust"] == [""]
    assert kept_at(practice, OURS).read_bytes() == OURS
    again = adopt(practice, session, shipped_bytes("misuse"))  # and back to the program's own
    assert session.keyring.directory.entry == again.seq
    wanted = current_policy.list_adopted(session.keyring.directory.chain)
    assert wanted[sha256_hex(OURS)] == receipt.seq and len(wanted) == 11


def test_contacts_the_school_has_filled_in_stay(practice: Practice) -> None:
    session = practice.sign_in()
    with pytest.raises(BadInput, match="Nothing was changed"):
        officer_changes.set_contacts(session, {"lado": " "}, consent(practice))
    officer_changes.set_contacts(session, {"lado": "extension 9"}, consent(practice))
    with pytest.raises(BadInput, match="no contact nobody"):
        officer_changes.set_contacts(session, {}, consent(practice), ["nobody"])
    officer_changes.set_contacts(session, {}, consent(practice), ["police"])  # rung, and right
    seen = vault_overview.view(session).verified
    assert seen["police"] == seen["lado"] != "" and seen["dsl"] == ""
    today = session.clock.read_clock().wall.date().isoformat()
    adopt(practice, session, PROFILE)
    rows = {c.kind: c for c in session.keyring.directory.contacts}
    assert (rows["lado"].value, rows["lado"].verified) == ("extension 9", today)
    officer_changes.set_contacts(session, {"trust": "extension 4"}, consent(practice))
    adopt(practice, session, shipped_bytes("generic"))
    rows = {c.kind: c for c in session.keyring.directory.contacts}
    assert (rows["trust"].label, rows["trust"].value) == ("Trust safeguarding", "extension 4")


@pytest.mark.parametrize("what", ["unproven", "wrong", "not alone", "same offer", "no offer",
                                  "two profiles", "the same", "twice", "neither"])  # fmt: skip
def test_what_is_not_sound_is_refused_and_leaves_nothing(practice: Practice, what: str) -> None:
    session = practice.sign_in()
    before = (session.store.chain.size, policy_files.list_stored_digests(practice.folder))
    ours = parse_procedure(shipped_bytes("misuse"), "x")
    gate = next(s for s in ours.steps if "two-seniors" in s.gates)
    files, error, why = {
        # The way to the capture goes past the gate of two.
        "unproven": ([changed("misuse", (f'label = "No", detail = "go on", next = "{gate.id}"',
                                         'label = "No", detail = "go on", next = "designated"'))],
                     Refused, "breaks the rule"),
        "wrong": ([changed("misuse", ('kind = "record"', 'kind = "recrod"'))], BadInput, "line 2"),
        "not alone": ([changed("words-only", ("alone = true", "alone = false"))], Refused, "left"),
        "same offer": (
            [changed("misuse", ('name = "misuse"', 'name = "ours"'))],
            BadInput,
            "same line",
        ),
        "no offer": ([changed("misuse", (ours.offer, ""))], Refused, "nobody knows"),
        "two profiles": ([PROFILE, shipped_bytes("chepstow")], BadInput, "two profiles"),
        "the same": ([shipped_bytes("misuse")], BadInput, "in force already"),
        "twice": ([OURS, our_misuse("again")], BadInput, "Two files"),
        "neither": ([b'format = "something"\n'], BadInput, "procedure/2"),
    }[what]  # fmt: skip
    with pytest.raises(error, match=why):
        adopt(practice, session, *files)
    assert (session.store.chain.size, policy_files.list_stored_digests(practice.folder)) == before
    assert session.keyring.directory.generation == 1


def test_it_takes_two_both_passphrases_and_a_reason(practice: Practice) -> None:
    session = practice.sign_in()
    files = {"ours.toml": OURS}
    with pytest.raises(BadInput, match="reason"):
        adopt_policy.adopt_policy(session, files, consent(practice, reason=" "))
    with pytest.raises(NotEligible):
        adopt_policy.adopt_policy(session, files, consent(practice, "AB"))
    wrong = consent(practice)
    with pytest.raises(WrongPassphrase):
        adopt_policy.adopt_policy(
            session, files, PairConsent(dict.fromkeys(wrong.passphrases, "x"), "y")
        )
    assert not kept_at(practice, OURS).exists()
    practice.close()
    with pytest.raises(NotEligible):
        adopt_policy.adopt_policy(practice.sign_in("AB"), files, consent(practice))


def test_a_reworded_procedure_that_no_longer_carries_on_is_refused(practice: Practice) -> None:
    """Every procedure is proven with what it will stand beside, not the new file alone."""
    session = practice.sign_in()
    lonely = changed("misuse", ('carry_on = "words-only"', 'carry_on = "nowhere"'))
    with pytest.raises((Refused, BadInput), match="nowhere"):
        adopt(practice, session, lonely)


def test_the_desk_adopts_a_folder_or_a_shipped_profile(practice: Practice, tmp_path: Path) -> None:
    desk = Desk(practice.folder, platform.SystemClock(), FLOOR, tmp_path / "sheets")
    words = practice.words
    desk.unlock(practice.ids["AB"], words["AB"], practice.ids["CD"], words["CD"], ())
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "misuse.toml").write_bytes(OURS)
    both = consent(practice).passphrases
    values = {"reason": "reviewed"}
    told = desk.act(Act("adopt", values, both, folder=tmp_path / "ours"), lambda *_: None)
    assert told.receipt and "open ones stay" in told.sentences[0]
    assert desk.policy().procedures["misuse"] == sha256_hex(OURS)
    desk.act(Act("adopt", {**values, "names": "winchelsea"}, both), lambda *_: None)
    assert desk.flow_source(desk.policy().profile) == shipped_bytes("winchelsea")
    assert not current_policy.profile_in_force(desk.context.session).review_allowed
    assert desk.flow_source(sha256_hex(shipped_bytes("generic"))) == shipped_bytes("generic")
    desk.close()
