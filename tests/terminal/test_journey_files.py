"""Files that cannot be taken, by real keys at 80x24: a sentence each, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from esafety_tui.casework.incident import capture
from tests.casework.support import walk
from tests.terminal.keys import Officers
from tests.terminal.route import open_first, take_file


@pytest.mark.long(
    "tests/casework/test_bad_files.py, and a slip with a path in test_journey_rules.py"
)
def test_a_directory_and_an_empty_file_are_refused_in_words(
    officers: Officers, tmp_path: Path
) -> None:
    terminal = officers.terminal
    case = officers.practice.case()
    capture.capture_address(case, "https://forum.example.net/t/1", "x", "saw it")
    walk(case, [("urls", {"done": "yes"})])
    officers.practice.close()
    empty = tmp_path / "empty.png"
    empty.touch()
    officers.start()
    open_first(officers)
    for path in (tmp_path, empty):
        terminal.scene("Which screenshots and files belong to it?", "Nothing sealed here yet.")
        terminal.reach("STOP F10")
        terminal.press("Tab")
        if path is empty:
            # The draft goes first, and is seen to go: keys in one burst may change places.
            terminal.press("C-u")
        take_file(terminal, str(path), "What it shows")
        text = terminal.dialog("✗", "[ I have read this ]")
        assert "Traceback" not in text and "Nothing was saved." in " ".join(
            text.replace("│", " ").split()
        )
        terminal.press("Enter")
    terminal.scene("What it shows", "Nothing sealed here yet.")
    officers.leave()
    assert not [r for r in officers.recorded().records if r.type in ("screenshot", "file")]
