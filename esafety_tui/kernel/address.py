"""Web addresses as inert words: shown so that nothing links, explained so that nobody is fooled.

Rule: an address is text. Nothing here opens, resolves or looks up anything. The parser is small
and forgiving, because officers must be able to write down whatever they saw; it claims nothing
about what a browser would do. The table of look-alike letters is a help, not a complete list
(compare Unicode TR39).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from esafety_tui.kernel.visible import show_invisible

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)(?:\[:\]|:)")
_WEB = frozenset({"http", "https", "hxxp", "hxxps"})
_PROGRAM = frozenset({"javascript", "vbscript", "data"})
_INNER = re.compile(r"h(?:tt|TT)(p)(?=s?://)", re.IGNORECASE)
_DOTS = re.compile("[.\u3002\uff0e\uff61]|\\[\\.\\]")
# Plain letter: the Cyrillic, Greek, Armenian and other letters an eye takes for it.
_TWINS = {
    "a": "\u0430\u03b1\u0251",
    "b": "\u0432\u044c\u03b2",
    "c": "\u0441",
    "d": "\u0501",
    "e": "\u0435\u0454\u03b5",
    "g": "\u0261",
    "h": "\u043d\u04bb\u0570",
    "i": "\u0456\u03b9\u0131\u0269",
    "j": "\u0458",
    "k": "\u043a\u03ba",
    "l": "\u04cf\u2113",
    "m": "\u043c",
    "n": "\u043f\u03b7\u0578",
    "o": "\u043e\u03bf\u0585",
    "p": "\u0440\u03c1",
    "q": "\u051b",
    "r": "\u0433",
    "s": "\u0455",
    "t": "\u0442\u03c4",
    "u": "\u03c5\u057d",
    "v": "\u03bd",
    "w": "\u051d\u03c9",
    "x": "\u0445\u03c7",
    "y": "\u0443\u03b3",
    "z": "\u0437",
}
_LOOKS = {odd: plain for plain, odds in _TWINS.items() for odd in odds}


@dataclass(frozen=True, slots=True)
class Address:
    """An address in parts: before + user + host + rest is the exact text."""

    scheme: str
    before: str
    user: str
    host: str
    rest: str


def split_address(url: str) -> Address:
    """Return the parts of an address, leniently: a bare domain has no scheme."""
    scheme, before, tail = "", "", url
    match = _SCHEME.match(url)
    if match and url.startswith("//", match.end()):
        scheme, before, tail = match[1].lower(), url[: match.end() + 2], url[match.end() + 2 :]
    elif match and "." not in match[1] and not url[match.end() :][:1].isdigit():
        return Address(match[1].lower(), url[: match.end()], "", "", url[match.end() :])
    end = next((i for i, char in enumerate(tail) if char in "/?#\\"), len(tail))
    user, at, host = tail[:end].rpartition("@")
    port = re.search(r":[^\]]*$", host)
    cut = port.start() if port else len(host)
    return Address(scheme, before, user + at, host[:cut], host[cut:] + tail[end:])


def encode_host_as_ascii(host: str) -> str:
    """Return the host in plain letters: each foreign label as punycode (``xn--…``, RFC 3492)."""
    return ".".join(_encode_label_as_ascii(label) for label in _DOTS.split(host))


def defang_address(url: str) -> str:
    """Return ``url`` for screens and paper: nothing links it, the site name in plain letters.

    ``https://forum.example.net/t`` becomes ``hxxps://forum.example[.]net/t``. Applying it twice
    changes nothing. The exact text belongs into the sealed record only.
    """
    for _ in range(4):  # folding wide letters may uncover a scheme: look again until it is still
        shown = _defang_parts(url)
        if shown == url:
            break
        url = shown
    return url


def warn_about_address(url: str) -> tuple[str, ...]:
    """Return warnings in words about an address: its scheme, its user part, its letters."""
    parts = split_address(url)
    notes = []
    if parts.scheme in _PROGRAM:
        notes.append(f"Starts with “{parts.scheme}:”. This is program text, kept as words only.")
    elif parts.scheme and parts.scheme not in _WEB:
        notes.append(f"Starts with “{parts.scheme}:”, which is not a usual web address.")
    if parts.user:
        site = show_invisible(encode_host_as_ascii(parts.host))
        notes.append(f"Has a user name before the @. The site is what follows: {site}.")
    plain = encode_host_as_ascii(parts.host)
    if "xn--" in plain:
        notes.extend(_warn_about_letters(plain))
    return tuple(map(show_invisible, notes))


def _defang_parts(url: str) -> str:
    parts = split_address(url)
    if parts.before and not parts.before.endswith("//"):
        return show_invisible(_INNER.sub(r"hxx\1", f"{parts.scheme}[:]{parts.rest}"))
    head, dot, last = encode_host_as_ascii(parts.host).rpartition(".")
    host = f"{head}[.]{last}" if dot else last
    scheme = parts.before.replace("ftp://", "fxp://")
    # The parts are joined first: a site called "http" makes a scheme with what follows it.
    return show_invisible(_INNER.sub(r"hxx\1", f"{scheme}{parts.user}{host}{parts.rest}"))


def _warn_about_letters(plain: str) -> list[str]:
    """Return what is to be said about a site name with letters beyond a to z."""
    notes = [f"The site name has letters beyond a to z. In plain letters: {show_invisible(plain)}."]
    labels = [_decode_punycode_label(label) for label in plain.split(".")]
    for label in labels:
        scripts = _scripts_of_label(label)
        if len(scripts) > 1:
            notes.append(f"It mixes {' and '.join(scripts)} letters in one part.")
    twin = ".".join(_replace_confusable_letters(label) for label in labels)
    odd = sorted({char for char in "".join(labels) if not char.isascii()})
    if odd and twin.isascii():
        names = ", ".join(f"{_script_of_letter(char)} {char}" for char in odd)
        notes.append(f"It looks like “{twin}”, but has {names}.")
    return notes


def _encode_label_as_ascii(label: str) -> str:
    folded = unicodedata.normalize("NFKC", label).lower()
    if folded.isascii():
        return label if label.isascii() else folded
    if show_invisible(folded) != folded:
        return "".join(char if char.isascii() else f"<U+{ord(char):04X}>" for char in label)
    return "xn--" + folded.encode("punycode").decode("ascii")


def _decode_punycode_label(label: str) -> str:
    """Return the letters a punycode label stands for, the label itself if it is malformed."""
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _replace_confusable_letters(label: str) -> str:
    """Return the label as a hurried eye reads it: confusable letters and accents replaced."""
    bare = unicodedata.normalize("NFKD", "".join(_LOOKS.get(char, char) for char in label))
    return "".join(char for char in bare if not unicodedata.combining(char))


def _scripts_of_label(label: str) -> list[str]:
    return sorted({_script_of_letter(char) for char in label if char.isalpha()})


def _script_of_letter(char: str) -> str:
    """Return the script of a letter by the first word of its Unicode name."""
    return unicodedata.name(char, "UNKNOWN").split(" ")[0].split("-")[0].capitalize()
