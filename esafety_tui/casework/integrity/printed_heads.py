"""Heads in people's hands: one signed and shown, one from paper compared, those kept in the vault.

A head is a C2SP tlog-checkpoint (format.md section 8): origin, number of entries, Merkle root. The
square printed on the form holds its three lines. Comparing writes nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.integrity import accept_rollback, alarms, head_memory
from esafety_tui.data import checkpoint
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.officers import verify_with_key
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, EvidenceError, Tampered
from esafety_tui.kernel.records import OpenRecord
from esafety_tui.kernel.text import show_invisible

LOOK_BACK = 64
"""Own entries of the vault looked through at sign-in for its newest signed head."""

LONGEST = 64 * 1024
"""Characters of a typed or pasted head that are looked at; more is not one."""

_DASHES = re.compile(r"^[-\u2010-\u2015]+ +(?=officer-)")
_ROOT = re.compile(r"[A-Za-z0-9+/]{43}=")


def sign_current_head(session: OpenSession) -> bytes:
    """Seal the present head, signed by everyone present, as an entry; return it as a signed note.

    Raises StorageFailed.
    """
    head = session.store.current_head()
    sigs = {o.id: o.sign_message(head.signed_body()) for o in session.officers}
    said: dict[str, Json] = {i: base64.b64encode(sig).decode() for i, sig in sigs.items()}
    session.append_record("head.signed", {"checkpoint": head.signed_body().decode(), "sigs": said})
    lines = [(f"officer-{o.id[:16]}", o.spki, sigs[o.id]) for o in session.officers]
    return checkpoint.write_signed_note(head, lines)


@dataclass(frozen=True, slots=True)
class PrintedHead:
    """A head as somebody typed or scanned it: its body, and the signature lines below."""

    head: Checkpoint
    signatures: tuple[str, ...]


def parse_printed_head(text: str) -> PrintedHead:
    """Read the text of a printed head: the three lines, with or without signatures.

    Blanks at the ends of lines, empty lines, other line ends, another dash and a mark at the start
    of the file are put up with: they come from typing, mailing and scanning. Raises BadInput.
    """
    if len(text) > LONGEST:
        raise _not_a_head()
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines()]
    lines = [line for line in lines if line]
    if len(lines) < 3 or not _ROOT.fullmatch(lines[2]):
        raise _not_a_head()
    try:
        head = Checkpoint.parse_body(("\n".join(lines[:3]) + "\n").encode())
    except (BadInput, UnicodeEncodeError) as err:
        raise _not_a_head() from err
    return PrintedHead(head, tuple(_DASHES.sub("\N{EM DASH} ", line) for line in lines[3:]))


def compare_printed_head(session: OpenSession, text: str) -> tuple[str, ...]:
    """Compare a printed head with the vault. Returns what was found, as sentences.

    Raises BadInput: not a head. RolledBack: the alarm that it is of another vault, of more entries
    than there are, or of others. Tampered: a signature on it is not genuine.
    """
    printed = parse_printed_head(text)
    head, have = printed.head, session.store.chain.size
    ours = session.store.origin
    if head.origin != ours:
        raise alarms.ANOTHER_VAULT.make_error(theirs=show_invisible(head.origin), ours=ours)
    if head.size > have:
        raise alarms.PRINTED_LONGER.make_error(
            have=alarms.count_in_words(have), size=alarms.count_in_words(head.size),
            missing=alarms.count_in_words(head.size - have),
        )  # fmt: skip
    if head_memory.roots_at_sizes(session.store, [head.size])[head.size] != head.root.hex():
        raise alarms.PRINTED_FORK.make_error(size=alarms.count_in_words(head.size))
    more = have - head.size
    since = f"and {alarms.count_in_words(more)} more" if more else "and no more"
    count = alarms.count_in_words(head.size)
    found = f"The vault holds the first {count} of this head unchanged, {since}."
    return (found, *_describe_signers(session, printed))


def _describe_signers(session: OpenSession, printed: PrintedHead) -> tuple[str, ...]:
    """Say who signed a head. Raises Tampered for a bad signature, BadInput for a broken line."""
    if not printed.signatures:
        return ("There is no signature on it to check.",)
    note = printed.head.signed_body().decode() + "\n" + "\n".join(printed.signatures) + "\n"
    people = session.keyring.directory.people
    names = {f"officer-{p.short_id}": p for p in people}
    _, lines = checkpoint.parse_signed_note(note.encode())
    known = [line.name for line in lines if line.name in names]
    strangers = len(lines) - len(known)
    said = []
    if known:
        _, signed = checkpoint.verify_signed_note(
            note.encode(), {n: names[n].sign_spki for n in known}
        )
        if len(signed) < len(known):
            raise Tampered(
                "ALARM. A signature under this head carries an officer's name, not their key.",
                "Check what was typed. If it is right, do not rely on that paper.",
            )
        said.append(
            "Signed by " + " and ".join(show_invisible(names[n].name) for n in signed) + "."
        )
    if strangers:
        said.append(f"{strangers} signature(s) on it are of nobody in this vault.")
    return tuple(said)


def check_signed_heads(session: OpenSession, *, everything: bool = False) -> int:
    """Check the newest signed head kept in the vault, or all. Returns how many were checked.

    Two officers can; for one alone it is 0. Raises RolledBack where signatures or entries do not
    fit. Only heads signed by two are looked at: what one alone signed is that one's word.
    """
    checked: list[tuple[OpenRecord, Checkpoint]] = []
    for number, record in enumerate(accept_rollback.vault_records(session)):
        if not everything and (checked or number >= LOOK_BACK):
            break
        if record.type == "head.signed":
            checked.append((record, _head_of_record(session, record)))
    root = head_memory.roots_at_sizes(session.store, [head.size for _, head in checked])
    for record, head in checked:
        if root[head.size] != head.root.hex():
            raise alarms.SIGNED_HEAD.make_error(seq=record.seq)
    return len(checked)


def _head_of_record(session: OpenSession, record: OpenRecord) -> Checkpoint:
    """Return the head of a record that everybody present signed, of entries before its own."""
    sigs = record.fields.get("sigs")
    try:
        head = Checkpoint.parse_body(record.field_text("checkpoint").encode())
        if not isinstance(sigs, Mapping) or sorted(sigs) != list(record.by):
            raise ValueError
        for officer_id, sig in sigs.items():
            person = session.keyring.directory.find_person(officer_id)
            verify_with_key(
                person.sign_spki, base64.b64decode(str(sig), validate=True), head.signed_body()
            )
    except (EvidenceError, ValueError, binascii.Error) as err:
        raise alarms.SIGNED_HEAD.make_error(seq=record.seq) from err
    if head.origin != session.store.origin or head.size > record.seq:
        raise alarms.SIGNED_HEAD.make_error(seq=record.seq)
    return head


def _not_a_head() -> BadInput:
    return BadInput(
        "This is not the head of a vault's log.",
        "Give its three lines as they are printed: the name, the number, the line ending in =.",
    )
