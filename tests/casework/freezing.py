"""What every freeze must do: refuse each verb and the store itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import signed_form
from esafety_tui.casework.incident import capture
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.data.age import Recipient
from esafety_tui.data.store import EntryDraft
from esafety_tui.kernel.errors import (
    Refused,
)
from esafety_tui.kernel.records import OpenRecord
from tests.casework.support import PNG


def taken(case: CaseFile, path: Path, data: bytes = PNG) -> OpenRecord:
    path.write_bytes(data)
    return capture.capture_file(case, path, "An unkind picture", "seen on this computer")


def bytes_of(case: CaseFile, record: OpenRecord) -> bytes:
    """Ask the store itself, past casework."""
    reader = case.session.case_reader(case.card)
    return b"".join(
        case.session.store.release_original(reader, record, {"purpose": "past casework"})[1]
    )


def refuses_everything(case: CaseFile, record: OpenRecord, tmp_path: Path) -> None:
    """Call every verb and the store itself; each must refuse, and nothing must be left behind."""
    target = tmp_path / "stick"
    target.mkdir(exist_ok=True)
    screenshot = tmp_path / "another.png"
    screenshot.write_bytes(PNG)
    card = case.card
    outside = EntryDraft("file", {}, case.inc, Recipient.parse_text(card.recipient))
    verbs: dict[str, Callable[[], object]] = {
        "add_url": lambda: capture.capture_address(
            case, "https://forum.example.net/1", "x", "saw it"
        ),
        "take_file": lambda: capture.capture_file(case, screenshot, "x", "y"),
        "write file": lambda: case.write_record("file", {}),
        "write screenshot": lambda: case.write_record("screenshot", {}),
        "session.record": lambda: case.session.append_record("file", {}, card),
        "store.append": lambda: case.session.store.append_entry(
            outside, case.session.entry_signers()
        ),
        "view": lambda: capture.view_exhibit(case, record.seq, "look"),
        "form image": lambda: signed_form.render_form(
            case, [record.seq], reason="not all is known yet"
        ),
        "store.release": lambda: bytes_of(case, record),
    }
    before = case.session.store.chain.size
    for name, verb in verbs.items():
        with pytest.raises(Refused):
            verb()
            raise AssertionError(name)
    assert case.session.store.chain.size == before
    assert list(target.iterdir()) == []
    assert case.is_frozen
