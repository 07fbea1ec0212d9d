"""A practice vault with something of everything: made by the product, for the second reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from esafety_tui.casework.access import rekey
from esafety_tui.casework.access.rekey import VaultChange
from esafety_tui.casework.disclosure import form_view, signed_form
from esafety_tui.casework.incident import capture, opening, restriction, stop
from esafety_tui.casework.incident.case import CaseFile
from tests.casework.freezing import taken
from tests.casework.support import PNG, TO_CAPTURE, Practice, copy_of, walk
from tests.reader import keyfile
from tests.reader.keyfile import Officer


@dataclass(frozen=True)
class Rich:
    """The vault, closed, and the incidents in it.

    Attributes:
        full: form with a picture, signed by both. frozen: after STOP. restricted: names EF.
        lone: words of EF alone. gone: shredded. later: EF was named after its opening.
    """

    practice: Practice
    full: str
    frozen: str
    restricted: str
    lone: str
    gone: str
    later: str

    def officers(self, *who: str) -> tuple[Officer, Officer]:
        """Open two key files with the second reader."""
        first, second = (
            keyfile.open_key_file(self.practice.key_file(i).read_bytes(), self.practice.words[i])
            for i in who
        )
        return first, second

    def papers(self) -> tuple[Officer, Officer]:
        """Type in the two paper keys."""
        first, second = (keyfile.from_paper(k.signing, k.identity) for k in self.practice.paper[:2])
        return first, second


def _full(practice: Practice, case: CaseFile, tmp: Path) -> None:
    capture.capture_address(case, "https://forum.example.net/1", "unkind", "saw it")
    record = taken(case, tmp / "seen.png")
    capture.record_note(case, "told: “Curly” words,\ttabs and \U0001f600")
    signed_form.render_form(case, [record.seq], reason="not all is known yet")
    for person in form_view.list_reviewers(case):
        assert person is not None
        signed_form.sign_form(case, person.id, practice.words[person.initials])


def _later(practice: Practice, home: Path) -> str:
    """EF is named in an incident after its opening, with a file before and one after."""
    case = practice.case()
    taken(case, home / "before.png", PNG + b"before")
    words = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    restriction.restrict_incident(case, [practice.ids["EF"]], "a parent named EF", words)
    taken(case, home / "after.png", PNG + b"after")
    practice.close()
    return case.inc


def make_rich(template: Practice, home: Path) -> Rich:
    """Make the vault in ``home``: five incidents, one of them shredded, in generation 4."""
    with pytest.MonkeyPatch.context() as place:
        # The officers' memory of the head must not land in the home of whoever runs the tests.
        place.setenv("XDG_STATE_HOME", str(home / ".home" / "state"))
        practice = copy_of(template, home)
        session = practice.sign_in()
        full = practice.case(session)
        _full(practice, full, home)
        stopped, gone = (opening.open_new_incident(session) for _ in range(2))
        for case in (stopped, gone):
            walk(case, TO_CAPTURE)
            taken(case, home / f"{case.inc}.png", PNG + case.inc.encode())
        stop.record_stop(stopped)
        restricted = opening.open_new_incident(session, named=[practice.ids["EF"]])
        capture.record_note(restricted, "told: for two eyes each")
        words = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
        rekey.rekey_vault(
            session, VaultChange("generation.rotated", ("new keys",)), words, "yearly"
        )
        shred = VaultChange("shredded", ("one incident ends",), shred=(gone.inc,))
        rekey.rekey_vault(session, shred, words, "its time is over")
        practice.close()
        alone = practice.sign_in("EF")
        lone = opening.open_new_incident(alone)
        capture.record_note(lone, "told: words of one")
        practice.close()
        later = _later(practice, home)
    return Rich(practice, full.inc, stopped.inc, restricted.inc, lone.inc, gone.inc, later)
