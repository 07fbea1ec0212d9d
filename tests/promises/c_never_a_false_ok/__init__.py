"""What is called sound is sound, for each verifier alike."""
