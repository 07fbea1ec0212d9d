"""The verbs of an investigation. Blocking, without a screen; every rule of safety is enforced here."""
