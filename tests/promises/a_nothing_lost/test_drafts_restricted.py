"""Drafts of an incident that is restricted while somebody types: none lost, none under the old key.

docs/format.md section 5a.
"""

from __future__ import annotations

import threading

import pytest

from esafety_tui.casework.access import rekey
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.casework.incident import draft_files
from esafety_tui.data import platform
from esafety_tui.data.age import Identity, NoMatchingKey, decrypt_file
from esafety_tui.kernel.errors import StorageFailed
from esafety_tui.kernel.keeping import Act
from esafety_tui.kernel.unsent import NOTE, UnsentText
from tests.promises.a_nothing_lost.beside import quiet
from tests.promises.a_nothing_lost.sittings import Sitting

TYPED, OTHER = "told: typed while it was restricted", "told: typed before"
HOLD_UP = 0.5
"""Seconds that a draft on its way to the disk is held up at most."""


def opened(sitting: Sitting) -> tuple[Desk, str, Identity]:
    """Return a desk of two who are not involved, their incident and the key it has until then."""
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    desk.keep_unsent(inc, [UnsentText("step reported", {"words": OTHER}, "words")])
    desk.close()
    desk = sitting.desk("AB", "EF")
    desk.case(inc)
    old = desk.context.load_case(inc).identity
    assert old is not None
    return desk, inc, old


def restrict(sitting: Sitting, desk: Desk, inc: str) -> None:
    words = {sitting.real.ids[i]: sitting.real.words[i] for i in ("AB", "EF")}
    desk.act(
        Act("restrict", {"inc": inc, "who": sitting.real.ids["CD"], "reason": "involved"}, words),
        quiet,
    )


def under(sitting: Sitting, key: Identity) -> list[str]:
    """Return the drafts that a key opens."""
    found = []
    for path in sitting.drafts:
        try:
            decrypt_file(path.read_bytes(), [key])
        except NoMatchingKey:
            continue
        found.append(path.name)
    return found


def texts(desk: Desk, inc: str) -> list[str]:
    return sorted(str(value) for one in desk.unsent(inc) for value in one.values.values())


def test_a_draft_on_its_way_to_the_disk_gets_the_new_key(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was sealed when the entry of the restriction was there and its drafts were not yet."""
    desk, inc, old = opened(sitting)
    desk.keep_unsent(inc, [UnsentText(NOTE, {"text": "told: half"}, "text")])
    files = sitting.drafts
    on_its_way, done = threading.Event(), threading.Event()
    write, renew = platform.write_atomically, rekey.rekey_vault

    def keep() -> None:
        desk.keep_unsent(inc, [UnsentText(NOTE, {"text": TYPED}, "text")])

    keeper = threading.Thread(target=keep)

    def held_up(path: object, *args: object, **named: object) -> None:
        if threading.current_thread() is keeper:
            on_its_way.set()
            done.wait(HOLD_UP)
        write(path, *args, **named)  # type: ignore[arg-type]

    def then_typed(*args: object) -> object:
        receipt = renew(*args)  # type: ignore[arg-type]
        keeper.start()
        assert on_its_way.wait(60)
        return receipt

    monkeypatch.setattr(platform, "write_atomically", held_up)
    monkeypatch.setattr(rekey, "rekey_vault", then_typed)
    restrict(sitting, desk, inc)
    done.set()
    keeper.join()
    assert under(sitting, old) == []
    assert sitting.drafts == files, "each in its place: what is typed next is written over it"
    assert texts(desk, inc) == [OTHER, TYPED]


def test_refused_by_the_disk_or_cut_short_nothing_is_lost(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words kept in memory under the old key; drafts that a killed program left under it."""
    desk, inc, old = opened(sitting)
    [path] = sitting.drafts
    before = path.read_bytes()

    def full(*_args: object) -> None:
        raise StorageFailed("The disk is full.", "Make room.")

    with monkeypatch.context() as disk, pytest.raises(StorageFailed):
        disk.setattr(draft_files, "_create_folder", full)
        desk.keep_unsent(inc, [UnsentText(NOTE, {"text": TYPED}, "text")])
    restrict(sitting, desk, inc)
    assert texts(desk, inc) == [OTHER, TYPED]
    desk.keep_unsent(inc, ())
    desk.close()
    assert sitting.drafts == []
    path.write_bytes(before)  # as it lies there where the program ended after the entry
    sitting.desk("AB", "CD").close()
    assert path.read_bytes() == before, "not theirs"
    desk = sitting.desk("AB", "EF")
    assert under(sitting, old) == []
    assert texts(desk, inc) == [OTHER]
