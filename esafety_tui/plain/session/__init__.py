"""From the first line to the last: the door, the list, an incident, the lock, STOP."""
