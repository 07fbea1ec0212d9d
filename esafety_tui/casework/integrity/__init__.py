"""Whether the vault is whole: its history, its heads, its backups, its lists of officers."""
