"""The incident at work in plain mode: the state both faces share, and the desk behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from esafety_tui.guide.case_state import CaseState
from esafety_tui.guide.ports import DeskPort
from esafety_tui.kernel.views import Values

Call: TypeAlias = Callable[..., Any]


@dataclass(slots=True)
class LineIncident(CaseState):
    """The incident at work, asked about line by line.

    Attributes:
        call: runs a verb of the desk. drafts: what was typed and is not sealed, by step.
    """

    desk: DeskPort = field(kw_only=True)
    call: Call = field(kw_only=True)
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)

    def reload_case(self, show: str = "") -> None:
        """Read the case again and show ``show``, else where its record has come to."""
        self.accept_case(self.call(self.desk.case, self.incident_id), show)

    def refresh_case(self) -> None:
        """Read the case again; the step shown stays if it is still on the path."""
        self.reload_case(self.state.at)

    def seal_answer(self, values: Values, ask_reason: Callable[[str], str]) -> None:
        """Have an answer sealed and move on; ``ask_reason`` is asked for CHANGED or MOVED.

        Raises EvidenceError where it is refused; whatever ``ask_reason`` raises passes.
        """
        given = self.prepare_answer(values)
        reason = ask_reason(given.owes) if given.owes else given.reason
        if given.new:
            sealed = self.call(self.desk.answer, self.incident_id, given.step_id, values, reason)
            self.said = f"Written down: {sealed.at}, #{sealed.seq}."
        self.drafts.pop(given.step_id, None)
        self.reload_case(given.next_step)
