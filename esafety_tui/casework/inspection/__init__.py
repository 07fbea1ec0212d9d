"""Checks that write nothing: the full audit, files brought in, this computer."""
