"""What is on the paper, read back with tools that know nothing of ours."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from esafety_tui.kernel.errors import BadInput, Frozen, Refused
from esafety_tui.output.form.blocks import split_for_pages
from esafety_tui.output.form.draw import draw_form
from esafety_tui.output.form.lettering import describe_non_ascii, visible_text
from esafety_tui.output.form.view import (
    ChronologyEvent,
    ExhibitImage,
    FormView,
    PolicySource,
    ReviewedItem,
    Reviewer,
    RouteStep,
    utc_and_uk_times,
)
from tests.output.form_samples import HOSTILE, LONG_URL, START, hostile_view, view
from tests.programs import need_program


def drawn(what: FormView) -> bytes:
    out = BytesIO()
    draw_form(what, out)
    return out.getvalue()


def tool(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [need_program(name), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pages(pdf: bytes, folder: Path) -> list[str]:
    (folder / "form.pdf").write_bytes(pdf)
    return tool("pdftotext", "-raw", str(folder / "form.pdf"), "-").split("\f")[:-1]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("make", [view, hostile_view])
def test_equal_views_give_equal_bytes(make: Callable[[], FormView]) -> None:
    assert drawn(make()) == drawn(make())


@pytest.mark.tool("pdftotext")
def test_every_part_of_the_form_is_printed(tmp_path: Path) -> None:
    what = view(2)
    text = squeezed("".join(pages(drawn(what), tmp_path)))
    wanted = [
        "Record of reviewing devices / internet sites",
        what.group,
        what.date,
        what.reason,
        what.computer_name,
        what.computer_place,
        "Deputy head · initials AB",
        "Designated safeguarding lead · initials CD",
        *(row.address for row in what.rows),
        *(row.concern for row in what.rows),
        "#13",
        "14:11:12 UTC",
        "14:11:12 GMT",
        *what.findings.split("\n"),
        *what.conclusion.split("\n"),
        "What is suspected?",
        "Was the site reached by a pupil?",
        "Yes, once",
        "Log was read again",
        "Time is that of the answer.",
        "Breaks our rules; nothing illegal",
        "1 min 20 s",
        "To be told: The safeguarding lead.",
        "Changed, because: Asked the technician",
        "general practice, to be confirmed",
        "Nobody but us was there",
        "This computer's clock, compared at the end",
        "Reason: The speaking clock did not answer.",
        "AB/2",
        what.exhibits[1].sha256,
        "183,206 bytes",
        what.head.origin,
        what.head.root,
        what.check_code,
        "other, version 1",
        *(s.sha256 for s in what.sources),
        what.clock,
        "a1" * 32,
        *what.limits,
        "Signature in ink",
        "Digital signature (empty until signed)",
    ]
    for words in wanted:
        assert squeezed(words) in text, words


@pytest.mark.tool("pdftotext")
def test_every_page_carries_what_must_not_get_lost(tmp_path: Path) -> None:
    sheets = pages(drawn(hostile_view()), tmp_path)
    assert len(sheets) > 9
    for number, text in enumerate(sheets, 1):
        line = squeezed(text)
        assert f"Page{number}of{len(sheets)}" in line
        for words in ("PRACTICE·RESTRICTED", "HVS-2026-0007", "Schoolrecord", "7QK4M2XD9RTA0WZE"):
            assert words in line, (number, words)


@pytest.mark.tool("pdftotext")
def test_an_ordinary_form_does_not_say_practice(tmp_path: Path) -> None:
    text = "".join(pages(drawn(view()), tmp_path))
    assert "PRACTICE" not in text
    assert "RESTRICTED" not in text


@pytest.mark.tool("pdftotext")
def test_nothing_typed_is_mark_up_and_nothing_vanishes(tmp_path: Path) -> None:
    text = squeezed("".join(pages(drawn(hostile_view()), tmp_path)))
    assert "<imgsrc=/etc/passwd><b>bold</b>&lt;&" in text
    assert "Alex<b>Bell</b>" in text
    for mark in ("<U+202E>gnp.exe", "<U+0000>", "<U+001B>[31m", "<U+1F9FF><U+1F1EC>", "<U+00AD>"):
        assert mark in text, mark
    assert "\N{CYRILLIC SMALL LETTER A}pple" in text
    assert "U+0430CYRILLICSMALLLETTERA" in text
    assert "ŵŷŴŶ" in text
    assert "YsgolTŷŴyn<script>" in text


@pytest.mark.tool("pdftotext")
def test_a_ten_kilobyte_address_is_printed_whole(tmp_path: Path) -> None:
    what = replace(view(), rows=(ReviewedItem(LONG_URL, "long", 1, START),))
    text = squeezed("".join(pages(drawn(what), tmp_path)))
    assert len(LONG_URL) > 9_990
    # A part cut by the end of a table row or a page cannot be found in one piece.
    lost = [part for part in range(1662) if f"{part:05d}/" not in text]
    assert len(lost) <= 25, lost
    assert "".join(split_for_pages(LONG_URL)) == LONG_URL


@pytest.mark.tool("pdftotext")
def test_a_missing_person_is_printed_loudly(tmp_path: Path) -> None:
    base = view()
    second = replace(base.reviewers[1] or pytest.fail(), signs=False, why_not="Ill since Monday")
    text = squeezed(
        "".join(pages(drawn(replace(base, reviewers=(base.reviewers[0], second))), tmp_path))
    )
    for words in ("NotsignedbyCerysDunne.", "NOTSIGNEDbyCerysDunne", "Reasongiven:IllsinceMonday"):
        assert words in text
    alone = replace(base, reviewers=(base.reviewers[0], None))
    text = squeezed("".join(pages(drawn(alone), tmp_path)))
    assert "NOTSIGNED:therewasnosecondreviewingperson." in text


def test_both_fields_stand_in_the_drawing_and_are_locked() -> None:
    for what in (view(), hostile_view()):
        reader = PdfFileReader(BytesIO(drawn(what)))
        fields = [f.get_object() for f in reader.root["/AcroForm"]["/Fields"]]
        assert [f["/T"] for f in fields] == ["Officer1", "Officer2"]
        assert [f["/Lock"]["/Action"] for f in fields] == ["/Exclude", "/All"]
        assert fields[0]["/Lock"]["/Fields"] == ["Officer2"]
        assert fields[1]["/Lock"]["/P"] == 1


@pytest.mark.tool("pdffonts")
def test_all_letters_are_embedded_and_the_file_is_clean(tmp_path: Path) -> None:
    (tmp_path / "f.pdf").write_bytes(drawn(hostile_view()))
    used = tool("pdffonts", str(tmp_path / "f.pdf")).splitlines()[2:]
    drawn_with = [line for line in used if "DejaVu" in line]
    assert len(drawn_with) >= 3
    for line in drawn_with:
        assert " yes yes " in line
    assert "No syntax" in tool("qpdf", "--check", str(tmp_path / "f.pdf"))
    held = (tmp_path / "f.pdf").read_bytes()
    assert b"root:" not in held
    assert b"/URI" not in held


def test_an_image_of_a_frozen_exhibit_cannot_enter_a_view() -> None:
    base = view(1)
    frozen = tuple(replace(item, frozen=True) for item in base.exhibits)
    with pytest.raises(Frozen, match="AB/1"):
        replace(base, exhibits=frozen)
    with pytest.raises(Refused):
        replace(base, images=(ExhibitImage("ZZ/9", lambda: b""),))
    with pytest.raises(Refused):
        replace(base, exhibits=(*base.exhibits, base.exhibits[0]))


def test_an_image_that_is_none_stops_the_form_with_a_sentence() -> None:
    broken = replace(view(1), images=(ExhibitImage("AB/1", lambda: b"GIF89a"),))
    with pytest.raises(BadInput, match="AB/1"):
        drawn(broken)


def test_names_do_not_show_in_a_repr() -> None:
    assert "Bell" not in repr(view())
    assert "games.example" not in repr(view())


def test_times_show_both_zones_and_a_day_that_differs() -> None:
    assert utc_and_uk_times(START) == ("21 Nov 2026", "14:07:12 UTC", "14:07:12 GMT")
    late = START.replace(month=6, hour=23)
    assert utc_and_uk_times(late) == ("21 Jun 2026", "23:07:12 UTC", "22 Jun 00:07:12 BST")


def test_plain_and_beyond_ascii() -> None:
    assert visible_text("a\nb\u200bc\u00a0d", "DejaVuSans") == "a<U+000A>b<U+200B>c<U+00A0>d"
    assert describe_non_ascii("plain") == ""
    assert "18 more" in describe_non_ascii("".join(chr(0x410 + n) for n in range(30)))


LONG = partial(pytest.param, marks=pytest.mark.long("wide for its length, hostile for the rest"))
WORST = {"lines": "\n" * 700, "wide": "W" * 4000, "hidden": "\x00" * 700, "hostile": HOSTILE}


@pytest.mark.parametrize("kind", ["wide", "hostile", *map(LONG, ["lines", "hidden"])])
def test_no_text_is_too_long_or_too_odd_for_the_page(kind: str) -> None:
    one = two = three = WORST[kind]
    base = view(0)
    what = replace(
        base,
        school=one,
        group=two,
        date=three,
        reason=one,
        computer_name=two,
        findings=three,
        conclusion=one,
        clock=two,
        sources=(PolicySource("Procedure followed", two, "3f" * 32),),
        route=(RouteStep(1, 3, START, one, "Yes", "", "59 min 59 s", two, True, three),),
        missing=(two,),
        why_sealed=three,
        stopped=one,
        limits=(two, three),
        reviewers=(Reviewer(one, two, three), Reviewer(two, three, one, False, two)),
        rows=(ReviewedItem(one, two, 1, START), ReviewedItem(three, one, 2, START)),
        chronology=(ChronologyEvent(3, START, one, two, three),),
        changes=tuple(
            replace(c, question=one, old=two, new=three, reason=one) for c in base.changes
        ),
        exhibits=(replace(base.exhibits[0], ref=one, description=two, by=three),),
    )
    assert drawn(what).startswith(b"%PDF")
