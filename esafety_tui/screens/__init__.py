"""What an officer sees. Screens know flows and kernel, and the desk only through ports."""
