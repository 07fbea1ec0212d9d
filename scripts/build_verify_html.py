"""Build ``verify.html``, the one-file page that checks a pack in a browser, from its parts.

The content security policy names the script and the style by their hashes, so a page that was
altered in either does not run. Building a wheel writes the page (scripts/hatch_build.py), and so
does every run of the tests; ``python scripts/build_verify_html.py`` does it by hand.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path

PACK = Path(__file__).resolve().parent.parent / "esafety_tui" / "output" / "pack"
PARTS = PACK / "page"
TARGET = PACK / "verify.html"

CORE = (
    "bytes.js", "sha256.js", "json.js", "keys.js", "certificates.js", "merkle.js", "code.js",
    "names.js", "files.js", "statement.js", "bag.js", "ledger.js", "kinds.js", "records.js",
    "policy.js", "check.js",
)  # fmt: skip
"""Parts that check, in the order they build on each other."""

SCREEN = ("choose.js", "page.js")
"""Parts that take files in and show the result."""


def script(names: tuple[str, ...]) -> str:
    """Return the named parts joined, as they run inside one function."""
    return "\n".join((PARTS / name).read_text("utf-8") for name in names)


def build() -> bytes:
    """Return the bytes of ``verify.html``.

    Raises:
        ValueError: a part holds text that would end its element early.
    """
    code = f'\n(() => {{\n"use strict";\n{script(CORE + SCREEN)}}})();\n'
    style = "\n" + (PARTS / "page.css").read_text("utf-8")
    if re.search("</|<!--|<script", code + style, re.IGNORECASE):
        raise ValueError("A part of the page holds mark-up that would end its element early.")
    values = {
        "SCRIPT_HASH": _csp_hash(code),
        "STYLE_HASH": _csp_hash(style),
        "SCRIPT": code,
        "STYLE": style,
    }
    page = (PARTS / "page.html").read_text("utf-8")
    return re.sub("@([A-Z_]+)@", lambda found: values[found[1]], page).encode()


def _csp_hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def write() -> None:
    """Write the page, unless it is there already as its parts have it."""
    page = build()
    if TARGET.is_file() and TARGET.read_bytes() == page:
        return
    made = TARGET.with_name(f"{TARGET.name}.{os.getpid()}")
    made.write_bytes(page)
    made.replace(TARGET)  # whole at once: another process may be reading it


def main() -> None:
    """Write the page and say its size."""
    write()
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
