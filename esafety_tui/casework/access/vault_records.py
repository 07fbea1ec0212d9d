"""The vault's own records, those of no incident, as two officers read them."""

from __future__ import annotations

from collections.abc import Iterator

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.kernel.records import OpenRecord


def read_vault_records(session: OpenSession, *kinds: str) -> Iterator[OpenRecord]:
    """Yield the vault's own records of these types, oldest first. Raises NotEligible."""
    vault = session.keyring.require_vault_identity()
    for line in session.store.lines_of_incident(""):
        record = session.store.read_vault_record(line.seq, vault)
        if record.type in kinds:
            yield record
