"""Confirming instructions: a named person, two officers, exactly these words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.access.summaries import seal_session_end
from esafety_tui.casework.administration import confirm_policy
from esafety_tui.casework.administration.confirm_policy import Confirmation
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident import opening
from esafety_tui.casework.policy import confirmations, current_policy
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR
from esafety_tui.flows.engine.fit import instruction_digest
from esafety_tui.kernel.errors import BadInput, NotEligible, WrongPassphrase
from esafety_tui.kernel.keeping import Act
from tests.casework.hostile import append
from tests.casework.policies import adopt, changed, consent
from tests.casework.support import TO_CAPTURE, Practice, walk

WORD = Confirmation("Dora Eiderdown", "DSL", "asked the local authority, 3 Sep 2026")


def first(session: OpenSession, step: str = "reported") -> confirm_policy.UnconfirmedInstruction:
    """Return the instruction of one step of the misuse procedure, if it waits."""
    rows = [r for r in confirm_policy.list_unconfirmed(session) if r.procedure == "misuse"]
    return next(r for r in rows if r.step.id == step)


def test_a_confirmation_is_a_record_of_two_and_holds_for_these_words(practice: Practice) -> None:
    session = practice.sign_in()
    row = first(session)
    waiting = {r.digest for r in confirm_policy.list_unconfirmed(session)}
    both = consent(practice).passphrases
    [receipt] = confirm_policy.confirm_instructions(session, [row.digest], WORD, both)
    record = session.store.read_vault_record(receipt.seq, session.keyring.require_vault_identity())
    assert (record.type, record.inc, len(record.by)) == ("instruction.confirmed", "", 2)
    assert record.fields["instruction"] == row.digest == instruction_digest(row.step)
    assert record.fields["wording"]["question"] == row.step.question  # type: ignore[index,call-overload]
    assert (record.field_text("procedure"), record.field_text("step")) == ("misuse", "reported")
    assert {r.digest for r in confirm_policy.list_unconfirmed(session)} == waiting - {row.digest}
    said = confirmations.describe_confirmations(session)
    assert list(said) == [row.digest] and said[row.digest].startswith("Dora Eiderdown, DSL, ")
    other = changed("misuse", ("What has been reported, and by whom?", "What was reported?"))
    adopt(practice, session, other)
    assert first(session).digest not in said  # another wording waits again
    practice.close()
    session = practice.sign_in("CD", "EF")
    assert (
        session.confirmed == [receipt.seq] and confirmations.describe_confirmations(session) == said
    )


def test_a_confirmation_that_was_damaged_is_asked_for_again_and_stops_nobody(
    practice: Practice,
) -> None:
    session = practice.sign_in()
    row = first(session)
    both = consent(practice).passphrases
    [receipt] = confirm_policy.confirm_instructions(session, [row.digest], WORD, both)
    practice.close()
    for _ in range(2):  # entries that a pair has opened before are not opened again at the door
        seal_session_end(practice.sign_in())
        practice.close()
    [(sealed,)] = practice.sql("SELECT ct FROM rec WHERE seq = ?", receipt.seq)
    practice.sql("UPDATE rec SET ct = ? WHERE seq = ?", sealed[:-3] + b"abc", receipt.seq)
    session = practice.sign_in()
    assert confirmations.describe_confirmations(session) == {}
    assert session.warnings == [confirmations.LOST]
    walk(opening.open_new_incident(session), TO_CAPTURE)
    assert first(session) == row


def test_what_can_be_chosen_is_part_of_the_words(practice: Practice) -> None:
    session = practice.sign_in()
    rows = [r for r in confirm_policy.list_unconfirmed(session) if r.procedure == "harassment"]
    row = next(r for r in rows if any(f.choices for f in r.step.fields))
    choices = next(f.choices for f in row.step.fields if f.choices)
    confirm_policy.confirm_instructions(session, [row.digest], WORD, consent(practice).passphrases)
    known = f'"{choices[0]}", "{choices[1]}"'
    adopt(practice, session, changed("harassment", (known, f'"looked again", "{choices[1]}"')))
    waiting = {r.step.id: r.digest for r in confirm_policy.list_unconfirmed(session)
               if r.procedure == "harassment"}  # fmt: skip
    assert waiting[row.step.id] != row.digest


def test_names_of_the_school_are_part_of_the_words(practice: Practice) -> None:
    """Two schools that call the DSL otherwise read, and confirm, something else."""
    session = practice.sign_in()
    before = {r.digest for r in confirm_policy.list_unconfirmed(session)}
    adopt(practice, session, changed("generic", ('dsl = "', 'dsl = "our ')))
    assert before - {r.digest for r in confirm_policy.list_unconfirmed(session)}


def test_who_cannot_confirm_and_what_cannot_be_confirmed(practice: Practice) -> None:
    session = practice.sign_in()
    row, both = first(session), consent(practice).passphrases
    size = session.store.chain.size
    sourced = next(s for s in current_policy.procedure_in_force(session, "misuse").procedure.steps
                   if s.status == "sourced")  # fmt: skip
    for digests, word in (
        (["0" * 64], WORD), ([], WORD), ([instruction_digest(sourced)], WORD),
        ([row.digest], Confirmation(" ", "DSL", "x")), ([row.digest], Confirmation("Dora", "",
        "x")),
        ([row.digest], Confirmation("Dora", "DSL", "")), ([row.digest], Confirmation("Dora\nX",
        "DSL", "x")),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            confirm_policy.confirm_instructions(session, digests, word, both)
    with pytest.raises(WrongPassphrase):
        confirm_policy.confirm_instructions(session, [row.digest], WORD, dict.fromkeys(both, "x"))
    assert session.store.chain.size == size
    practice.close()
    alone = practice.sign_in("AB")
    with pytest.raises(NotEligible):
        confirm_policy.list_unconfirmed(alone)
    with pytest.raises(NotEligible):
        confirm_policy.confirm_instructions(alone, [row.digest], WORD, both)
    assert confirmations.describe_confirmations(alone) == {}


def test_what_one_officer_seals_confirms_nothing(practice: Practice) -> None:
    session = practice.sign_in()
    row = first(session)
    practice.close()
    said: Any = {"instruction": row.digest, "who": "Nobody", "position": "DSL"}
    seq = append(practice, "AB", "instruction.confirmed", fields=said)
    append(practice, "AB", "session.opened", fields={"confirmed": [seq]})
    session = practice.sign_in("CD", "EF")
    assert session.confirmed == [] and confirmations.describe_confirmations(session) == {}
    assert first(session).digest == row.digest


def test_a_sign_in_reads_no_further_back_than_the_one_before(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = practice.sign_in()
    rows = [r.digest for r in confirm_policy.list_unconfirmed(session)][:3]
    done = confirm_policy.confirm_instructions(session, rows, WORD, consent(practice).passphrases)
    for _ in range(3):
        practice.close()
        session = practice.sign_in()
    assert session.confirmed == [r.seq for r in done]
    read: list[int] = []
    store = type(session.store)
    real = store.read_vault_record

    def counted(self: Any, seq: int, key: Any) -> Any:
        read.append(seq)
        return real(self, seq, key)

    monkeypatch.setattr(store, "read_vault_record", counted)
    assert confirmations.list_confirming_entries(session) == session.confirmed
    assert min(read) > done[-1].seq and len(read) <= 2
    practice.close()
    practice.sign_in("AB")  # somebody alone in between breaks nothing
    practice.close()
    assert practice.sign_in().confirmed == [r.seq for r in done]


def test_the_desk_confirms_and_shows_it(practice: Practice, tmp_path: Path) -> None:
    desk = Desk(practice.folder, platform.SystemClock(), FLOOR, tmp_path)
    words = practice.words
    desk.unlock(practice.ids["AB"], words["AB"], practice.ids["CD"], words["CD"], ())
    digests = [r.digest for r in confirm_policy.list_unconfirmed(desk.context.session)][:2]
    values = {"digests": " ".join(digests), "who": WORD.who, "position": "DSL", "source": "x"}
    told = desk.act(Act("confirm", values, consent(practice).passphrases), lambda *_: None)
    assert told.receipt and told.sentences[0].startswith("2 confirmed")
    assert set(desk.policy().confirmed) == set(digests)
    desk.close()
    desk.unlock(practice.ids["AB"], words["AB"], None, None, ())
    assert desk.policy().confirmed == {}
    desk.close()


def verb(argv: list[str], given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Run one of the two verbs with answers from a pipe."""
    import argparse
    import io
    import sys

    from esafety_tui.verbs import flow_adopt

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
    parser = argparse.ArgumentParser()
    parser.add_argument("--vault", type=Path)
    flow_adopt.add_adoption_verbs(parser.add_subparsers())
    args = parser.parse_args(argv)
    code: int = args.run(args)
    return code


def test_the_command_line_adopts_and_confirms(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    door = {f"officer{n}": practice.ids[i] for n, i in ((1, "AB"), (2, "CD"))}
    door |= {f"passphrase{n}": practice.words[i] for n, i in ((1, "AB"), (2, "CD"))}
    ours = tmp_path / "ours.toml"
    ours.write_bytes(changed("misuse", ("What has been reported, and by whom?", "What was said?")))
    here = ["--vault", str(practice.folder)]
    given = {**door, "reason": "reviewed"}
    assert verb([*here, "adopt", str(ours), "--from-pipe", "--json"], given, monkeypatch) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["generation"] == 2 and "procedure misuse" in told["adopted"][0]
    assert verb([*here, "confirm", "--list", "--from-pipe", "--json"], door, monkeypatch) == 0
    rows = json.loads(capsys.readouterr().out)["unconfirmed"]
    assert "What was said?" in [row["question"] for row in rows]
    given = {**door, "which": "1 2", "who": "Dora Eiderdown", "position": "DSL", "source": "asked"}
    assert verb([*here, "confirm", "--from-pipe"], given, monkeypatch) == 0
    assert "2 confirmed, for exactly these words" in capsys.readouterr().out
    assert verb([*here, "confirm", "--list", "--from-pipe", "--json"], door, monkeypatch) == 0
    assert len(json.loads(capsys.readouterr().out)["unconfirmed"]) == len(rows) - 2
