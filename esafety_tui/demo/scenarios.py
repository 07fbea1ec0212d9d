"""What happens in each drill: which procedure, what is answered, when STOP is pressed. Data alone.

A scenario says what its invented officers know and choose. Where that leads is decided by the
engine, from the procedure as the school of the profile has it. Answers stand by id of the step;
:mod:`drill_walk` fills in what is not said here. Nobody and nothing in here exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from esafety_tui.flows.procedure.model import PeopleGroup
from esafety_tui.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class Scenario:
    """One invented incident.

    Attributes:
        answers: option chosen, by step. managed: those that differ in a school whose policy
            forbids its own review. ticks: who is told or what is done, by step.
        words: what is typed, by ``step.field`` or ``field``.
        left: steps answered by "none of these", with the reason.
        stop_at: steps at which STOP is pressed, the first that is shown.
        group, rows: whose table of the policy has a line for it; keys of lines, nearest first.
        touches: words that a reading or gap of the profile has if it bears on this.
        named: key of the role that is named in it, or "".
    """

    name: str
    title: str
    procedure: str
    group: PeopleGroup
    rows: tuple[str, ...]
    touches: tuple[str, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    managed: Mapping[str, str] = field(default_factory=dict)
    ticks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    stop_at: tuple[str, ...] = ()
    named: str = ""


_BULLYING = Scenario(
    "bullying", "A pupil bullies another by message", "misuse", PeopleGroup.PUPILS, ("bullying",),
    ("Parents are shown", "Whether and when parents", "table of sanctions"),
    {"triage": "4", "substance": "4", "concerned": "1", "decide": "1"},
    ticks={"told-c": ("dsl", "head", "lead"), "informed": ("parents", "head")},
    words={"reported.words": "told: There are nasty messages about me on a message board.",
           "saw": "saw: Three invented pages with unkind sentences."},
)  # fmt: skip

_CSAM = Scenario(
    "csam-mid-review", "A sexual image of a child is seen in the middle of a review", "misuse",
    PeopleGroup.PUPILS, ("nude", "illegal"),
    ("police are", "flowchart", "may be illegal goes", "looks for evidence", "deleted by"),
    {"triage": "4", "substance": "4", "answer": "1"},
    ticks={"told-c": ("dsl", "head")},
    words={"device": "PRACTICE-PC-9, practice room", "people": "The two reviewers, by accident",
           "account": "told: Somebody said that a picture was passed round.",
           "said": "They collect the computer."},
    stop_at=("files", "account-words"),
)  # fmt: skip

_GROOMING = Scenario(
    "grooming", "An adult stranger grooms a pupil in a game", "misuse", PeopleGroup.PUPILS,
    ("illegal",), ("grooming", "CEOP", "police are", "may be illegal goes", "looks for"),
    {"triage": "2", "advice": "2"},
    ticks={"told-b": ("police", "dsl")},
    words={"reported.words": "told: Somebody in the game wants to meet me and says not to tell.",
           "said": "They speak to the pupil and collect the phone.",
           "account": "told: The same words, and the name of the game."},
)  # fmt: skip

_STAFF_DATA = Scenario(
    "staff-data", "A member of staff is careless with personal data", "misuse", PeopleGroup.STAFF,
    ("careless-data", "breach"),
    ("careless use of data", "data breach", "investigation of a breach", "law of data protection"),
    {"triage": "4", "staff": "1", "lado": "1", "substance": "4", "concerned": "2",
     "decide-staff": "1"},
    ticks={"told-c": ("dsl", "head"), "told-lado": ("lado", "head"),
           "informed": ("parents", "head")},
    words={"reported.words": "told: A class list was sent to the wrong parent.",
           "saw": "saw: One e-mail with an invented class list."},
)  # fmt: skip

_HEAD = Scenario(
    "head-accused", "A pupil says something about the head", "allegation", PeopleGroup.STAFF,
    ("pupil-contact", "private-contact", "unsuitable", "illegal"),
    ("head is accused", "co-headteacher is accused"),
    {"named": "2", "lado-said": "1", "measures": "4", "outcome": "1"},
    ticks={"told-chair": ("chair", "lado", "dsl"), "informed": ("chair",)},
    words={"words": "told: The head writes to me late in the evening.",
           "account": "told: The same words; nobody asked for more."},
    left={"person-told": "The police and the LADO have not agreed to it yet."},
    named="head",
)  # fmt: skip

_RADICAL = Scenario(
    "radicalisation", "A pupil is drawn into a group that promotes extremism", "misuse",
    PeopleGroup.PUPILS, ("extremism", "illegal"), ("extremism",),
    {"triage": "2", "advice": "2"},
    ticks={"told-b": ("police", "dsl")},
    words={"reported.words": "told: He shows us what that group writes and asks who joins.",
           "said": "They have it looked at; nothing is recorded by the school.",
           "account": "told: The name of the group, and who was asked."},
)  # fmt: skip

_NUDE = Scenario(
    "nude-shared", "A nude was shared between two pupils of 14", "nudes", PeopleGroup.PUPILS,
    ("nude", "illegal"), ("Nudes and semi-nudes", "looks for evidence"),
    {"adult": "2", "coercion": "2", "content": "2", "under-13": "2", "harm": "2",
     "own-way": "2", "police-said": "1", "parents": "1"},
    managed={"own-way": "1"},
    ticks={"told-dsl": ("dsl",), "takedown": ("child",), "support": ("adult", "blame", "spread")},
    words={"reported.words": "told: I sent him one and he sent me one. Nobody else has it.",
           "own-way.reasons": "None of the five tests is met, as far as both said.",
           "parents.reasons": "They can help their children. Both families told by phone, today.",
           "described.words": "told: One picture each way, in a chat.",
           "device": "Two phones, locked away in the office", "people": "Nobody we know of"},
)  # fmt: skip

_BYPASS = Scenario(
    "filter-bypass", "A pupil gets round the filter", "misuse", PeopleGroup.PUPILS,
    ("bypass", "off-task"), ("Parents are shown", "table of sanctions", "looks for evidence"),
    {"triage": "4", "substance": "4", "concerned": "1", "decide": "1"},
    ticks={"told-c": ("dsl", "lead"), "informed": ("parents", "head")},
    words={"reported.words": "told: Everybody uses a page that opens the blocked ones.",
           "saw": "saw: The address of one such page in the log of the filter."},
)  # fmt: skip

_STICK = Scenario(
    "lost-stick", "A stick with pupils' data is gone", "lost-media", PeopleGroup.STAFF,
    ("careless-data", "breach"), ("data breach", "evidence may be carried", "law of data"),
    {"stolen": "3", "encrypted": "1", "evidence": "2", "personal": "1", "ico": "1", "found": "1"},
    ticks={"told-police": ("police", "head"), "told-dpo": ("dpo", "ico", "head"),
           "lock": ("passwords", "searched")},
    words={"media": "Encrypted stick, school number 7",
           "reported.words": "told: It was in my bag on the bus, and then it was not.",
           "account": "told: Last seen on Friday; the bus company was asked."},
)  # fmt: skip

_ABUSED = Scenario(
    "staff-abused", "A teacher is threatened online", "staff-victim", PeopleGroup.PUPILS,
    ("bullying",), ("staff as victims", "looks for evidence"),
    {"triage": "2", "advice": "1", "colleague": "2", "substance": "1", "outcome": "3"},
    ticks={"told-b": ("police", "dsl", "head"), "platform": ("post", "account"),
           "support": ("person",), "employer": ("head",)},
    words={"reported.words": "told: Somebody writes that they know where I live.",
           "said": "The school may record what can be seen.",
           "saw": "saw: Two invented threats.", "account": "told: Two threats, as they said."},
)  # fmt: skip

_SITES = Scenario(
    "harassment", "A web page makes fun of a pupil", "harassment", PeopleGroup.PUPILS,
    ("bullying",), ("Harassment", "table of sanctions", "looks for evidence"),
    {"triage": "4", "substance": "1", "decide": "1"},
    ticks={"told-c": ("dsl", "lead"), "action": ("support", "platform", "debrief", "policy"),
           "informed": ("parents", "head")},
    words={"reported.words": "told: There is a page about me, and everybody laughs.",
           "saw": "saw: One invented page with unkind sentences."},
)  # fmt: skip

_ASTRAY = Scenario(
    "data-astray", "Reports are sent to the wrong parents", "breach", PeopleGroup.STAFF,
    ("careless-data", "breach"), ("data breach", "careless use of data", "law of data"),
    {"crime": "2", "risk": "2", "people": "1"},
    ticks={"contain": ("back", "technician"), "told-dpo": ("dpo", "head"), "told-ico": ("ico",)},
    words={"reported.words": "told: Thirty reports went to another class.",
           "kinds": "Names and marks", "people": "Pupils", "number": "30"},
)  # fmt: skip

SCENARIOS: Mapping[str, Scenario] = {
    one.name: one
    for one in (
        _BULLYING, _CSAM, _GROOMING, _STAFF_DATA, _HEAD, _RADICAL, _NUDE, _BYPASS, _STICK,
        _ABUSED, _SITES, _ASTRAY,
    )
}  # fmt: skip
ALIASES: Mapping[str, str] = {"other": "bullying", "illegal": "csam-mid-review"}
"""Short names by which the two sides of the flowchart may be drilled."""


def find_scenario(name: str) -> Scenario:
    """Return the scenario of that name or alias. Raises BadInput naming all of them."""
    found = SCENARIOS.get(ALIASES.get(name, name))
    if found is None:
        raise BadInput(f"There is no scenario {name!r}.", f"Choose one of: {', '.join(SCENARIOS)}.")
    return found
