"""``esafety officers``: through a pipe, as a script would; each answer is one object."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from esafety_tui import cli
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data import officers, platform
from tests.casework.support import Practice

NEW = "seven quiet otters sang here"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key files at the format's floor, and no guards in the test's own process."""
    monkeypatch.setattr(officers.KdfCost, "__init__", _floor)
    monkeypatch.setattr(cli, "refuse_network", lambda: None)


def _floor(self: Any, m: int = 19456, t: int = 1, p: int = 1) -> None:
    for name, value in (("m", m), ("t", t), ("p", p)):
        object.__setattr__(self, name, value)


def asked(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, *args: str, pair: str = "AB CD",
    **given: str,
) -> int:  # fmt: skip
    """Run a verb with these answers; ``pair`` signs in."""
    answers = dict(given)
    for n, i in enumerate(pair.split(), 1):
        answers |= {f"officer{n}": practice.ids[i], f"passphrase{n}": practice.words[i]}
    piped = io.TextIOWrapper(io.BytesIO(json.dumps(answers).encode()))
    monkeypatch.setattr(sys, "stdin", piped)
    return cli.main(["--vault", str(practice.folder), "officers", *args, "--from-pipe"])


def test_the_list_names_everybody_and_their_certificates(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(practice, monkeypatch, "list", "--json", pair="AB") == 0
    people = json.loads(capsys.readouterr().out.splitlines()[-1])["people"]
    assert [p["initials"] for p in people] == ["AB", "CD", "EF", "PKA", "PKB"]
    assert {p["kind"] for p in people} == {"officer", "paper key"}
    assert all(len(p["certificate"]) == 64 for p in people)


def test_joins_leaves_and_gets_new_keys(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = {"name": "Gita Harbour", "position": "Head of year", "initials": "gh"}
    words = {"new": NEW, "again": NEW, "reason": "a new deputy"}
    assert asked(practice, monkeypatch, "enrol", **person, **words) == 0
    assert "Done. Enrolled." in capsys.readouterr().out
    assert asked(practice, monkeypatch, "leave", reason="moved", who=practice.ids["EF"]) == 0
    assert "open no incident begun from here on" in capsys.readouterr().out
    assert not practice.key_file("EF").exists()
    assert asked(practice, monkeypatch, "rotate", reason="yearly") == 0
    out = capsys.readouterr().out
    assert "NOTE" not in out and "new keys" in out
    newcomer = next(
        f for f in (practice.folder / "officers").glob("*.evkey")
        if f not in {practice.key_file("AB"), practice.key_file("CD")}
    )  # fmt: skip
    found = officers.read_key_file(newcomer)
    logins = [Login(found.officer_id, NEW), *practice.logins("AB")]
    session = unlock_vault(practice.folder, logins, platform.SystemClock())
    assert session.is_pair and session.keyring.directory.generation == 4
    session.close_session()


@pytest.mark.parametrize(("answers", "words"), [
    ({"new": "password", "again": "password"}, ""),
    ({"new": NEW, "again": NEW + "x"}, "not the same"),
    ({}, "did not come through the pipe"),
])  # fmt: skip
def test_a_weak_or_mistyped_passphrase_changes_nothing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    answers: dict[str, str], words: str,
) -> None:  # fmt: skip
    before = practice.key_file("AB").read_bytes()
    assert asked(practice, monkeypatch, "passphrase", pair="AB", **answers) == 2
    assert words in capsys.readouterr().err
    assert practice.key_file("AB").read_bytes() == before


def test_own_passphrase_and_own_key_file(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    assert asked(practice, monkeypatch, "passphrase", pair="AB", new=NEW, again=NEW) == 0
    practice.words = {**practice.words, "AB": NEW}
    assert asked(practice, monkeypatch, "move", "--to", str(stick), pair="AB") == 0
    assert not practice.key_file("AB").exists()
    assert practice.sign_in("AB", "CD").warnings == []


def test_two_sheets_sign_in_and_are_replaced(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    lines: dict[str, str] = {}
    for n, key in enumerate(practice.paper, 1):
        lines |= {f"identity{n}": key.identity, f"signing{n}": key.signing}
    assert asked(practice, monkeypatch, "rehearse", **lines) == 0
    assert "Both paper keys open it" in capsys.readouterr().out
    args = ("paper", "--to", str(tmp_path / "sheets"), "--paper-keys", "2")
    assert asked(practice, monkeypatch, *args, pair="", reason="envelopes opened", **lines) == 0
    assert len(list((tmp_path / "sheets").glob("*.pdf"))) == 2
    assert asked(practice, monkeypatch, "rehearse", **lines) == 2
    assert "may have been replaced" in capsys.readouterr().err


def test_a_computer_and_a_contact(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(practice, monkeypatch, "machine", label="PC 2", reason="why") == 2
    assert "designated one already" in capsys.readouterr().err
    assert asked(practice, monkeypatch, "contact", contact="vicar=1", reason="why") == 2
    assert "no contact vicar" in capsys.readouterr().err
