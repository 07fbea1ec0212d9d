"""One incident: its records, its rules, captures, freezes, notifications and deadlines."""
