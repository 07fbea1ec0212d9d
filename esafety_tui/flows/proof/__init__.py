"""Proof before use: every path through a fitted procedure keeps every claim."""
