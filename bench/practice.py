"""A signed-in practice vault for the rows that write evidence, and files to take in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from esafety_tui.casework.access.public_info import read_public_info
from esafety_tui.casework.access.session import OpenSession, record_as_read
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.incident.opening import open_new_incident
from esafety_tui.casework.signin.create_vault import create_vault
from esafety_tui.casework.signin.unlock import Login, unlock_vault
from esafety_tui.data import acquisition
from esafety_tui.data.age import Recipient
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.data.store import EntryDraft
from esafety_tui.demo import samples
from esafety_tui.kernel.canon import Json
from tests.casework.support import TO_CAPTURE, walk


@contextmanager
def open_case(folder: Path) -> Iterator[CaseFile]:
    """Make a vault in ``folder``, sign two officers in and open an incident."""
    # Otherwise the officers would remember this vault in the home of whoever runs the bench.
    os.environ["XDG_STATE_HOME"] = str(folder.parent / "state")
    school = samples.make_practice_school()
    create_vault(folder, school, SystemClock(), FLOOR)
    plate = read_public_info(folder)
    assert plate is not None
    words = {f.name: f.passphrase for f in school.founders}
    logins = [Login(i, words[name]) for i, name in plate.officers[:2]]
    session = unlock_vault(folder, logins, SystemClock())
    try:
        yield open_new_incident(session)
    finally:
        session.close_session()


def ready_case(session: OpenSession) -> CaseFile:
    """Open an incident and answer the way to the steps at which files are taken."""
    case = open_new_incident(session)
    walk(case, TO_CAPTURE)
    return case


def take_in(case: CaseFile, path: Path, number: int) -> None:
    """Hash, seal, sync and record one file, as ``casework.capture.take_file`` does.

    The gates of the procedure are left out: they ask people, and people are not timed here.
    """
    recipient = Recipient.parse_text(case.card.recipient)
    with path.open("rb", buffering=0) as source:
        sealed = acquisition.acquire_file(source, case.session.folder / "blobs", recipient)
    fields: dict[str, Json] = {
        "exhibit": f"AB/{number}",
        "producer": case.session.people[0].id,
        "sha256": sealed.sha256,
        "size": sealed.size,
    }
    draft = EntryDraft("file", fields, case.inc, recipient, (sealed.blob_name,))
    case.session.store.append_entry(draft, case.session.entry_signers())
    case.take_up_entry(record_as_read(case.session.store.lines[-1], "file", fields))
    case.write_register_card()


def random_file(path: Path, size: int) -> Path:
    """Write ``size`` random bytes."""
    with path.open("wb") as out:
        left = size
        while left:
            left -= out.write(os.urandom(min(left, 1 << 20)))
        out.flush()
        os.fsync(out.fileno())
    return path
