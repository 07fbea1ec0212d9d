"""Broken files: each mistake is named with its file and line. Shipped files load."""

import hashlib
from importlib.resources import files

import pytest

from esafety_tui.flows.procedure.load import load_procedure, parse_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import Procedure, SourceStatus
from esafety_tui.kernel.errors import BadFile, BadInput
from tests.flows.ways import file_of, row

SOURCE = (files("esafety_tui.flows") / "procedures" / "misuse.toml").read_text("utf-8")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_shipped_procedures_load_with_the_hash_of_their_bytes() -> None:
    assert {"misuse", "words-only"} <= set(shipped_procedures())
    assert load_procedure("misuse").digest == hashlib.sha256(SOURCE.encode()).hexdigest()
    with pytest.raises(BadInput, match="misuse, nudes"):
        load_procedure("../misuse")


def test_triage_reads_as_agreed(misuse: Procedure) -> None:
    step = misuse.get_step("triage")
    assert [(o.label, o.detail) for o in step.options] == [
        ("Yes: a sexual or intimate image, or terrorist material", "never copied"),
        ("Yes: another crime (threats, grooming, hate, fraud …)", "police first"),
        ("We are not sure", "advice first"),
        ("No, but it breaks our rules", "two of you"),
    ]
    assert step.status is SourceStatus.SOURCED
    assert "triage" in misuse
    assert "viewing" not in misuse


FIRST = 'id = "reported"\n'
BROKEN = [
    ('title = "Responding', 'title = "{head Responding', "a brace that stands for no name"),
    ('title = "Responding', 'title = "{foo} Responding', "no name is called {foo}"),
    ('offer = "', 'offer = "{foo} ', "no name is called {foo}"),
    ('kind = "gate"', 'kind = "gat"', "'kind' must be one of"),
    ('title = "who has seen it"', 'titel = "who has seen it"', "unknown key 'titel'"),
    ('next = "danger"', 'next = "nowhere"', "there is no step 'nowhere'"),
    ('next = "danger"', 'next = "reported"', "circle"),
    ('next = "danger"', "", "nothing follows this step"),
    ('class = "C"', 'class = "D"', "'D' is no class"),
    ('classes = ["B", "C"]', 'classes = ["A"]', "nothing may be captured in class A"),
    ('classes = ["B", "C"]', "", "needs 'classes'"),
    ('gates = ["watched"]', 'gates = ["watchful"]', "no gate is called 'watchful'"),
    ('kind = "record"', 'kind = "record"\ngates = ["watched"]', "belong to a step of kind 'gate'"),
    ('kind = "record"', 'kind = "record"\nclasses = ["C"]', "has no 'classes'"),
    ('kind = "record"', 'kind = "record"\nmay_skip = "yes"', "must be true or false"),
    ('kind = "record"', 'kind = "record"\ntell = "dsl"', "must be a list of texts"),
    ('kind = "record"', 'kind = "record"\ntell = ["dsl", "dsl"]', "names something twice"),
    ('kind = "record"', 'kind = "record"\ntell = [""]', "empty text"),
    ('part = "reason"', 'part = "nonsense"', "no box 'nonsense'"),
    ('kind = "record"', 'kind = "record"\noptions = 3', "must be a list of tables"),
    ('title = "what was reported"', "title = 3", "must be a text in quotes"),
    ('title = "what was reported"', 'title = " "', "is empty"),
    ('title = "what was reported"', "", "'title' is missing"),
    ('title = "what was reported"', 'title = "a\\u202Eb"', "invisible or control"),
    (FIRST, 'id = "Re ported"\n', "small letters"),
    (FIRST, 'id = "triage"\n', "step 'triage' is there twice"),
    ('name = "by", label = "Who told you"', 'name = "done", label = "Who"', "taken by the program"),
    ('name = "when", label', 'name = "by", label', "field 'by' is there twice"),
    ('key = "2", label = "No"', 'key = "1", label = "No"', "option '1' is there twice"),
    ('key = "stay"', 'key = "two"', "statement 'two' is there twice"),
    ('detail = "go on" }', 'detail = "go on", advice = true }', "belongs to a step of kind 'wait'"),
    (
        'key = "lado", label = "The {lado} is told"',
        'key = "lado", next = "end", label = "x"',
        "belongs to a question",
    ),
    ('title = "the designated computer"', 'title = "t"\nforbids = ["shout"]', "'shout' is none of"),
    ('kind = "capture"\ntakes = "addresses"', 'kind = "capture"', "needs 'takes'"),
    ('kind = "capture"\ntakes = "addresses"', 'kind = "capture"\ntakes = "people"', "be one of"),
    ('label = "The {dsl} is told"', 'label = "The {boss} is told"', "no name is called {boss}"),
    (
        'label = "The {dsl} is told"',
        'label = "The {dsl is told"',
        "a brace that stands for no name",
    ),
    ('matrix = "pupils"', 'matrix = "parents"', "'matrix' must be one of"),
    ('illegal_next = "told-unsure"\n', "", "needs 'illegal_next'"),
    (
        'name = "reasons", label = "The reasons"',
        'name = "grounds", label = "x"',
        "a decision needs a required field",
    ),
    ('check = "statement", mark = "told"', 'mark = "told"', "'mark' belongs to a statement"),
    ('after_stop = "secure"', 'after_stop = "secure"\nclass = "A"', "nothing may be captured here"),
    (
        'after_stop = "secure"',
        'after_stop = "secure"\nalone = true',
        "nothing may be captured here",
    ),
    ('kind = "gate"', 'kind = "gate"\nmay_skip = true', "cannot be left out"),
    ('first = "reported"', 'first = "nowhere"', "'first' names no step"),
    ('after_stop = "secure"', 'after_stop = "two-seniors"', "can be reached after STOP"),
    ('format = "procedure/2"', 'format = "procedure/1"', "'format' must be"),
    ('kind = "end"', 'kind = "end"\nnext = "seen"', "an end has nothing after it"),
    ('title = "the end"', 'title = "the end"\nkind = "record"', "Cannot overwrite a value"),
    ("[[step]]", "[[steps]]", "unknown key 'steps'"),
]


@pytest.mark.parametrize(("old", "new", "words"), BROKEN)
def test_a_broken_file_is_named_with_its_line(old: str, new: str, words: str) -> None:
    assert old in SOURCE
    broken = SOURCE.replace(old, new, 1)
    with pytest.raises(BadInput) as caught:
        parse_procedure(broken.encode(), "ours.toml")
    assert words in str(caught.value)
    assert caught.value.what.startswith("ours.toml")
    assert "line" in caught.value.what


def test_the_line_is_the_right_one() -> None:
    for old, new in (('gates = ["watched"]', 'gates = ["x"]'), ('kind = "sign"', 'kind = "sing"')):
        with pytest.raises(BadInput, match=f"line {line_of(SOURCE, old)}: step "):
            parse_procedure(SOURCE.replace(old, new).encode(), "ours.toml")


def test_a_record_without_fields_is_refused() -> None:
    text = SOURCE[: SOURCE.index("fields = [")] + SOURCE[SOURCE.index('[[step]]\nid = "danger"') :]
    with pytest.raises(BadInput, match="needs 'fields'"):
        parse_procedure(text.encode(), "ours.toml")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe", "line 1: the file is not UTF-8"),
        (b"a = 1\nb = \xe9", "line 2: the file is not UTF-8"),
        (b"a = [", "ours.toml"),
        (b"a" * 2_000_001, "larger than 2 MB"),
        (b"", "'format' is missing"),
        (b'format = "procedure/2"\n', "1 to 10,000 steps"),
        (b"x = " + b"[" * 3_000, "too long or too deep"),
        (b"x = " + b"1" * 5_000, "too long or too deep"),
    ],
)
def test_unreadable_files(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words.replace(".", r"\.")):
        parse_procedure(data, "ours.toml")


def test_a_mark_before_utf_8_is_no_mistake() -> None:
    assert parse_procedure(b"\xef\xbb\xbf" + SOURCE.encode(), "ours.toml").name == "misuse"


def test_more_than_ten_thousand_steps_are_too_many() -> None:
    more = file_of(["[[step]]\n" * 10_001])
    with pytest.raises(BadInput, match="1 to 10,000 steps"):
        parse_procedure(more, "long.toml")


def test_every_mistake_is_named_at_once() -> None:
    text = SOURCE.replace('kind = "gate"', 'kind = "gat"').replace('"The {head} is told"', "3")
    with pytest.raises(BadFile) as caught:
        parse_procedure(text.encode(), "ours.toml")
    said = [str(err) for err in caught.value.mistakes]
    assert len(said) == text.count('kind = "gat"') + text.count("label = 3")
    assert str(caught.value) == said[0]
    lines = [int(words.split("line ")[1].split(":")[0]) for words in said]
    assert lines == sorted(lines)
    with pytest.raises(BadFile) as caught:
        parse_procedure(SOURCE.replace('next = "decide"', 'next = "nowhere"').encode(), "ours.toml")
    assert len(caught.value.mistakes) > 1


def test_a_circle_names_its_steps() -> None:
    rows = [row("s0", "review", 'next = "s1"'), row("s1", "review", 'next = "s2"')]
    rows += [row("s2", "review", 'next = "s1"'), row("s3", "end")]
    with pytest.raises(BadInput, match=r"in a circle \(s[12] > s[12] > s[12]\)"):
        parse_procedure(file_of(rows), "round.toml")
