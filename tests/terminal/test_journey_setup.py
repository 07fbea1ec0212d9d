"""The first run by real keys at 80x24: from nothing to the locked door, sheets saved."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.programs import need_program
from tests.terminal.keys import DOOR, EVERYWHERE, TWO, esafety
from tests.terminal.tmux import Terminal

PEOPLE = (
    ("Ada Bellweather [/x]", "Deputy Head", "AB"),
    ("Cosmo Dunnock", "=cmd Lead", "CD"),
    ("Effie Finchley", "Assistant Head", "EF"),
)
ORDINALS = ("first", "second", "third")


def fill(terminal: Terminal, *values: str) -> None:
    """Fill the fields of a screen from the first on; Enter goes on."""
    for value in values:
        terminal.paste(value)
        terminal.press("Enter")


def officer(terminal: Terminal, n: int) -> str:
    """Give officer ``n`` (from 0): the person, the words shown, the words typed again."""
    terminal.scene(f"The {ORDINALS[n]} officer", f"Set up · 4 of 6 · officer {n + 1}")
    fill(terminal, *PEOPLE[n])
    text = terminal.scene(f"{PEOPLE[n][0]}: only you should see this screen.", "[ Back ]")
    words = re.search(r"one space between two words:\n+ +(\w.*\w) *\n", text)
    assert words is not None and len(words[1].split()) == 5
    terminal.press("Enter")
    text = terminal.scene("type your five words from the paper.")
    assert words[1] not in text
    if n == 0:
        terminal.paste("other words than on the paper", seen=False)
        terminal.press("Enter")
        terminal.scene("✗ That is not the same. Type it once more, slowly.")
    terminal.paste(words[1], seen=False)
    assert words[1] not in terminal.screen()
    terminal.press("Enter")
    return words[1]


def school(terminal: Terminal) -> None:
    """Give school, nation and computer, with a slip that is said and mended."""
    terminal.press("Enter")
    terminal.scene("Your school", "Site code")
    fill(terminal, "Example <img src=x> School", "Example Sch", "EXS")
    terminal.scene("✗ Domain: write it like hillview.sch.uk, in small letters.")
    terminal.press("C-u")
    fill(terminal, "example.sch.uk")
    terminal.press("Enter")
    terminal.scene("Where is the school?", "▸ 1  England", "4  Northern Ireland")
    terminal.press("2", "Escape")
    terminal.scene("Your school", "Example <img src=x> School", "example.sch.uk")
    terminal.push("Go on")
    terminal.scene("Where is the school?")
    terminal.push("Go on")
    terminal.scene("Which of these is closest to your own policy?", "▸ 1  Generic school")
    terminal.push("Go on")
    terminal.scene("The designated computer", "Where it stands")
    terminal.press("Enter")
    fill(terminal, "office 2")


def contacts(terminal: Terminal) -> None:
    """Give the first contact; say of the others that they are not known."""
    terminal.scene("Whom to call", "contact 1 of 5", "999 and 101 are on it already.")
    fill(terminal, "Cosmo Dunnock, extension 12")
    for n in range(2, 6):
        terminal.scene(f"contact {n} of 5", "[ Not known ]")
        terminal.push("Not known")


@pytest.mark.long("tests/screens/test_set_up.py")
def test_set_up_ends_at_the_locked_door_with_every_sheet(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.always = EVERYWHERE
    esafety(terminal, "--vault", str(tmp_path / "vault"), home=tmp_path)
    text = terminal.until("Setting up esafety", "[ STOP F10 ]", "press F9.")
    assert "PRACTICE" not in text
    school(terminal)
    words = [officer(terminal, n) for n in range(2)]
    terminal.scene("Is there a third officer?", "With only two officers this will not work")
    terminal.push("Go on")
    words.append(officer(terminal, 2))
    contacts(terminal)
    terminal.scene("Is this right?", "Officer 3   Effie Finchley", "Not known yet: Chair")
    assert not (tmp_path / "vault").exists()
    terminal.push("Make the vault")
    terminal.until("The vault is ready.", "Blank paper form", "the paper is the key.", "[ Done ]")
    terminal.push("Done")
    terminal.scene("esafety · Example <img src=x> School", DOOR, "Last sealed #1 ")
    sheets_hold_what_they_must(tmp_path / "Documents/esafety sheets")
    terminal.press("2", "Enter")
    terminal.scene(TWO)
    for n, place in ((2, "3"), (0, "1")):
        terminal.press(place)
        terminal.until(f"◂ {PEOPLE[n][0]}")
        terminal.press("Tab")
        terminal.paste(words[n], seen=False)
        terminal.press("Tab" if n else "Enter")
    terminal.scene("At the door", "What does a trusted clock show now?")
    terminal.press("Escape")
    terminal.scene("Example <img src=x> School · incidents", "None yet.", "no second copy yet")
    terminal.press("C-q")
    terminal.push("Leave without")
    terminal.scene("Before you leave", "What does a trusted clock show now?")
    terminal.press("Escape")
    terminal.printed("ENDED 0")
    assert terminal.restored()


def sheets_hold_what_they_must(folder: Path) -> None:
    """The four sheets are PDFs for this user only, with their words in them."""
    wanted = {
        "paper-key-1.pdf": "Paper key 1", "paper-key-2.pdf": "Paper key 2",
        "blank-paper-form.pdf": "Record of reviewing", "whom-to-call.pdf": "extension 12",
    }  # fmt: skip
    assert {p.name for p in folder.iterdir()} == set(wanted)
    tool = need_program("pdftotext")
    for name, words in wanted.items():
        path = folder / name
        assert path.stat().st_mode & 0o777 == 0o600
        done = subprocess.run([tool, path, "-"], capture_output=True, text=True, check=True)
        assert words in done.stdout, done.stdout
        assert "Example <img src=x> School" in done.stdout
