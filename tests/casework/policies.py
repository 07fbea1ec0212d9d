"""A school's own policy for tests: shipped files with small changes, and hands to use it."""

from __future__ import annotations

from pathlib import Path

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.administration import adopt_policy
from esafety_tui.casework.administration.officer_changes import PairConsent
from esafety_tui.casework.policy import policy_files
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.kernel.records import EntryReceipt
from tests.casework.support import Practice


def shipped_bytes(name: str) -> bytes:
    """Return the bytes of a shipped procedure or profile."""
    known = policy_files.shipped_policy_files()
    return known.source[known.procedures.get(name) or known.profiles[name]]


def changed(name: str, *pairs: tuple[str, str]) -> bytes:
    """Return a shipped file with texts replaced; each must be there."""
    text = shipped_bytes(name).decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def our_misuse(word: str = "ours") -> bytes:
    """Return the school's own version of the misuse procedure."""
    return changed("misuse", ("What has been reported, and by whom?", f"What was said ({word})?"))


def our_profile() -> bytes:
    """Return the school's own profile: other names, and a contact the generic one lacks."""
    contact = '[[contact]]\nkind = "trust"\nlabel = "Trust safeguarding"\nabout = "advice"\n\n'
    return changed("generic", ('name = "generic"', 'name = "ours"'),
                   ("[[illegal]]", f"{contact}[[illegal]]"))  # fmt: skip


def consent(practice: Practice, *who: str, reason: str = "our policy was reviewed") -> PairConsent:
    """Return both passphrases and a reason."""
    words = {practice.ids[i]: practice.words[i] for i in who or ("AB", "CD")}
    return PairConsent(words, reason)


def adopt(practice: Practice, session: OpenSession, *files: bytes) -> EntryReceipt:
    """Adopt these files by the first two officers."""
    named = {f"file-{n}.toml": data for n, data in enumerate(files)}
    return adopt_policy.adopt_policy(session, named, consent(practice))


def kept_at(practice: Practice, data: bytes) -> Path:
    """Return where a vault keeps a file of these bytes."""
    return policy_files.policy_file_path(practice.folder, sha256_hex(data))
