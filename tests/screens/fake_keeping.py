"""The part of the desk in memory that keeps a vault."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from esafety_tui.guide.ports import (
    Act,
    ActResult,
    OfficerCard,
    Progress,
    SignInResult,
    UnsentText,
    VaultOverview,
)
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.keeping import PersonRow, ReviewRow

PEOPLE = tuple(
    PersonRow(f"o{n}", name, position, initials, kind, "since 1 Sep 2026 09:00 BST, entry 0",
              "ab" * 32, "1 Sep 2056 09:00 BST", True)
    for n, (name, position, initials, kind) in enumerate((
        ("Anna Bell", "Deputy Head", "AB", "officer"),
        ("Carl Dunne", "Safeguarding Lead", "CD", "officer"),
        ("Eve Frost", "Assistant Head", "EF", "officer"),
        ("Paper key 1", "sealed envelope", "PKA", "paper key"),
        ("Paper key 2", "sealed envelope", "PKB", "paper key"),
    ), 1)
)  # fmt: skip
VIEW = VaultOverview(
    PEOPLE, (("ab" * 32, "LIB-PC-02 · library"),),
    (("dsl", "Designated safeguarding lead", ""), ("chair", "Chair of governors", "")), 1, True,
    "There is no second copy yet.",
    (ReviewRow("i1", "HVS-2026-0001", "21 Nov 2051", "child protection file"),),
)  # fmt: skip


class FakeKeeping:
    """Shows :data:`VIEW`, and says of everything that it is done.

    ``half_typed``: drafts by incident and how many officers were there; one reads their own alone.
    """

    half_typed: dict[tuple[str, int], tuple[UnsentText, ...]]
    present: tuple[OfficerCard, ...]
    fail: dict[str, EvidenceError]

    def keep_unsent(self, inc: str, words: Sequence[UnsentText]) -> None:
        if "keep_unsent" in self.fail:
            raise self.fail["keep_unsent"]
        self.half_typed[inc, len(self.present)] = tuple(words)

    def unsent(self, inc: str) -> tuple[UnsentText, ...]:
        many = range(1, len(self.present) + 1)
        return tuple(one for n in many for one in self.half_typed.get((inc, n), ()))

    @abstractmethod
    def _call(self, verb: str, *args: Any) -> None:
        """Note that ``verb`` was called; slow, held or failing where the desk is told so."""

    def unlock_paper(self, secrets: Mapping[str, str], officer: str, words: str) -> SignInResult:
        self._call("unlock_paper", sorted(secrets), officer)
        unlocked: SignInResult = self.unlock("o1", "x", "o2", "x", ())  # type: ignore[attr-defined]
        return unlocked

    def keeping(self) -> VaultOverview:
        self._call("keeping")
        return VIEW

    def act(self, act: Act, progress: Progress) -> ActResult:
        self._call("act", act.name, dict(act.values))
        progress("doing it", 1, 1)
        return ActResult((f"{act.name} is done.",))
