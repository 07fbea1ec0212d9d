"""What was acknowledged or typed survives."""
