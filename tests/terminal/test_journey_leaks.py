"""What was typed shows in no window title, command line, environment or file of the home folder."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

import pytest

from tests.terminal.keys import Officers


@pytest.mark.posix
def test_words_and_passphrases_stay_inside(officers: Officers, tmp_path: Path) -> None:
    terminal = officers.terminal
    sentinel = f"Zq{secrets.token_hex(8)}"
    officers.start()
    officers.door(1)
    officers.new(others=f"{sentinel} One")
    officers.unlock()
    officers.about()
    terminal.scene("What has been reported, and by whom?")
    terminal.paste(f"{sentinel} Two")
    terminal.press("Enter")
    terminal.paste("20 Nov 2026 15:40")
    terminal.press("Enter")
    terminal.paste(f"https://{sentinel}.example said so")
    terminal.press("F8")
    terminal.scene("Is a child in danger right now?")
    secret = [sentinel, *officers.practice.words.values()]
    assert not any(word in terminal.flag("pane_title") for word in secret)
    proc = Path(f"/proc/{terminal.program()}")
    for name in ("cmdline", "environ", "comm"):
        data = (proc / name).read_bytes()
        assert not any(word.encode() in data for word in secret), name
    officers.leave()
    plain = [w.encode() for w in secret] + [w.encode("utf-16-le") for w in secret]
    plain += [base64.b64encode(w.encode())[:-4] for w in secret]
    looked = 0
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            looked += 1
            assert not any(word in data for word in plain), path.name
    assert looked > 20
