"""What every act of administration needs: consent, a folder, a judged passphrase, its result."""

from __future__ import annotations

from pathlib import Path

from esafety_tui.casework.access import passphrases, summaries
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.kernel.errors import BadInput, Refused
from esafety_tui.kernel.keeping import Act, ActResult
from esafety_tui.kernel.records import EntryReceipt as Sealed


def consent_of(act: Act) -> PairConsent:
    """Return the passphrases of those who agree, and their reason."""
    return PairConsent(act.passphrases, act.values.get("reason", ""))


def folder_of(act: Act) -> Path:
    """Return the folder of an act that writes files. Raises BadInput where none is named."""
    if act.folder is None:
        raise BadInput("A folder is needed.", "Choose where it goes.")
    return act.folder


def refuse_weak(words: str) -> None:
    """Raise Refused with advice where a new passphrase is too easy to guess."""
    advice = passphrases.judge_passphrase(words)
    if advice is not None:
        raise Refused(advice, "Choose another passphrase. Nothing was changed.")


def sealed_result(receipt: Sealed, *sentences: str) -> ActResult:
    """Return what is said of an act that wrote the entry of ``receipt``."""
    return ActResult(sentences, summaries.show_receipt(receipt))
