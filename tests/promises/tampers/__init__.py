"""One table of tampered packs, which ``esafety verify`` and ``verify.html`` must answer alike.

``python -m tests.promises.tampers`` prints every row and the differences.
"""
