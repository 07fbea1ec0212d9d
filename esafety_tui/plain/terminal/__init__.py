"""Lines in, lines out, and the prompts made of them."""
