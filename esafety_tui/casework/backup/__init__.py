"""Backups: written, read back, chosen, restored."""
