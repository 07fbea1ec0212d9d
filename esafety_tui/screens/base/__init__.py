"""The frame every screen stands in, and what every screen of an incident shows."""
