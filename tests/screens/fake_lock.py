"""The lock of the desk in memory: one comes back alone, the second brings back the pair."""

from __future__ import annotations

from typing import Any

from esafety_tui.guide.ports import OfficerCard, SignInResult
from esafety_tui.kernel.errors import WrongPassphrase


class FakeLock:
    """What a locked desk does, without keys."""

    words: str
    present: tuple[OfficerCard, ...]
    away: tuple[OfficerCard, ...]
    kept: list[str]
    locked: bool

    def _call(self, verb: str, *args: Any) -> None:
        raise NotImplementedError

    def _card(self, officer_id: str) -> OfficerCard:
        raise NotImplementedError

    def lock(self, *, idle: bool = False) -> None:
        self._call("lock", *(["idle"] if idle else []))
        self._lock()

    def _lock(self) -> None:
        if self.present:
            self.locked = True
            self.away = tuple(dict.fromkeys((*self.present, *self.away)))

    def reopen(self, officer_id: str, passphrase: str) -> SignInResult:
        self._call("reopen", officer_id)
        if passphrase != self.words:
            raise WrongPassphrase("The passphrase is not right.", "Type it again, slowly.")
        here = () if self.locked else self.present
        self.present = (*here, self._card(officer_id))
        self.locked = False
        self.away = tuple(o for o in self.away if o not in self.present)
        kept = () if self.away else tuple(self.kept)
        return SignInResult(self.present, len(self.present) == 1, away=self.away, kept=kept)

    def leave(self, officer_id: str) -> SignInResult:
        self._call("leave", officer_id)
        self.present = tuple(o for o in self.present if o.id != officer_id)
        return SignInResult(self.present, words_only=True)

    def keep_for_both(self, text: str) -> bool:
        self._call("keep_for_both", text)
        self.kept.append(text)
        return bool(self.away)
