"""After STOP nothing goes into the store and nothing comes out of it, whichever call is used."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import signed_form
from esafety_tui.casework.incident import capture, opening, stop
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data import acquisition
from esafety_tui.data.age import Recipient
from esafety_tui.data.store import EntryDraft
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, EvidenceError, Frozen, Refused, Tampered
from esafety_tui.kernel.records import CARRIERS, RECORD_TYPES, OpenRecord
from tests.casework.freezing import taken
from tests.casework.support import Practice
from tests.reader import keyfile
from tests.reader.vault import read_vault

PICTURE = b"not a picture of anything, and taken in by a script"


def sealed(case: CaseFile) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Seal a file as any script can that holds the session; return fields and blobs."""
    folder = case.session.folder / "blobs"
    kept = acquisition.acquire_file(
        io.BytesIO(PICTURE), folder, Recipient.parse_text(case.card.recipient)
    )
    fields: dict[str, Json] = {
        "text": "told: x", "blob": kept.blob_name, "sha256": kept.sha256, "size": kept.size,
        "producer": case.session.presenting, "exhibit": "AB/9",
    }  # fmt: skip
    return fields, (kept.blob_name,)


def size(case: CaseFile) -> int:
    return case.session.store.chain.size


def test_no_record_type_brings_a_file_into_a_stopped_incident(real: Practice) -> None:
    """Every type there is, by the case file, by the session and by the store itself."""
    case = real.case()
    stop.record_stop(case)
    fields, names = sealed(case)
    before, recipient = size(case), Recipient.parse_text(case.card.recipient)
    store, witness = case.session.store, case.session.entry_signers()
    for kind in sorted(RECORD_TYPES):
        draft = EntryDraft(kind, fields, case.inc, recipient, names)
        calls: tuple[Callable[[], object], ...] = (
            partial(case.write_record, kind, fields, names),
            partial(case.session.append_record, kind, fields, case.card, names),
            partial(store.append_entry, draft, witness),
        )
        for call in calls:
            with pytest.raises(EvidenceError):
                call()
                raise AssertionError(kind)
    assert size(case) == before


def test_no_address_goes_into_a_stopped_incident(real: Practice) -> None:
    case = real.case()
    stop.record_stop(case)
    url: dict[str, Json] = {"url": "https://forum.example.net/1", "concern": "x"}
    draft = EntryDraft("url", url, case.inc, Recipient.parse_text(case.card.recipient))
    before = size(case)
    with pytest.raises(Refused):
        case.write_record("url", url)
    with pytest.raises(Refused):
        case.session.append_record("url", url, case.card)
    with pytest.raises(Frozen):
        case.session.store.append_entry(draft, case.session.entry_signers())
    assert size(case) == before


def test_a_file_comes_only_with_a_record_that_may_carry_one(real: Practice) -> None:
    """The list is closed, frozen or not, and the vault's own entries bring no file at all."""
    case = real.case()
    fields, names = sealed(case)
    before = size(case)
    for kind in sorted(RECORD_TYPES - CARRIERS):
        with pytest.raises(BadInput, match="brings no file"):
            case.session.store.append_entry(
                EntryDraft(
                    kind, fields, case.inc, Recipient.parse_text(case.card.recipient), names
                ),
                case.session.entry_signers(),
            )
    own = EntryDraft(
        "form.rendered", fields, "", case.session.keyring.directory.vault_recipient, names
    )
    with pytest.raises(BadInput, match="brings no file"):
        case.session.store.append_entry(own, case.session.entry_signers())
    assert size(case) == before


def test_a_file_that_an_older_program_took_in_with_a_note_is_not_given_back(
    real: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store reads the record again: what the caller says of its type counts for nothing."""
    case = real.case()
    fields, names = sealed(case)
    with monkeypatch.context() as older:
        older.setattr(EntryDraft, "refuse_unfit", lambda *_: None)
        receipt = case.write_record("note", fields, names)
    record = case.records[-1]
    claimed = OpenRecord(
        receipt.seq, case.inc, record.iseq, record.at, record.by, "file", fields, (), names
    )
    reader = case.session.case_reader(case.card)
    for asked in (record, claimed):
        with pytest.raises(Tampered):
            case.session.store.release_original(reader, asked, {"purpose": "look"})
        with pytest.raises(Tampered):
            case.session.store.release_for_pack(reader, [asked], {})
    real.close()
    pair = [keyfile.open_key_file(real.key_file(i).read_bytes(), real.words[i])
            for i in ("AB", "CD")]  # fmt: skip
    assert read_vault(real.folder, pair[0], pair[1]).files == {names[0]: None}


@pytest.mark.parametrize("kind", ["url", "screenshot", "file"])
def test_what_takes_something_asks_the_gates_whoever_calls(real: Practice, kind: str) -> None:
    """An incident fresh from its opening has no gate behind it; one that is not open has none."""
    session = real.sign_in()
    case = opening.open_new_incident(session)
    fields, names = sealed(case)
    wanted = () if kind == "url" else names
    before = size(case)
    with pytest.raises(Refused):
        case.write_record(kind, fields, wanted)
    with pytest.raises(Refused):
        session.append_record(kind, fields, case.card, wanted)
    card = case.card
    del case
    with pytest.raises(Refused, match="not open"):
        session.append_record(kind, fields, card, wanted)
    assert session.store.chain.size == before


def test_a_session_has_one_object_of_an_incident(real: Practice, tmp_path: Path) -> None:
    """Opened twice, stopped in one: both are the same, and it takes nothing more."""
    case = real.case()
    taken(case, tmp_path / "1.png")
    again = opening.reopen_incident(case.session, case.inc)
    assert again is case
    assert [r.seq for r in case.records] == [
        x.seq for x in case.session.store.lines_of_incident(case.inc)
    ]
    stop.record_stop(again)
    with pytest.raises(Refused):
        taken(case, tmp_path / "2.png")
    with pytest.raises(Refused, match="open already"):
        CaseFile(case.session, case.card, case.procedure, case.identity, list(case.records))
    with pytest.raises(Frozen):
        capture.view_exhibit(
            case, next(r.seq for r in case.records if r.type == "screenshot"), "look"
        )


def test_a_stopped_incident_draws_no_form_with_a_picture_not_even_a_released_one(
    real: Practice, tmp_path: Path
) -> None:
    case = real.case()
    record = taken(case, tmp_path / "1.png")
    stop.record_stop(case)
    both = [(real.ids[i], real.words[i]) for i in ("AB", "CD")]
    stop.release_exhibit(case, record.seq, "PRACTICE-1", both)
    before = size(case)
    with pytest.raises(Frozen, match="shows no pictures"):
        signed_form.render_form(case, [record.seq], reason="not all is known yet")
    assert size(case) == before
    assert len(list((real.folder / "blobs").iterdir())) == 1
    assert (
        signed_form.render_form(case, reason="not all is known yet").receipt.type == "form.rendered"
    )
