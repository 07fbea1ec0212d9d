"""Runners of the steps that take things in: addresses and files, one record each.

Rule: nothing is opened, previewed or fetched; the desk refuses what may not be taken. What was not
sealed stays on the screen: a refusal, a cancel or STOP loses nothing that was typed.
"""

from __future__ import annotations

from pathlib import Path

from esafety_tui.flows.procedure.model import Takes
from esafety_tui.screens.base.case_frame import Turn, Typed
from esafety_tui.screens.base.frame import in_thread
from esafety_tui.screens.steps.capture_screens import FilesScreen, UrlsScreen
from esafety_tui.screens.steps.case_state import Walk

TAKING = (
    "The file is read once, hashed and sealed byte for byte. The original stays where it is.\n"
    "STOP (F10) freezes at once, also now."
)


def lines(values: Typed, name: str) -> list[str]:
    """Return a list value; a single text is a list of one."""
    given = values.get(name, ())
    return [given] if isinstance(given, str) else list(given)


async def run(walk: Walk) -> Turn | None:
    """Take in what the step is for."""
    return await (urls if walk.step.takes is Takes.ADDRESSES else files)(walk)


async def urls(walk: Walk) -> Turn | None:
    """Seal addresses until the officers go on or leave."""
    while True:
        screen = UrlsScreen(walk.step, walk.draft(), walk.bearings(), walk.help(), walk.case.items)
        turn = await walk.shell.ask(screen)
        if turn is None or turn.what != "add":
            return turn
        walk.drafts[walk.step.id] = turn.values
        await _seal_urls(walk, turn.values)


async def _seal_urls(walk: Walk, values: Typed) -> None:
    """Seal each address as a record of its own; the draft keeps those not sealed yet."""
    waiting = lines(values, "urls")
    concern, known = str(values["concern"]), str(values["known"])
    while waiting:
        sealed = await in_thread(walk.shell.desk.add_url, walk.inc, waiting[0], concern, known)
        walk.shell.unsent.see(walk.inc, sealed.seq)
        del waiting[0]
        walk.drafts[walk.step.id] = {**values, "urls": tuple(waiting)}
    walk.drafts.pop(walk.step.id, None)
    walk.carried[walk.step.id] = {"known": known}
    await walk.refresh()


async def files(walk: Walk) -> Turn | None:
    """Take files in until the officers go on or leave."""
    while True:
        screen = FilesScreen(walk.step, walk.draft(), walk.bearings(), walk.help(), walk.case.items)
        turn = await walk.shell.ask(screen)
        if turn is None or turn.what != "add":
            return turn
        walk.drafts[walk.step.id] = turn.values
        await _take_file(walk, turn.values)


async def _take_file(walk: Walk, values: Typed) -> None:
    """Take the first of the files in; the others are offered next."""
    waiting = lines(values, "paths")
    path, what, whence = Path(waiting[0]), str(values["description"]), str(values["provenance"])
    inc, desk = walk.inc, walk.shell.desk
    item = await walk.work(
        "Taking it in", lambda report: desk.add_file(inc, path, what, whence, report), TAKING
    )
    walk.shell.unsent.see(inc, item.seq)
    walk.drafts.pop(walk.step.id, None)
    walk.carried[walk.step.id] = {"provenance": whence}
    if waiting[1:]:
        walk.drafts[walk.step.id] = {"paths": tuple(waiting[1:]), "provenance": whence}
    await walk.refresh()
    walk.said = f"Sealed as {item.label}."
