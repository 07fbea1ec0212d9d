"""Officers and keys: who has a part, who joins, who leaves, whose keys are new.

Rule: nobody decides about their own part, and what a leaver knew is not taken back; both is said
before the passphrases. A new officer chooses their passphrase alone at the keyboard.
"""

from __future__ import annotations

from collections.abc import Iterable

from esafety_tui.guide.folder_input import suggest_folder
from esafety_tui.kernel.errors import NotEligible
from esafety_tui.kernel.keeping import PersonRow
from esafety_tui.screens.acts.act_form import perform_planned_act
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.administration.contacts_and_keys import (
    fetch_vault_overview,
    present_officers,
)
from esafety_tui.screens.base.frame import ScreenHost
from esafety_tui.screens.dialogs import validators as words
from esafety_tui.screens.dialogs.choose_passphrase import choose_passphrase
from esafety_tui.screens.dialogs.field_form import FormField, FormScreen
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.text_page import TextPageScreen
from esafety_tui.screens.widgets.choices import Choice

WHERE = "Keep · officers and keys"
ACTS = (
    Choice("enrol", "Enrol an officer"),
    Choice("leave", "An officer leaves"),
    Choice("paper", "New paper keys"),
    Choice("rotate", "New keys for the vault"),
)
STAY = (
    "Nobody decides about their own part.",
    "Two others sign in: officers, or one of them with a paper key.",
)


def format_officer_row(person: PersonRow) -> Choice:
    """Return one line of the list of people."""
    what = "" if person.kind == "paper key" else f" · {person.initials}"
    part = person.part.partition(",")[0]
    return Choice(f"@{person.id}", f"{person.name}{what}", part)


def list_officer_details(person: PersonRow) -> tuple[str, ...]:
    """Return everything about a person, one line each."""
    return (
        f"{person.position} · {person.initials} · {person.kind}",
        person.part,
        f"Certificate valid until {person.valid_until}. Its SHA-256:",
        person.certificate,
    )


async def manage_officers(shell: ScreenHost) -> None:
    """Show who has or had a part, and do what is wanted, until it is left."""
    while True:
        _, view = await fetch_vault_overview(shell)
        everyone = view.people
        present, gone = (
            [format_officer_row(p) for p in everyone if p.present is here] for here in (True, False)
        )
        rows = (*present, *ACTS, *gone)
        question = f"Who has a part in the vault (keys number {view.generation})"
        chosen = await shell.ask_screen(ChooseScreen(WHERE, question, rows))
        if chosen is None:
            return
        if chosen.startswith("@"):
            person = next(p for p in everyone if p.id == chosen[1:])
            await _show_officer(shell, person)
        else:
            await _run_officer_action(shell, chosen)


async def _show_officer(shell: ScreenHost, person: PersonRow) -> None:
    if not person.present:
        await shell.ask_screen(
            TextPageScreen(WHERE, person.name, list_officer_details(person), "Back to the list")
        )
        return
    rows = (
        Choice("leave", f"{person.name} leaves"),
        Choice("renew", "New keys", "lost, or known to somebody else"),
    )
    if person.kind == "paper key":
        rows = (Choice("paper", "New paper keys"), Choice("rehearse", "Rehearse both paper keys"))
    intro = "\n".join(list_officer_details(person)) + "\n"
    chosen = await shell.ask_screen(ChooseScreen(WHERE, person.name, rows, after=intro))
    if chosen is not None:
        await _run_officer_action(shell, chosen, person)


async def _run_officer_action(
    shell: ScreenHost, what: str, person: PersonRow | None = None
) -> None:
    if what == "enrol":
        await enrol_officer(shell)
    elif what == "leave":
        await remove_officer(shell, person)
    elif what == "renew" and person is not None:
        await renew_officer_keys(shell, person)
    elif what == "rehearse":
        await rehearse_paper_keys(shell)
    elif what == "paper":
        await perform_planned_act(shell, WHERE, plan_act("paper",
        offered={"folder": suggest_folder()},
                                          present=await present_officers(shell)))  # fmt: skip
    else:
        await perform_planned_act(
            shell, WHERE, plan_act("rotate", present=await present_officers(shell))
        )


async def remove_officer(shell: ScreenHost, person: PersonRow | None) -> None:
    """The leaver procedure on one screen: who, why, what will happen, both passphrases."""
    state, view = await fetch_vault_overview(shell)
    here = {o.id for o in state.present}
    going = [p for p in view.people if p.present and p.kind == "officer" and p.id not in here]
    if not going or (person is not None and person.id in here):
        raise NotEligible(*STAY)
    choices = tuple(Choice(p.id, p.name, p.position) for p in going)
    chosen = person.id if person is not None else ""
    plan = plan_act(
        "leave", offered={"who": chosen}, choices={"who": choices}, present=state.present
    )
    await perform_planned_act(shell, WHERE, plan)


async def renew_officer_keys(shell: ScreenHost, person: PersonRow) -> None:
    """Give an officer new keys under a passphrase they choose themselves."""
    new = await choose_passphrase(shell, WHERE, person.name)
    if new is None:
        return
    plan = plan_act(
        "renew", {"name": person.name}, values={"who": person.id}, secrets={"new": new},
        present=await present_officers(shell),
    )  # fmt: skip
    await perform_planned_act(shell, WHERE, plan)


async def enrol_officer(shell: ScreenHost) -> None:
    """Enrol one more officer: who, their own passphrase, then both agree."""
    given: dict[str, str] = {}
    while True:
        _, view = await fetch_vault_overview(shell)
        blanks = _build_new_officer(given, view.people)
        filled = await shell.ask_screen(FormScreen(WHERE, "The new officer, senior staff", blanks))
        if filled is None:
            return
        given = dict(filled.values)
        new = await choose_passphrase(shell, WHERE, given["name"])
        if new is None:
            continue
        plan = plan_act(
            "enrol", values=given, secrets={"new": new}, present=await present_officers(shell)
        )
        if await perform_planned_act(shell, WHERE, plan) is not None:
            return


def _build_new_officer(given: dict[str, str], known: Iterable[PersonRow]) -> list[FormField]:
    officers = [p for p in known if p.kind == "officer"]

    def name(text: str) -> str | None:
        others = [p.name for p in officers if p.present]
        return words.check_not_taken(text, others) or words.require_text(text)

    def initials(text: str) -> str | None:
        return words.check_not_taken(text, [p.initials for p in officers]) or words.check_initials(
            text
        )

    return [
        FormField("name", "Name", "first name and surname", name, given.get("name", "")),
        FormField("position", "Position", "for example: Deputy Head", words.require_text,
              given.get("position", "")),
        FormField("initials", "Initials", "AB: begins exhibit numbers such as AB/1", initials,
              given.get("initials", "")),
    ]  # fmt: skip


async def rehearse_paper_keys(shell: ScreenHost) -> None:
    """Try whether both paper keys still open everything."""
    await perform_planned_act(shell, "Keep · rehearsal", plan_act("rehearse"))
