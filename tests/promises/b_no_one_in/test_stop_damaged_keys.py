"""STOP on an incident whose key or card is damaged: it freezes, and mending thaws nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.casework.access import stop_notes
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data.keyring import Keyring
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock
from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.kernel.errors import Frozen, Refused, Tampered
from tests.casework.support import Practice, real_png
from tests.promises.b_no_one_in.locked import enter, quiet

Damage = Callable[[bytes], bytes]


def flip(data: bytes, at: int) -> bytes:
    """Return the bytes with one bit of one of them changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


DAMAGED: dict[str, Damage] = {
    "empty": lambda data: b"",
    "middle": lambda data: flip(data, len(data) // 2),
}


def key_file(real: Practice, inc: str, kind: str) -> Path:
    """Return the path of an incident's key or card."""
    return real.folder / "keyring" / "g1" / "inc" / f"{inc}.{kind}"


def again(desk: Desk, real: Practice) -> None:
    """Sign out, and the same two sign in."""
    desk.sign_out()
    enter(desk, real)


def frozen_on_disk(desk: Desk, inc: str) -> bool:
    """Whether a hold of the database freezes the incident."""
    return inc in {hold.inc for hold in desk.context.session.store.held.values()}


def test_stop_freezes_an_incident_whose_key_is_damaged(
    desk: Desk, capture: str, real: Practice, tmp_path: Path
) -> None:
    """Its card names the recipient, so that STOP needs no key; the mended file thaws nothing."""
    key = key_file(real, capture, "age")
    good = key.read_bytes()
    for damage in DAMAGED.values():
        key.write_bytes(damage(good))
        again(desk, real)
        seen = len(desk.context.session.store.lines)
        assert desk.stop(capture).inc == capture
        assert any(seq >= seen for seq in desk.context.session.store.held)
    assert desk.tick(capture, 1, "").seq and desk.case(capture).frozen
    key.write_bytes(good)
    assert desk.case(capture).items == ()  # it is read again where it opens
    again(desk, real)
    case = desk.case(capture)
    assert case.frozen and not any("closed by STOP" in x for x in desk.context.session.warnings)
    picture = tmp_path / "a.png"
    picture.write_bytes(real_png())
    with pytest.raises(Frozen):
        desk.add_file(capture, picture, "words", "made here", quiet)


def test_a_frozen_file_of_it_is_closed_by_its_bytes_after_mending(
    desk: Desk, capture: str, real: Practice, tmp_path: Path
) -> None:
    """The list of closed files counts this freeze: no false alarm, and it is on the list later."""
    picture = tmp_path / "a.png"
    picture.write_bytes(real_png())
    desk.add_file(capture, picture, "words", "made here", quiet)
    key = key_file(real, capture, "age")
    good = key.read_bytes()
    key.write_bytes(b"")
    again(desk, real)
    desk.stop(capture)
    key.write_bytes(good)
    again(desk, real)
    assert not any("closed by STOP" in said for said in desk.context.session.warnings)
    assert len(desk.context.session.store.closed.items) == 1  # type: ignore[union-attr]


def test_stop_behind_the_lock_meets_a_damaged_key(
    desk: Desk, inc: str, real: Practice, tmp_path: Path
) -> None:
    """Whoever comes back writes it into that incident, and once only."""
    desk.lock()
    with pytest.raises(Refused):
        desk.stop(inc)
    key = key_file(real, inc, "age")
    good = key.read_bytes()
    key.write_bytes(flip(good, len(good) // 2))
    desk.close()
    desk = Desk(real.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    enter(desk, real)
    assert frozen_on_disk(desk, inc) and len(desk.context.session.store.chain.incidents) == 2
    assert not (real.folder / stop_notes.FILE).exists()
    key.write_bytes(good)
    again(desk, real)
    assert desk.case(inc).frozen
    desk.close()


def test_with_a_damaged_card_stop_stays_noted(
    desk: Desk, inc: str, real: Practice, tmp_path: Path
) -> None:
    """A new incident is frozen, once; the first one as soon as its card is put back."""
    card = key_file(real, inc, "card")
    good = card.read_bytes()
    card.write_bytes(good[: len(good) // 2])
    desk.sign_out()
    desk.unlock(real.ids["EF"], real.words["EF"], None, None, ())
    first = desk.stop(inc)
    assert first.inc != inc and inc in desk.context.session.store.holds.frozen
    desk.close()
    desk = Desk(real.folder, SystemClock(), FLOOR, tmp_path / "sheets")
    enter(desk, real)
    assert {hold.inc for hold in desk.context.session.store.held.values()} == {first.inc}
    assert inc in desk.context.session.store.holds.frozen
    assert any("STOP is then written there" in said for said in desk.context.session.warnings)
    assert len(desk.context.session.store.chain.incidents) == 3  # the vault's own, and two
    card.write_bytes(good)
    desk.sign_out()
    told = desk.unlock(real.ids["AB"], real.words["AB"], real.ids["CD"], real.words["CD"], ())
    assert told.stopped is not None and told.stopped.inc == inc
    assert not (real.folder / stop_notes.FILE).exists()
    assert frozen_on_disk(desk, inc) and desk.case(inc).frozen
    desk.close()


def test_stop_of_a_restricted_incident_outlives_officers_who_may_not_open_it(
    desk: Desk, real: Practice
) -> None:
    """Two who are not eligible sign in first: the STOP is not dropped."""
    inc = desk.open_incident((real.ids["EF"],), "", words_only=False).inc
    desk.lock()
    with pytest.raises(Refused):
        desk.stop(inc)
    desk.sign_out()
    desk.unlock(real.ids["AB"], real.words["AB"], real.ids["EF"], real.words["EF"], ())
    assert not frozen_on_disk(desk, inc)
    again(desk, real)
    assert frozen_on_disk(desk, inc) and desk.case(inc).frozen


def test_another_pairs_damaged_wrap_keeps_nobody_out(desk: Desk, real: Practice) -> None:
    """Of a restricted incident's wraps only the own one counts."""
    inc = desk.open_incident((real.ids["EF"],), "", words_only=False).inc
    (real.folder / "keyring" / "g1" / "inc" / f"{inc}.-.age").write_bytes(b"")
    again(desk, real)
    assert desk.case(inc).reference


def test_a_card_of_no_card_at_all_is_altered(real: Practice) -> None:
    """One officer alone can seal anything under the LEDGER key: it is said as what it is."""
    ring: Keyring = real.sign_in("AB", "CD").keyring
    inc = "0" * 32
    for plain in (b"not a card", canonical_bytes({"v": 1})):
        sealed = ring.box.seal_bytes(plain, f"evidence-card/v1/{ring.directory.origin}/{inc}")
        key_file(real, inc, "card").write_bytes(sealed)
        with pytest.raises(Tampered):
            ring.read_card(inc, [real.ids["AB"]])
