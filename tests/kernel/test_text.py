"""What a person cannot see is made visible, names are tamed, drops are recognised."""

import pytest

from esafety_tui.kernel.text import parse_dropped_paths, show_invisible

HOSTILE = [
    ("\x1b]0;owned\x07", "<U+001B>]0;owned<U+0007>"),
    ("a\x9bb", "a<U+009B>b"),
    ("gnp\u202efdp.exe", "gnp<U+202E>fdp.exe"),
    ("\u2066x\u2069", "<U+2066>x<U+2069>"),
    ("pass\u200bword\ufeff", "pass<U+200B>word<U+FEFF>"),
    ("\ue000", "<U+E000>"),
    ("\ud800", "<U+D800>"),
    ("\U000e0041", "<U+E0041>"),
    ("\u2028\u2029\x00\t", "<U+2028><U+2029><U+0000><U+0009>"),
    ("\u3164\u115f\u2800", "<U+3164><U+115F><U+2800>"),
    ("Zoë, 數學 ✓", "Zoë, 數學 ✓"),
]


@pytest.mark.parametrize(("raw", "shown"), HOSTILE)
def test_show_makes_the_invisible_visible_and_is_idempotent(raw: str, shown: str) -> None:
    assert show_invisible(raw) == shown
    assert show_invisible(shown) == shown


def test_show_keeps_line_ends_only_where_asked() -> None:
    assert show_invisible("a\nb\r", lines=True) == "a\nb<U+000D>"
    assert show_invisible("a\nb") == "a<U+000A>b"


FILES = {
    "/tmp/a.png",
    "/tmp/b c.png",
    "/tmp/it's.png",
    "/tmp/ü.png",
    "C:\\pics\\a b.png",
    "C:\\pics\\c.png",
    "C:/pics/c.png",
    "\\\\server\\share\\d.png",
    "/tmp/100%.png",
}


@pytest.mark.parametrize(
    ("pasted", "paths"),
    [
        ("/tmp/a.png", ["/tmp/a.png"]),
        ("/tmp/a.png ", ["/tmp/a.png"]),
        ("/tmp/b c.png", ["/tmp/b c.png"]),
        ("/tmp/b\\ c.png", ["/tmp/b c.png"]),
        ("'/tmp/b c.png'", ["/tmp/b c.png"]),
        ('"/tmp/b c.png"', ["/tmp/b c.png"]),
        ("'/tmp/it'\\''s.png'", ["/tmp/it's.png"]),
        ("/tmp/it's.png", ["/tmp/it's.png"]),
        ("'/tmp/a.png' '/tmp/b c.png'", ["/tmp/a.png", "/tmp/b c.png"]),
        ("/tmp/a.png\n/tmp/b c.png\n", ["/tmp/a.png", "/tmp/b c.png"]),
        ("file:///tmp/b%20c.png", ["/tmp/b c.png"]),
        ("file:///tmp/%C3%BC.png", ["/tmp/ü.png"]),
        ("file://localhost/tmp/a.png", ["/tmp/a.png"]),
        ("file:///tmp/a.png\r\nfile:///tmp/b%20c.png\r\n", ["/tmp/a.png", "/tmp/b c.png"]),
        ("FILE:///C:/pics/c.png", ["C:/pics/c.png"]),
        ("/tmp/100%.png", ["/tmp/100%.png"]),
        ("C:\\pics\\c.png", ["C:\\pics\\c.png"]),
        ('"C:\\pics\\a b.png" C:\\pics\\c.png', ["C:\\pics\\a b.png", "C:\\pics\\c.png"]),
        ("\\\\server\\share\\d.png", ["\\\\server\\share\\d.png"]),
    ],
)
def test_a_drop_is_recognised(pasted: str, paths: list[str]) -> None:
    assert parse_dropped_paths(pasted, FILES.__contains__) == paths


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "   ",
        "hello /tmp/a.png",
        "/tmp/a.png and more",
        "/tmp/missing.png",
        "/tmp/a.png /tmp/missing.png",
        "a.png",
        "'/tmp/a.png",
        '"/tmp/a.png',
        "file://elsewhere/tmp/a.png",
        "file://",
        "https://forum.example/tmp/a.png",
        "/tmp/a.png\x1b[0m",
        "/" + "x" * 70_000,
    ],
)
def test_anything_else_is_not_a_drop(pasted: str) -> None:
    assert parse_dropped_paths(pasted, FILES.__contains__) is None


def test_existence_is_asked_of_absolute_clean_paths_only() -> None:
    asked: list[str] = []

    def exists(path: str) -> bool:
        asked.append(path)
        return False

    for pasted in ("../x /etc/hosts\x07 file://far/x", "x y", "/a\x00b /c"):
        assert parse_dropped_paths(pasted, exists) is None
    assert all(p.startswith("/") and p.isprintable() for p in asked), asked
