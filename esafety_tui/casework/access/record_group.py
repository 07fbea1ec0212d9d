"""Several records of one incident in one transaction, by the rules of ``Session.record``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.data.age import Recipient
from esafety_tui.data.drafts import EntryDraft
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.records import EntryReceipt


class RecordDraft(NamedTuple):
    """The type and fields of a record, and the hashes of the sealed files that it brings."""

    type: str
    fields: Mapping[str, Json]
    blobs: tuple[str, ...]


@translate_os_errors("save")
def append_record_group(
    session: OpenSession, card: IncidentCard, records: Sequence[RecordDraft]
) -> list[EntryReceipt]:
    """Seal and append records, all of them or none; returns their receipts after the commit.

    What the clock did since the last record is written before them. Raises as ``Session.record``.
    """
    for kind in {record.type for record in records}:
        session.cases.refuse_capture(kind, card)
    session.check_clock(card)
    to = Recipient.parse_text(card.recipient)
    drafts = [EntryDraft(one.type, one.fields, card.inc, to, one.blobs) for one in records]
    receipts = session.store.append_all(drafts, session.entry_signers())
    session.pin_head_if_due(records[-1].type)
    return receipts
