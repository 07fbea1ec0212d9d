"""The program itself at a real, dumb terminal: bytes, echo, signals, the end of input, records."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from esafety_tui.casework.desk_keeping import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.flows.model import Procedure
from tests.casework.support import Practice
from tests.plain.acts import Act, Script, lines, pick, secret, sign_in, type_, word
from tests.plain.pty import Pty
from tests.plain.routes import Leg, Way, way
from tests.plain.test_procedures import WAYS, by_desk, journey, offered, told

NAMES = ("Ada Bellweather", "Cosmo Dunnock")
EVERY = [(p.name, which) for p in offered() for which in WAYS]
QUICK = [("lost-media", WAYS[1])]
DOOR = "Open the vault: carry on, look up, sign, export (two officers)"


@pytest.fixture
def home(practice: Practice) -> Practice:
    """A fresh practice vault with the sample file that the ways take in."""
    (practice.home / "messages.txt").write_text("PRACTICE: invented messages\n")
    return practice


@pytest.fixture
def terminal(home: Practice) -> Iterator[Pty]:
    """The plain mode on the vault, at its first prompt."""
    terminal = Pty("--vault", str(home.folder), "--plain", home=home.home)
    yield terminal
    terminal.close()


def harmless(raw: bytes) -> None:
    """Fail on anything but lines: no escape, no bell, a carriage return at line ends alone."""
    assert b"\x1b" not in raw and b"\x07" not in raw
    assert not re.search(rb"\r(?!\n)", raw)
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw)
    for line in raw.decode("utf-8").replace("\r\n", "\n").split("\n"):
        assert len(line) <= 76 or " > " in line, line


def procedure(name: str) -> Procedure:
    """Return one of the procedures offered."""
    return next(p for p in offered() if p.name == name)


def words(home: Practice) -> dict[str, str]:
    """Return passphrases by the officer's name."""
    return {name: home.words["".join(part[0] for part in name.split())] for name in NAMES}


def signed_in(home: Practice) -> Iterator[Act]:
    """Yield the acts of two officers at the door."""
    yield pick(DOOR)
    for name, passphrase in words(home).items():
        yield from sign_in(passphrase, (name,))


def desk_of(home: Practice) -> Desk:
    """Return a desk with the first two officers signed in, after the program has ended."""
    desk = Desk(home.folder, SystemClock(), FLOOR, home.home / "sheets")
    (first, second) = (home.ids["AB"], home.ids["CD"])
    desk.unlock(first, home.words["AB"], second, home.words["CD"], ())
    return desk


@pytest.mark.parametrize(
    ("name", "which"), EVERY if os.environ.get("ESAFETY_PLAIN") else QUICK, ids="-".join
)
def test_a_procedure_to_its_end_with_the_same_records(
    home: Practice, terminal: Pty, name: str, which: Way
) -> None:
    """At the terminal as given to the desk; not one byte that moves a cursor; no passphrase."""
    legs: list[Leg] = list(way(procedure(name), which))
    acts = list(journey([(procedure(name), legs)], home.home))
    at = next(n for n, act in enumerate(acts) if act.sort == "secret")
    typed = [*signed_in(home), *acts[at + 3 :]]
    terminal.play(Script(typed))
    assert terminal.ended() == 0
    harmless(terminal.raw)
    assert not [w for w in home.words.values() if w in terminal.text]
    desk = desk_of(home)
    try:
        (card,) = desk.incidents()
        assert told(desk, card.inc) == told(desk, by_desk(desk, procedure(name), legs, home.home))
    finally:
        desk.close()


def closing(home: Practice, out: Path) -> Iterator[Act]:
    """Yield the acts from the signing step to the end: both sign, PDF, container, its sheet."""
    keys = words(home)
    yield pick("Draw the form", "Step ")
    yield pick("Draw the form all the same", "The police would still ask for this:")
    yield from lines("Practice, so nothing more is known")
    yield pick("Yes: print them, marked as opinion", "Some lines say what you think.")
    yield pick("Go on", "Shall the form be read out here?")
    for name, passphrase in keys.items():
        yield pick(f"{name}, Senior teacher, signs", f"Not signed by {name}.")
        yield secret(passphrase)
    yield pick("Save the form as a PDF, to print it", "Signed by both")
    yield type_(str(out / "form"))
    yield pick("Go on", "Saved and read back")
    yield pick("Write a pack", "Step ")
    for line in (str(out), "practice police", "practice"):
        yield type_(line)
    yield pick("Encrypted, with its own passphrase (the usual way)")
    yield pick("Yes, both of us sign it", "purpose: practice")
    for passphrase in keys.values():
        yield secret(passphrase)
    yield pick("Save a sheet with it, to print", "Exported: written, read back and found sound.")
    yield type_(str(out / "form"))
    yield pick("It is on paper; go on", "Saved:")
    yield pick("Go on", "Exported and read back:")
    yield pick("To the list of incidents", "What next?")
    yield word("quit")
    yield pick("Leave", "Leave esafety?")


def test_signed_and_exported_at_the_terminal(home: Practice, terminal: Pty) -> None:
    """Both passphrases twice, the pack read back, form and sheet in another folder."""
    out = home.home / "out"
    (out / "form").mkdir(parents=True)
    alone = next(p for p in offered() if p.name == "lost-media")
    legs = list(way(alone, "first", close=True))[:-2]
    acts = list(journey([(alone, legs)], home.home))
    at = next(n for n, act in enumerate(acts) if act.sort == "secret")
    terminal.play(Script([*signed_in(home), *acts[at + 3 : -4], *closing(home, out)]))
    assert terminal.ended() == 0
    harmless(terminal.raw)
    assert not [w for w in home.words.values() if w in terminal.text]
    assert len(list((out / "form").glob("*.pdf"))) == 2
    desk = desk_of(home)
    try:
        case = desk.case(desk.incidents()[0].inc)
        assert set(case.signed_by) == set(NAMES) and len(case.exported) == 1
    finally:
        desk.close()


@pytest.mark.parametrize("how", ["end of input", "SIGHUP", "SIGTERM", "closed window"])
def test_however_it_ends_the_session_is_over(home: Practice, terminal: Pty, how: str) -> None:
    """At the end of input, by a signal, by a window that is gone: nobody stays signed in."""
    if how != "end of input":
        terminal.play(Script([*signed_in(home)], "DONE"))
    else:
        terminal.prompt()
    if how == "end of input":
        terminal.send(b"\x04")
    elif how == "closed window":
        terminal.close_window()
    else:
        terminal.program.send_signal(getattr(signal, how))
    code = terminal.program.wait(40) if how == "closed window" else terminal.ended()
    assert code == {"SIGHUP": 129, "SIGTERM": 143, "closed window": 129}.get(how, 0)
    desk_of(home).close()  # the vault's lock is free again
    if how != "closed window":
        assert "The session is ended; nobody is signed in." in terminal.text


def test_ctrl_c_at_a_prompt_and_stop_at_a_passphrase(home: Practice, terminal: Pty) -> None:
    """Ctrl+C asks; the word is heard where nothing is shown, and the echo is back afterwards."""
    terminal.prompt()
    terminal.send(b"half a li\x03")
    terminal.until("Ctrl+C. The line you were typing was dropped")
    acts = [pick("Go on", "What do you want?"), pick(DOOR), pick(NAMES[0]), secret("stop"),
            pick("Leave these steps", "Nobody is signed in"), pick("Leave"),
            secret("wrong"), pick(NAMES[1]), secret("wrong"),
            pick(NAMES[0], "passphrase"), word("quit")]  # fmt: skip
    terminal.play(Script(acts))
    assert terminal.ended() == 0
    assert "wrong" not in terminal.text.replace("is wrong", "")
    assert "help > 1" in terminal.text, "the terminal echoes what is typed"


def test_a_line_that_the_terminal_cut_is_refused(home: Practice, terminal: Pty) -> None:
    """Linux' line editor drops what is beyond 4,095 characters: nothing is taken in part."""
    terminal.prompt()
    terminal.type("x" * 4200)
    heard = terminal.prompt()
    assert heard is not None and "longer than this terminal passes on" in " ".join(heard[0].split())
    terminal.type("5")
    assert terminal.ended() == 0
