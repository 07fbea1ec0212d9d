"""What came out of work on a screen that nobody has read yet, as a text to be kept for both."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from esafety_tui.guide.ports import (
    ActResult,
    ExhibitView,
    ExportResult,
    FormReady,
    Receipt,
    SignatureResult,
)
from esafety_tui.kernel.views import AddedFile


def describe_result(title: str, result: Any) -> str:
    """Return what a verb came to, "" where there is nothing to say beyond the record."""
    match result:
        case ExportResult():
            words = f"Passphrase of the pack: {result.passphrase}" if result.passphrase else ""
            lines = [f"Exported and read back: {result.path}", *result.lacks, words]
            lines.append(f"Check code: {result.check_code}")
        case SignatureResult():
            lines = [f"Signed, #{result.receipt.seq}. Check code: {result.check_code}"]
        case FormReady():
            lines = [f"The form is drawn, #{result.receipt.seq}."]
        case ExhibitView():
            lines = [f"Taken in: {result.label}, #{result.seq}."]
        case (AddedFile(), *_):
            lines = [describe_added_file(one) for one in result]
        case ActResult():
            lines = [*result.sentences, *result.warnings]
        case Receipt():
            lines = [f"Written down, #{result.seq}."]
        case PurePath():
            lines = [f"Saved and read back: {result}"]
        case _:
            return ""
    return "\n".join([f"{title}.", *(line for line in lines if line)])


def describe_added_file(added: AddedFile) -> str:
    """Return what became of one of many files in a line."""
    if added.item is not None:
        return f"Taken in: {added.item.label}, #{added.item.seq}."
    said = f"{added.error.what} {added.error.do}" if added.error is not None else ""
    return f"{added.path.name}: {said}"
