"""The program itself at a real, dumb terminal: bytes, echo, signals, the end of input, records."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.kernel.views import CaseView
from tests.casework.support import Practice
from tests.plain.acts import Act, Script, leg_acts, lines, pick, secret, sign_in, type_, word
from tests.plain.pty import Pty
from tests.plain.routes import Leg, Way, way
from tests.plain.test_procedures import WAYS, by_desk, journey, offered, told

pytestmark = pytest.mark.posix

NAMES = ("Ada Bellweather", "Cosmo Dunnock")
ALONE = "words-only"
EVERY = [*((p.name, which) for p in offered() for which in WAYS), (ALONE, WAYS[1])]
SLOW = bool(os.environ.get("ESAFETY_PLAIN"))
Route: TypeAlias = tuple[Procedure, list[Leg]]
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
    if name == ALONE:
        return fit_procedure(load_procedure(name), load_profile())
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


def sitting(home: Practice, routes: list[Route], *more: Act) -> list[Act]:
    """Return the acts of one sitting with these routes, ``more`` before it is left."""
    acts = list(journey(routes, home.home))
    first = next(n for n, act in enumerate(acts) if act.sort == "secret")
    return [*signed_in(home), *acts[first + 3 : -3], *more, *(() if more else acts[-3:])]


def alone(home: Practice, route: Route) -> Iterator[Act]:
    """Yield the acts of one officer who writes words and saves their referral sheet."""
    yield pick("Write down what happened, in words, on my own (one officer)")
    yield pick("Something that is not written down yet")
    yield from sign_in(home.words["AB"], NAMES[:1])
    for leg in route[1]:
        yield from leg_acts(leg, home.home)
    yield pick("Save your referral sheet, to print it", "What next?")
    yield type_(str(home.home))
    yield pick("To the list of incidents", "Saved and read back")


def same_records(home: Practice, routes: list[Route]) -> list[CaseView]:
    """Compare the incidents with the same answers given to the desk; return them, oldest first."""
    desk = desk_of(home)
    try:
        cards = list(reversed(desk.incidents()))
        for (procedure, legs), card in zip(routes, cards, strict=False):
            other = by_desk(desk, procedure, legs, home.home)
            assert told(desk, card.inc) == told(desk, other), procedure.name
        return [desk.case(card.inc) for card in cards]
    finally:
        desk.close()


def test_to_the_end_signed_and_exported_at_the_terminal(home: Practice, terminal: Pty) -> None:
    """The records are those of the desk; not one byte that moves a cursor; no passphrase shown.

    A second incident is signed by both and exported, its pack read back.
    """
    out = home.home / "out"
    (out / "form").mkdir(parents=True)
    routes = [(procedure("lost-media"), list(way(procedure("lost-media"), "first")))]
    second = (procedure("misuse"), list(way(procedure("misuse"), "first", close=True))[:-2])
    acts = sitting(home, [*routes, second], *closing(home, out))
    # The second incident is not left before it is signed.
    at = max(n for n, act in enumerate(acts) if act.hear == "What next?" and n < len(acts) - 3)
    terminal.play(Script(acts[:at] + acts[at + 1 :]))
    assert terminal.ended() == 0, terminal.text[-2000:]
    harmless(terminal.raw)
    assert not [w for w in home.words.values() if w in terminal.text]
    assert len(list((out / "form").glob("*.pdf"))) == 2
    cases = same_records(home, routes)
    assert set(cases[1].signed_by) == set(NAMES) and len(cases[1].exported) == 1


@pytest.mark.parametrize(("name", "which"), EVERY if SLOW else EVERY[-1:])
def test_a_procedure_at_the_terminal(home: Practice, terminal: Pty, name: str, which: Way) -> None:
    """Both ways of each procedure, as typed at a dumb terminal; the last is one officer's alone."""
    routes = [(procedure(name), list(way(procedure(name), which)))]
    if name == ALONE:
        terminal.play(Script(alone(home, routes[0]), "DONE"))
        terminal.program.send_signal(signal.SIGTERM)
    else:
        terminal.play(Script(sitting(home, routes)))
    assert terminal.ended() == (143 if name == ALONE else 0), terminal.text[-2000:]
    assert "The session is ended; nobody is signed in." in terminal.text
    harmless(terminal.raw)
    same_records(home, routes)


@pytest.mark.parametrize("how", ["closed window", *(["SIGHUP", "SIGTERM"] if SLOW else [])])
def test_however_it_ends_the_session_is_over(home: Practice, terminal: Pty, how: str) -> None:
    """By a signal, by a window that is gone: nobody stays signed in."""
    terminal.play(Script([*signed_in(home)], "DONE"))
    if how == "closed window":
        terminal.close_window()
        assert terminal.program.wait(40) == 129
    else:
        terminal.program.send_signal(getattr(signal, how))
        assert terminal.ended() == 128 + getattr(signal, how)
        assert "The session is ended; nobody is signed in." in terminal.text
    desk_of(home).close()  # the vault's lock is free again


def test_ctrl_c_stop_at_a_passphrase_a_cut_line_and_the_end(home: Practice, terminal: Pty) -> None:
    """Ctrl+C asks; a word is heard where nothing is shown; a line cut by the kernel is refused.

    Linux' line editor drops what is beyond 4,095 characters. The end of input signs out.
    """
    terminal.prompt()
    terminal.type("x" * 4200)
    heard = terminal.prompt()
    assert heard is not None and "longer than this terminal passes on" in " ".join(heard[0].split())
    terminal.send(b"https://one.example\n1\n5\n")
    terminal.until(["The lines that came after it", " dropped."][0])
    terminal.send(b"half a li\x03")
    terminal.until("Ctrl+C. The line you were typing was dropped")
    acts = [pick("Go on", "What do you want?"), pick(DOOR), pick(NAMES[0]), secret("stop"),
            pick("Leave these steps", "Nobody is signed in"), pick("Leave"),
            secret("wrong"), pick(NAMES[1]), secret("wrong"),
            *list(signed_in(home))[1:]]  # fmt: skip
    acts.append(pick("Leave these steps", "STOP is written down"))
    terminal.play(Script(acts, "DONE"))
    terminal.send(b"\x04")
    assert terminal.ended() == 0
    assert "help > 1" in terminal.text, "the terminal echoes what is typed"
    harmless(re.sub(rb"x{9,}", b"", terminal.raw))
    assert "The session is ended; nobody is signed in." in terminal.text
    assert [case.frozen for case in same_records(home, [])] == [True]
