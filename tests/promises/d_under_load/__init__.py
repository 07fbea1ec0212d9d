"""Nonsense and large inputs end in a sentence."""
