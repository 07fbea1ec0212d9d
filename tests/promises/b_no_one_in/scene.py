"""An incident that was restricted after its opening, and a walk through all keys with stock age."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.casework.incident import capture, opening, restriction
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data.age import Identity, NoMatchingKey, decrypt_file
from esafety_tui.data.officers import OfficerKeys
from tests.casework.support import TO_CAPTURE, Practice, real_png, snapshot, walk
from tests.programs import need_program

INVOLVED = "CD"
BEFORE, AFTER = "told: before it was known", "told: after it was known"
WHY = "A parent named Cosmo Dunnock."
AGE = b"age-encryption.org/v1\n"


def words(practice: Practice, *who: str) -> dict[str, str]:
    """Return passphrases by officer id."""
    return {practice.ids[i]: practice.words[i] for i in who}


def picture(practice: Practice, case: CaseFile, name: str) -> str:
    """Take a picture in and return the name of its sealed file."""
    path = practice.home / name
    path.write_bytes(real_png() + name.encode())
    return capture.capture_file(case, path, "A picture", "seen").field_text("blob")


@dataclass
class Scene:
    """AB and CD opened an incident; AB and EF restricted it, since CD is involved.

    Attributes:
        files: the sealed files of before and after. old: the whole vault as it was before.
        restricted: number of the entry that did it.
    """

    practice: Practice
    inc: str
    files: tuple[str, str]
    old: Path
    restricted: int

    def people(self, who: str) -> list[OfficerKeys]:
        """Return officers by their initials and paper keys by their number, like ``AB 0``."""
        found = [
            self.practice.paper_officer(int(i)) if i.isdigit() else self.practice.officer(i)
            for i in who.split()
        ]
        return sorted(found, key=lambda officer: officer.id)


def begin(practice: Practice) -> tuple[str, str]:
    """AB and CD open an incident, with words and a file in it."""
    case = opening.open_new_incident(practice.sign_in("AB", INVOLVED))
    walk(case, TO_CAPTURE)
    capture.record_note(case, BEFORE)
    name = picture(practice, case, "one.png")
    practice.close()
    return case.inc, name


def carry_on(practice: Practice, case: CaseFile) -> str:
    """The pair now at work confirms that they are two, and goes on: words and a file."""
    case.record_answer("two-seniors", {"confirmed": ["two", "stay", "unnamed"]})
    capture.record_note(case, AFTER)
    return picture(practice, case, "two.png")


def make(practice: Practice) -> Scene:
    """Make the whole scene; nobody is signed in afterwards."""
    inc, one = begin(practice)
    old = snapshot(practice, "old")
    case = opening.reopen_incident(practice.sign_in("AB", "EF"), inc)
    done = restriction.restrict_incident(
        case, [practice.ids[INVOLVED]], WHY, words(practice, "AB", "EF")
    )
    two = carry_on(practice, case)
    practice.close()
    return Scene(practice, inc, (one, two), old, done.receipt.seq)


class KeyWalk:
    """Every key that some people can get at, and what they open: with the stock ``age`` command.

    ``place`` is a folder for its files; without one our own reader does it, which costs no process.
    """

    def __init__(self, place: Path | None, people: list[OfficerKeys]) -> None:
        self.tool, self.place = need_program("age"), place
        if place:
            place.mkdir(exist_ok=True)
        self.keys = [officer.identity.to_text for officer in people]

    def opened(self, data: bytes) -> bytes | None:
        """Return what an age file holds, through all its layers, None where it does not open."""
        while data.startswith(AGE):
            opened = self._stock(data) if self.place else self._own(data)
            if opened is None:
                return None
            data = opened
        return data

    def _own(self, data: bytes) -> bytes | None:
        try:
            return decrypt_file(data, [Identity.parse_text(key) for key in self.keys])
        except NoMatchingKey:
            return None

    def _stock(self, data: bytes) -> bytes | None:
        assert self.place and self.tool
        keys, file = self.place / "keys.txt", self.place / "sealed.age"
        keys.write_text("\n".join(self.keys) + "\n")
        file.write_bytes(data)
        done = subprocess.run(
            [self.tool, "--decrypt", "-i", str(keys), str(file)], capture_output=True, check=False
        )
        return None if done.returncode else done.stdout

    def walk(self, keyring: Path) -> None:
        """Open key files until no further key comes out of any."""
        shut = sorted(keyring.rglob("*.age"))
        found = True
        while found:
            found = False
            for path in list(shut):
                plain = self.opened(path.read_bytes())
                if plain is None:
                    continue
                shut.remove(path)
                lines = plain.split(b"\n") if b"AGE-SECRET-KEY-" in plain else []
                more = [line.decode() for line in lines if line]
                found = found or not set(more) <= set(self.keys)
                self.keys += more


def opens(scene: Scene, place: Path | None, who: str, keyring: Path | None = None) -> set[str]:
    """Return what these people open of the incident: before, after, why, and the two files.

    ``place`` as in KeyWalk. ``keyring``: an older one beside the vault's own.
    """
    tool = KeyWalk(place, scene.people(who))
    for folder in (scene.practice.folder / "keyring", *([keyring] if keyring else [])):
        tool.walk(folder)
    found: set[str] = set()
    for (ct,) in scene.practice.sql("SELECT ct FROM rec"):
        plain = tool.opened(ct) or b""
        texts = {"before": BEFORE, "after": AFTER, "why": WHY}
        found |= {name for name, text in texts.items() if text.encode() in plain}
    for name, blob in zip(("file before", "file after"), scene.files, strict=True):
        if tool.opened((scene.practice.folder / "blobs" / f"{blob}.age").read_bytes()):
            found.add(name)
    return found


ALL = {"before", "after", "why", "file before", "file after"}
