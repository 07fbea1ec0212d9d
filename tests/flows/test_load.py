"""Broken files: each mistake is named with its file and line. Shipped files load."""

import hashlib
from importlib.resources import files

import pytest

from esafety_tui.flows.load import load_procedure, parse_procedure, shipped
from esafety_tui.flows.model import Procedure, Status
from esafety_tui.kernel.errors import BadInput

SOURCE = (files("esafety_tui.flows") / "procedures" / "misuse.toml").read_text("utf-8")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_shipped_procedures_load_with_the_hash_of_their_bytes() -> None:
    assert shipped() == ("misuse", "words-only")
    assert load_procedure("misuse").digest == hashlib.sha256(SOURCE.encode()).hexdigest()
    with pytest.raises(BadInput, match="misuse, words-only"):
        load_procedure("../misuse")


def test_triage_reads_as_agreed(misuse: Procedure) -> None:
    step = misuse.step("triage")
    assert [(o.label, o.detail) for o in step.options] == [
        ("Yes: a sexual or intimate image, or terrorist material", "never copied"),
        ("Yes: another crime (threats, grooming, hate, fraud …)", "police first"),
        ("We are not sure", "advice first"),
        ("No, but it breaks our rules", "two of you"),
    ]
    assert step.status is Status.SOURCED
    assert "triage" in misuse
    assert "viewing" not in misuse


FIRST = 'id = "reported"\n'
BROKEN = [
    ('kind = "gate"', 'kind = "gat"', "'kind' must be one of"),
    ('title = "who has seen it"', 'titel = "who has seen it"', "unknown key 'titel'"),
    ('next = "danger"', 'next = "nowhere"', "there is no step 'nowhere'"),
    ('next = "danger"', 'next = "reported"', "circle"),
    ('next = "danger"', "", "nothing follows this step"),
    ('class = "C"', 'class = "D"', "'D' is no class"),
    ('classes = ["B", "C"]', 'classes = ["A"]', "nothing may be captured in class A"),
    ('classes = ["B", "C"]', "", "needs 'classes'"),
    ('gates = ["watched"]', 'gates = ["watchful"]', "no gate is called 'watchful'"),
    ('kind = "words"', 'kind = "words"\ngates = ["watched"]', "belong to a step of kind 'gate'"),
    ('kind = "words"', 'kind = "words"\nclasses = ["C"]', "has no 'classes'"),
    ('kind = "words"', 'kind = "words"\nmay_skip = "yes"', "must be true or false"),
    ('kind = "words"', 'kind = "words"\ntell = "dsl"', "must be a list of texts"),
    ('kind = "words"', 'kind = "words"\ntell = ["dsl", "dsl"]', "names something twice"),
    ('kind = "words"', 'kind = "words"\ntell = [""]', "empty text"),
    ('part = "reason"', 'part = "nonsense"', "no box 'nonsense'"),
    ('kind = "words"', 'kind = "words"\noptions = 3', "must be a list of tables"),
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
        '{ key = "head", label = "The head" }',
        '{ key = "head", label = "x", next = "end" }',
        "question or a wait",
    ),
    ('first = "reported"', 'first = "nowhere"', "'first' names no step"),
    ('after_stop = "secure"', 'after_stop = "two-seniors"', "can be reached after STOP"),
    ('format = "procedure/1"', 'format = "procedure/9"', "'format' must be"),
    ('kind = "end"', 'kind = "end"\nnext = "seen"', "an end has nothing after it"),
    ('title = "the end"', 'title = "the end"\nkind = "words"', "Cannot overwrite a value"),
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


def test_a_words_step_without_fields_is_refused() -> None:
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
        (b'format = "procedure/1"\n', "1 to 10,000 steps"),
        (b"x = " + b"[" * 3_000, "ours.toml"),
    ],
)
def test_unreadable_files(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words.replace(".", r"\.")):
        parse_procedure(data, "ours.toml")


def test_ten_thousand_steps_load() -> None:
    step = '[[step]]\nid = "s{}"\nkind = "review"\ntitle = "t"\nquestion = "q"\nwhy = "w"\n'
    step += 'source = "general practice, to be confirmed"\nstatus = "to be confirmed"\n{}\n'
    rows = [step.format(i, f'next = "s{i + 1}"') for i in range(9_999)]
    rows.append(step.format(9_999, "").replace('"review"', '"end"'))
    head = 'format = "procedure/1"\nname = "long"\ntitle = "t"\nversion = "1"\n'
    text = head + 'first = "s0"\nafter_stop = "s0"\n' + "".join(rows)
    assert len(parse_procedure(text.encode(), "long.toml").steps) == 10_000
