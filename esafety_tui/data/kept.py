"""A text that is kept in memory for two officers: sealed, so that one alone cannot read it."""

from __future__ import annotations

from esafety_tui.data.age import Identity, Recipient, decrypt_file, encrypt_to


def seal_text(text: str, recipient: Recipient) -> bytes:
    """Return ``text`` sealed to ``recipient``, the vault's."""
    return encrypt_to(text.encode(), [recipient])


def open_text(sealed: bytes, vault: Identity) -> str:
    """Return the text again. Raises NoMatch for another vault's key."""
    return decrypt_file(sealed, [vault]).decode()
