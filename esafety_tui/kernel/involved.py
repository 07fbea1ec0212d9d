"""An officer turns out to be involved in an incident: what is said to people before and after."""

from __future__ import annotations

OFFER = "An officer turns out to be involved: close it to them"
WHO = "Which officer is involved in it, or close to somebody who is?"
ASIDE = (
    "Two others close it to them; they are not asked. If you are unsure, close it: the paper keys "
    "always open it. Reporting to the police needs nobody's leave."
)
HAPPENS = (
    "All that is written and taken from now on is sealed to a new key, which they never had.",
    "What is there already opens for the others and the paper keys only: its key leaves the "
    "vault's keys in the same step.",
    "The list shows that it is restricted, when, and that you two did it. Who and why stand in the "
    "incident.",
    "It is not taken back. What they have read, printed or copied they keep.",
)
OLD_COPIES = (
    "An old copy of the vault and its keys, with two of those who could open the incident then, "
    "still opens what was written and taken before now. Make the second copy again, and destroy "
    "or lock away the older ones."
)
LINKED = "Linked incidents are not restricted by this. Look at each of them: {references}."
HERE = "{name} is signed in. If {name} is involved, this session ends at once."
END = "End the session now"
ENDED = "{name} is involved, so this session was ended. {kept}"
WRITTEN = "That it was said is written down in the incident, without a name."
UNWRITTEN = "It could not be written down."
AFTERWARDS = (
    "Two officers who are not involved sign in and close it: officers, or one of them with a "
    "paper key. Until then write what you know in a new incident and name the officer there: they "
    "cannot open that one. Reporting to the police needs nobody's leave."
)


def describe_restriction(names: str, may: int) -> str:
    """Return what was done, as one sentence; ``may``: how many people can still open it."""
    return f"It is closed to {names}. {may} people can open it, the paper keys included, by twos."
