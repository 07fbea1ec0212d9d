"""Steps of an incident, one question after another."""
