"""Whom to call, which computers, and what each officer does with their own key alone."""

from __future__ import annotations

from esafety_tui.guide.ports import DeskState, OfficerCard, VaultOverview
from esafety_tui.screens.acts.act_form import perform_planned_act
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.acts.form_line import FormLine
from esafety_tui.screens.base.frame import ScreenHost, call_in_thread
from esafety_tui.screens.dialogs.choose_passphrase import choose_passphrase
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.widgets.choices import Choice

DESIGNATED = (
    "Evidence is taken in at a designated computer only: one that pupils do not use and that the "
    "police may take away."
)
NATIONAL = ("emergency", "police")
NOBODY = " "
"""A list of kinds of contact with nobody in it, which can be picked."""


async def fetch_vault_overview(shell: ScreenHost) -> tuple[DeskState, VaultOverview]:
    """Return who is signed in and how the keeping stands."""
    return await call_in_thread(shell.desk.state), await call_in_thread(shell.desk.keeping)


async def present_officers(shell: ScreenHost) -> tuple[OfficerCard, ...]:
    """Return who is signed in, and agrees to what two have to agree to."""
    return (await call_in_thread(shell.desk.state)).present


async def change_contacts(shell: ScreenHost) -> None:
    """Change whom to call."""
    state, view = await fetch_vault_overview(shell)
    rows = [row for row in view.contacts if row[0] not in NATIONAL]
    lines = tuple(
        FormLine(kind, f"{label} ({_describe_check_day(view.verified.get(kind, ''))})", value=value)
        for kind, label, value in rows
    )
    every = " ".join(kind for kind, _, value in rows if value)
    rung = [Choice(NOBODY, "Only what is changed here")]
    rung += [Choice(every, "Every number above was rung")] if every else []
    plan = plan_act(
        "contacts", offered={"checked": NOBODY}, choices={"checked": tuple(rung)}, before=lines,
        present=state.present,
    )  # fmt: skip
    await perform_planned_act(shell, "Keep · whom to call", plan)


def _describe_check_day(day: str) -> str:
    return f"checked {day}" if day else "never checked"


async def manage_computers(shell: ScreenHost) -> None:
    """Show the designated computers; add this one, or end one."""
    where = "Keep · computers"
    while True:
        state, view = await fetch_vault_overview(shell)
        rows = [Choice(mark, label, "end it") for mark, label in view.machines]
        if not view.designated:
            rows.append(Choice("add", "Make this computer a designated one", state.machine))
        screen = ChooseScreen(where, "Designated computers", rows, after=DESIGNATED)
        chosen = await shell.ask_screen(screen)
        if chosen is None:
            return
        if chosen == "add":
            name = f"{state.machine} · "
            plan = plan_act("machine", offered={"label": name}, present=state.present)
        else:
            label = dict(view.machines)[chosen]
            plan = plan_act("retire", {"label": label}, values={"machine": chosen},
                            present=state.present)  # fmt: skip
        await perform_planned_act(shell, where, plan)


async def _choose_own_officer(
    shell: ScreenHost, where: str, question: str
) -> tuple[str, str] | None:
    """Return id and name of the officer whose own key is meant; None for back."""
    state, view = await fetch_vault_overview(shell)
    papers = {p.id for p in view.people if p.kind == "paper key"}
    rows = [Choice(o.id, o.name, o.position) for o in state.present if o.id not in papers]
    if not rows:
        return None
    chosen: str | None = rows[0].id
    if len(rows) > 1:
        chosen = await shell.ask_screen(ChooseScreen(where, question, rows))
    return next(((row.id, row.words) for row in rows if row.id == chosen), None)


async def change_passphrase(shell: ScreenHost) -> None:
    """Change one's own passphrase."""
    where = "Keep · my passphrase"
    mine = await _choose_own_officer(shell, where, "Whose passphrase is changed?")
    if mine is None:
        return
    new = await choose_passphrase(shell, where, mine[1])
    if new is None:
        return
    plan = plan_act("passphrase", {"name": mine[1]}, values={"who": mine[0]}, secrets={"new": new})
    await perform_planned_act(shell, where, plan)


async def move_key_file(shell: ScreenHost) -> None:
    """Move one's own key file to a stick."""
    where = "Keep · my key file"
    mine = await _choose_own_officer(shell, where, "Whose key file is moved?")
    if mine is None:
        return
    await perform_planned_act(
        shell, where, plan_act("move", {"name": mine[1]}, values={"who": mine[0]})
    )
