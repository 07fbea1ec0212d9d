"""The box for statements: marks are typed, kept by Enter, changed by F4 and kept by paste."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult

from esafety_tui.flows.engine import marked_statement
from esafety_tui.flows.procedure.model import KnowledgeMark, Problem
from esafety_tui.screens.widgets.statement_box import StatementBox


class Bare(App[None]):
    """Nothing but the box."""

    def __init__(self, value: str = "") -> None:
        super().__init__()
        self._value = value

    def compose(self) -> ComposeResult:
        yield StatementBox(self._value, KnowledgeMark.TOLD, id="box")


async def test_lines_keep_their_mark_and_f4_changes_it() -> None:
    async with Bare().run_test(size=(80, 10)) as pilot:
        box = pilot.app.query_one(StatementBox)
        box.focus()
        assert box.text == "told: " and box.exact_text == ""
        await pilot.press(*"he said so", "enter", *"again")
        assert box.text == "told: he said so\ntold: again"
        await pilot.press("f4", "f4")
        assert box.text == "told: he said so\nthink: again"
        await pilot.press("enter", "f4", *"three pages")
        assert box.exact_text == "told: he said so\nthink: again\nsaw: three pages"
        assert marked_statement.check_statement(box.exact_text) == box.exact_text
        await pilot.press("home", "f4", "up", "up", "home", "f4")
        assert box.text.split("\n") == ["did: he said so", "think: again", "told: three pages"]


async def test_pasted_lines_take_the_mark_of_their_line() -> None:
    async with Bare().run_test(size=(80, 10)) as pilot:
        box = pilot.app.query_one(StatementBox)
        box.focus()
        box.post_message(events.Paste("one\r\n\r\nsaw: two\nthree\n"))
        await pilot.pause()
        assert box.exact_text == "told: one\nsaw: two\ntold: three"


async def test_a_pasted_statement_into_an_empty_box_keeps_its_own_marks() -> None:
    async with Bare().run_test(size=(80, 10)) as pilot:
        box = pilot.app.query_one(StatementBox)
        box.focus()
        box.post_message(events.Paste("did: one\nthink: two"))
        await pilot.pause()
        assert box.exact_text == "did: one\nthink: two"


def test_a_statement_is_parted_and_put_together_again() -> None:
    text = "think: first\nsaw: a\nthink: b\nthink: c\ntold: d\nthink: last"
    kept, thought = marked_statement.split_opinions(text)
    assert kept == "saw: a\ntold: d"
    assert [place for place, _ in thought] == [0, 2, 3, 5]
    assert marked_statement.restore_opinions(kept, thought) == text
    only = "think: nothing else"
    assert marked_statement.restore_opinions(*marked_statement.split_opinions(only)) == only


def test_lines_without_a_mark_are_named() -> None:
    wrong = marked_statement.check_statement("saw: a\nb")
    assert isinstance(wrong, Problem) and "Line 2" in wrong.text
    empty = marked_statement.check_statement("saw:\ndid: ")
    assert isinstance(empty, Problem)
    assert marked_statement.check_statement(" SAW :a \n\n Did:  b") == "saw: a\ndid: b"
