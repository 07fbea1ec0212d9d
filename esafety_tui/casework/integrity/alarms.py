"""Every alarm about the history of a vault, by name: what is wrong, in plain words, and what to do.

What can be known comes from three sources, and no sentence says more than they show:

* the lines themselves (data/ledger.py: an entry missing in the middle, entries exchanged, an
  entry altered or damaged, and by the vault's own note of its head, entries cut off or added);
* what the officers signed in remember (below). What anybody else remembers is under their own key
  and cannot be judged before they sign in;
* heads that were signed and kept inside the vault (below); only two officers can read those.

An older copy of a memory is none of these: it is a head of this vault still, so nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from esafety_tui.kernel.errors import RolledBack


@dataclass(frozen=True, slots=True)
class Alarm:
    """One named alarm. ``what`` and ``do`` are templates; each fact is given by its name."""

    name: str
    what: str
    do: str

    def make_error(self, **facts: object) -> RolledBack:
        """Return the error to raise."""
        return RolledBack(self.what.format(**facts), self.do.format(**facts))


@dataclass(frozen=True, slots=True)
class IntegrityNotice:
    """One named warning: worth saying, no proof of anything."""

    name: str
    text: str

    def to_sentences(self, **facts: object) -> str:
        """Return the sentences."""
        return self.text.format(**facts)


_ACCEPT = (
    "Do not add to it. Look for the newer copy first. If this copy was put back on purpose, both "
    "of you can accept that, with a reason."
)
_ALONE = (
    "Do not add to it. Sign in together with a second officer. It may have been put back lawfully: "
    "two officers can see that, and can accept it."
)
_COMPARE = "Do not use it. Find the true copy, and compare both with the last printed head."

SHORTER = Alarm(
    "rollback or truncation",
    "ALARM. This vault holds {have}, but {who} remembers {size}. Either an older copy "
    "was put back, or the last {missing} were cut off: from here these two cannot be told apart."
    "{tail}",
    _ACCEPT,
)
SHORTER_ALONE = Alarm("rollback or truncation, one officer", SHORTER.what, _ALONE)

FORK = Alarm(
    "fork",
    "ALARM. This vault's first {size} are not the ones {who} remembers{same}. Its history was "
    "rewritten, or a copy of the vault went on by itself on another computer.",
    _COMPARE,
)
FORK_ALONE = Alarm(
    "fork, one officer",
    FORK.what,
    "Do not use it. Sign in together with a second officer, who may know of a copy that was put "
    "back. Otherwise find the true copy, and compare both with the last printed head.",
)
RE_SIGNED = Alarm(
    "re-signed tail",
    "ALARM. This vault's first {size} are not the ones {who} remembers{same}. The last {count} are "
    "signed by {by} alone: with that one key the history was rewritten, or carried on in a copy.",
    "Do not use it. Tell the head teacher. Take that key out of use. Find the true copy, and "
    "compare both with the last printed head.",
)
BEYOND = Alarm(
    "beyond an accepted history",
    "ALARM. This vault's first {size} are not the ones {who} remembers. On {date} {officers} "
    "accepted that entries are missing from no. {have} on; what {who} remembers may be "
    "of what was given up then, but goes further than they knew.",
    "If that is so, both of you can accept it too, with a reason. Otherwise do not use this vault, "
    "and compare it with the last printed head.",
)
FORGED = Alarm(
    "forged memory",
    "ALARM. What {who} remembers of this vault's last head was altered, or the file belongs to "
    "somebody else or to another vault.",
    "Stop. Do not add to this vault. Compare it with the last printed head. Only if that fits, "
    "remove the file {name} and sign in again.",
)
OLD_LIST = Alarm(
    "older list of officers",
    "ALARM. The list of officers in this vault is older than the one {who} remembers: somebody "
    "who has left may be in it again.",
    "Do not add to it. Copy the whole folder back from your second copy, keys and database alike.",
)
OLD_KEYS = Alarm(
    "older keys",
    "ALARM. Entry {seq}, which two officers wrote, does not open with the keys in force. Either it "
    "is damaged, or keys and list of officers are older than the entries, and somebody who has "
    "left may be in it again.",
    "Do not add to it. Copy the whole folder back from your second copy, keys and database alike.",
)
SIGNED_HEAD = Alarm(
    "signed head",
    "ALARM. Entry {seq} holds a signed head of this vault, and the entries before it do not fit "
    "that head, or its signatures are not those of the officers who were present.",
    _COMPARE,
)
ANOTHER_VAULT = Alarm(
    "head of another vault",
    "ALARM. This head is of {theirs}, and this vault is {ours}.",
    "Compare it with the vault it belongs to.",
)
PRINTED_LONGER = Alarm(
    "printed head, rollback or truncation",
    "ALARM. This vault holds {have}, but the head on the paper is of {size}. Either an older copy "
    "was put back, or the last {missing} were cut off: from here these two cannot be told apart.",
    "Do not use it. Find the newer copy, and compare that with the paper.",
)
PRINTED_FORK = Alarm(
    "printed head, fork",
    "ALARM. This vault's first {size} are not the ones on the paper. One of the two was rewritten "
    "or mistyped.",
    "Check what was typed, sign by sign. If it is right, do not use this vault: find the true one.",
)

MISSING = IntegrityNotice(
    "missing memory",
    "A memory of the vault's last head is missing on this computer. That is normal after a "
    "key file was moved; otherwise compare with the last printed head.",
)
FOREIGN = IntegrityNotice(
    "memory of another vault",
    "A file that should remember this vault's last head knows other vaults only. That is normal "
    "after a key file was moved; otherwise compare with the last printed head.",
)
NO_MEMORY = IntegrityNotice(
    "no memory",
    "Nobody signed in has a memory of this vault's last head here. Nothing shows that "
    "entries were not cut off its end. It holds {entries}: compare that "
    "with the last printed head before you carry on.",
)
NO_MEMORY_OF = IntegrityNotice(
    "no memory of one officer",
    "{who} has no memory of this vault's last head here, in neither of its two places. What the "
    "other one remembers fits, and nothing else shows that entries were not cut off its end. "
    "Compare with the last printed head before you carry on.",
)
PAPER = IntegrityNotice(
    "paper keys",
    "Paper keys remember nothing. Nothing shows that entries were not cut off the vault's end. It "
    "holds {entries}: compare that with the last printed head.",
)
ACCEPTED = IntegrityNotice(
    "accepted history",
    "On {date} {officers} accepted the loss of {missing} of this vault. The reason they "
    "gave: {reason} What {who} remembers, {size}, is of what was given up then.",
)
NOW_ACCEPTED = IntegrityNotice(
    "history accepted now",
    "You have accepted the loss of {missing}. Nothing shows that those before are the old ones, "
    "except up to the last head that fits: compare with the last printed head.",
)
UNREADABLE = IntegrityNotice(
    "record that cannot be read",
    "The record of entry {seq} cannot be read, so a signed head or an accepted history in it was "
    "not seen. Run a full check of the vault.",
)


def count_in_words(count: int) -> str:
    """Return a count in words a person reads: "1 entry", "1,204 entries"."""
    return f"{count:,} {'entry' if count == 1 else 'entries'}"
