"""Saving sheets as PDF: written, synced, read back, and only then said to be saved.

Paper-key sheets hold secrets in clear: that is their purpose. They are written once, where the
officers will print them, and the screen says to delete the file when the envelope is sealed.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from esafety_tui.casework.signin.create_vault import PRACTICE_DOMAIN, PaperKey, School
from esafety_tui.data.outside import refuse_inside_vault
from esafety_tui.kernel.errors import OutputFailed
from esafety_tui.output.pack.target import remove_written

BUILT_IN = frozenset({"emergency", "police"})
"""Kinds of contact whose numbers are the same everywhere in the country."""


def save_sheet(path: Path, draw: Callable[[BinaryIO], None]) -> Path:
    """Draw a sheet to ``path``, a new file for this user only, and read it back.

    Raises as :func:`save_bytes` does.
    """
    out = io.BytesIO()
    draw(out)
    return save_sheet_bytes(path, out.getvalue())


def save_sheet_bytes(path: Path, data: bytes) -> Path:
    """Write ``data`` to ``path``, a new file for this user only, and read it back.

    Raises BadInput for a place inside a vault, OutputFailed; nothing is left at ``path`` then.
    """
    refuse_inside_vault(path.parent)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError as err:
        raise OutputFailed(
            f"There is a file {path.name} already.", "Move it away, or choose another folder."
        ) from err
    except OSError as err:
        raise OutputFailed(
            f"The sheet {path.name} could not be saved.", "Choose a folder you may write to."
        ) from err
    try:
        with os.fdopen(fd, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        read = path.read_bytes()
    except BaseException as err:
        # The first error is the one to report; a stick that has gone takes its file along.
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        if isinstance(err, OSError):
            raise OutputFailed(
                f"The sheet {path.name} could not be saved.", "Check the disk or stick, try again."
            ) from err
        raise
    if read != data:
        remove_written(path)
        raise OutputFailed(f"The sheet {path.name} did not read back.", "Use another disk.")
    return path


def find_free_name(folder: Path, stem: str) -> Path:
    """Return ``stem.pdf`` in ``folder``, or the first numbered name that is free."""
    path, number = folder / f"{stem}.pdf", 2
    while os.path.lexists(path):
        path, number = folder / f"{stem}-{number}.pdf", number + 1
    return path


def save_paper_keys(
    folder: Path, school: str, paper: Sequence[PaperKey], practice: bool
) -> list[tuple[str, Path]]:
    """Save one sheet a paper key. Returns (what, path) of each; raises OutputFailed."""
    from esafety_tui.output.form import sheets

    saved: list[tuple[str, Path]] = []
    for number, key in enumerate(paper, 1):

        def draw_key(out: BinaryIO, key: PaperKey = key) -> None:
            sheets.write_paper_key_sheet(
                out, school=school, key_name=key.name, identity=key.identity,
                signing_key=key.signing, practice=practice,
            )  # fmt: skip

        saved.append(
            (key.name, save_sheet(find_free_name(folder, f"paper-key-{number}"), draw_key))
        )
    return saved


def save_set_up_sheets(
    folder: Path, school: School, paper: Sequence[PaperKey]
) -> tuple[tuple[str, Path], ...]:
    """Save the paper keys, the blank paper form and the call sheet. Returns (what, path)."""
    from esafety_tui.output.form import sheets

    practice = school.domain == PRACTICE_DOMAIN
    saved = save_paper_keys(folder, school.name, paper, practice)
    saved.append(
        (
            "Blank paper form",
            save_sheet(
                find_free_name(folder, "blank-paper-form"),
                lambda out: sheets.write_blank_form(out, school=school.name, practice=practice),
            ),
        )
    )
    # 999 and 101 stand at the top of the sheet already.
    contacts = [(c.label, c.value) for c in school.contacts if c.kind not in BUILT_IN]
    saved.append(
        (
            "Whom to call",
            save_sheet(
                find_free_name(folder, "whom-to-call"),
                lambda out: sheets.write_call_sheet(
                    out, school=school.name, contacts=contacts, practice=practice
                ),
            ),
        )
    )
    return tuple(saved)
