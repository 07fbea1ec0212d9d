"""The three promises: one folder a promise, proven on real vaults."""
