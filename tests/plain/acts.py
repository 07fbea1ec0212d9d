"""What officers do at the prompts, as a script: each act says which prompt it belongs to.

A number is found in the menu that was heard, never known beforehand; an act whose prompt or whose
question is not the one heard fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal, TypeAlias

from esafety_tui.flows.procedure.model import (
    ITEM_KINDS,
    ONE_OPTION_KINDS,
    TICKED_KINDS,
    CaptureContent,
    FieldCheck,
    Step,
    StepField,
    StepKind,
)
from esafety_tui.plain.terminal.line_format import make_printable
from tests.plain.routes import Leg, Values

Sort: TypeAlias = Literal["pick", "tick", "type", "secret", "word"]
_LINE = re.compile(r"^(\d+)\. (.*(?:\n   *[^\s].*)*)", re.MULTILINE)
ADD = {CaptureContent.NOTHING: "Write one down", CaptureContent.ADDRESSES: "Write down an address",
       CaptureContent.FILES: "Take in a file or screenshot"}  # fmt: skip


def flat(text: str) -> str:
    """Return text as it is heard: plain signs, one blank between words."""
    return " ".join(make_printable(text).split())


def menu(said: str) -> dict[str, int]:
    """Return the lines of the last menu heard, with their numbers."""
    whole = f"\n{said}"
    last = whole[whole.rindex("\n1. ") + 1 :]
    return {" ".join(text.split()): int(n) for n, text in _LINE.findall(last)}


@dataclass(frozen=True)
class Act:
    """One line to type: a menu's line, ticked lines, words, or a passphrase.

    ``hear``: what must have been said since the last prompt.
    """

    sort: Sort
    words: tuple[str, ...]
    hear: str = ""

    def line(self, said: str, prompt: str) -> str:
        """Return what is typed."""
        assert flat(self.hear) in flat(said), f"not heard: {self.hear}\n{said}\n{prompt}"
        if self.sort == "word":
            return self.words[0]
        starts = {"pick": "Number 1 to ", "tick": "Numbers, "}.get(self.sort, "")
        assert prompt.startswith(starts), f"{self} at {prompt}\n{said}"
        assert ("not shown" in prompt or "passphrase" in prompt) == (self.sort == "secret"), prompt
        if self.sort in ("type", "secret"):
            assert not prompt.startswith("Number"), f"{self} at {prompt}\n{said}"
            return self.words[0]
        if not self.words:
            return "0"
        lines = menu(said)
        missing = [word for word in self.words if flat(word) not in lines]
        assert not missing, f"not offered: {missing}\n{said}"
        numbers = [lines[flat(word)] for word in self.words]
        return " ".join(map(str, numbers))


def pick(words: str, hear: str = "") -> Act:
    """Choose the menu's line that says exactly ``words``."""
    return Act("pick", (words,), hear)


def tick(*words: str, hear: str = "") -> Act:
    """Tick these lines."""
    return Act("tick", words, hear)


def type_(words: str, hear: str = "") -> Act:
    """Type one line."""
    return Act("type", (words,), hear)


def word(words: str, hear: str = "") -> Act:
    """Type a line at a prompt of any kind."""
    return Act("word", (words,), hear)


def secret(words: str) -> Act:
    """Type a passphrase."""
    return Act("secret", (words,))


class Script:
    """Plays acts one after another, then ``last`` for good."""

    def __init__(self, acts: Iterable[Act], last: str = "EOF") -> None:
        self._acts: Iterator[Act] = iter(acts)
        self._last = last

    def __call__(self, said: str, prompt: str) -> str:
        act = next(self._acts, None)
        return self._last if act is None else act.line(said, prompt)


def leg_acts(leg: Leg, samples: Path) -> Iterator[Act]:
    """Yield the acts that give one leg's answer."""
    step, done = leg.step, leg.values.get("done")
    if step.kind in ITEM_KINDS:
        yield from _items(leg, samples)
    elif step.kind is StepKind.REVIEW:
        yield pick("Right and complete", step.question)
    elif done == "none":
        words = {StepKind.SIGN: "Leave it for another day, with a reason",
                 StepKind.EXPORT: "Write no pack, with a reason"}  # fmt: skip
        yield pick(words[step.kind], step.question)
        yield from lines(str(leg.values["why_none"]))
    else:
        yield from _answer(step, leg.values)


def _answer(step: Step, values: Values) -> Iterator[Act]:
    if step.kind is StepKind.GATE:
        for statement in step.statements:
            yield pick("Yes, this is so", statement.text)
    elif step.kind in ONE_OPTION_KINDS:
        option = step.find_option(str(values["option"]))
        assert option is not None
        yield pick(_label(option.label, option.detail), step.question)
    elif step.kind in TICKED_KINDS:
        ticked = [o for o in step.options if o.key in values["options"]]
        yield tick(*(_label(o.label, o.detail) for o in ticked), hear=step.question)
    elif step.may_skip:
        yield pick("Answer it", step.question)
    for field in step.fields:
        yield from field_acts(field, str(values[field.name]))
    yield pick("Yes, write it down", "Is this right?")


def _label(label: str, detail: str) -> str:
    return f"{label} ({detail})" if detail else label


def field_acts(field: StepField, words: str) -> Iterator[Act]:
    """Yield the acts that fill one field."""
    if field.choices:
        yield pick(words, field.label)
    elif field.check in (FieldCheck.TEXT, FieldCheck.STATEMENT):
        yield from lines(words)
    else:
        yield type_(words)


def lines(words: str) -> Iterator[Act]:
    """Yield the acts that type several lines."""
    for line in words.split("\n"):
        yield type_(line)
    yield type_("")


def another(path: Path) -> Path:
    """Return a file like ``path``, as large, with other bytes at its end.

    STOP knows the bytes of what it closed: one file cannot be taken into every incident. A desk of
    memory opens no file: what is not there stays as it is.
    """
    if not path.exists():
        return path
    for number in count(1000):
        made = path.with_name(f"{path.stem}-{number}{path.suffix}")
        if not made.exists():
            made.write_bytes(path.read_bytes() + str(number).encode())
            return made
    raise AssertionError("count ended")


def _items(leg: Leg, samples: Path) -> Iterator[Act]:
    step = leg.step
    for number, thing in enumerate(leg.items):
        yield pick(ADD[step.takes], step.question if number == 0 else "Sealed")
        if step.takes is CaptureContent.NOTHING:
            for field in step.fields:
                yield from field_acts(field, str(thing[field.name]))
        elif step.takes is CaptureContent.ADDRESSES:
            yield type_(str(thing["url"]))
            yield type_(str(thing["concern"]))
            yield pick(str(thing["known"]))
        else:
            yield type_(f"'{another(samples / str(thing['path']))}'")
            yield type_(str(thing["description"]))
            yield type_(str(thing["provenance"]))
        yield pick("Yes, seal it", "You give:")
    yield pick("Go on; these are all", "Sealed")


def sign_in(passphrase: str, people: Sequence[str]) -> Iterator[Act]:
    """Yield the acts of two officers at the door, or of one."""
    for person in people:
        yield pick(person)
        yield secret(passphrase)
