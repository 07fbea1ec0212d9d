"""Who opens what: the whole matrix of pairs, and every swapped file found."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from esafety_tui.casework.incident import opening
from esafety_tui.data import keyring, wraps
from esafety_tui.data.age import Identity, NoMatchingKey, Recipient, decrypt_file, encrypt_to
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.data.wraps import nest_identity, pair_file_name
from esafety_tui.kernel.errors import BadInput, EvidenceError, NotEligible, Tampered
from tests.casework.support import Practice
from tests.programs import need_program


@pytest.fixture(scope="module")
def everyone(template: Practice) -> dict[str, OfficerKeys]:
    """The three officers and the two paper keys."""
    people = {who: template.officer(who) for who in ("AB", "CD", "EF")}
    return {**people, "P1": template.paper_officer(0), "P2": template.paper_officer(1)}


def ring(practice: Practice, *people: OfficerKeys) -> Keyring:
    return Keyring(practice.folder / "keyring", practice.origin, people)


def test_every_pair_opens_the_vault_and_nobody_alone(
    practice: Practice, everyone: dict[str, OfficerKeys]
) -> None:
    found = {ring(practice, a, b).vault for a, b in itertools.permutations(everyone.values(), 2)}
    assert len({v.to_text for v in found if v}) == 1 and None not in found
    for officer in everyone.values():
        assert ring(practice, officer).vault is None
    assert len(list((practice.folder / "keyring/g1").glob("vault.*.age"))) == 10


def test_the_order_of_nesting_does_not_help_one(
    practice: Practice, everyone: dict[str, OfficerKeys]
) -> None:
    a, b, c = (everyone[w] for w in ("AB", "CD", "EF"))
    data = (practice.folder / "keyring/g1" / pair_file_name(a.id, b.id)).read_bytes()
    first, second = sorted((a, b), key=lambda o: o.id)
    assert wraps.unnest_identity(data, (first, second))
    for pair in ((second, first), (first, first), (second, second), (first, c), (c, second)):
        with pytest.raises(NoMatchingKey):
            wraps.unnest_identity(data, pair)


def test_the_same_officer_twice_nobody_and_three(
    practice: Practice, everyone: dict[str, OfficerKeys]
) -> None:
    a = everyone["AB"]
    for people in ((a, a), (a, practice.officer("AB")), (), tuple(everyone.values())[:3]):
        with pytest.raises(NotEligible):
            ring(practice, *people)


def test_a_stranger_and_a_key_of_another_vault(practice: Practice, tmp_path: Path) -> None:
    from tests.casework.support import make_template

    other = make_template(tmp_path / "other").officer("AB")
    with pytest.raises(BadInput, match="does not open this vault"):
        ring(practice, other)
    with pytest.raises(EvidenceError):
        ring(practice, practice.officer("AB"), other)


def test_swapped_ledger_and_pair_files(
    practice: Practice, everyone: dict[str, OfficerKeys], tmp_path: Path
) -> None:
    from tests.casework.support import make_template

    g1 = practice.folder / "keyring/g1"
    a, b, c = (everyone[w] for w in ("AB", "CD", "EF"))
    both = [Recipient.parse_text(o.identity.recipient.to_text) for o in everyone.values()]
    good = {p.name: p.read_bytes() for p in g1.iterdir() if p.is_file()}
    mine, theirs = pair_file_name(a.id, b.id), pair_file_name(a.id, c.id)
    pair = [o.identity.recipient for o in sorted((a, b), key=lambda o: o.id)]
    other = make_template(tmp_path / "other").folder / "keyring/g1"
    swaps = {
        "ledger.age": [
            encrypt_to(b"00" * 32 + b"\n", both),
            encrypt_to(b"not a key", both),
            b"",
            b"x" * 300,
            (other / "ledger.age").read_bytes(),
        ],
        mine: [
            good[theirs],
            nest_identity(Identity.generate(), pair),
            encrypt_to(b"words", pair[:1]),
            b"",
            encrypt_to(encrypt_to(b"words", pair[1:]), pair[:1]),
            next(other.glob("vault.*")).read_bytes(),
        ],
        "directory.sealed": [(other / "directory.sealed").read_bytes(), b"", good["ca.age"]],
    }
    for name, files in swaps.items():
        for data in files:
            (g1 / name).write_bytes(data)
            with pytest.raises(EvidenceError):
                ring(practice, a, b)
        (g1 / name).unlink()
        with pytest.raises(Tampered, match="whole folder"):
            ring(practice, a, b)
        (g1 / name).write_bytes(good[name])
    assert ring(practice, a, b).vault


@pytest.mark.parametrize("text", ["", "g", "g2", "../g1", "g1/../g1", "h1", "g1 g1", "g\u00b2"])
def test_the_pointer_to_the_generation_cannot_lead_astray(practice: Practice, text: str) -> None:
    (practice.folder / "keyring/current").write_text(text, "utf-8")
    with pytest.raises(Tampered):
        practice.sign_in()


def test_cards_and_incident_keys_cannot_be_swapped(practice: Practice) -> None:
    session = practice.sign_in()
    one, two = (opening.open_new_incident(session) for _ in range(2))
    inc = practice.folder / "keyring/g1/inc"
    files = {p: p.read_bytes() for p in inc.iterdir()}

    def put(name: str, data: bytes) -> None:
        (inc / name).write_bytes(data)

    def broken() -> None:
        with pytest.raises(EvidenceError):
            opening.reopen_incident(session, one.inc)
        for path, data in files.items():
            path.write_bytes(data)

    put(f"{one.inc}.card", files[inc / f"{two.inc}.card"])
    broken()
    put(f"{one.inc}.age", files[inc / f"{two.inc}.age"])
    broken()
    put(f"{one.inc}.age", encrypt_to(b"words", [session.keyring.directory.vault_recipient]))
    broken()
    edited = bytearray(files[inc / f"{one.inc}.card"])
    edited[40] ^= 1
    put(f"{one.inc}.card", bytes(edited))
    broken()
    (inc / f"{one.inc}.card").unlink()
    broken()
    assert opening.reopen_incident(session, one.inc).card == one.card


def test_a_card_signed_by_others_than_those_who_opened(practice: Practice) -> None:
    case = opening.open_new_incident(practice.sign_in("AB", "CD"))
    practice.close()
    other = practice.sign_in("CD", "EF")
    other.keyring.write_card(case.card)
    with pytest.raises(Tampered):
        opening.reopen_incident(other, case.inc)


def test_a_restricted_incident_opens_for_eligible_pairs_only(
    practice: Practice, everyone: dict[str, OfficerKeys]
) -> None:
    session = practice.sign_in("AB", "CD")
    case = opening.open_new_incident(session, named=[practice.ids["EF"]])
    inc = practice.folder / "keyring/g1/inc"
    assert not (inc / f"{case.inc}.age").exists(), "never sealed to the vault"
    wraps = sorted(inc.glob(f"{case.inc}.*.age"))
    assert len(wraps) == 6
    opened = set()
    for a, b in itertools.combinations(everyone, 2):
        try:
            opened.add(
                (
                    a,
                    b,
                    ring(practice, everyone[a], everyone[b])
                    .open_incident(case.card)
                    .newest.to_text,
                )
            )
        except NotEligible:
            assert "EF" in (a, b)
        else:
            assert "EF" not in (a, b)
    assert len(opened) == 6 and len({text for _, _, text in opened}) == 1
    assert session.keyring.vault
    for path in wraps:
        with pytest.raises(NoMatchingKey):
            decrypt_file(path.read_bytes(), [session.keyring.vault])
    practice.close()
    with pytest.raises(NotEligible):
        opening.reopen_incident(practice.sign_in("CD", "EF"), case.inc)
    practice.close()
    again = opening.reopen_incident(practice.sign_in("AB", "CD"), case.inc)
    assert [r.type for r in again.records[:2]] == ["incident.opened", "incident.restricted"]


def test_a_named_officer_opens_nothing_and_enough_people_must_remain(practice: Practice) -> None:
    session = practice.sign_in("AB", "CD")
    with pytest.raises(NotEligible):
        opening.open_new_incident(session, named=[practice.ids["AB"]])
    people = session.keyring.directory.people
    with pytest.raises(NotEligible):
        session.keyring.wrap_incident(
            keyring.new_incident_id(), Identity.generate(), [p.id for p in people[1:]]
        )
    assert not list((practice.folder / "keyring/g1/inc").iterdir())


def test_a_lost_register_card_shows_nothing_and_breaks_nothing(practice: Practice) -> None:
    session = practice.sign_in()
    case = opening.open_new_incident(session)
    path = practice.folder / "keyring/g1/inc" / f"{case.inc}.reg"
    for data in (b"", b"cut", encrypt_to(b"[]", [session.keyring.directory.vault_recipient])):
        path.write_bytes(data)
        assert session.keyring.read_register(case.inc) == {}
    path.unlink()
    assert session.keyring.read_register(case.inc) == {}


@pytest.mark.tool("age")
def test_the_stock_age_opens_a_pair_file_with_two_paper_keys(
    practice: Practice, tmp_path: Path
) -> None:
    import subprocess

    need_program("age")
    papers = sorted((practice.paper_officer(n) for n in (0, 1)), key=lambda o: o.id)
    data = (
        practice.folder / "keyring/g1" / pair_file_name(papers[0].id, papers[1].id)
    ).read_bytes()
    for paper in papers:
        key = tmp_path / "key"
        key.write_text(paper.identity.to_text + "\n")
        done = subprocess.run(
            ["age", "-d", "-i", str(key)], input=data, capture_output=True, check=True
        )
        data = done.stdout
    vault = ring(practice, *papers).vault
    assert vault and data.decode() == vault.to_text + "\n"
