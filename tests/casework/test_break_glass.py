"""docs/break-glass.md is run as it stands: age, sqlite3 and two paper keys, on a practice vault.

Guards the promise that the evidence outlives this program.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.casework.access.key_files import find_key_file as find_key
from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.incident.opening import open_new_incident
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data.platform import SystemClock
from esafety_tui.demo.drill import PracticeDrill
from tests.programs import need_program

pytestmark = pytest.mark.tool("age")

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "break-glass.md"
SECRET_WORDS = "Restricted words, known to two paper keys"


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of one language, in the document's order."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A drilled vault with one more, restricted incident, and what its session could read."""
    folder = tmp_path_factory.mktemp("glass")
    with pytest.MonkeyPatch.context() as place:
        # The officers' memory of the head must not land in the home of whoever runs the tests.
        place.setenv("XDG_STATE_HOME", str(folder / "state"))
        return made(folder / "drill")


def made(folder: Path) -> dict[str, Any]:
    """Drill into ``folder``, add a restricted incident, and return what its session could read."""
    told = dict(PracticeDrill(folder, "other", lambda _step, _detail: None).run_drill())
    vault = folder / "vault"
    plate = read_public_info(vault)
    assert plate is not None
    by_name = dict(zip((n for _, n in plate.officers), told["practice_passphrases"].values()))  # type: ignore[union-attr]  # noqa: B905
    logins = [Login(i, by_name[n]) for i, n in plate.officers[:2]]
    session = unlock_vault(vault, logins, SystemClock())
    try:
        case = open_new_incident(session, named=[plate.officers[2][0]], others=SECRET_WORDS)
        first = session.read_case_card(str(told["incident"]))
        shown = {r.seq: r.fields for r in [*session.read_all(first), *session.read_all(case.card)]}
        # Reading is an entry, too: the lines are taken when everything was read.
        lines = [data.decode() for data in session.store.raw]
        last = session.store.chain.prev
    finally:
        session.close_session()
    officer = find_key(vault, plate.officers[0][0]).unlock_keys(by_name[plate.officers[0][1]])
    return {
        "vault": vault, "samples": sorted((folder / "samples").iterdir()), "lines": lines,
        "records": shown, "keys": told["practice_paper_keys"], "last": last,
        "officer": (plate.officers[0][0], by_name[plate.officers[0][1]], officer.identity.to_text),
    }  # fmt: skip


def run(work: Path, vault: Path, command: list[str], said: str = "") -> str:
    """Run one command of the document in ``work``; it must succeed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    place = {"PATH": path, "VAULT": str(vault), "WORK": str(work), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=work, env=place, input=said, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def opened(practice: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which every bash block of the document has run, and what they printed."""
    for program in ("age", "sqlite3", "sha256sum"):
        need_program(program)
    work = tmp_path_factory.mktemp("work")
    for name, key in zip(("one.txt", "two.txt"), practice["keys"], strict=True):
        (work / name).write_text(key["identity"] + "\n", encoding="ascii")
    for script in blocks("python"):
        first = re.match(r"# (\w+\.py)", script)
        assert first is not None
        (work / first[1]).write_text(script, encoding="utf-8")
    commands = "\n".join(blocks("bash"))
    return work, run(work, practice["vault"], ["bash", "-eu", "-c", commands])


def test_two_paper_keys_open_every_record(
    practice: dict[str, Any], opened: tuple[Path, str]
) -> None:
    """Every record, restricted ones too, says the same as it said to a session of the program."""
    work, said = opened
    assert "not for these keys" not in said
    files = sorted((work / "records").glob("*.json"))
    assert len(files) == len(practice["lines"])
    for seq, fields in practice["records"].items():
        record = json.loads((work / "records" / f"{seq:06d}.json").read_bytes())
        line = json.loads(practice["lines"][seq])
        assert (record["seq"], record["inc"]) == (seq, line["inc"])
        assert {name: value for _, name, value in record["disclosures"]} == fields
    assert any(f.get("named_others") == SECRET_WORDS for f in practice["records"].values())


def test_two_paper_keys_give_back_the_originals(
    practice: dict[str, Any], opened: tuple[Path, str]
) -> None:
    """Every sealed file opens; every sample is among them byte for byte, by its recorded hash."""
    work, said = opened
    sealed = {p.stem for p in (practice["vault"] / "blobs").glob("*.age")}
    found = {p.name: p.read_bytes() for p in (work / "originals").iterdir()}
    assert set(found) == sealed
    assert {p.read_bytes() for p in practice["samples"]} <= set(found.values())
    recorded = {f["sha256"] for f in practice["records"].values() if "exhibit" in f}
    assert len(recorded) == len(practice["samples"])
    assert recorded <= {hashlib.sha256(data).hexdigest() for data in found.values()}
    assert all(digest in said for digest in recorded)


def test_the_printed_script_lists_the_ledger(
    practice: dict[str, Any], opened: tuple[Path, str]
) -> None:
    """One key alone lists the lines, the same bytes as the program has, ending in its head."""
    work, said = opened
    assert (work / "lines.txt").read_text(encoding="utf-8").splitlines() == practice["lines"]
    assert f"last {practice['last']}" in said


def test_the_printed_script_opens_an_officers_key(
    practice: dict[str, Any], opened: tuple[Path, str]
) -> None:
    """A key file and its passphrase stand in for a lost paper key."""
    officer_id, passphrase, identity = practice["officer"]
    file = practice["vault"] / "officers" / f"officer-{officer_id[:16]}.evkey"
    said = run(
        opened[0], practice["vault"], [sys.executable, "officer.py", str(file)], passphrase + "\n"
    )
    assert said.strip() == identity


def test_one_paper_key_opens_no_record(
    practice: dict[str, Any], opened: tuple[Path, str], tmp_path: Path
) -> None:
    """Guards two-person control: the same commands with one key twice reach no vault key."""
    for name in ("one.txt", "two.txt", "lines.py"):
        shutil.copy(opened[0] / name, tmp_path / name)
    shutil.copy(tmp_path / "one.txt", tmp_path / "two.txt")
    commands = "\n".join(blocks("bash")[:2])
    place = {"PATH": os.environ["PATH"], "VAULT": str(practice["vault"]), "WORK": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-eu", "-c", commands], cwd=tmp_path, env=place, capture_output=True, check=False
    )
    assert done.returncode != 0
    assert not (tmp_path / "vault.txt").read_bytes()
