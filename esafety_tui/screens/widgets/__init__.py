"""Widgets that never parse a person's text as mark-up."""
