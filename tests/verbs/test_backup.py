"""``esafety backup`` and ``esafety restore`` as an officer types them, answers through a pipe."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from esafety_tui import cli
from esafety_tui.casework.incident import stop
from esafety_tui.data import platform
from tests.casework.support import PNG, Practice


class Pipe:
    """A standard input with one JSON object."""

    def __init__(self, **answers: str) -> None:
        self.buffer = io.BytesIO(json.dumps(answers).encode())

    def isatty(self) -> bool:
        return False


def run(monkeypatch: pytest.MonkeyPatch, answers: dict[str, str], *args: object) -> int:
    monkeypatch.setattr(sys, "stdin", Pipe(**answers))
    return cli.main([str(a) for a in (*args, "--from-pipe")])


def people(practice: Practice, *who: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for n, i in enumerate(who, 1):
        found |= {f"officer{n}": practice.ids[i], f"passphrase{n}": practice.words[i]}
    return found


@pytest.fixture
def places(practice: Practice) -> tuple[Path, Path]:
    from esafety_tui.casework.incident import capture

    case = practice.case()
    path = practice.home / "picture.png"
    path.write_bytes(PNG)
    capture.capture_file(case, path, "a picture", "seen here")
    stop.record_stop(case)
    practice.close()
    target, keys = practice.home / "stick", practice.home / "safe"
    target.mkdir()
    keys.mkdir()
    return target, keys


def test_a_copy_and_back_again(
    practice: Practice, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    target, keys = places
    one = people(practice, "EF")
    vault = ("--vault", practice.folder)
    code = run(monkeypatch, one, *vault, "backup", target, "--keys", keys, "--label", "green")
    said = capsys.readouterr().out
    assert code == 0
    assert "Backed up: " in said and "read back from the target itself" in said
    assert "1 frozen sealed file(s) were left out" in said
    assert run(monkeypatch, one, *vault, "backup", target, "--keys", keys, "--json") == 0
    made = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (made["result"], made["left_out"], made["keys"]) == ("backed up", 1, True)
    shutil.rmtree(practice.home / ".home")
    two = people(practice, "AB", "CD") | {"reason": "the laptop was stolen"}
    new = practice.home / "new"
    assert run(monkeypatch, two, "restore", target, "--keys", keys, "--to", new) == 0
    said = capsys.readouterr().out
    assert "Copy made " in said and f"Put back: {made['entries']} entries." in said
    assert "1 frozen sealed file(s) are not in it" in said
    asked = {"officer": practice.ids["EF"], "passphrase": practice.words["EF"]}
    assert run(monkeypatch, asked, "verify", new) == 0
    assert "1 frozen file(s) are not in this vault" in capsys.readouterr().out
    assert run(monkeypatch, two, "restore", target, "--keys", keys, "--to", new) == 2
    assert "never put over a vault" in capsys.readouterr().err


def test_an_open_vault_is_busy_and_says_where_to_copy(
    practice: Practice, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with platform.lock_vault_file(practice.folder / "lock"):
        one = people(practice, "AB")
        assert run(monkeypatch, one, "--vault", practice.folder, "backup", places[0]) == 2
    assert "Sign out there: it offers a copy." in capsys.readouterr().err
    assert not list(places[0].iterdir())


def test_entries_that_are_gone_are_accepted_with_a_reason_or_not_at_all(
    practice: Practice, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    target, keys = places
    vault = ("--vault", practice.folder)
    assert run(monkeypatch, people(practice, "AB"), *vault, "backup", target, "--keys", keys) == 0
    two = people(practice, "AB", "CD") | {"reason": "the disk broke"}
    new = practice.home / "new"
    back = ("restore", target, "--keys", keys, "--to", new)
    capsys.readouterr()
    assert run(monkeypatch, two, *back) == 2
    assert "ALARM." in capsys.readouterr().err
    assert not new.exists()
    assert run(monkeypatch, two | {"accept": "it broke after the copy"}, *back, "--json") == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["result"] == "restored"
    assert any("accepted" in text for text in found["warnings"])
