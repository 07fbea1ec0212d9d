"""Everything so far: answers, things taken, notes. From here answers are changed, words corrected.

Rule: the old answer and the old words are always kept. What may be corrected or released the desk
says and decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from esafety_tui.guide import review_step
from esafety_tui.guide.answer_text import DONE
from esafety_tui.guide.ports import EditableText, ExhibitView
from esafety_tui.guide.shared_text import IS_RIGHT, POLICE_REFERENCE
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.involved import OFFER
from esafety_tui.plain.steps import ask_step, field_input, orientation, restriction
from esafety_tui.plain.steps.item_steps import item_lines
from esafety_tui.plain.terminal.line_format import rows
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back

RELEASE = (
    "Release {label}? It can be looked at, printed and exported again afterwards. Only with a "
    "reference of the police. Each types their own passphrase again."
)
CHANGE = "Change an answer; the old one is kept"
WHICH = "Which answer?"
CORRECT = "Correct words: notes, descriptions, what worries you"


@dataclass(frozen=True, slots=True)
class Way:
    """One line of a menu. ``what``: go, goto, change, release, correct or involved."""

    what: str
    label: str
    target: str = ""


def read_out(shell: Shell) -> None:
    """Say answers, things taken, records, notes and exports."""
    case = shell.at.case
    shell.say("", f"{case.reference}: everything so far.")
    for given in review_step.list_answers(shell.at):
        shell.say("", f"{_title(given)}:", *ask_step.answer_lines(given.step, given.answer))
    parts = (
        (
            "Taken:",
            [
                *filter(None, [case.awaiting_police]),
                *(r for i in case.items for r in item_lines(i)),
            ],
        ),
        ("Written one after another:", [f"#{d.seq}: {d.shown_text}" for d in case.described]),
        ("Notes:", list(case.notes)),
        ("Exported and read back:", list(case.exported)),
    )
    for title, lines in parts:
        if lines:
            shell.say("", title, *lines)


def _title(given: review_step.GivenStep) -> str:
    return f"Step {given.number}, {given.step.title.rstrip('?')}"


def _answers(shell: Shell) -> list[Way]:
    return [
        Way("goto", _title(given), given.step.id) for given in review_step.list_answers(shell.at)
    ]


def _ways(shell: Shell, go: str) -> list[Way]:
    case = shell.at.case
    ways = [Way("go", go)]
    ways += [
        Way("release", review_step.offer_release(i), str(i.seq))
        for i in review_step.list_shut_items(case)
    ]
    ways += [Way("correct", CORRECT)] if case.wordings else []
    ways += [Way("change", CHANGE)] if _answers(shell) else []
    return [*ways, *([Way("involved", OFFER)] if review_step.can_close_to_officer(case) else [])]


def _asked(shell: Shell, go: str) -> Way:
    """Say everything and ask what is wanted until it is no release and no correction."""
    while True:
        read_out(shell)
        ways = _ways(shell, go)
        way = ways[shell.number("What do you want?", [way.label for way in ways])]
        try:
            if way.what == "release":
                _release(shell, review_step.find_item(shell.at.case, int(way.target)))
            elif way.what == "correct":
                _correct(shell)
            elif way.what == "involved":
                restriction.run(shell)
            elif way.what == "change":
                answers = _answers(shell)
                return answers[shell.number(WHICH, [answer.label for answer in answers])]
            else:
                return way
        except EvidenceError as error:
            shell.trouble(error)
        except Back:
            continue


def look(shell: Shell) -> str:
    """Say everything from any prompt. Returns the step to go to, "" to go back to the prompt."""
    try:
        return _asked(shell, "Back to the question").target
    except Back:
        return ""


def run(shell: Shell) -> None:
    """Ask, as the step of that kind, whether everything is right and complete."""
    orientation.announce(shell)
    way = _asked(shell, review_step.RIGHT)
    if way.what == "go":
        ask_step.record(shell, DONE)
    else:
        shell.at.show_step(way.target)


def _release(shell: Shell, item: ExhibitView) -> None:
    incident = shell.at
    shell.say("", RELEASE.format(label=item.label))
    reference = field_input.line(shell, POLICE_REFERENCE)
    with shell.ask_passphrases(incident.case.officers) as words:
        shell.call(shell.desk.release, incident.inc, item.seq, reference, words)
    incident.reload_case()
    shell.say(review_step.RELEASED)


def _correct(shell: Shell) -> None:
    """Choose words, write them as they should read, say why. The old ones stay."""
    incident = shell.at
    known: tuple[EditableText, ...] = incident.case.wordings
    labels = [f"{w.label}: {review_step.quote_wording(w)}" for w in known]
    wording = known[shell.number(review_step.WHICH_WORDS, labels)]
    shell.say("", "How it should read:")
    words = field_input.text_lines(shell)
    if not words:
        raise Back
    why = ask_step.reason(shell, "Why is it corrected? The old words are kept beside it.")
    shell.say("", "It will read:", *rows(words, "  ", "  "))
    if shell.yes(IS_RIGHT, "Yes, write it down", "No, leave it as it is"):
        sealed = shell.call(shell.desk.correct, incident.inc, wording.seq, wording.name, words, why)
        incident.refresh_case()
        shell.say(review_step.report_correction(f": {sealed.at}, #{sealed.seq}"))
