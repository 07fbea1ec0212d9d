"""The full audit with its second process says what it says without, and finds the same."""

from __future__ import annotations

import base64
import subprocess

import pytest

from esafety_tui.casework.incident import capture
from esafety_tui.casework.inspection import audit
from esafety_tui.data import witness_check
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.errors import Tampered
from tests.casework.support import Practice


@pytest.fixture
def words(practice: Practice) -> tuple[str, str]:
    """A vault with some entries, closed; one officer's id and passphrase."""
    case = practice.case()
    for number in range(5):
        capture.record_note(case, f"told: note {number}")
    practice.close()
    return practice.ids["AB"], practice.words["AB"]


def test_both_say_the_same(
    practice: Practice, words: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = audit.audit_vault(practice.folder, *words)
    started: list[subprocess.Popen[bytes]] = []
    real = audit._start_signature_worker

    def start() -> subprocess.Popen[bytes]:
        started.append(real())
        return started[0]

    monkeypatch.setattr(witness_check, "WORTH", 1)
    monkeypatch.setattr(audit, "_start_signature_worker", start)
    assert audit.audit_vault(practice.folder, *words) == alone
    assert started[0].poll() is not None, "the second process is gone"


@pytest.mark.parametrize("worth", [1, 10_000])
def test_an_entry_signed_by_nobody_comes_before_all_else_that_is_wrong(
    practice: Practice, words: tuple[str, str], worth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = practice.sign_in()
    store, seq = session.store, 4
    signed = store.signatures_of(seq - 1)
    assert store.signatures_of(seq).keys() == signed.keys()
    plain = canonical_bytes({i: base64.b64encode(s).decode() for i, s in signed.items()})
    sealed = session.keyring.box.seal_bytes(plain, f"evidence-sigs/v1/{store.origin}/{seq}")
    practice.close()
    practice.sql("UPDATE entry SET sigs = ? WHERE seq = ?", sealed, seq)
    practice.sql("UPDATE rec SET ct = x'00' WHERE seq = 6")
    monkeypatch.setattr(witness_check, "WORTH", worth)
    with pytest.raises(Tampered, match=f"Entry {seq} is not witnessed"):
        audit.audit_vault(practice.folder, *words)
