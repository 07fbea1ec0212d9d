"""Invented people and harmless sample evidence, made here, for practice and for the drill.

Nobody here exists. The pictures say that they are practice.
"""

from __future__ import annotations

import io
from pathlib import Path

from esafety_tui.casework.access.passphrases import generate_passphrase
from esafety_tui.casework.signin.create_vault import PRACTICE_DOMAIN, Founder, School
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.kernel.records import Contact

SCHOOL = "Practice School"
PASSPHRASE = "only for practice"  # noqa: S105 - shown on every screen of a throw-away vault
MACHINE = "PRACTICE-PC · practice room"
PEOPLE = (
    ("Ada Bellweather", "Deputy Head", "AB"),
    ("Cosmo Dunnock", "Designated Safeguarding Lead", "CD"),
    ("Effie Finchley", "Assistant Head", "EF"),
)
URLS = (
    ("https://forum.example.net/t/88213", "Insults about a pupil, repeated by several accounts"),
    ("https://chat.example.org/room?id=7&from=[a]", "The same words, copied into a chat"),
    ("https://xn--pple-43d.example.com/in", "A page that imitates another name"),
)


def make_practice_school(passphrase: str = "", profile: str = "generic") -> School:
    """Return a practice school with three invented officers and the policy of ``profile``.

    ``passphrase`` is everyone's; "" generates one for each, as a real school would have.
    """
    founders = tuple(Founder(n, p, i, passphrase or generate_passphrase()) for n, p, i in PEOPLE)
    contacts = (
        Contact("dsl", "Designated safeguarding lead", "the practice room, extension 00"),
        Contact("technician", "Technician", "the practice cupboard, extension 01"),
    )
    nation = load_profile(profile).nation.lower().replace(" ", "-")
    return School(SCHOOL, PRACTICE_DOMAIN, "HVS", nation, MACHINE, founders, contacts, profile)


def draw_screenshot(number: int) -> bytes:
    """Return a PNG that looks a little like a message board and says PRACTICE."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (960, 600), (244, 246, 248))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 960, 48), fill=(38, 70, 110))
    pen.text((16, 16), f"PRACTICE {number} - an invented message board", fill=(255, 255, 255))
    for row in range(6):
        top = 70 + row * 84
        pen.rectangle((40, top, 920, top + 66), fill=(255, 255, 255), outline=(200, 205, 210))
        pen.text((60, top + 12), f"invented account {number * 10 + row}", fill=(90, 90, 90))
        pen.text((60, top + 36), "An unkind but harmless sentence, made up.", fill=(20, 20, 20))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def write_samples(folder: Path) -> tuple[Path, ...]:
    """Write two screenshots and one text file into ``folder`` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "screenshot-1.png": draw_screenshot(1),
        "screenshot-2.png": draw_screenshot(2),
        "messages.txt": b"PRACTICE: invented messages\n10:02 first line\n10:05 second line\n",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return tuple(folder / name for name in files)
