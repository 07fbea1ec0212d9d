"""What reaches a terminal: plain lines, and the words that are meant literally."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esafety_tui.plain.terminal.command_words import WORDS, parse_command, strip_literal_mark
from esafety_tui.plain.terminal.line_format import WIDTH, make_printable, number_labels, wrap_text
from esafety_tui.screens.application.shutdown import IDLE_SECONDS as APP_SECONDS
from tests.plain.scripted import harmless


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\x1b[2J\x07gone\r", "<U+001B>[2J<U+0007>gone<U+000D>"),
        ("\u202eabc\u200b\x9b", "<U+202E>abc<U+200B><U+009B>"),
        ("A. Bell \u00b7 Head", "A. Bell, Head"),
        ("\u2713 sealed \u26a0 look", "done: sealed Note: look"),
        ("\u201cso\u201d \u2026 \u2013", '"so" ... -'),
        ("caf\u00e9 \u00a3 5", "caf\u00e9 \u00a3 5"),
    ],
)
def test_signs_are_plain_and_nothing_is_acted_upon(text: str, printed: str) -> None:
    """Escapes, bells and direction marks are written out; letters of other languages stay."""
    assert make_printable(text) == printed


@given(st.text(max_size=300), st.sampled_from(["", "  ", "12. "]))
def test_every_line_is_short_and_harmless(text: str, head: str) -> None:
    """Whatever anybody wrote."""
    for row in wrap_text(text, head, " " * len(head)):
        harmless(row)


def test_a_menu_is_continued_under_itself() -> None:
    """The number stands alone at the left edge, so that a menu can be heard."""
    long = number_labels(["word " * 30, "short"])
    assert [line[:3] for line in long] == ["1. ", "   ", "   ", "2. "]
    assert all(len(line) <= WIDTH for line in long)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_a_word_counts_alone_and_can_be_meant_literally(word: str) -> None:
    """Alone on a line, in any letters; with a full stop or quotation marks it is what it says."""
    assert parse_command(f"  {word.upper()} ") == word
    assert not parse_command(f"{word} it") and not parse_command(f".{word}")
    assert (
        strip_literal_mark(f".{word}")
        == strip_literal_mark(f'"{word}"')
        == strip_literal_mark(f"'{word}'")
        == word
    )
    assert strip_literal_mark(f".{word} it") == f".{word} it"


@pytest.mark.parametrize(
    "line",
    ["STOP!", "stop.", "Stop !!", "\x1b[Astop", "\x1bOBSTOP", "\x1b[200~stop\x1b[201~", "\0stop"],
)
def test_stop_in_a_hurry_is_stop(line: str) -> None:
    assert parse_command(line) == "stop"


def test_stop_as_it_was_said_can_be_written_down() -> None:
    for line in (".stop", "'stop'", "told: stop!", "stop it!", "!stop", "stop?"):
        assert not parse_command(line)


def test_no_other_line_is_changed() -> None:
    """Paths and quotations begin with the same signs."""
    for line in ("./stop", '"help me"', "'", '""', ".", " kept  as typed "):
        assert strip_literal_mark(line) == line


def test_the_plain_mode_loads_no_screen_library() -> None:
    """What a slow computer must not wait for, and a simple terminal must not get."""
    words = "import sys, esafety_tui.plain.session.run; "
    words += "print({'textual', 'rich', 'sqlmodel', 'readline', "
    words += "'cryptography', 'esafety_tui.casework'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_idle_lock_is_the_same_as_on_the_screen() -> None:
    """Two front ends, one rule."""
    from esafety_tui.plain.terminal.prompts import IDLE_SECONDS

    assert IDLE_SECONDS == APP_SECONDS
