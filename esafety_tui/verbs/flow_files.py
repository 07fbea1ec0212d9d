"""Files of procedures and profiles: read as they stand, named by their file name alone.

Rule: a link, a folder, a device or a file too large is not read; it is said what to name instead.
Nothing is written but a new copy where no file is.
"""

from __future__ import annotations

import os
import re
import stat
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from esafety_tui.flows.procedure.load import load_procedure, parse_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.procedure.toml_reader import SIZE_LIMIT, parse_toml_table
from esafety_tui.flows.profile.profile import Profile, load_profile, parse_profile, shipped_profiles
from esafety_tui.kernel.errors import BadInput, Unusable
from esafety_tui.kernel.text import show_invisible

Flow: TypeAlias = Procedure | Profile

# O_NONBLOCK: a pipe or device named by mistake must not hang the program.
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NAME_LINE = re.compile(rb'^name = ".*"', re.MULTILINE)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a regular file. Raises Unusable for anything else, in words."""
    name = show_invisible(path.name)
    try:
        handle = os.open(path, _OPEN)
    except OSError as err:
        if path.is_symlink():
            raise Unusable(
                f"{name} is a link to somewhere else.", "Name the file itself, or copy it here."
            ) from err
        raise Unusable(f"{name} cannot be read.", "Check the name and where it is.") from err
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unusable(f"{name} is no file.", "Name a file that ends in .toml.")
    with os.fdopen(handle, "rb") as src:
        return src.read(SIZE_LIMIT + 1)


def parse_flow_file(data: bytes, name: str) -> Flow:
    """Return what a file holds. Raises BadInput, or BadFile with every mistake found."""
    said = parse_toml_table(data, name).values.get("format")
    if isinstance(said, str) and said.startswith("profile/"):
        return parse_profile(data, name)
    if isinstance(said, str) and said.startswith("procedure/"):
        return parse_procedure(data, name)
    raise BadInput(
        f"{show_invisible(name)} does not say what it is.",
        'Begin it with format = "procedure/2" or format = "profile/2".',
    )


def find_flow(word: str) -> Flow:
    """Return the shipped procedure or profile of that name, else what the file of it holds.

    Raises BadInput or Unusable.
    """
    if word in shipped_procedures():
        return load_procedure(word)
    if word in shipped_profiles():
        return load_profile(word)
    if not Path(word).name.endswith(".toml"):
        raise _make_unknown_name_error(word)
    return parse_flow_file(read_bytes(Path(word)), Path(word).name)


def find_procedure(word: str) -> Procedure:
    """Return a procedure. Raises BadInput or Unusable, for a profile, too."""
    flow = find_flow(word)
    if isinstance(flow, Profile):
        raise BadInput(
            f"{show_invisible(word)} is a profile.",
            f"Name one of: {', '.join(shipped_procedures())}.",
        )
    return flow


def find_profile(word: str) -> Profile:
    """Return a profile. Raises BadInput or Unusable, for a procedure, too."""
    flow = find_flow(word)
    if isinstance(flow, Procedure):
        names = ", ".join(shipped_profiles())
        raise BadInput(f"{show_invisible(word)} is a procedure.", f"Name one of: {names}.")
    return flow


def copy_shipped_file(name: str, source: str, folder: Path) -> Path:
    """Write a shipped file under a new name into ``folder``; the copy's path.

    Raises BadInput for a name that is none or is taken, Unusable where it cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{show_invisible(name)!r} is no name for it.", "Use small letters, digits and hyphens."
        )
    kinds = {
        **dict.fromkeys(shipped_procedures(), "procedures"),
        **dict.fromkeys(shipped_profiles(), "profiles"),
    }
    if source not in kinds:
        raise _make_unknown_name_error(source)
    if name in kinds:
        raise BadInput(f"The name {name!r} is taken by a shipped file.", "Choose another name.")
    data = (files("esafety_tui.flows") / kinds[source] / f"{source}.toml").read_bytes()
    target = folder / f"{name}.toml"
    try:
        with target.open("xb") as out:
            out.write(_NAME_LINE.sub(f'name = "{name}"'.encode(), data, count=1))
    except FileExistsError as err:
        raise Unusable(
            f"{target.name} is there already.", "Choose another name, or another folder."
        ) from err
    except OSError as err:
        raise Unusable(
            f"{target.name} cannot be written there.", "Name a folder that you may write to."
        ) from err
    return target


def _make_unknown_name_error(word: str) -> BadInput:
    names = ", ".join((*shipped_procedures(), *shipped_profiles()))
    return BadInput(
        f"There is no procedure and no profile {show_invisible(word)!r}.",
        f"Choose one of: {names}. A file of your own ends in .toml.",
    )
