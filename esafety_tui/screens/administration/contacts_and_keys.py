"""Whom to call, which computers, and what each officer does with their own key alone."""

from __future__ import annotations

from esafety_tui.guide.ports import DeskState, VaultOverview
from esafety_tui.screens.acts.act_form import WHY, Plan, both, done
from esafety_tui.screens.acts.form_line import Line
from esafety_tui.screens.base.frame import Shell, in_thread
from esafety_tui.screens.dialogs.choose_passphrase import choose_passphrase
from esafety_tui.screens.dialogs.folder_question import whole_path
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.validators import filled
from esafety_tui.screens.widgets.choices import Choice

DESIGNATED = (
    "Evidence is taken in at a designated computer only: one that pupils do not use and that the "
    "police may take away."
)
NATIONAL = ("emergency", "police")
NOBODY = " "
"""A list of kinds of contact with nobody in it, which can be picked."""


async def stands(shell: Shell) -> tuple[DeskState, VaultOverview]:
    """Return who is signed in and how the keeping stands."""
    return await in_thread(shell.desk.state), await in_thread(shell.desk.keeping)


async def contacts(shell: Shell) -> None:
    """Change whom to call."""
    state, view = await stands(shell)
    rows = [row for row in view.contacts if row[0] not in NATIONAL]
    lines = tuple(
        Line(kind, f"{label} ({_rung(view.verified.get(kind, ''))})", value=value)
        for kind, label, value in rows
    )
    every = " ".join(kind for kind, _, value in rows if value)
    rung = [Choice(NOBODY, "Only what is changed here")]
    rung += [Choice(every, "Every number above was rung")] if every else []
    ask = Line("checked", "Checked today", "pick", value=NOBODY, choices=tuple(rung))
    plan = Plan(
        "contacts",
        "Whom to call (F9): names and numbers; empty means not known",
        (),
        (*lines, ask, WHY, *both(state.present)),
        go="Change",
    )
    await done(shell, "Keep · whom to call", plan)


def _rung(day: str) -> str:
    return f"checked {day}" if day else "never checked"


async def machines(shell: Shell) -> None:
    """Show the designated computers; add this one, or end one."""
    where = "Keep · computers"
    while True:
        state, view = await stands(shell)
        rows = [Choice(mark, label, "end it") for mark, label in view.machines]
        if not view.designated:
            rows.append(Choice("add", "Make this computer a designated one", state.machine))
        screen = ChooseScreen(where, "Designated computers", rows, after=DESIGNATED)
        chosen = await shell.ask(screen)
        if chosen is None:
            return
        people = both(state.present)
        if chosen == "add":
            await done(shell, where, _add(state.machine, people))
        else:
            await done(shell, where, _end(chosen, dict(view.machines)[chosen], people))


def _add(name: str, people: tuple[Line, ...]) -> Plan:
    return Plan(
        "machine",
        "Make this computer a designated one",
        (
            "Evidence can be taken in here as well, from then on.",
            "Pupils do not use it, and the police may take it away.",
        ),
        (Line("label", "Its name and place", check=filled, value=f"{name} · "), WHY, *people),
        go="Make it one",
    )


def _end(fingerprint: str, label: str, people: tuple[Line, ...]) -> Plan:
    return Plan(
        "retire",
        f"{label}: no longer a designated computer",
        (
            "Nothing more can be taken in there. What was taken in there stays as it is.",
            "A vault that lies there is not deleted: that is done by hand.",
        ),
        (WHY, *people),
        {"machine": fingerprint},
        go="End it",
    )


async def _mine(shell: Shell, where: str, question: str) -> tuple[str, str] | None:
    """Return id and name of the officer whose own key is meant; None for back."""
    state, view = await stands(shell)
    papers = {p.id for p in view.people if p.kind == "paper key"}
    rows = [Choice(o.id, o.name, o.position) for o in state.present if o.id not in papers]
    if not rows:
        return None
    chosen: str | None = rows[0].id
    if len(rows) > 1:
        chosen = await shell.ask(ChooseScreen(where, question, rows))
    return next(((row.id, row.words) for row in rows if row.id == chosen), None)


async def passphrase(shell: Shell) -> None:
    """Change one's own passphrase."""
    where = "Keep · my passphrase"
    mine = await _mine(shell, where, "Whose passphrase is changed?")
    if mine is None:
        return
    new = await choose_passphrase(shell, where, mine[1])
    if new is None:
        return
    plan = Plan(
        "passphrase",
        f"{mine[1]}: change your passphrase",
        (
            "Your key stays the same; the key file here opens with the new passphrase only.",
            "Older copies of the key file still open with the old one. If somebody else knows "
            "it, ask for new keys instead: Officers and keys.",
        ),
        (Line("old", "The passphrase so far", "secret"),),
        {"who": mine[0]},
        {"new": new},
        go="Change it",
        done="Your passphrase is changed.",
    )
    await done(shell, where, plan)


async def move(shell: Shell) -> None:
    """Move one's own key file to a stick."""
    where = "Keep · my key file"
    mine = await _mine(shell, where, "Whose key file is moved?")
    if mine is None:
        return
    plan = Plan(
        "move",
        f"{mine[1]}: move your key file",
        (
            "It is copied, opened there with your passphrase, and removed here.",
            "From then on the stick has to be in when you sign in. Keep it on you.",
            "If the stick is lost, two others give you new keys.",
        ),
        (
            Line("folder", "Folder on the stick", "folder", whole_path),
            Line("old", "Your passphrase", "secret"),
        ),
        {"who": mine[0]},
        go="Move it",
        done="Your key file is moved.",
    )
    await done(shell, where, plan)
