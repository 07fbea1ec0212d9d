"""Verbs of the command line for keeping a vault. Each module has ``add``; cli.py calls them all."""

NAMES: tuple[str, ...] = ("officers", "backup", "restore", "head", "retention", "flow")
"""Modules of this package that bring verbs, in the order in which help shows them."""
