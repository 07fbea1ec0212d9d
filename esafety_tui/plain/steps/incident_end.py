"""The end: what can still be done with an incident that is written down."""

from __future__ import annotations

from esafety_tui.guide.engine_input import load_procedure
from esafety_tui.guide.incident_end import LINKED, SHEET_NOTE, WHERE_SHEET, list_end_choices
from esafety_tui.guide.shared_text import NOTHING_SAVED, report_saved
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import orientation
from esafety_tui.plain.steps.signing import ask_folder
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.plain.terminal.terminal_port import GoBack, GoToList


def run_incident_end(shell: PromptShell) -> None:
    """Offer what can still be done. Raises ToList to leave the incident."""
    orientation.announce_step(shell)
    while True:
        choices = list_end_choices(
            shell.current_incident, lambda name: f"{LINKED}: {_name_procedure(shell, name)}"
        )
        what, _, target = shell.choose_one("What next?", choices).partition(" ")
        try:
            if what == "goto":
                shell.current_incident.show_step(target)
                return
            if what == "link":
                handle = shell.run_short_verb(
                    shell.desk.link_incident, shell.current_incident.incident_id, target
                )
                shell.resume = handle.inc
                shell.say_texts(
                    f"A new incident was opened, linked to this one: {handle.reference}."
                )
            if what != "referral":
                raise GoToList
            path = shell.run_short_verb(shell.desk.referral_sheet,
            shell.current_incident.incident_id,
                              ask_folder(shell, f"{SHEET_NOTE} {WHERE_SHEET}"))  # fmt: skip
            shell.current_incident.refresh_case()
            shell.say_texts(report_saved(path))
        except EvidenceError as error:
            shell.report_trouble(error)
        except GoBack:
            shell.say_texts(NOTHING_SAVED)


def _name_procedure(shell: PromptShell, name: str) -> str:
    """Return what the procedure to carry on with is called in this school."""
    policy = shell.run_short_verb(shell.desk.policy)
    digest = policy.procedures.get(name, "")
    if not digest:
        return name
    return shell.run_short_verb(
        load_procedure, shell.desk, digest, shell.current_incident.profile
    ).title
