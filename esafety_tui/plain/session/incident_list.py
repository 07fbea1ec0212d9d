"""The list: what is due next, the incidents newest first, a new one, signing out."""

from __future__ import annotations

from esafety_tui.guide.lone_officer import join_names
from esafety_tui.guide.ports import DeskState, IncidentSummary
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.terminal.line_format import number_labels
from esafety_tui.plain.terminal.prompts import PromptShell

SHOWN = 10
NEW, OUT = ("new", "Start a new incident"), ("out", "Sign out")
SECOND = ("second", "The second officer is here: go on together")
LEAVE = ("leave", "One of us is leaving")
KEEPING = "Keeping the vault (officers, second copies, reviews) is done with: esafety --help"
SEARCH = "Older ones: type part of the number, the day or the kind, then Enter."


def format_incident(card: IncidentSummary) -> str:
    """Return one incident of the list in words."""
    parts = [card.reference, card.state, card.opened, card.category,
             "restricted" if card.restricted else ""]  # fmt: skip
    return ", ".join(part for part in parts if part)


def ask_home_request(shell: PromptShell, state: DeskState) -> str:
    """Say the list and ask.

    Returns "new", "out", "second", "leave" or the id of the incident to open.
    """
    _report_session(shell, state)
    ways = list_home_choices(state)
    cards = shell.run_short_verb(shell.desk.incidents)
    found = cards
    while True:
        shown = found[:SHOWN]
        menu = _make_menu(ways, shown, more=len(found) - len(shown), any_=bool(cards))
        shell.say_texts(menu)
        most = len(shown) + len(ways)
        typed = (
            shell.ask_line(f"Number 1 to {most}, words to search, or help", menu)
            .strip()
            .rstrip(".")
        )
        if typed in map(str, range(1, most + 1)):  # 0007 is part of a reference
            place = int(typed) - 1 - len(ways)
            return shown[place].inc if place >= 0 else ways[int(typed) - 1][0]
        found = tuple(
            c for c in cards if typed and typed.casefold() in format_incident(c).casefold()
        )
        if not found:
            shell.report_mismatch("Nothing in the list has these words. The whole list again.")
            found = cards


def list_home_choices(state: DeskState) -> tuple[tuple[str, str], ...]:
    """Return what can be done beside opening an incident: (wish, label)."""
    if state.away:
        return (NEW, OUT, SECOND)
    return (NEW, OUT) if state.words_only else (NEW, OUT, LEAVE)


def _make_menu(
    ways: tuple[tuple[str, str], ...], shown: tuple[IncidentSummary, ...], *, more: int, any_: bool
) -> str:
    lines = ["Incidents." if any_ else "There are no incidents yet."]
    lines += number_labels(label for _, label in ways)
    lines += number_labels((f"Open {format_incident(card)}" for card in shown), len(ways) + 1)
    return "\n".join((*lines, *([f"{more} more. {SEARCH}"] if more > 0 else [])))


def _report_session(shell: PromptShell, state: DeskState) -> None:
    """Say who is signed in, what is due, and what asks for something."""
    people = join_names(state.present)
    wrong = "" if state.machine_ok else " This is NOT the designated computer."
    shell.say_texts("", f"{state.school}. Signed in: {people}. Computer: {state.machine}.{wrong}")
    if state.words_only:
        names = join_names(state.away)
        shell.say_texts("One officer is signed in: words, STOP, who was told.")
        shell.say_texts(*([f"The passphrase of {names} brings back the rest."] if names else []))
        return
    try:
        due = shell.run_short_verb(shell.desk.due_next)
        notes = shell.run_short_verb(shell.desk.keeping).notes
    except EvidenceError as error:
        shell.report_trouble(error)
        return
    rows = [f"{d.by}, {d.left}: {d.reference}, {d.what}" for d in due]
    shell.say_texts(*(["Due next:", *number_labels(rows)] if rows else ["Nothing is due."]))
    shell.say_texts(*([*(f"Note: {note}" for note in notes), KEEPING] if notes else [KEEPING]))
