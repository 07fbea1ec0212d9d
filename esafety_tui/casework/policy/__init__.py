"""The school's policy in force: its files, its confirmations, what an incident began with."""
