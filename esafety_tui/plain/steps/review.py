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
from esafety_tui.plain.steps.item_steps import format_item
from esafety_tui.plain.terminal.line_format import wrap_text
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack

RELEASE = (
    "Release {label}? It can be looked at, printed and exported again afterwards. Only with a "
    "reference of the police. Each types their own passphrase again."
)
CHANGE = "Change an answer; the old one is kept"
WHICH = "Which answer?"
CORRECT = "Correct words: notes, descriptions, what worries you"


@dataclass(frozen=True, slots=True)
class ReviewChoice:
    """One line of a menu. ``what``: go, goto, change, release, correct or involved."""

    what: str
    label: str
    target: str = ""


def read_out_case(shell: PromptShell) -> None:
    """Say answers, things taken, records, notes and exports."""
    case = shell.current_incident.case
    shell.say_texts("", f"{case.reference}: everything so far.")
    for given in review_step.list_answers(shell.current_incident):
        shell.say_texts(
            "", f"{_format_step_title(given)}:", *ask_step.format_answer(given.step, given.answer)
        )
    parts = (
        (
            "Taken:",
            [
                *filter(None, [case.awaiting_police]),
                *(r for i in case.items for r in format_item(i)),
            ],
        ),
        ("Written one after another:", [f"#{d.seq}: {d.shown_text}" for d in case.described]),
        ("Notes:", list(case.notes)),
        ("Exported and read back:", list(case.exported)),
    )
    for title, lines in parts:
        if lines:
            shell.say_texts("", title, *lines)


def _format_step_title(given: review_step.GivenStep) -> str:
    return f"Step {given.number}, {given.step.title.rstrip('?')}"


def _list_answers(shell: PromptShell) -> list[ReviewChoice]:
    return [
        ReviewChoice("goto", _format_step_title(given), given.step.id)
        for given in review_step.list_answers(shell.current_incident)
    ]


def _list_review_choices(shell: PromptShell, go: str) -> list[ReviewChoice]:
    case = shell.current_incident.case
    ways = [ReviewChoice("go", go)]
    ways += [
        ReviewChoice("release", review_step.offer_release(i), str(i.seq))
        for i in review_step.list_releasable_items(case)
    ]
    ways += [ReviewChoice("correct", CORRECT)] if case.wordings else []
    ways += [ReviewChoice("change", CHANGE)] if _list_answers(shell) else []
    return [
        *ways,
        *([ReviewChoice("involved", OFFER)] if review_step.can_close_to_officer(case) else []),
    ]


def _ask_review_choice(shell: PromptShell, go: str) -> ReviewChoice:
    """Say everything and ask what is wanted until it is no release and no correction."""
    while True:
        read_out_case(shell)
        ways = _list_review_choices(shell, go)
        way = ways[shell.ask_number("What do you want?", [way.label for way in ways])]
        try:
            if way.what == "release":
                _release_item(
                    shell, review_step.find_item(shell.current_incident.case, int(way.target))
                )
            elif way.what == "correct":
                _correct_wording(shell)
            elif way.what == "involved":
                restriction.restrict_incident(shell)
            elif way.what == "change":
                answers = _list_answers(shell)
                return answers[shell.ask_number(WHICH, [answer.label for answer in answers])]
            else:
                return way
        except EvidenceError as error:
            shell.report_trouble(error)
        except GoBack:
            continue


def review_case(shell: PromptShell) -> str:
    """Say everything from any prompt. Returns the step to go to, "" to go back to the prompt."""
    try:
        return _ask_review_choice(shell, "Back to the question").target
    except GoBack:
        return ""


def run_review_step(shell: PromptShell) -> None:
    """Ask, as the step of that kind, whether everything is right and complete."""
    orientation.announce_step(shell)
    way = _ask_review_choice(shell, review_step.RIGHT)
    if way.what == "go":
        ask_step.record_answer(shell, DONE)
    else:
        shell.current_incident.show_step(way.target)


def _release_item(shell: PromptShell, item: ExhibitView) -> None:
    incident = shell.current_incident
    shell.say_texts("", RELEASE.format(label=item.label))
    reference = field_input.ask_line(shell, POLICE_REFERENCE)
    with shell.ask_passphrases(incident.case.officers) as words:
        shell.run_short_verb(shell.desk.release, incident.incident_id, item.seq, reference, words)
    incident.reload_case()
    shell.say_texts(review_step.RELEASED)


def _correct_wording(shell: PromptShell) -> None:
    """Choose words, write them as they should read, say why. The old ones stay."""
    incident = shell.current_incident
    known: tuple[EditableText, ...] = incident.case.wordings
    labels = [f"{w.label}: {review_step.quote_wording(w)}" for w in known]
    wording = known[shell.ask_number(review_step.WHICH_WORDS, labels)]
    shell.say_texts("", "How it should read:")
    words = field_input.ask_text_lines(shell)
    if not words:
        raise GoBack
    why = ask_step.ask_reason(shell, "Why is it corrected? The old words are kept beside it.")
    shell.say_texts("", "It will read:", *wrap_text(words, "  ", "  "))
    if shell.ask_yes_or_no(IS_RIGHT, "Yes, write it down", "No, leave it as it is"):
        sealed = shell.run_short_verb(
            shell.desk.correct, incident.incident_id, wording.seq, wording.name, words, why
        )
        incident.refresh_case()
        shell.say_texts(review_step.report_correction(f": {sealed.at}, #{sealed.seq}"))
