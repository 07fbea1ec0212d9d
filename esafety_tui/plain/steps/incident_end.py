"""The end: what can still be done with an incident that is written down."""

from __future__ import annotations

from esafety_tui.flows.engine import engine
from esafety_tui.flows.procedure.model import CLOSING, Kind
from esafety_tui.guide.engine_input import procedure_of
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.plain.steps import orientation
from esafety_tui.plain.steps.signing import folder
from esafety_tui.plain.terminal.prompts import Shell
from esafety_tui.plain.terminal.terminal_port import Back, ToList

AGAIN = {
    Kind.REVIEW: "Look through everything again",
    Kind.SIGN: "The form: sign it, save it, draw a new one",
    Kind.EXPORT: "Write a pack",
}
REFERRAL = "It is not encrypted: whoever has it can read it. Print it, then put it away."


def run(shell: Shell) -> None:
    """Offer what can still be done. Raises ToList to leave the incident."""
    orientation.announce(shell)
    while True:
        ways = _ways(shell)
        what, _, target = ways[shell.number("What next?", [label for _, label in ways])][
            0
        ].partition(" ")
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
                              folder(shell, f"{REFERRAL} Where shall the sheet go?"))  # fmt: skip
            shell.at.refresh_case()
            shell.say(f"Saved and read back: {path.name}")
        except EvidenceError as error:
            shell.trouble(error)
        except Back:
            shell.say("Nothing was saved.")


def _ways(shell: Shell) -> list[tuple[str, str]]:
    incident = shell.at
    ways = [("list", "To the list of incidents")]
    if incident.case.words_only:
        ways.insert(0, ("referral", "Save your referral sheet, to print it"))
    if len(incident.case.officers) > 1:
        for name in engine.case_facts(incident.procedure, incident.state).carry_on:
            ways.insert(
                0, (f"link {name}", f"Carry on in a new, linked incident: {_title(shell, name)}")
            )
    for step_id in incident.path:
        kind = incident.procedure.step(step_id).kind
        if kind in CLOSING:
            ways.append((f"goto {step_id}", AGAIN[kind]))
    return ways


def _title(shell: Shell, name: str) -> str:
    """Return what the procedure to carry on with is called in this school."""
    policy = shell.call(shell.desk.policy)
    digest = policy.procedures.get(name, "")
    if not digest:
        return name
    return shell.call(procedure_of, shell.desk, digest, shell.at.profile).title
