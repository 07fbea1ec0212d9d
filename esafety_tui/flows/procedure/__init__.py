"""A procedure: its model, its loader, and whether its parts fit together."""
