"""What every act of administration needs: consent, a folder, a judged passphrase, its result."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from esafety_tui.casework.access import passphrases, summaries
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.kernel.acts.table import ACTS
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, Refused
from esafety_tui.kernel.keeping import Act, ActResult
from esafety_tui.kernel.records import EntryReceipt as Sealed

NO_FACTS: Mapping[str, Json] = {}


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


def report_done(
    act: Act, receipt: Sealed | None, facts: Mapping[str, Json] = NO_FACTS,
    before: tuple[str, ...] = (),
) -> ActResult:  # fmt: skip
    """Return what the table of acts says of an act that was done.

    ``receipt``: of its entry, None where none was written. ``before``: sentences that come first.
    """
    row = ACTS[act.name]
    found: dict[str, Json] = {**act.values, **facts}
    if receipt is not None:
        found |= {"entry": receipt.seq, "head": receipt.head, "short": receipt.short_head}
    said = tuple(text.format_map(found) for text in row.said)
    shown = summaries.show_receipt(receipt) if receipt is not None else None
    return ActResult((*before, *said), shown, row.then, found)
