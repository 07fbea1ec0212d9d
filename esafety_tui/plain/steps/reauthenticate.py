"""Passphrases again: by one officer to sign, by both to export or release. Forgotten afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from esafety_tui.guide.ports import OfficerCard
from esafety_tui.plain.terminal.prompts import Shell

AGAIN = "Each types their own passphrase again. It is not shown."


@contextmanager
def asked(shell: Shell, officers: Sequence[OfficerCard]) -> Iterator[dict[str, str]]:
    """Ask each of ``officers``; yield passphrases by officer id, emptied at the end."""
    shell.say("", AGAIN)
    words: dict[str, str] = {}
    try:
        for officer in officers:
            while not words.get(officer.id):
                label = f"{officer.name}, {officer.position}: {officer.asked}"
                words[officer.id] = shell.secret(label)
        yield words
    finally:
        words.clear()
