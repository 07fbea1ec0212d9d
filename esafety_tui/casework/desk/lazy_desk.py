"""A desk that is there at once and loads its verbs behind the first screen.

The door needs a school's name and its officers, which are clear text. Keys, store, forms and packs
take most of a second to import; that happens on a thread while a person reads. The first call of
any verb waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esafety_tui.casework.access.public_info import closed_state, doorplate
from esafety_tui.kernel.clock import Clock
from esafety_tui.kernel.door import DeskState

if TYPE_CHECKING:
    from esafety_tui.casework.desk.administering import Desk


class LateDesk:
    """Stands for the desk of ``folder`` until it is loaded, then hands every call on to it."""

    def __init__(self, folder: Path, clock: Clock, sheets: Path) -> None:
        self._folder, self._clock, self._sheets = folder, clock, sheets
        self._lock = threading.Lock()
        self._real: Desk | None = None

    @property
    def practice(self) -> bool:
        """Whether the vault is a practice vault, told by its origin."""
        plate = doorplate(self._folder)
        return plate is not None and plate.practice

    def warm(self) -> None:
        """Begin to load the desk on a thread of its own."""
        threading.Thread(target=self.load, name="warm", daemon=True).start()

    def load(self) -> Desk:
        """Return the desk, loaded once."""
        with self._lock:
            if self._real is None:
                from esafety_tui.casework.desk.administering import Desk
                from esafety_tui.data.officers import Kdf

                self._real = Desk(self._folder, self._clock, Kdf(), self._sheets)
            return self._real

    def state(self) -> DeskState:
        """Return what may be shown; from the clear text alone while nothing is loaded."""
        return closed_state(self._folder) if self._real is None else self._real.state()

    def contacts(self) -> tuple[tuple[str, str], ...]:
        """Return the contacts of an open session; nobody can be signed in before loading."""
        return () if self._real is None else self._real.contacts()

    def close(self) -> None:
        """Close the desk, if it was ever loaded."""
        if self._real is not None:
            self._real.close()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a verb that loads the desk where it is called: on the caller's thread."""
        if name.startswith("_"):
            raise AttributeError(name)

        def verb(*args: Any, **named: Any) -> Any:
            return getattr(self.load(), name)(*args, **named)

        return verb
