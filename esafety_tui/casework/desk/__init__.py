"""The desk: every verb behind one mutex, in the words of guide/ports.py."""
