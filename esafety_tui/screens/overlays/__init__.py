"""What may come over any screen: STOP, whom to call, help, the lock."""
