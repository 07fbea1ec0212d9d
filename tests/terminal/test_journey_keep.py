"""The leaver procedure at the keyboard: one screen, and afterwards they are out."""

from __future__ import annotations

import pytest

from esafety_tui.kernel.errors import EvidenceError
from tests.terminal.keys import Officers


@pytest.mark.long("tests/screens/test_keep.py and test_keep_real.py")
def test_an_officer_leaves_on_one_screen(officers: Officers) -> None:
    terminal, practice = officers.terminal, officers.practice
    officers.start()
    officers.home()
    terminal.press("k")
    terminal.scene("Keeping the vault", "Make a second copy", "3 officers", "this one is", "Last")
    terminal.press("2", "Enter")
    terminal.scene("Who has a part in the vault (keys number 1)", "Effie Finchley · EF", "since ")
    terminal.press("7", "Enter")
    terminal.scene(
        "Their part ends at once", "Collect their stick", "Why", "[ End their part  F8 ]",
        "Ada Bellweather, passphrase", "Cosmo Dunnock, passphrase",
    )  # fmt: skip
    terminal.press("1")
    terminal.until("◂ Effie Finchley")
    terminal.press("Enter")
    terminal.paste("Retires at Easter [/x].")
    terminal.press("Enter")
    terminal.paste(practice.words["AB"], seen=False)
    terminal.press("Enter")
    terminal.paste("wrong", seen=False)
    terminal.press("Enter")
    terminal.dialog("✗", "[ I have read this ]")
    terminal.press("Enter")
    terminal.scene("Retires at Easter [/x].", "◂ Effie Finchley", "[ End their part  F8 ]")
    terminal.paste(practice.words["AB"], seen=False)
    terminal.press("Enter")
    terminal.paste(practice.words["CD"], seen=False)
    terminal.send("F8")
    terminal.scene("✓ Done.", "Collect their stick", "Last sealed #")
    terminal.press("Enter")
    terminal.scene("(keys number 2)", "Effie Finchley · EF", "Enrol an officer")
    terminal.press("F9")
    terminal.until("999")
    terminal.press("Escape")
    terminal.scene("(keys number 2)")
    terminal.press("Escape")
    terminal.scene("Keeping the vault", "2 officers")
    terminal.press("Escape")
    officers.leave()
    with pytest.raises(EvidenceError):
        practice.sign_in("AB", "EF")
    assert len(practice.sign_in().keyring.directory.officers_present) == 2
