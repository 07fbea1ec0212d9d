"""Addresses are shown so that nothing links, and explained in words."""

import pytest

from esafety_tui.kernel.address import encode_host_as_ascii, split_address
from esafety_tui.kernel.text import defang_address, warn_about_address

APPLE = "https://\u0430pple.example/in"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://forum.example.net/t/88213", "hxxps://forum.example[.]net/t/88213"),
        ("HTTP://forum.example.net", "hxxP://forum.example[.]net"),
        ("forum.example.net:8080/x", "forum.example[.]net:8080/x"),
        ("localhost:3000", "localhost:3000"),
        (APPLE, "hxxps://xn--pple-43d[.]example/in"),
        ("https://a.example/?to=http://b.example", "hxxps://a[.]example/?to=hxxp://b.example"),
        ("javascript:open('http://b.example')", "javascript[:]open('hxxp://b.example')"),
        ("mailto:a@b.example", "mailto[:]a@b.example"),
        ("https://me:pw@site.example/", "hxxps://me:pw@site[.]example/"),
        ("https://site\u3002example/", "hxxps://site[.]example/"),
        ("ftp://files.example/x", "fxp://files[.]example/x"),
        ("https://a.example/\u202egpj", "hxxps://a[.]example/<U+202E>gpj"),
        ("http://[2001:db8::1]:80/", "hxxp://[2001:db8::1]:80/"),
        ("https://\ud800.example", "hxxps://<U+D800>[.]example"),
        ("", ""),
    ],
)
def test_defang(url: str, shown: str) -> None:
    assert defang_address(url) == shown
    assert defang_address(shown) == shown


def test_a_plain_address_needs_no_note() -> None:
    assert warn_about_address("https://forum.example.net/t/88213?a=b@c") == ()
    assert warn_about_address("forum.example.net") == ()


def test_a_look_alike_is_named_with_its_script_and_punycode() -> None:
    for url in (APPLE, "https://xn--pple-43d.example/in"):
        plain, mixed, twin = warn_about_address(url)
        assert "xn--pple-43d.example" in plain
        assert mixed == "It mixes Cyrillic and Latin letters in one part."
        assert twin == "It looks like “apple.example”, but has Cyrillic \u0430."


def test_a_foreign_name_that_resembles_nothing_is_only_shown_in_plain_letters() -> None:
    notes = warn_about_address("https://學校.example")
    assert len(notes) == 1
    assert "xn--" in notes[0]


def test_accents_are_noticed() -> None:
    assert any("“bank.example”" in note for note in warn_about_address("https://b\u00e0nk.example"))


def test_malformed_punycode_is_shown_as_it_is() -> None:
    assert "xn--\u00e9" in split_address("https://xn--\u00e9").host
    assert warn_about_address("https://xn--\u00e9.example")
    assert len(warn_about_address("https://xn--99999999999.example")) == 1


def test_a_user_part_is_pointed_out() -> None:
    (note,) = warn_about_address("https://bank.example@evil.example/login")
    assert note.endswith("The site is what follows: evil.example.")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("javascript:alert(1)", "program text"),
        ("data:text/html,x", "program text"),
        ("tel:999", ""),
        ("ftp://x.example", "not a usual web address"),
        ("mailto:a@b.example", "not a usual web address"),
    ],
)
def test_other_schemes_are_pointed_out(url: str, words: str) -> None:
    assert words in "".join(warn_about_address(url))


def test_parts_make_up_the_exact_text() -> None:
    for url in (APPLE, "a@b.example:1/x#y", "https://h\\evil@x", "javascript:x", "//a.b", ""):
        parts = split_address(url)
        assert parts.before + parts.user + parts.host + parts.rest == url


def test_host_in_plain_letters_folds_width_and_case() -> None:
    assert encode_host_as_ascii("\uff26orum.example") == "forum.example"
