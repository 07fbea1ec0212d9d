"""Guides two school officers through an online-safety incident and keeps the evidence trail."""

__version__ = "0.1.0"
