"""Looking after the vault: officers, backups, policy, reviews."""
