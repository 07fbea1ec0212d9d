"""The two verifiers, asked the same: the command's own check, and the page in Chromium."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from esafety_tui.kernel.errors import NewerVersion, NotSound, Unusable
from esafety_tui.output.verify import verify_path
from scripts.build_verify_html import TARGET
from tests.output.webdriver import Browser
from tests.promises.tampers.row import AUTHENTIC, EXTRA, NEWER, NOT_SOUND, SOUND, UNUSABLE, Answer

_LOOK = """
const { verdict, state, item } = document.getElementById("verdict").dataset;
return [verdict, state || "", item || ""];
"""
_TYPE = """
const code = document.getElementById("code");
code.value = arguments[0];
code.dispatchEvent(new Event("input"));
"""
_FORGET = """
document.getElementById("code").value = "";
document.getElementById("folder").value = "";
document.getElementById("verdict").dataset.verdict = "working";
"""
_TEXT = "return document.getElementById('verdict-text').textContent;"
_LIMITS = """
return Array.from(document.querySelectorAll("[data-limit]"), (row) => row.dataset.limit);
"""
_UNFINISHED = "code not readable"


def command(pack: Path, typed: str | None) -> Answer:
    """Return what ``esafety verify`` says."""
    try:
        verdict = verify_path(pack, passphrase=None, check_code=typed)
    except NotSound as err:
        return Answer(NOT_SOUND, err.item)
    except NewerVersion:
        return Answer(NEWER, "")
    except Unusable:
        return Answer(UNUSABLE, "")
    if verdict.extra:
        return Answer(EXTRA, "")
    return Answer(AUTHENTIC if verdict.authentic else SOUND, "")


class Page:
    """``verify.html`` in one browser for all packs."""

    def __init__(self, folder: Path) -> None:
        self._browser = Browser(folder)
        self._browser.open(TARGET)
        self.limits = frozenset(self._browser.script(_LIMITS))

    def __call__(self, pack: Path, typed: str | None, dropped: bool = False) -> Answer:
        """Return what the page says of ``pack``, whose path was never given before."""
        self._browser.script(_FORGET)
        if dropped:
            self._browser.drop("#drop", pack)
        else:
            self._browser.type("#folder", str(pack))
        found = self._look()
        if typed is not None:
            self._browser.script(_TYPE, typed)
            found = self._look()
        _, state, item = found
        return Answer(UNUSABLE if state == _UNFINISHED else state, item)

    def ask(self, source: str, *args: object) -> Any:
        """Run a script beside the page and return what it returns."""
        return self._browser.script(source, *args)

    def files(self, *paths: Path) -> str:
        """Give single files by the Files button and return what the page then says."""
        self._browser.script(_FORGET)
        self._browser.type("#files", "\n".join(map(str, paths)))
        self._look()
        return str(self._browser.script(_TEXT))

    def _look(self) -> Any:
        for _ in range(1000):
            found = self._browser.script(_LOOK)
            if found[0] not in {"none", "working"}:
                return found
            time.sleep(0.01)
        raise AssertionError("the page came to no end")

    def close(self) -> None:
        """End the browser."""
        self._browser.close()
