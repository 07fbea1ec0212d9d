"""Drawings: every step and way is there, nothing overlaps, no text of a procedure is acted upon."""

import argparse
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from esafety_tui.flows.drawing.chart import build_chart
from esafety_tui.flows.drawing.draw_procedure import DRAWING_FORMS, draw_flowchart
from esafety_tui.flows.drawing.graph_layout import LAYER_GAP, layout_in_layers
from esafety_tui.flows.drawing.svg import (
    BOX_WIDTH,
    LINE,
    MOST_STEPS,
    estimate_width,
    plan_boxes,
    wrap_to_width,
)
from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.load import load_procedure, parse_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import ONE_OPTION_KINDS, Procedure, StepKind
from esafety_tui.flows.profile.profile import load_profile, shipped_profiles
from esafety_tui.kernel.errors import BadInput, OutputFailed, Unusable
from esafety_tui.verbs import flow_draw

GENERIC = load_profile("generic")
FITTED = [fit_procedure(load_procedure(name), GENERIC) for name in shipped_procedures()]
SMALL = """\
format = "procedure/2"
name = "small"
title = "A small one"
version = "1"
first = "ask"
after_stop = "words"

[[step]]
id = "ask"
kind = "question"
title = "which way"
question = {question}
why = "Because."
source = "policy, \\"Here\\""
status = "sourced"
options = [
  { key = "a", label = "Never", class = "A", next = "words" },
  { key = "b", label = "Both", class = "C", next = "room" },
  { key = "c", label = "Nothing", next = "last" },
]

[[step]]
id = "room"
kind = "record"
title = "a room"
question = "What is there?"
why = "Because."
source = "policy"
status = "sourced"
next = "words"
fields = [{ name = "what", label = "What" }]

[[step]]
id = "words"
kind = "record"
title = "in words"
question = "What do you know?"
why = "Because."
source = "policy"
status = "sourced"
next = "last"
fields = [{ name = "what", label = "What" }]

[[step]]
id = "last"
kind = "end"
title = "the end"
question = "That is all."
why = "Because."
source = "policy"
status = "sourced"
"""


def small(question: str = '"Which way?"') -> Procedure:
    return parse_procedure(SMALL.replace("{question}", question).encode(), "small.toml")


def chain(steps: int) -> Procedure:
    """Return a procedure of so many steps in a row."""
    head, _, rest = SMALL.partition('[[step]]\nid = "room"')
    last = rest[rest.index('[[step]]\nid = "last"') :]
    row = (
        '[[step]]\nid = "s{n}"\nkind = "record"\ntitle = "t"\nquestion = "q"\nwhy = "w"\n'
        'source = "s"\nstatus = "sourced"\nnext = "{to}"\n'
        'fields = [{{ name = "w", label = "W" }}]\n'
    )
    rows = [row.format(n=n, to=f"s{n + 1}" if n < steps - 2 else "last") for n in range(steps - 1)]
    top = head.partition("[[step]]")[0].replace('"ask"', '"s0"').replace('"words"', '"last"')
    return parse_procedure("\n".join([top, *rows, last]).encode(), "chain.toml")


@pytest.mark.parametrize("procedure", FITTED, ids=lambda p: p.name)
def test_the_chart_reads_from_top_to_bottom(procedure: Procedure) -> None:
    drawn = build_chart(procedure)
    number = drawn.step_numbers()
    assert sorted(number) == sorted(step.id for step in procedure.steps)
    assert list(number.values()) == list(range(1, len(procedure.steps) + 1))
    assert all(number[a.source] < number[a.target] for a in drawn.arrows)
    ways = {(a.source, a.target) for a in drawn.arrows}
    assert ways == {(s.id, to) for s in procedure.steps for to in graph.follower_ids(s)}


def test_what_one_answer_alone_leads_to_is_indented_and_joins_are_not() -> None:
    drawn = {box.step.id: box for box in build_chart(small()).boxes}
    assert [(b.number, b.depth, b.joins) for b in drawn.values()] == [
        (1, 0, False), (2, 1, False), (3, 0, True), (4, 0, True),
    ]  # fmt: skip
    text = SMALL.replace("{question}", '"Which way?"')
    apart = text.replace('after_stop = "words"', 'after_stop = "last"')
    boxes = build_chart(parse_procedure(apart.encode(), "apart.toml")).boxes
    assert [(box.step.id, box.depth) for box in boxes][1:3] == [("room", 1), ("words", 0)]


def test_the_illegal_side_is_what_no_lawful_way_reaches(misuse: Procedure) -> None:
    assert not any(box.illegal for box in build_chart(small()).boxes)
    only = small().steps[0]
    strict = SMALL.replace('class = "C"', 'class = "B"').replace("{question}", '"Which way?"')
    chart = build_chart(parse_procedure(strict.encode(), "s.toml"))
    sides = {box.step.id: box.illegal for box in chart.boxes}
    assert sides == {only.id: False, "room": True, "words": True, "last": False}
    captures = [b for b in build_chart(misuse).boxes if b.step.is_capture]
    assert captures and not any(box.illegal for box in captures)
    frozen = SMALL.replace('version = "1"', 'version = "1"\nclass = "A"')
    all_of_it = build_chart(parse_procedure(frozen.replace("{question}", '"?"').encode(), "f.toml"))
    assert all(box.illegal for box in all_of_it.boxes)


@pytest.mark.parametrize("procedure", FITTED, ids=lambda p: p.name)
def test_the_outline_says_every_step_answer_and_way(procedure: Procedure) -> None:
    text = draw_flowchart(procedure, "text")
    assert max(map(len, text.splitlines())) <= 76
    whole = " ".join(text.split())
    for box in build_chart(procedure).boxes:
        assert f"{box.number}. {box.step.title} (" in whole
        assert " ".join(box.step.question.split()) in whole
    for arrow in build_chart(procedure).arrows:
        to = next(b for b in build_chart(procedure).boxes if b.step.id == arrow.target)
        for option in arrow.options:
            assert " ".join(option.label.split()) in whole
        assert f"-> {'see' if to.joins else 'step'} {to.number}" in whole
    assert "STOP, at any step -> see" in whole


def test_the_outline_in_full() -> None:
    text = draw_flowchart(small(), "text", taken=["ask"])
    assert (
        text
        == """\
A small one (small, version 1)
4 steps. "-> step 4": this answer alone leads to step 4. "-> see 4": other
ways lead there as well. STOP, at any step -> see 3, in words only.

1. which way (question; done)
    Which way?
    1) Never [class A, never copied] -> see 3
    2) Both [class C, breaks our rules] -> step 2
    3) Nothing -> see 4
    Source: policy, "Here"

  2. a room (record)
      What is there?
      Write down: What.
      -> see 3
      Source: policy

3. in words (record; several ways lead here)
    What do you know?
    Write down: What.
    -> see 4
    Source: policy

4. the end (end; several ways lead here)
    That is all.
    Source: policy
"""
    )


def test_captures_gates_referrals_are_said(misuse: Procedure) -> None:
    text = " ".join(draw_flowchart(fit_procedure(misuse, GENERIC), "text").split())
    assert "Captures addresses (class B with advice, C)." in text
    assert "Gate: two seniors." in text and "Tell, each ticked: The police are told;" in text
    assert "{" not in text, "a name in braces was not filled in"


def crossing(box: tuple[float, ...], start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Whether a straight piece enters a box: sampled, inside by a pixel."""
    left, top, right, bottom = box
    for part in range(21):
        x = start[0] + (end[0] - start[0]) * part / 20
        y = start[1] + (end[1] - start[1]) * part / 20
        if left + 1 < x < right - 1 and top + 1 < y < bottom - 1:
            return True
    return False


@pytest.mark.parametrize("profile", shipped_profiles())
@pytest.mark.parametrize("name", shipped_procedures())
def test_boxes_never_meet_and_hold_their_words(name: str, profile: str) -> None:
    parts, arrows = plan_boxes(fit_procedure(load_procedure(name), load_profile(profile)))
    drawing = layout_in_layers({n: part.pixel_size for n, part in parts.items()}, arrows)
    assert drawing.boxes.keys() == parts.keys() and set(drawing.lines) == set(arrows)
    for one, other in combinations(drawing.boxes.values(), 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert beside or one.y + one.height <= other.y or other.y + other.height <= one.y
    for at in drawing.boxes.values():
        assert 0 <= at.x <= drawing.width - at.width and 0 <= at.y <= drawing.height - at.height
    for n, part in parts.items():
        at = drawing.boxes[n]
        assert part.lines and max(map(estimate_width, part.lines)) <= BOX_WIDTH
        assert max(map(estimate_width, part.lines)) + 20 <= at.width
        assert len(part.lines) * LINE + 8 <= at.height


@pytest.mark.parametrize("procedure", FITTED, ids=lambda p: p.name)
def test_no_arrow_runs_through_a_box(procedure: Procedure) -> None:
    parts, arrows = plan_boxes(procedure)
    drawing = layout_in_layers({n: part.pixel_size for n, part in parts.items()}, arrows)
    edges = [(b.x, b.y, b.x + b.width, b.y + b.height) for b in drawing.boxes.values()]
    for line in drawing.lines.values():
        assert all(lower[1] >= upper[1] for upper, lower in pairwise(line))
        for start, end in list(pairwise(line))[::2]:
            assert not any(crossing(box, start, end) for box in edges)
        for start, end in list(pairwise(line))[1::2]:
            assert end[1] - start[1] <= LAYER_GAP + 0.1, "a swing leaves the gap of two layers"


@pytest.mark.parametrize("procedure", FITTED, ids=lambda p: p.name)
def test_svg_is_whole_and_says_what_it_shows(procedure: Procedure) -> None:
    text = draw_flowchart(procedure, "svg")
    root = ET.fromstring(text)
    names = {element.tag.partition("}")[2] for element in root.iter()}
    assert names == {"svg", "title", "desc", "rect", "g", "path", "polygon", "text"}
    assert "href" not in text and "url(" not in text and "style" not in text
    assert text.count("http") == 1, "nothing but the name space"
    words = " ".join(element.text or "" for element in root.iter() if element.tag.endswith("text"))
    for box in build_chart(procedure).boxes:
        assert f"{box.number}. " in words
    illegal = sum(box.illegal for box in build_chart(procedure).boxes)
    assert " ".join(words.split()).count("illegal side") == illegal + 1  # and once in the legend
    shapes = text.count("<rect ") + text.count("<polygon ") - text.count(' stroke="none"/>')
    answers = text.count('rx="6"') + 1  # and the ground behind everything
    assert shapes - answers == len(build_chart(procedure).boxes) + illegal, "a double border each"
    colours = set(re.findall(r"#[0-9a-f]{6}", text))
    assert colours == {"#000000", "#ffffff", "#767676"}, "black, white and grey alone"


@pytest.mark.parametrize("profile", shipped_profiles())
def test_every_answer_is_written_out_and_no_word_is_cut(profile: str) -> None:
    fitted = fit_procedure(load_procedure("misuse"), load_profile(profile))
    root = ET.fromstring(draw_flowchart(fitted, "svg"))
    lines = [element.text or "" for element in root.iter() if element.tag.endswith("text")]
    words = " ".join(" ".join(lines).split())
    for step in fitted.steps:
        if step.kind in ONE_OPTION_KINDS:
            for option in step.options:
                assert " ".join(option.label.split()) in words
    assert "more answers" not in words
    assert max(map(estimate_width, wrap_to_width("x" * 100, 150))) <= 150, "a wide word is cut"


def test_shapes_repeat_the_words(misuse: Procedure) -> None:
    fitted = fit_procedure(misuse, GENERIC)
    plain, marked = (draw_flowchart(fitted, "svg", taken=t) for t in ((), [fitted.first]))
    corners = {len(points.split()) for points in re.findall(r'polygon points="([^"]*)"', plain)}
    assert corners == {3, 6, 8}
    assert 'stroke-width="3"' in marked and "; done)" in marked
    assert 'stroke-width="3"' not in plain and "done)" not in plain


def test_text_of_a_procedure_is_only_ever_a_label() -> None:
    bad = '"]; x -> y [ <script>alert(1)</script> --> |a| \\n \\ ` & #quot; \u202e \x1b[31m ]]>'
    whole = small()  # the loader refuses what cannot be seen; a drawing does not rely on it
    steps = tuple(
        replace(
            step, title=bad, question=bad, source=bad,
            options=tuple(replace(o, label=bad, detail=bad) for o in step.options),
            fields=tuple(replace(f, label=bad) for f in step.fields),
        )
        for step in whole.steps
    )  # fmt: skip
    procedure = replace(whole, title=bad, version=bad, steps=steps)
    root = ET.fromstring(draw_flowchart(procedure, "svg"))
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    for form in DRAWING_FORMS:
        drawn = draw_flowchart(procedure, form)
        assert "\u202e" not in drawn and "\x1b" not in drawn
    check_dot(draw_flowchart(procedure, "dot"))
    check_mermaid(draw_flowchart(procedure, "mermaid"))


QUOTED = r'"(?:[^"\\\n]|\\["\\n])*"'
DOT_LINE = re.compile(
    rf"digraph procedure {{|}}|  label={QUOTED}; labelloc=t; rankdir=TB;"
    rf"|  (?:node|edge) \[[^<>]*\];"
    rf"|  (?:n\d+|stop) \[shape=[a-z]+(?:, peripheries=2)?(?:, style=bold)?, label={QUOTED}\];"
    rf"|  stop -> n\d+ \[style=dashed\];|  n\d+ -> n\d+ \[label={QUOTED}\];"
)
LABEL = r'"(?:[^"<>#;`{}|\[\]\\]|#\d+;|<br/>)*"'
MERMAID_LINE = re.compile(
    rf"flowchart TD|  stop\[{LABEL}\]|  stop -\.-> n\d+"
    rf"|  n\d+(?:\[{LABEL}\]|{{{{{LABEL}}}}}|\[/{LABEL}/\]|\[\({LABEL}\)\]|\(\[{LABEL}\]\))"
    rf"|  n\d+ -->\|{LABEL}\| n\d+"
    r"|  classDef illegal stroke-width:4px|  class n\d+(?:,n\d+)* illegal"
)


def check_dot(text: str) -> None:
    for line in text.splitlines():
        assert DOT_LINE.fullmatch(line), line


def check_mermaid(text: str) -> None:
    for line in text.splitlines():
        assert MERMAID_LINE.fullmatch(line), line


@pytest.mark.parametrize("procedure", FITTED, ids=lambda p: p.name)
def test_dot_and_mermaid_hold_every_step_and_way(procedure: Procedure) -> None:
    drawn = build_chart(procedure)
    as_dot, as_mermaid = draw_flowchart(procedure, "dot"), draw_flowchart(procedure, "mermaid")
    check_dot(as_dot)
    check_mermaid(as_mermaid)
    assert len(re.findall(r"^  n\d+ \[", as_dot, re.MULTILINE)) == len(drawn.boxes)
    assert len(re.findall(r"^  n\d+ -> ", as_dot, re.MULTILINE)) == len(drawn.arrows)
    assert len(re.findall(r"^  n\d+ -->", as_mermaid, re.MULTILINE)) == len(drawn.arrows)
    assert as_dot.count("peripheries=2") == sum(box.illegal for box in drawn.boxes)
    captures = sum(box.step.kind is StepKind.CAPTURE for box in drawn.boxes)
    assert as_dot.count("shape=note") == captures == as_mermaid.count("[(")


def test_the_way_without_a_review_is_drawn_where_no_profile_has_decided() -> None:
    misuse = load_procedure("misuse")
    assert "the policy forbids a review -> " in " ".join(draw_flowchart(misuse, "text").split())
    text = draw_flowchart(fit_procedure(misuse, load_profile("winchelsea")), "text")
    assert "forbids a review" not in text and "Captures" not in text


def test_ten_thousand_steps_are_read_as_text_and_refused_as_a_picture() -> None:
    long = chain(10_000)
    assert "9999. t (record)" in draw_flowchart(long, "text")
    with pytest.raises(BadInput, match="cannot be read"):
        draw_flowchart(long, "svg")
    assert ET.fromstring(draw_flowchart(chain(MOST_STEPS), "svg")) is not None


def test_no_other_form() -> None:
    with pytest.raises(BadInput, match="text, svg, dot, mermaid"):
        draw_flowchart(small(), "png")  # type: ignore[arg-type]


def drawn_by_verb(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    flow_draw.add_draw_sort(parser.add_subparsers())
    args = parser.parse_args(["draw", *argv])
    return int(args.run(args))


@pytest.mark.posix
def test_the_verb_draws_what_a_school_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert drawn_by_verb("misuse", "--profile", "winchelsea") == 0
    assert capsys.readouterr().out == draw_flowchart(
        fit_procedure(load_procedure("misuse"), load_profile("winchelsea")), "text"
    )
    (tmp_path / "own.toml").write_text(SMALL.replace("{question}", '"Which way?"'))
    out = tmp_path / "own.svg"
    assert drawn_by_verb(str(tmp_path / "own.toml"), "--form", "svg", "--out", str(out)) == 0
    assert ET.parse(out).getroot().tag.endswith("svg")
    with pytest.raises(OutputFailed, match="already"):
        drawn_by_verb("misuse", "--out", str(out))
    (tmp_path / "link.toml").symlink_to(tmp_path / "own.toml")
    for name in ("link.toml", "none.toml"):
        with pytest.raises(Unusable, match=name):
            drawn_by_verb(str(tmp_path / name))


def test_a_drawing_names_contacts_as_the_school_does() -> None:
    procedure = load_procedure("allegation")
    chepstow = fit_procedure(procedure, load_profile("chepstow"))
    for form in ("text", "svg"):
        drawn = " ".join(re.sub(r"<[^>]+>", " ", draw_flowchart(chepstow, form)).split())
        assert "must be told: designated officer" in drawn
        assert "police" in drawn and "LADO" not in drawn and "DSL" not in drawn
    assert "must be told: LADO" in " ".join(draw_flowchart(procedure).split())
