"""Officers and keys: who has a part, who joins, who leaves, whose keys are new.

Rule: nobody decides about their own part, and what a leaver knew is not taken back; both is said
before the passphrases. A new officer chooses their passphrase alone at the keyboard.
"""

from __future__ import annotations

from collections.abc import Iterable

from esafety_tui.guide.folder_input import suggest_folder
from esafety_tui.kernel.errors import NotEligible
from esafety_tui.kernel.keeping import PersonRow
from esafety_tui.screens.acts.act_form import done
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.administration.contacts_and_keys import present_officers, stands
from esafety_tui.screens.base.frame import Shell
from esafety_tui.screens.dialogs import validators as words
from esafety_tui.screens.dialogs.choose_passphrase import choose_passphrase
from esafety_tui.screens.dialogs.field_form import Blank, FormScreen
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.text_page import ReadScreen
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


def row(person: PersonRow) -> Choice:
    """Return one line of the list of people."""
    what = "" if person.kind == "paper key" else f" · {person.initials}"
    part = person.part.partition(",")[0]
    return Choice(f"@{person.id}", f"{person.name}{what}", part)


def details(person: PersonRow) -> tuple[str, ...]:
    """Return everything about a person, one line each."""
    return (
        f"{person.position} · {person.initials} · {person.kind}",
        person.part,
        f"Certificate valid until {person.valid_until}. Its SHA-256:",
        person.certificate,
    )


async def people(shell: Shell) -> None:
    """Show who has or had a part, and do what is wanted, until it is left."""
    while True:
        _, view = await stands(shell)
        everyone = view.people
        present, gone = ([row(p) for p in everyone if p.present is here] for here in (True, False))
        rows = (*present, *ACTS, *gone)
        question = f"Who has a part in the vault (keys number {view.generation})"
        chosen = await shell.ask(ChooseScreen(WHERE, question, rows))
        if chosen is None:
            return
        if chosen.startswith("@"):
            person = next(p for p in everyone if p.id == chosen[1:])
            await _person(shell, person)
        else:
            await _act(shell, chosen)


async def _person(shell: Shell, person: PersonRow) -> None:
    if not person.present:
        await shell.ask(ReadScreen(WHERE, person.name, details(person), "Back to the list"))
        return
    rows = (
        Choice("leave", f"{person.name} leaves"),
        Choice("renew", "New keys", "lost, or known to somebody else"),
    )
    if person.kind == "paper key":
        rows = (Choice("paper", "New paper keys"), Choice("rehearse", "Rehearse both paper keys"))
    intro = "\n".join(details(person)) + "\n"
    chosen = await shell.ask(ChooseScreen(WHERE, person.name, rows, after=intro))
    if chosen is not None:
        await _act(shell, chosen, person)


async def _act(shell: Shell, what: str, person: PersonRow | None = None) -> None:
    if what == "enrol":
        await enrol(shell)
    elif what == "leave":
        await leave(shell, person)
    elif what == "renew" and person is not None:
        await renew(shell, person)
    elif what == "rehearse":
        await rehearse(shell)
    elif what == "paper":
        await done(shell, WHERE, plan_act("paper", offered={"folder": suggest_folder()},
                                          present=await present_officers(shell)))  # fmt: skip
    else:
        await done(shell, WHERE, plan_act("rotate", present=await present_officers(shell)))


async def leave(shell: Shell, person: PersonRow | None) -> None:
    """The leaver procedure on one screen: who, why, what will happen, both passphrases."""
    state, view = await stands(shell)
    here = {o.id for o in state.present}
    going = [p for p in view.people if p.present and p.kind == "officer" and p.id not in here]
    if not going or (person is not None and person.id in here):
        raise NotEligible(*STAY)
    choices = tuple(Choice(p.id, p.name, p.position) for p in going)
    chosen = person.id if person is not None else ""
    plan = plan_act(
        "leave", offered={"who": chosen}, choices={"who": choices}, present=state.present
    )
    await done(shell, WHERE, plan)


async def renew(shell: Shell, person: PersonRow) -> None:
    """Give an officer new keys under a passphrase they choose themselves."""
    new = await choose_passphrase(shell, WHERE, person.name)
    if new is None:
        return
    plan = plan_act(
        "renew", {"name": person.name}, values={"who": person.id}, secrets={"new": new},
        present=await present_officers(shell),
    )  # fmt: skip
    await done(shell, WHERE, plan)


async def enrol(shell: Shell) -> None:
    """Enrol one more officer: who, their own passphrase, then both agree."""
    given: dict[str, str] = {}
    while True:
        _, view = await stands(shell)
        blanks = _newcomer(given, view.people)
        filled = await shell.ask(FormScreen(WHERE, "The new officer, senior staff", blanks))
        if filled is None:
            return
        given = dict(filled.values)
        new = await choose_passphrase(shell, WHERE, given["name"])
        if new is None:
            continue
        plan = plan_act(
            "enrol", values=given, secrets={"new": new}, present=await present_officers(shell)
        )
        if await done(shell, WHERE, plan) is not None:
            return


def _newcomer(given: dict[str, str], known: Iterable[PersonRow]) -> list[Blank]:
    officers = [p for p in known if p.kind == "officer"]

    def name(text: str) -> str | None:
        others = [p.name for p in officers if p.present]
        return words.other_than(text, others) or words.filled(text)

    def initials(text: str) -> str | None:
        return words.other_than(text, [p.initials for p in officers]) or words.initials(text)

    return [
        Blank("name", "Name", "first name and surname", name, given.get("name", "")),
        Blank("position", "Position", "for example: Deputy Head", words.filled,
              given.get("position", "")),
        Blank("initials", "Initials", "AB: begins exhibit numbers such as AB/1", initials,
              given.get("initials", "")),
    ]  # fmt: skip


async def rehearse(shell: Shell) -> None:
    """Try whether both paper keys still open everything."""
    await done(shell, "Keep · rehearsal", plan_act("rehearse"))
