"""Copies of a vault: sealed bytes only, written and read back. Opens no key."""
