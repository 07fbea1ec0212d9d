"""Other people's programs that tests ask for their opinion, and the Debian package of each.

The same table stands in ``.ci/run``, which installs them; an architecture test compares the two.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

PACKAGES = {
    "age": "age", "7z": "p7zip-full", "pdfsig": "poppler-utils", "pdftotext": "poppler-utils",
    "pdfimages": "poppler-utils", "pdffonts": "poppler-utils", "certutil": "libnss3-tools",
    "qpdf": "qpdf", "exiftool": "libimage-exiftool-perl", "openssl": "openssl",
    "sqlite3": "sqlite3", "chromium": "chromium", "chromedriver": "chromium-driver",
    "tmux": "tmux", "strace": "strace", "unshare": "util-linux", "mount": "mount",
    "umount": "mount", "sha256sum": "coreutils",
}  # fmt: skip


def explain_missing(program: str) -> str:
    """Return the sentence of a skipped test: which program it misses, which package has it."""
    return f"{program} is missing: apt-get install {PACKAGES[program]}"


def need_program(program: str) -> str:
    """Return the path of a program; where it is missing, skip the test and name its package."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(explain_missing(program))
    return found


def name_missing_program(error: BaseException) -> str | None:
    """Return the program of ``PACKAGES`` that could not be started because it is missing."""
    if not isinstance(error, FileNotFoundError) or not error.filename:
        return None
    program = Path(str(error.filename)).name
    return program if program in PACKAGES and shutil.which(program) is None else None
