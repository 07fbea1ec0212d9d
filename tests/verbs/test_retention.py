"""``esafety retention`` as people and scripts run it, from the list to the certificate."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from esafety_tui import cli
from esafety_tui.casework.incident import retention
from esafety_tui.casework.incident.opening import open_new_incident
from tests.casework.support import Practice


@pytest.fixture
def ask(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    monkeypatch.setattr(cli, "refuse_network", lambda: None)  # it would last for ever

    def run(*args: str, who: str = "AB CD", **given: str) -> tuple[int, str, str]:
        answers = dict(given)
        for n, i in enumerate(who.split(), 1):
            answers |= {f"officer{n}": practice.ids[i], f"passphrase{n}": practice.words[i]}
        piped = io.TextIOWrapper(io.BytesIO(json.dumps(answers).encode()))
        monkeypatch.setattr(sys, "stdin", piped)
        code = cli.main(["--vault", str(practice.folder), *args])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def last_json(text: str) -> dict[str, Any]:
    """Return the object on the last line."""
    found: dict[str, Any] = json.loads(text.splitlines()[-1])
    return found


def test_from_the_list_to_the_certificate(ask: Any, practice: Practice, tmp_path: Path) -> None:
    session = practice.sign_in()
    case, other = practice.case(session), open_new_incident(session)
    case.record_answer("staff", {"option": "1"}, "A volunteer was there.")
    ref, kept = case.card.reference, other.card.reference
    today = retention.today_in_uk(session).isoformat()
    session.append_record("backup.made", {"copy": "c", "label": "blue stick", "generation": 1,
                                   "keys": True})  # fmt: skip
    practice.close()

    code, said, _ = ask("retention", "--from-pipe")
    assert code == 0 and ref in said and kept in said and "HOLD" not in said
    assert ask("retention", "hold", ref, "--from-pipe", who="EF", reason="The police rang.",
               hold_reference="12/345")[0] == 0  # fmt: skip
    code, said, _ = ask("retention", "list", "--json", "--from-pipe")
    row = next(r for r in last_json(said)["due"] if r["reference"] == ref)
    assert row["day"] is None and row["why"] == retention.LATE

    def shred(**more: str) -> tuple[int, str, str]:
        given = {"reason": "The time is over.", "typed1": ref, **more}
        done: tuple[int, str, str] = ask(
            "retention", "shred", ref, "--to", str(tmp_path), "--from-pipe", "--json", **given
        )
        return done

    for step, given, words in (
        (("lift", ref), {"reason": "They closed it."}, "legal hold"),
        (("outcome", ref), {"outcome": "Unfounded.", "outcome_reference": ""}, "the LADO"),
        (("review", ref, today), {"reason": "Agreed."}, "to be kept until"),
    ):
        code, _, err = shred()
        assert code == 2 and words in err
        assert ask("retention", step[0], *step[1:], "--from-pipe", **given)[0] == 0
    code, said, _ = ask("retention", "--from-pipe")
    assert "DUE" in said
    code, _, err = shred(typed1=kept)
    assert code == 2 and "not the reference" in err
    code, said, _ = shred()
    assert code == 0
    done = last_json(said)
    assert Path(done["certificate"]).is_file() and done["copies"] == ["blue stick"]
    assert any("These copies may hold the keys: blue stick" in s for s in done["sentences"])

    code, _, err = shred()
    assert code == 2 and "no incident with this reference" in err
    code, said, _ = ask("retention", "certificate", str(done["entry"]), "--to", str(tmp_path),
                        "--from-pipe", who="CD EF")  # fmt: skip
    assert code == 0 and len(list(tmp_path.glob("certificate-*.pdf"))) == 2
    code, said, _ = ask("retention", "--json", "--from-pipe")
    assert [r["reference"] for r in last_json(said)["due"]] == [kept]
    assert last_json(said)["certificates_missing"] == []

    code, said, _ = ask("verify", str(practice.folder), "--json", "--from-pipe",
                        officer=practice.ids["EF"], passphrase=practice.words["EF"])  # fmt: skip
    assert code == 0 and last_json(said)["result"] == "sound"
    code, said, _ = ask("verify", done["certificate"], "--json", "--from-pipe")
    assert code == 0 and last_json(said)["signed_by"] == ["Ada Bellweather", "Cosmo Dunnock"]


def test_one_officer_cannot_list_lift_or_shred(ask: Any, practice: Practice) -> None:
    case = practice.case()
    ref = case.card.reference
    practice.close()
    for sort in (["list"], ["lift", ref], ["review", ref, "2051-11-21"], ["outcome", ref],
                 ["shred", ref, "--to", "."]):  # fmt: skip
        code, _, err = ask("retention", *sort, "--from-pipe", who="AB", reason="x", outcome="x")
        assert code == 2 and "did not come through the pipe" in err
