"""What was said on a way that was left again opens nothing on another one."""

from __future__ import annotations

import pytest

from esafety_tui.casework import capture, opening
from esafety_tui.kernel.errors import Refused
from tests.casework.policies import adopt, changed, shipped_bytes
from tests.casework.support import TO_CAPTURE, Practice, walk

URL = ("https://forum.example.net/t/1", "Unkind words", "saw it")


def two_ways() -> bytes:
    """Return misuse with a second crime, about which the police are asked on a way of its own."""
    text = shipped_bytes("misuse").decode()
    first = text.index('[[step]]\nid = "told-b"')
    last = text.index('[[step]]\nid = "account-words"')
    own = text[first:last].replace('"told-b"', '"told-b2"').replace('"advice"', '"advice2"')
    option = next(row for row in text.split("\n") if 'class = "B", next = "told-b"' in row)
    other = option.replace('key = "2"', 'key = "9"').replace('"told-b"', '"told-b2"')
    return (text[:last] + own + text[last:]).replace(option, f"{option}\n{other}").encode()


def test_what_the_police_said_of_one_crime_lets_nothing_of_another_be_taken(
    practice: Practice,
) -> None:
    session = practice.sign_in()
    adopt(practice, session, two_ways())
    case = opening.open_new(session)
    walk(case, TO_CAPTURE[:2])
    told = {"options": ["police", "dsl"]}
    walk(case, [("triage", {"option": "2"}), ("told-b", told), ("advice", {"option": "1"})])
    walk(case, TO_CAPTURE[4:])
    capture.add_url(case, *URL)
    case.answer("triage", {"option": "9"}, "it is another crime")
    walk(case, [("told-b2", told)])
    with pytest.raises(Refused, match="police come first"):
        capture.add_url(case, *URL)
    walk(case, [("advice2", {"option": "1"})])
    capture.add_url(case, *URL)


def test_nothing_is_taken_from_the_step_on_that_forbids_copying(practice: Practice) -> None:
    session = practice.sign_in()
    told = 'id = "informed"\n'
    adopt(practice, session, changed("misuse", (told, f'{told}forbids = ["copy"]\n')))
    case = opening.open_new(session)
    walk(case, TO_CAPTURE)
    capture.add_url(case, *URL)
    walk(case, [("urls", {"done": "yes"}), ("files", {"done": "none", "why_none": "none"}),
                ("findings", {"saw": "saw: it"}), ("substance", {"option": "2"})])  # fmt: skip
    capture.add_url(case, *URL)
    walk(case, [("no-substance", {"conclusion": "An old page."})])
    with pytest.raises(Refused, match="on nobody looks at anything or copies it"):
        capture.add_url(case, *URL)
