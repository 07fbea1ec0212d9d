"""A vault for tests, practice or real: made once with the set-up verb, copied for each test.

Nothing is faked: key files are Argon2id at the format's floor, the database is SQLite, and an
attacker's changes are made with the sqlite3 module or with plain file writes.
"""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import open_new_incident
from esafety_tui.casework.signin.create_vault import (
    PRACTICE_DOMAIN,
    Founder,
    PaperKey,
    School,
    create_vault,
)
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data import platform
from esafety_tui.data.officers import FLOOR, OfficerKeys, read_key_file
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.kernel.canon import Json

STATE = Path(".home/state/esafety")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)

TO_CAPTURE: tuple[tuple[str, dict[str, Json]], ...] = (
    ("reported", {"by": "Gwen Example", "when": "20 Nov 2026 15:40", "group": "9X",
                  "words": "told: Nasty messages on a message board."}),
    ("danger", {"option": "2"}),
    ("triage", {"option": "4"}),
    ("told-c", {"options": ["dsl", "head"]}),
    ("staff", {"option": "2"}),
    ("two-seniors", {"confirmed": ["two", "stay", "unnamed"]}),
    ("designated", {"confirmed": ["pupils", "police", "same"], "computer": "PC 1",
                    "location": "office"}),
    ("watched", {"confirmed": ["access", "recorded"]}),
    ("isolated", {"confirmed": ["apart", "as-is"], "device": "There is none"}),
)  # fmt: skip
"""The way to the capture steps, class C, every gate confirmed."""


def school(words: Mapping[str, str], domain: str = PRACTICE_DOMAIN) -> School:
    """Return an invented school; ``words`` maps initials to passphrase."""
    names = {"AB": "Ada Bellweather", "CD": "Cosmo Dunnock", "EF": "Effie Finchley"}
    founders = tuple(Founder(names[i], "Senior teacher", i, words[i]) for i in names)
    return School("Example School", domain, "EXS", "england", "PC 1", founders, ())


@dataclass
class Practice:
    """A vault and what a test needs to get in, as anybody in it would."""

    home: Path
    words: Mapping[str, str]
    ids: Mapping[str, str]
    paper: tuple[PaperKey, ...]
    sessions: list[OpenSession] = field(default_factory=list)
    domain: str = PRACTICE_DOMAIN

    @property
    def folder(self) -> Path:
        """The vault."""
        return self.home / "vault"

    @property
    def db(self) -> Path:
        """The vault's database."""
        return self.folder / "evidence.db"

    @property
    def origin(self) -> str:
        """The vault's origin."""
        return f"exs.{self.domain}/evidence"

    def key_file(self, who: str) -> Path:
        """Return the key file of the officer with these initials."""
        return self.folder / "officers" / f"officer-{self.ids[who][:16]}.evkey"

    def logins(self, *who: str) -> list[Login]:
        """Return the way in for officers named by initials."""
        return [Login(self.ids[i], self.words[i]) for i in who]

    def sign_in(self, *who: str) -> OpenSession:
        """Sign in with real passphrases. Default: the first two officers."""
        session = unlock_vault(
            self.folder, self.logins(*(who or ("AB", "CD"))), platform.SystemClock()
        )
        self.sessions.append(session)
        return session

    def case(self, session: OpenSession | None = None) -> CaseFile:
        """Open an incident and answer the way to the capture steps."""
        case = open_new_incident(session or self.sign_in())
        walk(case, TO_CAPTURE)
        return case

    def officer(self, who: str) -> OfficerKeys:
        """Return the unlocked keys of one officer."""
        return read_key_file(self.key_file(who)).unlock_keys(self.words[who])

    def paper_officer(self, number: int) -> OfficerKeys:
        """Return a paper key, rebuilt from its printed texts."""
        key = self.paper[number]
        return OfficerKeys.restore_from_paper(key.name, key.signing, key.identity)

    def sql(self, text: str, *args: Any) -> list[Any]:
        """Change or read the database behind the program's back."""
        with sqlite3.connect(self.db) as db:
            rows = db.execute(text, args).fetchall()
        db.close()
        return rows

    def close(self) -> None:
        """Close every session."""
        for session in self.sessions:
            session.close_session()
        self.sessions.clear()


def on_procedure(case: CaseFile, flow: Procedure, profile: Profile | None = None) -> CaseFile:
    """Return the incident on another procedure; ``case`` is no longer its one object."""
    session, policy = case.session, profile or case.profile
    session.cases.forget_cases()
    return CaseFile(session, case.card, flow, case.identity, list(case.records), policy)


def walk(case: CaseFile, steps: Sequence[tuple[str, Mapping[str, Json]]]) -> None:
    """Answer steps in order; each must be recorded."""
    for step, values in steps:
        assert case.record_answer(step, values) is not None, step


def make_template(home: Path, domain: str = PRACTICE_DOMAIN) -> Practice:
    """Found a vault in ``home``, its state folder inside: practice, or real by its domain."""
    words = {i: f"practice words of {i} five" for i in ("AB", "CD", "EF")}
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(home / STATE.parent)
    try:
        paper = create_vault(home / "vault", school(words, domain), platform.SystemClock(), FLOOR)
    finally:
        if before is None:
            del os.environ["XDG_STATE_HOME"]
        else:
            os.environ["XDG_STATE_HOME"] = before
    plate = read_public_info(home / "vault")
    assert plate is not None
    initials = {name: "".join(w[0] for w in name.split()) for _, name in plate.officers}
    ids = {initials[name]: i for i, name in plate.officers}
    return Practice(home, words, ids, paper, domain=domain)


def copy_of(practice: Practice, home: Path) -> Practice:
    """Copy a vault and what is remembered of it to another folder."""
    shutil.copytree(practice.folder, home / "vault")
    shutil.copytree(practice.home / STATE, home / STATE, dirs_exist_ok=True)
    return Practice(home, practice.words, practice.ids, practice.paper, domain=practice.domain)


def snapshot(practice: Practice, name: str) -> Path:
    """Copy the vault's folder as it is, and return the copy."""
    practice.close()
    return Path(shutil.copytree(practice.folder, practice.home / name))


def put_back(practice: Practice, copy: Path) -> None:
    """Put an older copy of the whole folder in the vault's place, memory beside keys included."""
    practice.close()
    shutil.rmtree(practice.folder)
    shutil.copytree(copy, practice.folder)


def real_png() -> bytes:
    """Return a small picture that every reader takes."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 210, 220)).save(out, "PNG")
    return out.getvalue()


def fill(folder: Path) -> Path:
    """Take the last byte of the disk."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as out:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while out.write(bytes(size)):
                    pass
            except OSError:
                continue
    return path
