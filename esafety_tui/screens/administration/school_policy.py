"""The school's policy in this vault: what it is, what waits to be confirmed, adopting another.

Rule: the words that are confirmed are shown before anybody is asked to confirm them. What is
adopted is checked and proven by the desk; open incidents stay on what they were started with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from esafety_tui.flows.engine.fit import instruction_digest
from esafety_tui.flows.procedure.model import Procedure, SourceStatus, Step, StepKind
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.guide.engine_input import load_procedure, load_profile
from esafety_tui.guide.instruction_source import state_policy
from esafety_tui.guide.ports import DeskPort, PolicyView
from esafety_tui.guide.step_text import name_advised, state_gap
from esafety_tui.kernel.clock import LONDON
from esafety_tui.screens.acts.act_form import perform_planned_act
from esafety_tui.screens.acts.act_plan import plan_act
from esafety_tui.screens.base.frame import ScreenHost, call_in_thread
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.text_page import TextPageScreen
from esafety_tui.screens.widgets.choices import Choice

WHERE = "Keep · your policy"
ALL = "all"
WAITING = (
    "These have no source yet. They are shown as “ask your safeguarding lead or the police” until "
    "somebody of the school confirms exactly these words."
)


@dataclass(frozen=True, slots=True)
class AdoptedPolicy:
    """The policy of the vault, parsed: its profile, and its procedures fitted to it."""

    view: PolicyView
    profile: Profile
    procedures: Mapping[str, Procedure]

    def list_unconfirmed_steps(self, name: str) -> dict[str, Step]:
        """Return the steps of a procedure that wait to be confirmed, by instruction."""
        return {
            digest: step
            for step in self.procedures[name].steps
            if step.status is SourceStatus.TO_CONFIRM
            if (digest := instruction_digest(step)) not in self.view.confirmed
        }


def read_adopted_policy(desk: DeskPort) -> AdoptedPolicy:
    """Return the policy of the vault. Blocking. Raises Refused."""
    view = desk.policy()
    profile = load_profile(desk, view.profile)
    names = sorted(view.procedures)
    found = {name: load_procedure(desk, view.procedures[name], profile) for name in names}
    return AdoptedPolicy(view, profile, found)


async def manage_policy(shell: ScreenHost) -> None:
    """Show what is in force; confirm, adopt or read."""
    while True:
        have = await call_in_thread(read_adopted_policy, shell.desk)
        open_ = {digest for name in have.procedures for digest in have.list_unconfirmed_steps(name)}
        today = shell.clock.read_clock().wall.astimezone(LONDON).date()
        rows = (
            Choice("confirm", "Confirm instructions", f"{len(open_)} wait"),
            Choice("read", "Read what your policy leaves open", f"{len(have.profile.gaps)} gaps"),
            Choice("adopt", "Adopt another policy", "from a folder"),
        )
        lines = (have.profile.title, *state_policy(have.profile, today))
        intro = "\n".join(dict.fromkeys(lines))
        chosen = await shell.ask_screen(ChooseScreen(WHERE, "Your policy", rows, intro=intro))
        if chosen is None:
            return
        if chosen == "confirm":
            await _choose_confirmations(shell, have)
        elif chosen == "read":
            await shell.ask_screen(
                TextPageScreen(
                    WHERE, "What your policy leaves open", list_policy_gaps(have.profile)
                )
            )
        else:
            await _adopt_policy(shell)


def list_policy_gaps(profile: Profile) -> tuple[str, ...]:
    """Return gaps, contradictions and conflicts of a profile, a paragraph each."""
    found = [state_gap(gap) for gap in profile.gaps]
    found += [f"{r.text} The safe reading is used, because: {r.because}" for r in profile.readings]
    labels = {c.kind: c.label for c in profile.contacts} | {r.key: r.label for r in profile.roles}
    for rule in profile.conflicts:
        who, then = labels[rule.who], labels[rule.then]
        found.append(f"{who}, if named in an incident: {then} acts instead.")
    spaced = [line for text in found for line in (text, "")]
    return tuple(spaced[:-1]) or ("Nothing that is known.",)


def list_step_wording(step: Step, profile: Profile) -> tuple[str, ...]:
    """Return everything a step says, as it is confirmed; of a matrix what it marks."""
    options = [f"  {o.label}  {o.detail}".rstrip() for o in step.options]
    said = [f"  {s.text}" for s in step.statements]
    marks = list_matrix_rows(step, profile)
    return (step.question, step.why, *options, *said, *marks, f"Source: {step.source}")


def list_matrix_rows(step: Step, profile: Profile) -> Iterator[str]:
    """Yield what the matrix names for each row, where a step takes its advice from one."""
    matrix = (
        profile.find_matrix(step.matrix) if step.table and step.kind is StepKind.ACTION else None
    )
    if matrix is None:
        return
    names = {column.key: column.label for column in matrix.columns}
    for row in matrix.rows:
        named = name_advised(names[key] for key in row.marks)
        unsure = ", ".join(names[key] for key in row.uncertain)
        asks = f"; confirm with school: {unsure}" if unsure else ""
        yield f"  {row.label}: {named}{asks}. {row.note}".rstrip()


async def _choose_confirmations(shell: ScreenHost, have: AdoptedPolicy) -> None:
    rows = [
        Choice(name, have.procedures[name].title, f"{len(have.list_unconfirmed_steps(name))} wait")
        for name in have.procedures
        if have.list_unconfirmed_steps(name)
    ]
    name = await shell.ask_screen(ChooseScreen(WHERE, "In which procedure?", rows, intro=WAITING))
    if name is None:
        return
    waiting = have.list_unconfirmed_steps(name)
    steps = [Choice(digest, step.title) for digest, step in waiting.items()]
    steps.append(Choice(ALL, f"All {len(waiting)} of them, one after another to read first"))
    chosen = await shell.ask_screen(ChooseScreen(WHERE, "Which instruction?", steps))
    if chosen is None:
        return
    meant = waiting if chosen == ALL else {chosen: waiting[chosen]}
    lines = [
        line for step in meant.values() for line in (*list_step_wording(step, have.profile), "")
    ]
    go = "We have read it"
    if await shell.ask_screen(
        TextPageScreen(WHERE, "Exactly these words", tuple(lines[:-1]), go, "Back")
    ):
        await _confirm_instructions(shell, meant)


async def _confirm_instructions(shell: ScreenHost, meant: Mapping[str, Step]) -> None:
    state = await call_in_thread(shell.desk.state)
    count = f"{len(meant)} instructions" if len(meant) > 1 else "this instruction"
    plan = plan_act(
        "confirm", {"count": count}, values={"digests": " ".join(meant)}, present=state.present
    )
    await perform_planned_act(shell, WHERE, plan)


async def _adopt_policy(shell: ScreenHost) -> None:
    state = await call_in_thread(shell.desk.state)
    plan = plan_act("adopt", present=state.present)
    await perform_planned_act(shell, WHERE, plan)
