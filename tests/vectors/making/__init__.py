"""Makes the vectors: a writer of its own, with fixed seeds, that knows nothing of the product.

Every key, name and passphrase here is invented for these files and used nowhere else.
"""
