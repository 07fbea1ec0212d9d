"""No verb takes or lets out a file or address where a procedure bars it: attacked by calling them.

Each shipped procedure is walked on a real practice vault. The long run takes every
expected route, with STOP at each of its steps, in each profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident import capture
from esafety_tui.casework.policy import current_policy
from esafety_tui.casework.signin.create_vault import create_vault
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.demo import samples
from esafety_tui.flows.procedure.load import shipped_procedures
from esafety_tui.flows.profile.profile import shipped_profiles
from esafety_tui.kernel.errors import Refused
from tests.casework.attacks import Attacker, all_ways, way
from tests.casework.support import PNG, Practice

CAPTURING = {"misuse", "harassment", "staff-victim"}
REVIEW = "triage=4 staff=2 substance=1"

WAYS = [
    way("misuse", "triage=1 risk=3 answer=4 staff-named=1 afterwards=1"),
    way("misuse", "triage=3 risk=2 answer=2"),
    way("misuse", "triage=2 advice=4"),
    way("misuse", "triage=4 staff=1 lado=2"),
    way("misuse", "triage=4 staff=2 substance=4 concerned=1 category=illegal risk=2 answer=1"),
    way("misuse", REVIEW, "findings"),
    way("misuse", "triage=2 advice=1 staff=2 substance=1", then="advice=4 advice=3"),
    way("misuse", REVIEW, then="triage=2 triage=1"),
    way("harassment", "triage=1 answer=1"),
    way("harassment", "triage=2 answer=3"),
    way("harassment", "triage=4 staff=2 substance=3 answer=2"),
    way("harassment", "triage=4 staff=3 lado=1", "lado"),
    way("staff-victim", "triage=1 answer=1"),
    way("staff-victim", "triage=2 advice=2"),
    way("staff-victim", "triage=4 colleague=3 colleague-said=1"),
    way("staff-victim", "triage=4 colleague=2 substance=3 answer=3"),
    way("staff-victim", "triage=2 advice=1 colleague=2 substance=1", "files"),
    way("nudes", "adult=1 adult-who=2 police-said=4"),
    way("nudes", "adult=2 coercion=2 content=2 under-13=2 harm=2 own-way=2", "own-way"),
    way("allegation", "named=2 lado-said=2", "account"),
    way("breach", "crime=2 risk=4 ico=1", "risk"),
    way("lost-media", "stolen=2 encrypted=1 evidence=1 personal=1 ico=2", "personal"),
    way("words-only", "", "others"),
]
"""Each procedure in each situation in which nothing may be taken, and where something may."""
REVIEWED = {"no class", "A", "unsure", "B without advice", "stopped", "a gate missing"}
SITUATIONS = {
    "misuse": REVIEWED,
    "harassment": REVIEWED,
    "staff-victim": REVIEWED,
    "allegation": {"no class", "stopped"},
    "breach": {"no class", "stopped"},
    "lost-media": {"no class", "stopped"},
    "nudes": {"opened as A", "stopped"},
    "words-only": {"words only", "stopped"},
}


def sign_in(folder: Path, words: dict[str, str], home: Path) -> Attacker:
    """Sign two officers in at a desk, and let them keep one file of another incident."""
    desk = Desk(folder, SystemClock(), FLOOR, home / "sheets")
    (first, one), (second, two) = list(words.items())[:2]
    desk.unlock(first, one, second, two, ())
    (home / "stick").mkdir()
    (home / "p.png").write_bytes(PNG)
    attacker = Attacker(desk, folder, home)
    if current_policy.profile_in_force(desk.context.session).review_allowed:
        attacker.other = attacker.items(attacker.walk(way("misuse", REVIEW)))[0]
    return attacker


@pytest.fixture
def attacker(practice: Practice) -> Iterator[Attacker]:
    words = {practice.ids[who]: practice.words[who] for who in ("AB", "CD")}
    found = sign_in(practice.folder, words, practice.home)
    yield found
    found.desk.close()


def test_nothing_is_taken_or_let_out_where_a_procedure_bars_it(attacker: Attacker) -> None:
    for one in WAYS:
        attacker.walk(one)
    situations = {
        name: {why for at, why, _ in attacker.met if at == name} for name in shipped_procedures()
    }
    assert situations == SITUATIONS
    assert attacker.taken == CAPTURING


def test_the_way_decides_and_not_the_class_alone(attacker: Attacker) -> None:
    """Class C and all gates, but a newer answer leads to words: nothing is taken or looked at."""
    case = attacker.walk(way("misuse", REVIEW, then="staff=3"))
    assert {at for _, why, at in attacker.met if why == "words ahead"}
    item = attacker.items(case)[0]
    with pytest.raises(Refused, match="nobody looks"):
        capture.view_exhibit(case, item.seq, "look")


@pytest.mark.long("test_the_way_decides_and_not_the_class_alone")
@pytest.mark.parametrize("profile", shipped_profiles())
def test_every_way_in_every_profile(profile: str, tmp_path: Path) -> None:
    school = samples.make_practice_school("only for practice", profile)
    create_vault(tmp_path / "vault", school, SystemClock(), FLOOR)
    plate = read_public_info(tmp_path / "vault")
    assert plate is not None
    words = {officer: "only for practice" for officer, _ in plate.officers}
    attacker = sign_in(tmp_path / "vault", words, tmp_path)
    ways = all_ways()
    for one in ways:
        attacker.walk(one)
    print(f"\n{profile}: {len(ways)} ways, barred at {len(attacker.met)} steps")  # noqa: T201
    attacker.desk.close()
