"""Generations of a vault's keys: one is complete at every moment (format.md section 4a)."""
