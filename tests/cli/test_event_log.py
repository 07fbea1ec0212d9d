"""The event log says what the program did and nothing that anybody typed, chose or keeps."""

from __future__ import annotations

import base64
import json
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from esafety_tui import cli
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.demo import samples
from esafety_tui.event_log import FIRST, EventLog, LoggedDesk, classify_error
from esafety_tui.kernel import errors
from esafety_tui.kernel.errors import BadInput, EvidenceError
from tests.screens import real
from tests.screens.rig import UnderTest, clock, no_signals, until

CANARY = "Zq7canary"
NAME = re.compile(r"[A-Za-z_]{1,40}")
CLASSES = {name for name in dir(errors) if name[0].isupper()} | {"another", "KeyError", "OSError"}
FIELDS: dict[str, Any] = {
    "v": lambda value: value == 1,
    "kind": {"begin", "end", "call", "screen"}.__contains__,
    "name": NAME.fullmatch,
    "error": CLASSES.__contains__,
    "at": lambda value: datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z"),
    "version": re.compile(r"\d+\.\d+\.\d+").fullmatch,
    "python": re.compile(r"\d+\.\d+\.\d+").fullmatch,
    "system": lambda value: value == sys.platform,
    **dict.fromkeys(("ms", "took", "count", "size_below_2_to", "code"), lambda v: type(v) is int),
}


def events_of(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a log, every field of them of its closed kind."""
    lines = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    for line in lines:
        for field, value in line.items():
            assert FIELDS[field](value), f"{field}: {value!r}"
    return lines


def hidden_in(data: bytes, secret: str) -> bool:
    """Return whether a secret stands in bytes, in any dress that a program might give it."""
    raws = [secret.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    dresses = [*raws, *(raw.hex().encode() for raw in raws)]
    for raw in raws:  # base64 at each of three offsets, without the ends that depend on neighbours
        dresses += [base64.b64encode(bytes(n) + raw)[4 if n else 0 : -4] for n in range(3)]
    return any(dress.lower() in data.lower() for dress in dresses)


def walk_with_canaries(desk: Desk, vault: real.Practice, folder: Path) -> None:
    """Do an incident to its pack of words, a canary in every field, and some calls that fail."""
    rows = [(s, {k: _spoil(v) for k, v in values.items()}) for s, values in real.TO_ADDRESSES]
    inc = desk.open_incident((), f"{CANARY} One", False).inc
    for step, values in rows:
        desk.answer(inc, step, values, CANARY)
    desk.note(inc, f"saw: {CANARY} note")
    desk.add_url(inc, f"https://{CANARY}.example.net/", CANARY, "saw it")
    desk.answer(inc, "urls", {"done": "yes"}, "")
    shot = samples.write_samples(folder / CANARY)[0]
    mine = shot.rename(shot.with_name(f"{CANARY}{shot.suffix}"))
    desk.add_file(inc, mine, f"{CANARY} shown", f"{CANARY} seen", lambda *_: None)
    with pytest.raises(EvidenceError):
        desk.add_file(inc, folder / CANARY / "gone", CANARY, CANARY, lambda *_: None)
    with pytest.raises(EvidenceError):
        desk.reopen(CANARY, CANARY)
    desk.stop(inc)
    with pytest.raises(EvidenceError):
        desk.add_url(inc, f"https://{CANARY}.example.net/2", CANARY, "saw it")


def _spoil(value: Any) -> Any:
    """Return a typed value with the canary in it; choices of a list are left."""
    free = isinstance(value, str) and not re.fullmatch(r"\d+|\d\d \w+ \d{4}|there is none", value)
    return f"{value} {CANARY}" if free else value


def test_a_whole_incident_leaves_no_word_of_it(tmp_path: Path) -> None:
    """Guards the promise: no canary, passphrase, officer, school, incident or folder is in it."""
    vault = real.make(tmp_path / CANARY)
    desk, path = vault.desk(), tmp_path / "log"
    log = EventLog(path)
    logged = cast("Desk", LoggedDesk(desk, log))
    real.sign_in(logged, vault.words)
    walk_with_canaries(logged, vault, tmp_path)
    people = [officer.name for officer in desk.state().officers]
    cards = desk.incidents()
    logged.close()
    log.close_log()
    data, events = path.read_bytes(), events_of(path)
    secrets = {CANARY, str(tmp_path), *vault.words, *people, *(card.inc for card in cards)}
    assert len(secrets) > 6 and hidden_in(data + CANARY.encode("utf-16-be"), CANARY)
    assert not [secret for secret in secrets if hidden_in(data, secret)]
    calls = {event["name"] for event in events}
    assert {"unlock", "open_incident", "answer", "note", "add_url", "add_file", "stop"} <= calls
    failed = [event["name"] for event in events if "error" in event]
    assert failed == ["add_file", "reopen", "add_url"]
    assert any("size_below_2_to" in event for event in events if event["name"] == "add_file")


async def test_screens_are_noted_by_their_class(tmp_path: Path) -> None:
    """Guards the app's part; what is typed at the door is not in it."""
    vault = real.make(tmp_path / "school")
    log = EventLog(tmp_path / "log")
    desk = cast("Desk", LoggedDesk(vault.desk(), log))
    app = UnderTest(desk, clock=clock(), signals=no_signals, note_screen=log.write_screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await real.through_door(pilot, (CANARY, CANARY))
        await until(pilot, "passphrase")
        await pilot.press("f9")
        await until(pilot, "999")
    log.close_log()
    events = events_of(tmp_path / "log")
    assert "UrgentScreen" in {event["name"] for event in events if event["kind"] == "screen"}
    assert "WrongPassphrase" in {event.get("error") for event in events}
    assert not hidden_in((tmp_path / "log").read_bytes(), CANARY)


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    """Run the command line in this process."""
    for name in ("refuse_network", "refuse_core_files", "scrub_environment"):
        monkeypatch.setattr(cli, name, lambda: None)
    return cli.main([str(word) for word in words])


def test_the_command_line_notes_each_verb_and_appends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Guards beginning, end and exit code; a second run adds to the first."""
    path = tmp_path / "log"
    assert run(monkeypatch, "--log", path, "urgent") == 0
    assert run(monkeypatch, "--log", path, "drill", "--route-only") == 0
    assert run(monkeypatch, "--log", path, "drill", "--scenario", CANARY) == 2
    ends = [event for event in events_of(path) if event["kind"] != "begin"]
    assert [(e["name"], e.get("code"), e.get("error")) for e in ends] == [
        ("urgent", 0, None), ("drill", 0, None), ("drill", None, "BadInput"),
    ]  # fmt: skip
    assert path.read_bytes().startswith(FIRST)
    assert not hidden_in(path.read_bytes(), CANARY)


@pytest.mark.posix
def test_a_new_log_is_for_this_user_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Guards the mode; no mask of the shell is relied on."""
    EventLog(tmp_path / "log").close_log()
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


@pytest.mark.posix
@pytest.mark.parametrize("where", ["link", "hard link", "letter", "folder", "pipe", "in a vault"])
def test_no_other_place_is_written_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Guards a file of somebody's behind a link, a letter, and the inside of a vault."""
    if sys.platform == "win32":
        pytest.skip("no named pipes")
    letter, path = tmp_path / "letter.txt", tmp_path / "log"
    letter.write_text("Dear parents,\n")
    if where == "link":
        path.symlink_to(letter)
    elif where == "hard link":
        (tmp_path / "first").write_bytes(FIRST)
        path.hardlink_to(tmp_path / "first")
    elif where == "letter":
        path = letter
    elif where == "folder":
        path.mkdir()
    elif where == "pipe":
        import os

        os.mkfifo(path)
    else:
        path = real.make(tmp_path).folder / "blobs" / "log"
    before = sorted(tmp_path.rglob("*"))
    assert run(monkeypatch, "--log", path, "urgent") == 2
    said = capsys.readouterr()
    assert said.out == "" and re.search(r"cannot be written there|inside a vault", said.err)
    assert str(tmp_path) not in said.err
    assert letter.read_text() == "Dear parents,\n" and sorted(tmp_path.rglob("*")) == before


def test_only_classes_of_ours_and_pythons_are_named() -> None:
    """Guards against a name of somebody else's; a message is never looked at."""
    strange = type(CANARY, (Exception,), {})
    assert classify_error(strange(CANARY)) == "another"
    assert classify_error(type("BadInput", (Exception,), {})()) == "another"
    assert classify_error(BadInput(CANARY, CANARY)) == "BadInput"
    assert classify_error(KeyError(CANARY)) == "KeyError"


def test_every_field_is_in_the_document() -> None:
    """Guards that who sends a log can read first what is in it."""
    page = (Path(__file__).parents[2] / "docs" / "event-log.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == FIELDS.keys()


def test_without_the_option_nothing_of_it_is_loaded() -> None:
    """Guards the cost: no module, no wrapper around the desk."""
    import subprocess

    code = (
        "import sys; from esafety_tui import cli; cli.main(['urgent']);"
        "sys.exit('esafety_tui.event_log' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
    args = cli._parse_arguments(["--plain"])
    assert args.log_desk(args) is args and args.note_screen is None
