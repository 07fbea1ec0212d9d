"""Broken profiles: each mistake is refused with the file, the line and what is wrong there."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from esafety_tui.flows.profile.profile import parse_profile
from esafety_tui.kernel.errors import BadFile, BadInput

GENERIC = (files("esafety_tui.flows") / "profiles" / "generic.toml").read_text("utf-8")

ROW = '{ key = "off-task", label = "Sites that have nothing to do with the lesson", marks = []'
GP = 'source = "general practice, to be confirmed"'
CLAUSE = """[[clause]]
procedure = "misuse"
step = "triage"
source = "policy, section 1"
status = "sourced"
why = "Tell the {dsl}."

"""
GAP = "[[gap]]\n"

# Old text, new text (first place), words of the message, words of the line it has to name.
BROKEN = [
    # The file and its head
    ('format = "profile/2"', 'format = "profile/1"', "'format' must be", "format ="),
    ('name = "generic"', 'name = "Our School"', "small letters", "name ="),
    ('title = "Generic school (England)"', "", "'title' is missing", ""),
    ('nation = "England"', 'nation = "Utopia"', "must be one of: England, Wales", "nation ="),
    ('nation = "England"', "nation = 1", "must be a text in quotes", "nation ="),
    ("review_allowed = true", "", "'review_allowed' is missing", ""),
    ("review_allowed = true", 'review_allowed = "no"', "true or false", "review_allowed ="),
    ("review_allowed = true", "review_allowed = true\ncolour = 1", "unknown key", "colour ="),
    ('external_record = ""', f'external_record = "{"x" * 41}"', "at most 40", "external_record"),
    ('nation = "England"', 'nation = "England"\nnation = "Wales"', "Cannot overwrite", None),
    ('date = ""', 'date = "30 Feb 2026"', "must be a day as", "date ="),
    ('date = ""', 'date = "2026-02-30"', "must be a day as", "date ="),
    ('review_due = ""', 'review_due = "20261121"', "must be a day as", "review_due ="),
    ('review_due = ""', "review_due = 2026-11-21", "text in quotes", "review_due ="),
    ('date = ""\nreview_due = ""', 'date = "2026-02-03"\nreview_due = "2026-02-02"',
     "lies before", "review_due ="),
    ("[policy]", "[police]", "unknown key 'police'", "[police]"),
    ('lado = "LADO"', "", "'lado' is missing", "[names]"),
    ('lado = "LADO"', 'lado = "LADO"\nqueen = "x"', "unknown key 'queen'", "queen ="),
    ('lado = "LADO"', f'lado = "{"x" * 41}"', "at most 40 characters", "lado ="),
    ('lado = "LADO"', 'lado = "{dsl}"', "braces", "lado ="),
    # Roles, conflicts, contacts
    ('key = "senior"', 'key = "head"', "this role is there twice", "[[role]]"),
    ("reviewer = true", 'reviewer = "yes"', "true or false", "reviewer ="),
    ('who = "head"', 'who = "king"', "'who' names no role: king", "who ="),
    ('then = "chair"', 'then = "queen"', "names no role and no kind", "then ="),
    ('then = "chair"', 'then = "head"', "are the same", "then ="),
    ('number = "101"', 'number = "111"', "no number but 999", "number ="),
    ('number = "101"', "", "no number but 999", "[[contact]]"),
    ('kind = "dsl"', 'kind = "dsl"\nnumber = "12345"', "no number but 999", "number ="),
    ('kind = "chair"', 'kind = "dsl"', "kind of contact is there twice", "[[contact]]"),
    ('kind = "iwf"', 'kind = "iwf-two"', "no contact of kind 'iwf'", ""),
    ('kind = "lado"', 'kind = "lado"\nperson = "x"', "unknown key 'person'", "person ="),
    ('label = "Police"', f'label = "{"x" * 69}"', "at most 68 characters", "label ="),
    ('label = "Police"', 'label = "Po\\u202elice"', "invisible or control", "label ="),
    # Crimes, uses, rules, logs
    ('class = "A"', 'class = "C"', "must be A or B", "class ="),
    ('verdict = "illegal"', 'verdict = "bad"', "must be one of: acceptable", "verdict ="),
    ("anonymous = true", "anonymous = 1", "true or false", "anonymous ="),
    (f'{GP}\nstatus = "to be confirmed"', f'{GP}\nstatus = "sourced"', "and only then", "status ="),
    ('status = "sourced"', 'status = "to be confirmed"', "and only then", "status ="),
    ('status = "sourced"', 'status = "sure"', "must be one of: sourced", "status ="),
    # Matrices
    ('group = "pupils"', 'group = "staff"', "has a matrix already", "group ="),
    ('group = "pupils"', 'group = "parents"', "must be pupils or staff", "group ="),
    ('group = "pupils"', 'group = ""', "'group' is empty", "group ="),
    (ROW, ROW.replace("[]", '["queen"]'), "'marks' names no column: queen", "off-task"),
    (ROW, ROW.replace("[]", '["teacher"]'), "in 'marks' and in 'uncertain'", "off-task"),
    (ROW, ROW.replace("marks", "ticks"), "unknown key 'ticks'", "off-task"),
    (ROW, ROW.replace(", marks = []", ""), "'marks' is missing", "off-task"),
    (ROW, ROW.replace("off-task", "files"), "the key 'files' is there twice", "files"),
    (ROW, ROW.replace("Sites", "Sites, sites, sites and"), "at most 54 characters", "off-task"),
    ('{ key = "teacher", ', '{ key = "teacher", tick = 1, ', "unknown key 'tick'", "teacher"),
    ('{ key = "senior", label', '{ key = "head", label', "'head' is there twice", 'key = "head"'),
    ('{ key = "teacher", label = "', '{ key = "teacher", label = "' + "x" * 40, "at most 46",
     "teacher"),
    # Times
    ("hours = 72", "hours = 72\nworking_days = 3", "either 'hours' or", "[[timer]]"),
    ("hours = 72", "", "either 'hours' or", "[[timer]]"),
    ("hours = 72", "hours = 0", "whole number from 1 to 8760", "hours ="),
    ("hours = 72", "hours = 72.0", "whole number", "hours ="),
    ("working_days = 1", "working_days = true", "whole number from 1 to 260", "working_days"),
    ('key = "debrief"', 'key = "parents"', "there twice", "key ="),
    ('key = "debrief"', 'key = "pause"', "no timer 'debrief'", ""),
    # Clauses, gaps, private details
    (GAP, CLAUSE.replace("{dsl}", "{king}") + GAP, "a name in braces", "why ="),
    (GAP, CLAUSE.replace("{dsl}", "{dsl") + GAP, "a brace without", "why ="),
    (GAP, CLAUSE.replace("Tell", "x" * 70) + GAP, "4 lines of 76", "why ="),
    (GAP, CLAUSE + CLAUSE + GAP, "clause on this step is there twice", "[[clause]]"),
    ("offered = ", "instead = ", "unknown key 'instead'", "instead ="),
    ('text = "No table', 'text = "' + "word " * 70 + "No table", "more than 4 lines", "text ="),
    ("# 101 are known.", "# 101 are known, and 01632 960 123.", "no telephone number", "01632"),
    ('label = "Police"', 'label = "(01632) 960123"', "no telephone number", "01632"),
    ('label = "Police"', 'label = "01632.960.123"', "no telephone number", "01632"),
    ('label = "Police"', 'label = "01632 - 960123"', "no telephone number", "01632"),
    ('label = "Police"', 'label = "x@y"', "no telephone number, e-mail", "x@y"),
    ('label = "Police"', 'label = "HTTPS://x"', "or web address", "HTTPS"),
]  # fmt: skip


def refused(data: bytes) -> BadInput:
    """Return the error of reading a profile that cannot be used."""
    with pytest.raises(BadInput) as caught:
        parse_profile(data, "ours.toml")
    return caught.value


@pytest.mark.parametrize(("old", "new", "words", "at"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_profile_is_refused_with_its_line(
    old: str, new: str, words: str, at: str | None
) -> None:
    assert old in GENERIC
    text = GENERIC.replace(old, new, 1)
    error = refused(text.encode())
    assert words in error.what and error.what.startswith("ours.toml")
    assert error.do
    found = re.search(r"line (\d+)", error.what)
    assert found is not None
    line = text.splitlines()[int(found[1]) - 1]
    if at is not None:
        assert at in line if at else int(found[1]) == 1


@pytest.mark.parametrize(
    "head", ["role", "conflict", "contact", "illegal", "timer", "retention"]
)  # fmt: skip
def test_a_table_that_every_profile_has_is_missed(head: str) -> None:
    tables = re.split(r"^(?=\[\[)", GENERIC, flags=re.MULTILINE)
    kept = "".join(table for table in tables if not table.startswith(f"[[{head}]]"))
    assert f"there is no [[{head}]]" in refused(kept.encode()).what


HEADS = ["role", "conflict", "contact", "illegal", "use", "matrix", "inform", "log", "timer",
         "clause", "reading", "gap", "retention"]  # fmt: skip


@pytest.mark.parametrize("head", [*(f"[[{head}]]" for head in HEADS), "[policy]", "[names]"])
def test_no_table_has_a_key_of_its_own(head: str) -> None:
    text = GENERIC.replace(
        GAP, f'{CLAUSE}[[reading]]\ntext = "a"\nbecause = "b"\nsource = "c"\n{GAP}', 1
    )
    assert parse_profile(text.encode(), "ours.toml").readings
    error = refused(text.replace(f"{head}\n", f"{head}\nnonsense = 1\n", 1).encode())
    assert "unknown key 'nonsense'" in error.what


def test_every_mistake_is_told_at_once() -> None:
    text = GENERIC.replace("hours = 72", "hours = 0").replace("working_days = 10", "days = 10")
    text = text.replace('lado = "LADO"', "").replace("anonymous = true", "anonymous = 1")
    error = refused(text.replace('nation = "England"', 'nation = "Utopia"').encode())
    assert isinstance(error, BadFile)
    words = " ".join(mistake.what for mistake in error.mistakes)
    assert len(error.mistakes) == 5 and all(m.do for m in error.mistakes)
    for word in ("nation", "lado", "anonymous", "hours", "days"):
        assert f"'{word}'" in words, word


def test_a_matrix_without_columns_is_refused() -> None:
    text = re.sub(r"columns = \[.*?\n\]", "columns = []", GENERIC, flags=re.DOTALL)
    assert "'columns' is missing or empty" in refused(text.encode()).what


@pytest.mark.parametrize("group", ["pupils", "staff"])
def test_both_matrices_are_needed(group: str) -> None:
    tables = re.split(r"^(?=\[\[)", GENERIC, flags=re.MULTILINE)
    kept = "".join(table for table in tables if f'group = "{group}"' not in table)
    assert f"there is no matrix for '{group}'" in refused(kept.encode()).what


def test_a_profile_without_policy_or_reviewers_is_refused() -> None:
    assert "there is no [policy]" in refused(GENERIC.replace("[policy]", "[names.x]").encode()).what
    nobody = GENERIC.replace("reviewer = true", "reviewer = false")
    assert "no role is a 'reviewer'" in refused(nobody.encode()).what


def test_another_encoding_and_a_huge_file_are_refused() -> None:
    assert "not UTF-8" in refused(GENERIC.encode("utf-16")).what
    assert "line 2: the file is not UTF-8" in refused(b"# x\n# \xff\n").what
    assert "larger than 2 MB" in refused(b"#" * 2_000_001).what
    assert "ours.toml" in refused(b"[[role]\n").what
