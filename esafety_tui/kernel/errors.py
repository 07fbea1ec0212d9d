"""Every error the product raises on purpose. Each says what happened and what to do next.

A message never holds a passphrase, a key, or more about a cryptographic failure than that it
failed. Messages are shown to people as they stand, so they are sentences.
"""

from __future__ import annotations

from collections.abc import Sequence


class EvidenceError(Exception):
    """Root of all errors raised on purpose.

    Args:
        what: what happened, one sentence.
        do: what to do next, one sentence.
    """

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what} {do}")
        self.what = what
        self.do = do


class BadInput(EvidenceError):
    """Something typed, pasted or named cannot be used as it is."""


class BadFile(BadInput):
    """Several mistakes in one file. It speaks as its first one; ``mistakes`` are all, in order."""

    def __init__(self, mistakes: Sequence[BadInput]) -> None:
        super().__init__(mistakes[0].what, mistakes[0].do)
        self.mistakes = tuple(mistakes)


class VaultError(EvidenceError):
    """The vault cannot do what was asked."""


class WrongPassphrase(VaultError):
    """The passphrase does not open this key. ``which``: 1 or 2 where two were given, else 0."""

    which = 0


class VaultBusy(VaultError):
    """Another process holds the vault."""


class NewerVersion(VaultError):
    """The vault or file was written by a newer version of the program."""


class StorageFailed(VaultError):
    """The disk refused: full, read-only, removed or failing. Nothing was acknowledged."""


class Tampered(VaultError):
    """Stored evidence does not match its hashes, signatures or remembered heads."""


class RolledBack(Tampered):
    """The vault is older than a head an officer remembers."""


class Shortened(RolledBack):
    """The one alarm that two officers may accept, with a reason: entries they remember are missing.

    A vault that was put back from its copy looks like this, too.
    """


class Refused(EvidenceError):
    """A verb was refused by a rule of the procedure or of two-person control."""


class Frozen(Refused):
    """The material is frozen after STOP, class A or "unsure"."""


class SessionLocked(Refused):
    """It is locked: the keys are gone until somebody gives a passphrase."""


class NotEligible(Refused):
    """This officer may not do this: named in the incident, or the same officer twice."""


class OutputFailed(EvidenceError):
    """A form, sheet or pack could not be written or did not read back as written."""


class NotSound(EvidenceError):
    """A pack, form or vault was checked and is not sound. Names the first bad item.

    Args:
        item: the file, entry or signature that failed, for example ``data/form.pdf``.
        what: what is wrong with it.
    """

    DO = "Do not rely on it. Ask the school for a fresh copy."

    def __init__(self, item: str, what: str) -> None:
        end = "" if what.endswith((".", "?", "!")) else "."
        super().__init__(f"{item}: {what}{end}", self.DO)
        self.item = item
        self.reason = what


class VaultNotSound(NotSound):
    """A vault's own officers checked it, and it is not sound."""

    DO = "Do not add to this vault. Compare it with your second copy."


class Unusable(EvidenceError):
    """The input of a check cannot be read at all: missing, not a pack, wrong passphrase."""
