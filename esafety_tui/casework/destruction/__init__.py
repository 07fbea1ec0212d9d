"""Destroying an incident for good, proven and certified."""
