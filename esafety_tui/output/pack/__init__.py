"""The police evidence pack: a BagIt folder with a signed statement over every file."""
