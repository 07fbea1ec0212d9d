"""Whatever is pasted: what is shown is printable, what is named is safe, nothing raises."""

import re
from datetime import datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from esafety_tui.flows.engine import checks
from esafety_tui.flows.procedure.model import Problem
from esafety_tui.kernel.text import (
    defang_address,
    parse_dropped_paths,
    show_invisible,
    warn_about_address,
)

ANY = st.text(st.characters(exclude_categories=()), max_size=60)
PASTE = st.text("/\\'\" ab.%20:file\n\x00\x1b\u202e", max_size=40)
URLISH = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["", "http://", "HTTPS://", "hxxps://", "javascript:", "a@", "xn--", "//", "["]
    ),
    st.text("ab.\u0430\u00df\u3002:@/?#\\[]-0xn\ud800", max_size=20),
    st.sampled_from(["", ".example", "/http://b", ":80", "@c.example", "[.]example", ":"]),
)

FIRST = datetime.strptime("1970", "%Y")  # noqa: DTZ007 - hypothesis wants naive bounds


@given(ANY)
def test_show_is_idempotent_and_inert(text: str) -> None:
    shown = show_invisible(text)
    assert show_invisible(shown) == shown
    assert not set(shown) & set("\x1b\x9b\r\n\u202e\u200b\x00")
    shown.encode("utf-8")


@given(PASTE | ANY)
def test_a_drop_is_whole_or_not_at_all(text: str) -> None:
    paths = parse_dropped_paths(text, lambda path: "a" in path)
    assert paths is None or all(p[0] in "/\\" or p[1] == ":" for p in paths)
    assert parse_dropped_paths(text, lambda _path: False) is None


@settings(max_examples=500)
@example("javascript://http://b")
@example("\x1f.\u00c0")
@given(URLISH | ANY)
def test_addresses_never_link_and_never_raise(url: str) -> None:
    shown = defang_address(url)
    assert defang_address(shown) == shown
    assert not re.search(r"https?://", shown, re.IGNORECASE)
    assert all(
        isinstance(note, str) and show_invisible(note) == note for note in warn_about_address(url)
    )


@given(URLISH | ANY)
def test_checks_accept_their_own_result(raw: str) -> None:
    for check in (
        checks.check_url,
        checks.check_name,
        checks.check_text,
        checks.check_date_time,
        checks.check_number,
    ):
        value = check(raw)
        if isinstance(value, str):
            assert check(value) == value
        else:
            assert isinstance(value, Problem)
            assert value.text.endswith((".", "!"))


@given(st.datetimes(min_value=FIRST))
def test_every_written_time_reads_back(moment: datetime) -> None:
    value = checks.check_date_time(f"{moment:%Y-%m-%d %H:%M}")
    if isinstance(value, str):
        assert checks.check_date_time(value) == value
