"""Forms of named acts: filled in, agreed to with passphrases, done, and what came of it."""
