"""What leaves the school: the signed form, the police pack, and a stranger's verification."""
