"""The desk: every verb behind one mutex, in the words of screens/ports.py."""
