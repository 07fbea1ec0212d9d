"""Who is signed in, with which keys, and the one session that writes records."""
