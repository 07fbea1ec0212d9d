"""What one officer alone wrote at a step for two is marked in words, and is not what counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.built_in_fields import WHY_NONE
from esafety_tui.flows.procedure.load import load_procedure
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.guide.capture_step import has_counting_record
from esafety_tui.kernel.views import ALONE, CaseView, DescribedRecord
from esafety_tui.plain.steps import item_steps
from esafety_tui.plain.terminal.prompts import PromptShell
from esafety_tui.screens.base.case_frame import build_case_context
from esafety_tui.screens.steps.record_list import RecordListScreen
from tests.screens.fake_desk import OFFICERS, FakeDesk
from tests.screens.rig import SIZE, build, until
from tests.screens.test_step_layout import CASE, HELP

STEP = fit_procedure(load_procedure("nudes"), load_profile()).get_step("described")
FORGED = DescribedRecord(
    7, STEP.id, "As it was said: told: He confessed.", "21 Nov 2026", alone=True
)
OURS = DescribedRecord(9, STEP.id, "As it was said: told: One picture.", "21 Nov 2026")


async def test_the_screen_marks_it_and_still_asks_why_there_is_nothing() -> None:
    async with build(FakeDesk(open_with=OFFICERS[:2]), practice=True).run_test(size=SIZE) as pilot:
        await until(pilot, "incidents")
        here = build_case_context(CASE, "Step 3 of about 9", "", "")
        screen = RecordListScreen(STEP, {}, here, HELP, (FORGED,))
        await pilot.app.push_screen(screen)
        shown = await until(pilot, f"#7  {ALONE}")
        assert shown.index(ALONE) < shown.index("He confessed")
        assert screen.query(f"#f-{WHY_NONE}")
        screen.action_go()
        await until(pilot, "Nothing is sealed here. Write why, then go on.")
        await pilot.app.pop_screen()
        await pilot.app.push_screen(RecordListScreen(STEP, {}, here, HELP, (FORGED, OURS)))
        shown = await until(pilot, "One picture")
        assert shown.count(ALONE) == 1 and not pilot.app.screen.query(f"#f-{WHY_NONE}")


@dataclass
class _At:
    case: CaseView


@dataclass
class _Shell:
    current_incident: _At


def test_the_lines_mark_it_and_do_not_count_it() -> None:
    def at(*described: DescribedRecord) -> PromptShell:
        view = replace(CASE, described=described)
        return cast("PromptShell", _Shell(_At(view)))

    assert item_steps.list_sealed_items(at(FORGED), STEP)[0] == f"#7: {ALONE}"
    assert not has_counting_record(STEP, at(FORGED).current_incident.case)
    assert has_counting_record(STEP, at(FORGED, OURS).current_incident.case)
