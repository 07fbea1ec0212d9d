"""An incident from its first question to its end: one runner for each kind of step."""
