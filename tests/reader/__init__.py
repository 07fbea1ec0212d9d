"""A second reader of the formats in docs/format.md, written from that page alone.

Rule: the standard library and ``cryptography``, and nothing of the product. Where both answer
alike, the page is complete enough. It reads and checks; it writes nothing, and it is no model of
speed.
"""
