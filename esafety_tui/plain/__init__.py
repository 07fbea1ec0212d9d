"""The plain line mode: the same engine and the same desk verbs, one line after another."""
