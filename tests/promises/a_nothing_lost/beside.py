"""A desk on a real vault, somebody who writes, and whoever asks something at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.cards import Receipt
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.keeping import Act
from esafety_tui.kernel.views import Values
from tests.casework.support import TO_CAPTURE, Practice, real_png


def quiet(_what: str, _done: int, _total: int) -> None:
    """Hear of progress and carry on."""


@dataclass
class Room:
    """A desk with two officers, a second copy, an incident they write in and another one.

    Attributes:
        receipts: what was acknowledged to the writer. faults: what should not have happened.
    """

    vault: Practice
    desk: Desk
    inc: str = ""
    other: str = ""
    receipts: list[Receipt] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    @property
    def both(self) -> dict[str, str]:
        """What both officers type when they are asked again, by id."""
        return {self.vault.ids[i]: self.vault.words[i] for i in ("AB", "CD")}

    def enter(self) -> None:
        """Sign both officers in; whoever was signed in is signed out."""
        (one, first), (two, second) = self.both.items()
        self.desk.unlock(one, first, two, second, ())

    def place(self, name: str) -> Path:
        """Return a folder beside the vault, made if it is not there."""
        folder = self.vault.home / name
        folder.mkdir(exist_ok=True)
        return folder

    def write(self, count: int) -> None:
        """Write so many notes. One that is refused, the desk being locked, is tried again."""
        done, tries = 0, 0
        while done < count and tries < 200 * count:
            tries += 1
            try:
                self.receipts.append(self.desk.note(self.inc, f"told: words {done}"))
                done += 1
            except EvidenceError:
                threading.Event().wait(0.005)
            except BaseException as err:
                self.faults.append(err)
                return

    def lost(self) -> list[int]:
        """Close the desk, sign in afresh, and return the acknowledged entries that are not there.

        Signing in verifies the whole chain.
        """
        self.desk.close()
        raw = self.vault.sign_in().store.raw
        heads = {seq: sha256_hex(line)[:8] for seq, line in enumerate(raw)}
        self.vault.close()
        return [r.seq for r in self.receipts if heads.get(r.seq) != r.head8]


@contextmanager
def room(vault: Practice, *, ready: bool = False) -> Iterator[Room]:
    """Open a desk on ``vault``: two signed in, two incidents, a second copy.

    ``ready``: the incident they write in has been brought to its capture steps.
    """
    desk = Desk(vault.folder, SystemClock(), FLOOR, vault.home / "sheets")
    made = Room(vault, desk)
    made.enter()
    try:
        made.other = desk.open_incident((), "", words_only=True).inc
        made.inc = desk.open_incident((), "", words_only=False).inc
        for step, values in TO_CAPTURE if ready else ():
            desk.answer(made.inc, step, cast(Values, values), "")
        (vault.home / "a.png").write_bytes(real_png())
        made.receipts.append(desk.note(made.inc, "told: the first words"))
        desk.act(Act("backup", folder=made.place("stick"), second=made.place("keys")), quiet)
        yield made
    finally:
        desk.close()


def beside(asking: list[Callable[[], object]], work: Callable[[], None], faults: list[BaseException]
           ) -> int:  # fmt: skip
    """Do ``work`` on a thread while each of ``asking`` is called in a loop on one of its own.

    Returns how often something was asked. What an asker is told as a sentence is an answer;
    anything else it raises is put into ``faults``.
    """
    over, asked = threading.Event(), [0] * len(asking)

    def loop(number: int) -> None:
        while not over.is_set():
            try:
                asking[number]()
            except EvidenceError:
                pass
            except BaseException as err:
                faults.append(err)
                return
            asked[number] += 1

    threads = [threading.Thread(target=loop, args=(n,), daemon=True) for n in range(len(asking))]
    for thread in threads:
        thread.start()
    writer = threading.Thread(target=work, daemon=True)
    writer.start()
    writer.join(300)
    over.set()
    for thread in threads:
        thread.join(60)
    assert not writer.is_alive(), "the writer hangs"
    return sum(asked)
