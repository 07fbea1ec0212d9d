"""Side-by-side timings of the product and of programs that do a similar thing. Never a gate."""
