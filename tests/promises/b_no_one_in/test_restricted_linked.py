"""A linked incident is closed to everybody to whom the one before it is closed."""

from __future__ import annotations

import pytest

from esafety_tui.casework.incident import opening, restriction
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.signin.unlock import unlock_vault
from esafety_tui.data.platform import SystemClock
from esafety_tui.flows.engine import engine
from esafety_tui.kernel.errors import NotEligible
from tests.casework.support import TO_CAPTURE, Practice, walk
from tests.flows.ways import good_answer
from tests.promises.b_no_one_in.scene import INVOLVED, WHY, words


def nothing_illegal(case: CaseFile) -> None:
    """Go on to the answer that nothing is against the law, which leads to another procedure."""
    while (step := engine.current_step(case.procedure, case.state)).id != "answer":
        walk(case, [(step.id, dict(good_answer(step, "2" if step.options else "")))])
    walk(case, [("answer", {"option": "2", "said": "Nothing here is against the law."})])


def test_a_linked_incident_names_those_of_the_opening_and_of_later(real: Practice) -> None:
    """One is named at the opening, the other when an officer and a paper key restrict it."""
    session = real.sign_in("AB", "EF")
    case = opening.open_new_incident(session, named=[real.ids[INVOLVED]], others="A parent")
    walk(case, [*TO_CAPTURE[:2], ("triage", {"option": "3"}),
                ("told-unsure", {"options": ["dsl"]})])  # fmt: skip
    real.close()
    paper = real.paper_officer(0)
    session = unlock_vault(real.folder, real.logins("AB"), SystemClock(), papers=[paper])
    real.sessions.append(session)
    case = opening.reopen_incident(session, case.inc)
    both = {**words(real, "AB"), paper.id: paper.identity.to_text}
    restriction.restrict_incident(case, [real.ids["EF"]], WHY, both)
    nothing_illegal(case)
    linked = opening.open_linked_incident(case, "misuse")
    named = linked.records[0].fields["named_officers"]
    assert linked.card.restricted and linked.card.linked == case.inc
    assert named == sorted([real.ids[INVOLVED], real.ids["EF"]])
    assert linked.records[0].field_text("named_others") == "A parent"
    real.close()
    for who in (("AB", "EF"), ("AB", INVOLVED)):
        with pytest.raises(NotEligible):
            opening.reopen_incident(real.sign_in(*who), linked.inc)
        real.close()
