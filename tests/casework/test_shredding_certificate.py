"""The certificate of a destruction: made, made later, saved again, and never pretended."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from esafety_tui.casework.destruction import certificate
from esafety_tui.kernel.errors import (
    BadInput,
    OutputFailed,
    WrongPassphrase,
)
from esafety_tui.output.verify_form_file import verify_form_file
from tests.casework.shreds import REASON, due_now, shred, with_file, words
from tests.casework.support import Practice
from tests.programs import need_program


@pytest.mark.tool("pdftotext")
def test_a_certificate_that_a_power_cut_prevented_is_made_later(practice: Practice) -> None:
    case = practice.case()
    due_now(practice, case)
    entry = shred(practice, case).receipt.seq  # and nothing after it: the power is cut here
    practice.close()
    session = practice.sign_in("CD", "EF")
    assert certificate.list_uncertified(session) == (entry,)
    out = practice.home / "out"
    with pytest.raises(BadInput, match="no such folder"):
        certificate.make_certificate(session, entry, words(practice, "CD", "EF"), out)
    out.mkdir()
    for bad in (0, 10_000, session.store.chain.size - 1):
        with pytest.raises(BadInput, match="destroyed nothing"):
            certificate.make_certificate(session, bad, words(practice, "CD", "EF"), out)
    with pytest.raises(WrongPassphrase):
        certificate.make_certificate(
            session, entry, dict.fromkeys(words(practice, "CD", "EF"), "x"), out
        )
    done = certificate.make_certificate(session, entry, words(practice, "CD", "EF"), out)
    assert certificate.list_uncertified(session) == ()
    verdict = verify_form_file(done.path)
    assert sorted(verdict.signed_by) == ["Cosmo Dunnock", "Effie Finchley"]
    said = text_of(done.path)
    assert "Ada Bellweather, Senior teacher" in said, "who decided, not who signs"
    assert case.card.reference in said and "PRACTICE" in said and REASON in said
    again = certificate.make_certificate(session, entry, words(practice, "CD", "EF"), out)
    assert again.path.name == f"certificate-of-destruction-{entry}-2.pdf"
    assert again.path.read_bytes() == done.path.read_bytes()


def text_of(path: Path) -> str:
    """Return what stands on a PDF, as pdftotext reads it."""
    command = [need_program("pdftotext"), "-layout", str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_one_officer_cannot_pretend_that_there_is_a_certificate(practice: Practice) -> None:
    case = practice.case()
    due_now(practice, case)
    entry = shred(practice, case).receipt.seq
    practice.close()
    practice.sign_in("EF").append_record(
        "printed", {"what": certificate.WHAT, "entry": entry, "sha256": "0" * 64, "pdf": ""}
    )
    practice.close()
    assert certificate.list_uncertified(practice.sign_in()) == (entry,)


@pytest.mark.posix
def test_a_certificate_that_cannot_be_saved_is_in_the_vault_all_the_same(
    practice: Practice,
) -> None:
    case = practice.case()
    due_now(practice, case)
    full = Path("/proc/self")  # a folder in which nobody can make a file
    with pytest.raises(OutputFailed):
        certificate.destroy_and_certify(case.session, [case.inc], {case.inc: case.card.reference},
                            words(practice), REASON, full)  # fmt: skip
    assert case.session.store.shredded == {case.inc}
    assert certificate.list_uncertified(case.session) == ()
    [entry] = case.session.keyring.directory.shredded.values()
    done = certificate.make_certificate(case.session, entry, words(practice), practice.home)
    assert verify_form_file(done.path).signed_by


@pytest.mark.tool("pdftotext")
def test_an_old_pack_of_what_was_destroyed_still_verifies_on_its_own(
    practice: Practice, tmp_path: Path
) -> None:
    from esafety_tui.casework.disclosure import evidence_pack, pack_source, signed_form
    from esafety_tui.output.verify import verify_path

    session = practice.sign_in()
    case = with_file(practice, session)
    signed_form.render_form(case, reason="not all is known yet")
    for who in ("AB", "CD"):
        signed_form.sign_form(case, practice.ids[who], practice.words[who])
    target = tmp_path / "stick"
    target.mkdir()
    order = pack_source.PackOrder(
        target, "Example Police", "evidence", tuple(words(practice).items()), True, "a test"
    )
    pack = evidence_pack.export_pack(case, order, lambda *_: None)
    due_now(practice, case)
    done = certificate.destroy_and_certify(
        session, [case.inc], {case.inc: case.card.reference}, words(practice), REASON, tmp_path
    )
    assert "Packs exported: 1. They are elsewhere." in text_of(done.path).replace("\n", " ")
    verdict = verify_path(pack.path, passphrase=None, check_code=pack.code)
    assert verdict.authentic
