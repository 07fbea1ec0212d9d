"""Records, canonical bytes, errors, clock and text rules. No I/O; knows nothing above it."""
