"""The terminal of every test here: its own tmux server, closed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.casework.support import Practice
from tests.programs import need_program
from tests.terminal.keys import Officers
from tests.terminal.tmux import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal of 80 by 24 in which nothing runs yet."""
    terminal = Terminal(need_program("tmux"), tmp_path / "tmux")
    yield terminal
    terminal.close()


@pytest.fixture
def officers(terminal: Terminal, practice: Practice) -> Officers:
    """Three invented officers with a fresh practice vault, before the terminal."""
    return Officers(terminal, practice)
