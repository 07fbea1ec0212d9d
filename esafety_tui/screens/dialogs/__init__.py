"""Screens that ask or show one thing, whatever it is about."""
