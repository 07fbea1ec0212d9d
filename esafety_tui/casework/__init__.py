"""The verbs of an investigation. Blocking, no screen; every rule of safety is enforced here."""
