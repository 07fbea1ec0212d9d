"""From the first run and the door to the list of incidents, and what follows what."""
