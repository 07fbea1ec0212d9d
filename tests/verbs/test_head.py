"""``esafety head`` as people and scripts run it: sentences, exit codes 0, 1 and 2."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.cli import main
from tests.casework.support import Practice, put_back, snapshot


@pytest.fixture
def ask(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    monkeypatch.setattr("esafety_tui.cli.refuse_network", lambda: None)  # it would last for ever

    def run(*args: str, who: tuple[str, ...] = ("AB",), **more: str) -> tuple[int, str, str]:
        given = dict(more)
        for n, initials in enumerate(who, 1):
            given |= {f"officer{n}": practice.ids[initials]}
            given |= {f"passphrase{n}": practice.words[initials]}
        piped = io.TextIOWrapper(io.BytesIO(json.dumps(given).encode()))
        monkeypatch.setattr(sys, "stdin", piped)
        code = main(["--vault", str(practice.folder), "head", *args, "--from-pipe"])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_show_then_compare_by_pipe_and_by_file(ask: Any, tmp_path: Path) -> None:
    code, note, _ = ask("show")
    assert code == 0 and note.count("\n") == 5 and "— officer-" in note
    paper = tmp_path / "head.txt"
    paper.write_bytes(note.replace("\n", " \r\n").encode())
    for more in ({"head": note}, {}):
        args = ("compare",) if more else ("compare", str(paper))
        code, said, _ = ask(*args, who=("CD",), **more)
        assert code == 0 and "unchanged" in said and "Signed by Ada Bellweather." in said
    code, said, _ = ask("compare", "--json", head=note)
    assert code == 0 and json.loads(said)["result"] == "fits"
    code, said, _ = ask("show", "--json")
    assert code == 0 and json.loads(said)["head"].startswith("exs.practice.invalid/evidence\n")


def test_alarms_are_1_and_what_cannot_be_used_is_2(ask: Any, tmp_path: Path) -> None:
    head = ask("show")[1].split("\n")
    longer = "\n".join([head[0], "999", head[2]])
    code, _, said = ask("compare", head=longer)
    assert code == 1 and "cannot be told apart" in said and len(said.splitlines()) == 1
    code, said, _ = ask("compare", "--json", head=longer)
    assert code == 1 and json.loads(said)["result"] == "alarm"
    assert ask("compare", head="words")[0] == 2
    assert ask("compare", str(tmp_path / "none.txt"))[0] == 2
    assert ask("compare")[0] == 2


def test_accepting_asks_for_the_reason_after_the_alarm(ask: Any, practice: Practice) -> None:
    practice.sign_in()
    old = snapshot(practice, "older")
    practice.sign_in()
    put_back(practice, old)
    two = ("AB", "CD")
    code, _, said = ask("show", who=two)
    assert code == 1 and "ALARM" in said
    assert ask("accept", who=two)[0] == 2, "no reason came"
    assert ask("accept", who=two, reason=" ")[0] == 1
    code, said, alarm = ask("accept", who=two, reason="The disk broke.")
    assert code == 0 and "You have accepted the loss of 1 entry" in said and "ALARM" in alarm
    assert ask("accept", who=two, reason="again")[0] == 2
    assert ask("show")[0] == 0
