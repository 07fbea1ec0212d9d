"""The route taken as evidence: what stood on the screen at an answer, and how long.

Each answer record holds the exact wording shown, what was offered, who must be told and what is
forbidden from there on, what the policy's matrix names, and the digests of procedure and profile
(format.md section 5). Pure: it judges no answer and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from esafety_tui.casework.incident import opinions
from esafety_tui.flows.engine import engine, fit
from esafety_tui.flows.procedure.built_in_fields import why_none_field
from esafety_tui.flows.procedure.model import (
    FORBIDDEN_ACT_TEXTS,
    Answer,
    Procedure,
    SourceStatus,
    Step,
)
from esafety_tui.flows.profile import policy_gaps
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import Instant

NOT_KNOWN = -1
"""Seconds that nobody measured: another session, another start of the computer."""


@dataclass(slots=True)
class StepPace:
    """Since when a step is on screen, in this session. Told by the clock that runs in sleep."""

    boot: str = ""
    mono: int = NOT_KNOWN

    def begin_step(self, boot: str, mono: int) -> None:
        """Take a step as shown from this reading on; ``mono`` in milliseconds."""
        self.boot, self.mono = boot, mono

    def seconds_since(self, now: Instant) -> int:
        """Return whole seconds since then, NOT_KNOWN where they cannot be told."""
        if self.mono < 0 or now.boot != self.boot or now.mono < self.mono:
            return NOT_KNOWN
        return (now.mono - self.mono) // 1000


def answer_record_fields(
    procedure: Procedure,
    profile: Profile,
    state: engine.FlowState,
    event: Answer,
    seconds: int,
    confirmed: Callable[[], Mapping[str, str]] = dict,
) -> dict[str, Json]:
    """Return the fields of an answer's record.

    Args:
        state: where the way stood before it. seconds: time on the screen.
        confirmed: gives, by the digest of an instruction, who of the school confirmed it, in words.
    """
    step = procedure.get_step(event.step)
    values, thought = opinions.separate_opinions(
        event.to_json_values(), opinions.statement_fields(step)
    )
    return {
        "step": step.id, "values": values, **thought, "reason": event.reason,
        "question": step.question, "why": step.why,
        "source": step.source, "status": str(step.status),
        "options": [[o.key, o.label, o.detail] for o in step.options],
        "statements": [[s.key, s.text] for s in step.statements],
        "fields": step_labels(step) + _reason_label(step, event),
        "tell": [contact_in_full(profile, kind) for kind in kinds_to_notify(step, event)],
        "forbids": [FORBIDDEN_ACT_TEXTS[act] for act in step.forbids],
        "procedure": procedure.digest, "policy": profile.digest, "seconds": seconds,
        **_skipped_fields(event), **_confirmation_fields(step, confirmed),
        **_matrix_fields(procedure, profile, state, step),
        **_policy_gap_fields(procedure, profile, step),
    }  # fmt: skip


def step_labels(step: Step) -> list[Json]:
    """Return the name and the label of each field of a step."""
    return [[field.name, field.label] for field in step.fields]


def _reason_label(step: Step, event: Answer) -> list[Json]:
    """Return name and label of the reason why nothing was given, where it was asked."""
    asked = why_none_field(step)
    return [[asked.name, asked.label]] if event.single_value("done") == "none" else []


def kinds_to_notify(step: Step, event: Answer) -> tuple[str, ...]:
    """Return the kinds of contact that must be told because of a step and what was chosen."""
    keys = {event.single_value("option"), *event.list_values("options")}
    chosen: Iterable[str] = (k for o in step.options if o.key in keys for k in o.tell)
    return tuple(dict.fromkeys((*step.tell, *chosen)))


def contact_in_full(profile: Profile, kind: str) -> str:
    """Return a kind of contact in full, for readers outside the school, who know no short names."""
    labels = (contact.label for contact in profile.contacts if contact.kind == kind)
    return next(labels, fit.contact_name(profile, kind))


def _confirmation_fields(step: Step, confirmed: Callable[[], Mapping[str, str]]) -> dict[str, Json]:
    """Return who confirmed an instruction that stands in no policy, where somebody did."""
    if step.status is not SourceStatus.TO_CONFIRM:
        return {}
    who = confirmed().get(fit.instruction_digest(step))
    return {"confirmed": who} if who else {}


def _policy_gap_fields(procedure: Procedure, profile: Profile, step: Step) -> dict[str, Json]:
    """Return that the school's policy does not say this, where the screen said so."""
    notice = policy_gaps.describe_gap(profile, procedure.name, step)
    return {"notice": notice} if notice else {}


def _skipped_fields(event: Answer) -> dict[str, Json]:
    return (
        {"skipped": event.single_value("why_none")} if event.single_value("done") == "none" else {}
    )


def _matrix_fields(
    procedure: Procedure, profile: Profile, state: engine.FlowState, step: Step
) -> dict[str, Json]:
    """Return what the policy's matrix says at this step, where it has one for it."""
    advice = fit.find_sanction_advice(profile, procedure, state, step)
    if advice is None:
        return {}
    return {
        "matrix": {
            "row": advice.row, "named": list(advice.named), "uncertain": list(advice.uncertain),
            "note": advice.note, "title": advice.title, "source": advice.source,
        }
    }  # fmt: skip
