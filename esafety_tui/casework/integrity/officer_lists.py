"""Whether every list of officers that two put in force is in the chain, and no other.

format.md section 4. Two could sign another list in the place of an earlier one, without somebody
or some restriction in it. The record of the entry that brought a list names it, and two read that.
"""

from __future__ import annotations

import contextlib

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data import directory
from esafety_tui.kernel.errors import EvidenceError, Tampered, VaultNotSound
from esafety_tui.kernel.records import BRINGS_DIRECTORY


def check_present_list(session: OpenSession) -> None:
    """Raise Tampered unless the entry of each list in the chain names it. Two officers."""
    for link in session.keyring.directory.chain:
        body = link["dir"]
        if not _entry_names_list(
            session, int(body["entry"]), directory.directory_digest(body), body["vault_recipient"]
        ):
            raise officer_list_altered()


def _entry_names_list(session: OpenSession, entry: int, digest: str, recipient: str) -> bool:
    lines = session.store.lines
    if entry >= len(lines) or lines[entry].inc or len(lines[entry].by) < 2:
        return False
    record = session.store.read_vault_record(entry, session.keyring.require_vault_identity())
    said = (record.field_text("directory"), record.field_text("vault_recipient"))
    return record.type in BRINGS_DIRECTORY and said == (digest, recipient)


def check_every_list(session: OpenSession) -> None:
    """Check the lists, and raise NotSound where an entry of two brought one that is not there.

    Nothing for a lone officer. Opens every record of the vault's own; of one that does not open the
    full check says so itself.
    """
    if not session.is_pair:
        return
    check_present_list(session)
    known = {int(link["dir"]["entry"]) for link in session.keyring.directory.chain}
    vault = session.keyring.require_vault_identity()
    for line in session.store.lines_of_incident(""):
        kind = ""
        if len(line.by) > 1 and line.seq not in known:
            with contextlib.suppress(EvidenceError):
                kind = session.store.read_vault_record(line.seq, vault).type
        if kind in BRINGS_DIRECTORY:
            raise VaultNotSound(f"entry {line.seq}", "the list of officers it brought is missing")


def officer_list_altered() -> Tampered:
    """Return the error for a list of officers that no entry of two brought."""
    return Tampered(
        "The list of officers is not the one that two officers put in force.",
        "Stop. Do not add to this vault. Compare it with your second copy.",
    )
