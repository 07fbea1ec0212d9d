"""Printed heads: signed, typed from paper, scanned from the form's square, compared."""

from __future__ import annotations

import base64

import pytest

from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.inspection.verify_file import verify_any_file
from esafety_tui.casework.integrity import printed_heads
from esafety_tui.data import checkpoint
from esafety_tui.data.checkpoint import Checkpoint
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.errors import BadInput, NotSound, RolledBack, Tampered
from esafety_tui.output.form.view import PrintedHead
from tests.casework.support import Practice


@pytest.fixture
def session(practice: Practice) -> OpenSession:
    return practice.sign_in()


def test_the_square_of_the_form_and_what_people_make_of_it(session: OpenSession) -> None:
    head = session.store.current_head()
    root = base64.b64encode(head.root).decode()
    body = PrintedHead(head.origin, head.size, root).checkpoint_body
    session.append_record("clock.checked", {})
    expected = (
        f"The vault holds the first {head.size} entries of this head unchanged, and 1 entry more.",
        "There is no signature on it to check.",
    )
    for text in (
        body, body.rstrip("\n"), body.replace("\n", "\r\n"), "\ufeff" + body,
        "\n\n  " + body.replace("\n", " \t \n") + "\n\n", body.replace("\n", "\n\n"),
    ):  # fmt: skip
        assert printed_heads.compare_printed_head(session, text) == expected


def test_a_signed_head_names_who_signed_it(session: OpenSession, practice: Practice) -> None:
    size = session.store.chain.size
    note = printed_heads.sign_current_head(session)
    assert session.store.chain.size == size + 1, "signing a head is an entry"
    keys = {f"officer-{p.short_id}": p.sign_spki for p in session.people}
    assert checkpoint.verify_signed_note(note, keys)[0].size == size
    text = note.decode()
    for form in (text, text.replace("\n", "\r\n"), text.replace("—", "-"), text.replace("—", "–")):  # noqa: RUF001 - what word processors make of the dash
        found = printed_heads.compare_printed_head(session, form)
        assert "Ada Bellweather" in found[1] and "Cosmo Dunnock" in found[1]
    stranger = OfficerKeys.generate_keys("Somebody Else")
    head = checkpoint.parse_signed_note(note)[0]
    own = (f"officer-{stranger.id[:16]}", stranger.spki, stranger.sign_message(head.signed_body()))
    both = printed_heads.compare_printed_head(
        session, text + checkpoint.write_signed_note(head, [own]).decode().split("\n\n")[1]
    )
    assert "nobody in this vault" in both[2]
    assert printed_heads.compare_printed_head(
        session, checkpoint.write_signed_note(head, [own]).decode()
    )[1].startswith("1 sig")


def test_bad_signatures_are_an_alarm(session: OpenSession) -> None:
    officer, other = session.officers
    head = session.store.current_head()
    name = f"officer-{officer.id[:16]}"
    wrong = [
        checkpoint.write_signed_note(
            head, [(name, officer.spki, officer.sign_message(b"another text"))]
        ),
        checkpoint.write_signed_note(
            head, [(name, other.spki, other.sign_message(head.signed_body()))]
        ),
        checkpoint.write_signed_note(
            head,
            [
                (f"officer-{other.id[:16]}", other.spki, other.sign_message(head.signed_body())),
                (name, other.spki, other.sign_message(head.signed_body())),
            ],
        ),
    ]
    for note in wrong:
        with pytest.raises(Tampered):
            printed_heads.compare_printed_head(session, note.decode())


def test_each_alarm_of_a_printed_head(session: OpenSession) -> None:
    head = session.store.current_head()
    cases = {
        "is of other.example/evidence": Checkpoint("other.example/evidence", head.size, head.root),
        "the last 7 entries were cut off": Checkpoint(head.origin, head.size + 7, head.root),
        "not the ones on the paper": Checkpoint(head.origin, head.size - 1, head.root),
    }
    for words, printed in cases.items():
        with pytest.raises(RolledBack, match=words):
            printed_heads.compare_printed_head(session, printed.signed_body().decode())
    for size in range(head.size):
        with pytest.raises(RolledBack):
            printed_heads.compare_printed_head(
                session, Checkpoint(head.origin, size, bytes(32)).signed_body().decode()
            )


@pytest.mark.parametrize(
    "text",
    [
        "", "words", "a\nb\nc", "a/evidence\n5\n" + "A" * 44, "a/evidence\n-1\n" + "A" * 43 + "=",
        "a/evidence\n05\n" + "A" * 43 + "=", "\ud800\n5\n" + "A" * 43 + "=", "x" * 100_000,
        "a b\n5\n" + "A" * 43 + "=",
    ],
)  # fmt: skip
def test_what_is_no_head_is_said_in_words(session: OpenSession, text: str) -> None:
    with pytest.raises(BadInput, match=r"not the head|well-formed"):
        printed_heads.compare_printed_head(session, text)


def test_all_signed_heads_are_checked_on_demand(session: OpenSession, practice: Practice) -> None:
    for _ in range(3):
        printed_heads.sign_current_head(session)
    practice.close()
    alone = practice.sign_in("AB")
    printed_heads.sign_current_head(alone)
    assert printed_heads.check_signed_heads(alone, everything=True) == 0
    practice.close()
    session = practice.sign_in()
    assert printed_heads.check_signed_heads(session) == 1
    assert printed_heads.check_signed_heads(session, everything=True) == 3
    practice.close()
    asked = {"officer": practice.ids["AB"], "passphrase": practice.words["AB"]}
    assert "signed by two" not in str(
        verify_any_file(practice.folder, asked, None, None)["sentences"]
    )
    asked |= {"officer2": practice.ids["CD"], "passphrase2": practice.words["CD"]}
    said = verify_any_file(practice.folder, asked, None, None)["sentences"]
    assert "3 heads signed by two inside the vault fit its entries." in said
    bad = practice.sign_in()
    sigs = {o.id: "AAAA" for o in bad.officers}
    body = bad.store.current_head().signed_body().decode()
    bad.append_record("head.signed", {"checkpoint": body, "sigs": {**sigs}})
    printed_heads.sign_current_head(bad)
    practice.close()
    practice.sign_in().close_session()  # the newest one fits
    with pytest.raises(NotSound, match="holds a signed head"):
        verify_any_file(practice.folder, asked, None, None)
