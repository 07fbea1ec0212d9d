"""The end: what can still be done with an incident that is written down."""

from __future__ import annotations

from esafety_tui.guide.engine_input import procedure_of
from esafety_tui.guide.incident_end import LINKED, SHEET_NOTE, WHERE_SHEET, list_end_choices
from esafety_tui.guide.shared_text import NOTHING_SAVED, report_saved
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import orientation
from esafety_tui.plain.steps.signing import folder
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back, ToList


def run(shell: Shell) -> None:
    """Offer what can still be done. Raises ToList to leave the incident."""
    orientation.announce(shell)
    while True:
        choices = list_end_choices(shell.at, lambda name: f"{LINKED}: {_title(shell, name)}")
        what, _, target = shell.choose("What next?", choices).partition(" ")
        try:
            if what == "goto":
                shell.at.show_step(target)
                return
            if what == "link":
                handle = shell.call(shell.desk.link_incident, shell.at.inc, target)
                shell.resume = handle.inc
                shell.say(f"A new incident was opened, linked to this one: {handle.reference}.")
            if what != "referral":
                raise ToList
            path = shell.call(shell.desk.referral_sheet, shell.at.inc,
                              folder(shell, f"{SHEET_NOTE} {WHERE_SHEET}"))  # fmt: skip
            shell.at.refresh_case()
            shell.say(report_saved(path))
        except EvidenceError as error:
            shell.trouble(error)
        except Back:
            shell.say(NOTHING_SAVED)


def _title(shell: Shell, name: str) -> str:
    """Return what the procedure to carry on with is called in this school."""
    policy = shell.call(shell.desk.policy)
    digest = policy.procedures.get(name, "")
    if not digest:
        return name
    return shell.call(procedure_of, shell.desk, digest, shell.at.profile).title
