"""What the disk and the system can do to a vault, call by call: order, failure, kill, damage."""
