"""What both faces share: what the desk offers, and where an incident stands. Draws nothing."""
