"""Drafts on the disk: back for those who may read them, for nobody else, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.casework.backup import backup
from esafety_tui.casework.incident import draft_files
from esafety_tui.data.age import Identity, NoMatchingKey, Recipient, decrypt_file
from esafety_tui.data.draft_folder import DRAFTS_FOLDER
from esafety_tui.data.incident_keys import IncidentKeys
from esafety_tui.data.unsent import PAD, seal_draft
from esafety_tui.kernel.errors import Refused, StorageFailed
from esafety_tui.kernel.unsent import NOTE, UnsentText
from tests.casework.shreds import due_now, shred
from tests.promises.a_nothing_lost.sittings import Sitting, clear_in
from tests.reader import agefile, drafts
from tests.screens.real import TO_ADDRESSES, reviewed

WORDS = "told: She said he asked for a pïcture"
STEP = UnsentText("step reported", {"words": WORDS, "by": "A parent"}, "words")
NOTED = UnsentText(NOTE, {"text": WORDS}, "text")


def values(words: Sequence[UnsentText]) -> list[dict[str, object]]:
    return [dict(one.values) for one in words]


def test_what_two_typed_is_back_for_two_and_for_no_one_alone(sitting: Sitting) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    desk.keep_unsent(inc, [STEP])
    desk.close()
    assert [p.stat().st_size > PAD for p in sitting.drafts] == [True]
    assert clear_in(sitting.real.folder, WORDS) == []
    alone = sitting.desk("AB")
    assert alone.unsent(inc) == ()
    alone.close()
    found = sitting.desk("CD", "EF").unsent(inc)
    assert [(one.place, one.at, dict(one.values)) for one in found] == [
        ("step reported", "words", dict(STEP.values))
    ]


def test_one_officers_words_in_an_incident_of_words_are_theirs_and_two_officers(
    sitting: Sitting,
) -> None:
    desk = sitting.desk("AB")
    inc = desk.open_incident((), "", True).inc
    desk.keep_unsent(inc, [NOTED])
    desk.close()
    other = sitting.desk("CD")
    assert other.unsent(inc) == ()
    other.keep_unsent(inc, [UnsentText(NOTE, {"text": "told: mine"})])
    other.close()  # and takes nothing away from what it could not read
    own = sitting.desk("AB")
    assert [(one.place, dict(one.values)) for one in own.unsent(inc)] == [(NOTE, {"text": WORDS})]
    own.close()
    two = sitting.desk()
    found = two.unsent(inc)
    assert sorted(str(v["text"]) for v in values(found)) == sorted(["told: mine", WORDS])
    assert all(one.place.startswith("words ") and len(one.by) == 1 for one in found)
    two.keep_unsent(inc, found)
    assert len(sitting.drafts) == 1  # taken over, each still with its writer
    assert {one.by for one in two.unsent(inc)} == {one.by for one in found}


def test_one_officers_words_in_an_incident_of_two_wait_for_two(sitting: Sitting) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    desk.close()
    alone = sitting.desk("EF")
    alone.case(inc)
    alone.keep_unsent(inc, [NOTED])
    assert alone.unsent(inc) == ()
    alone.close()
    found = sitting.desk().unsent(inc)
    assert [(one.by, dict(one.values)) for one in found] == [
        ((sitting.real.ids["EF"],), {"text": WORDS})
    ]


def test_words_that_were_sealed_meanwhile_do_not_come_back_and_others_do(sitting: Sitting) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    seen = desk.case(inc).last
    assert seen is not None
    urls = UnsentText(
        "step urls", {"urls": ("https://a.example", "https://b.example")}, "", seen.seq
    )
    stale = [replace(one, after=seen.seq) for one in (STEP, NOTED)]
    desk.answer(inc, "reported", TO_ADDRESSES[0][1], "")
    desk.keep_unsent(inc, [*stale, urls])
    assert [one.place for one in desk.unsent(inc)] == [NOTE, "step urls"]
    for step, given in TO_ADDRESSES[1:]:
        desk.answer(inc, step, given, "")
    desk.add_url(inc, "https://a.example", "x", "saw it")
    desk.note(inc, "told: something")
    found = desk.unsent(inc)
    assert values(found) == [{"urls": ("https://b.example",)}]
    desk.stop(inc)
    assert values(desk.unsent(inc)) == [{"urls": ("https://b.example",)}]


def test_nothing_unsent_leaves_no_draft(sitting: Sitting) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    desk.keep_unsent(inc, [STEP])
    desk.keep_unsent(inc, [UnsentText("step reported", {"words": " \n"})])
    assert sitting.drafts == []


def test_a_disk_that_refuses_is_said_and_the_words_stay_sealed_in_memory(sitting: Sitting) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    (sitting.real.folder / DRAFTS_FOLDER).write_bytes(b"")  # in the way
    with pytest.raises(StorageFailed):
        desk.keep_unsent(inc, [STEP])
    assert values(desk.unsent(inc)) == [dict(STEP.values)]
    assert WORDS.encode() not in desk.context.unkept_drafts[inc]
    (sitting.real.folder / DRAFTS_FOLDER).unlink()
    desk.keep_unsent(inc, [NOTED])
    assert desk.context.unkept_drafts == {}
    assert len(sitting.drafts) == 1


def test_behind_the_lock_nothing_is_kept_and_nothing_is_told(sitting: Sitting) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    desk.keep_unsent(inc, [STEP])
    desk.lock()
    with pytest.raises(Refused):
        desk.unsent(inc)
    with pytest.raises(Refused):
        desk.keep_unsent(inc, [NOTED])


def test_a_draft_that_is_damaged_forged_or_of_another_incident_is_not_shown(
    sitting: Sitting,
) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    other = desk.open_incident((), "", False).inc
    desk.keep_unsent(inc, [STEP])
    (path,) = sitting.drafts
    good = path.read_bytes()
    moved = path.with_name(path.name.replace(inc, other))
    moved.write_bytes(good)
    assert desk.unsent(other) == ()
    path.write_bytes(good[:-1])
    assert desk.unsent(inc) == ()
    card = desk.context.open_cases[inc].card
    alone = [sitting.real.officer("AB")]
    by_two = replace(STEP, by=tuple(sorted((sitting.real.ids["AB"], sitting.real.ids["CD"]))))
    path.write_bytes(seal_draft(inc, [by_two], alone, [Recipient.parse_text(card.recipient)]))
    assert desk.unsent(inc) == ()
    path.unlink()
    path.mkdir()
    assert desk.unsent(inc) == ()
    assert any("is no draft" in said for said in desk.context.session.warnings)
    assert any("was damaged or altered" in said for said in desk.context.session.warnings)


def test_no_copy_form_or_pack_holds_a_draft(sitting: Sitting, tmp_path: Path) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    desk.keep_unsent(inc, [STEP])
    (draft,) = sitting.drafts
    target = tmp_path / "stick"
    target.mkdir()
    backup.make(desk.context.session, target, target, "stick", lambda *_: None)
    copied = [p for p in target.rglob("*") if p.is_file()]
    assert copied
    assert not any(inc in p.name and DRAFTS_FOLDER in p.parts for p in copied)
    assert draft.read_bytes() not in {p.read_bytes() for p in copied}


def test_the_header_does_not_tell_one_officers_draft_from_two_officers(sitting: Sitting) -> None:
    desk = sitting.desk("AB")
    alone = desk.open_incident((), "", True).inc
    desk.keep_unsent(alone, [NOTED])
    desk.close()
    desk = sitting.desk()
    desk.keep_unsent(desk.open_incident((), "", False).inc, [NOTED])
    assert len({path.stat().st_size for path in sitting.drafts}) == 1


def test_the_second_reader_reads_what_lies_on_the_disk(sitting: Sitting) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    desk.keep_unsent(inc, [STEP, NOTED])
    key = desk.context.open_cases[inc].identity
    assert key is not None
    (draft,) = sitting.drafts
    plain = agefile.opened(draft.read_bytes(), agefile.Identity(key.to_text))
    known = {o.id: o.spki for o in desk.context.session.officers}
    ours = [(o.place, o.at, dict(o.values), o.after, o.by) for o in desk.unsent(inc)]
    assert drafts.read_draft(plain, inc, known) == ours


@pytest.mark.long("the test of copies above")
def test_no_pack_holds_a_draft(sitting: Sitting, tmp_path: Path) -> None:
    desk = sitting.desk()
    words = tuple(sitting.real.words[i] for i in ("AB", "CD"))
    inc = reviewed(desk, tmp_path)
    desk.keep_unsent(inc, [STEP])
    desk.answer(inc, "review", {"done": "yes"}, "")
    desk.prepare_form(inc, (), lambda *_: None, reason="a test")
    by_id = {sitting.real.ids[i]: w for i, w in zip(("AB", "CD"), words, strict=True)}
    for officer, typed in by_id.items():
        desk.sign(inc, officer, typed)
    desk.answer(inc, "sign", {"done": "yes"}, "")
    (tmp_path / "stick").mkdir()
    target = tmp_path / "stick"
    pack = desk.export(inc, target, "police", "x", by_id, True, "a test", lambda *_: None).path
    (draft,) = sitting.drafts
    files = [p for p in pack.rglob("*") if p.is_file()]
    assert len(files) > 10
    assert draft.read_bytes() not in {p.read_bytes() for p in files}
    assert clear_in(pack, WORDS) == []


def test_destroying_an_incident_destroys_its_drafts(sitting: Sitting) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    other = desk.open_incident((), "", False).inc
    desk.keep_unsent(inc, [STEP])
    desk.keep_unsent(other, [STEP])
    assert len(sitting.drafts) == 2
    case = desk.context.open_cases[inc]
    due_now(sitting.real, case)
    shred(sitting.real, case)
    assert [p.name[:32] for p in sitting.drafts] == [other]


def test_a_draft_goes_with_the_key_its_incident_is_sealed_to(sitting: Sitting) -> None:
    desk = sitting.desk()
    inc = desk.open_incident((), "", False).inc
    desk.keep_unsent(inc, [STEP])
    case, new = desk.context.open_cases[inc], Identity.generate()
    assert case.identity is not None
    assert (
        draft_files.reseal_drafts(
            desk.context.session, inc, IncidentKeys(new, ((0, case.identity),))
        )
        == []
    )
    (path,) = sitting.drafts
    with pytest.raises(NoMatchingKey):
        decrypt_file(path.read_bytes(), [case.identity])
    assert WORDS.encode() in decrypt_file(path.read_bytes(), [new])
    assert draft_files.reseal_drafts(
        desk.context.session, inc, IncidentKeys(Identity.generate())
    ) == [path]
