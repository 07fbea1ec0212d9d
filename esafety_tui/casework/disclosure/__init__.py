"""What leaves the school: the signed form, the evidence pack, printed sheets."""
