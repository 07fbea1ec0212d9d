"""One incident at work: its records, where its procedure stands, and what may be done in it.

The procedure's engine runs here on the recorded answers. An answer freezes in its own transaction.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from esafety_tui.casework.access.session import OpenSession, record_as_read
from esafety_tui.casework.incident import answer_log, answer_record, deadlines, gates, permissions
from esafety_tui.casework.incident.answer_log import ANSWERS
from esafety_tui.casework.incident.answer_record import StepPace
from esafety_tui.casework.incident.frozen_content import make_freeze
from esafety_tui.casework.integrity import outdated_backups
from esafety_tui.casework.policy import confirmations
from esafety_tui.data.age import Identity
from esafety_tui.data.holds import Hold
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.flows.engine import effects, engine, retention
from esafety_tui.flows.procedure.model import CLOSING_KINDS, Answer, Problem, Procedure, StepKind
from esafety_tui.flows.profile.profile import Profile, load_profile
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput, Refused, StorageFailed, VaultBusy
from esafety_tui.kernel.records import FREEZES, EntryReceipt, OpenRecord

ON_FORM = ANSWERS | {
    "url", "screenshot", "file", "note", "described", "stop", "released", "correction",
}  # fmt: skip
"""Record types after which a form, or a review, is no longer of everything."""


@dataclass(slots=True, weakref_slot=True)
class CaseFile:
    """An incident opened by a session. Raises Refused where the session has it open already.

    Attributes:
        identity: key of its records; None for a lone officer, who can add but not read.
        records: what this session has read or written of it, in order.
        profile: the policy it was started with. state: where the procedure stands.
        pace: since when the present step is on screen.
    """

    session: OpenSession
    card: IncidentCard
    procedure: Procedure
    identity: Identity | None = field(repr=False)
    records: list[OpenRecord] = field(default_factory=list, repr=False)
    profile: Profile = field(default_factory=load_profile, repr=False)
    state: engine.FlowState = field(init=False, repr=False)
    pace: StepPace = field(default_factory=StepPace, init=False, repr=False)

    def __post_init__(self) -> None:
        self.session.cases.add_case(self.inc, self)
        self._begin_state()

    def take_up_records(
        self, card: IncidentCard, identity: Identity | None, records: Sequence[OpenRecord]
    ) -> None:
        """Take up all records as just read, also those that were written past this object."""
        self.card, self.identity, self.records = card, identity, list(records)
        self._begin_state()

    def _begin_state(self) -> None:
        # What the clock's monitor wrote here before is among the records read.
        self.session.watch.take_pending_records(self.inc)
        happened = answer_log.engine_events(self.records, self.card.words_only)
        self.state, passed = answer_log.replay_answers(self.procedure, happened)
        if passed:
            self.session.warnings.append(
                "An answer that does not belong to the way taken was found and does not count."
            )
        if self.records:  # the entry of reading it, just made
            self._restore_pace(self.records[-1].seq)

    def _restore_pace(self, seq: int) -> None:
        line = self.session.store.lines[seq]
        self.pace.begin_step(line.boot, line.mono)

    @property
    def inc(self) -> str:
        """The incident's id."""
        return self.card.inc

    @property
    def outcome_of_answers(self) -> effects.CaseFacts:
        """What the recorded answers amount to."""
        return engine.case_facts(self.procedure, self.state)

    @property
    def is_frozen(self) -> bool:
        """Frozen by the store's holds or by the records: either is enough."""
        marked = any(r.type in FREEZES for r in self.records)
        by_store = self.inc in self.session.store.holds.frozen
        return marked or by_store or self.outcome_of_answers.frozen

    @property
    def files_awaiting_police(self) -> frozenset[str]:
        """Sealed files that are not frozen, and held until the police have advised."""
        frozen = self.session.store.holds.blobs
        return permissions.files_awaiting_police(self.procedure, self.state, self.records) - frozen

    @property
    def counted_answers(self) -> list[OpenRecord]:
        """The records of answers that count: witnessed by those who may give them."""
        return answer_log.counted_answers(self.records, self.card.words_only)

    @property
    def is_fully_read(self) -> bool:
        """Whether the records are all here; a lone officer who comes back cannot read them."""
        return bool(self.records) and self.records[0].iseq == 0

    def write_record(
        self,
        kind: str,
        fields: Mapping[str, Json],
        blobs: Sequence[str] = (),
        hold: Hold | None = None,
    ) -> EntryReceipt:
        """Seal a record into this incident and keep it in memory after the commit.

        What takes something asks the gates (:meth:`Session.record`), whoever calls. Raises
        NotEligible for an answer of one officer in an incident of two, Refused, Frozen.
        """
        if kind in ANSWERS and not self.card.words_only:
            self.session.require_pair()
        if blobs:
            self._refuse_frozen()
        receipt = self.session.append_record(kind, fields, self.card, blobs, hold)
        if hold is not None:
            outdated_backups.refresh_outdated(self.session)
        if kind in ANSWERS or kind == "incident.opened":
            self._restore_pace(receipt.seq)
        self.records += self.session.watch.take_pending_records(self.inc)
        self.records.append(record_as_read(self.session.store.lines[receipt.seq], kind, fields))
        self.write_register_card()
        return receipt

    def check_clock(self) -> None:
        """Write down in this incident what the clock did since the last record, if anything."""
        self.session.check_clock(self.card)
        self.records += self.session.watch.take_pending_records(self.inc)

    def take_up_entry(self, entry: OpenRecord) -> None:
        """Take up the entry of a reading that the store has written."""
        self.records.append(entry)
        self.session.pin_head_if_due(entry.type)

    def release_original(
        self, record: OpenRecord, named: Mapping[str, Json], kind: str = "read"
    ) -> Iterator[bytes]:
        """Return the original bytes that ``record`` keeps, once the entry of it is on the disk.

        ``named`` says what for. Raises NotEligible, Frozen, Refused (at any piece), Tampered.
        """
        permissions.refuse_awaiting_police(self, record)
        store, reader = self.session.store, self.session.case_reader(self.card)
        entry, pieces = store.release_original(reader, record, named, kind)
        self.take_up_entry(entry)
        return permissions.yield_while_allowed(self, record, pieces)

    def record_printing(self, what: str) -> None:
        """Write that something of this incident is about to be printed."""
        reader = self.session.case_reader(self.card)
        self.take_up_entry(self.session.store.record_printing(reader, {"what": what}))

    def write_register_card(self) -> None:
        """Say on the register card how this incident stands, where all of it is known here."""
        if not self.is_fully_read:
            return
        step = engine.current_step(self.procedure, self.state)
        state = "frozen" if self.is_frozen else step.title
        flow, rules, records = self.procedure, self.profile.retention, self.records
        due = retention.compute_card_due(
            rules, flow, self.state.log, engine.steps_on_path(flow, self.state), records
        )
        alone = self.card.words_only
        after = deadlines.deadlines_for_card(flow, self.profile, self.state, records, alone)
        category = str(self.outcome_of_answers.incident_class or "")
        on_it = {"state": state, "category": category, "due": due}
        # Only a cache, written after the commit: a disk that refuses it has not lost the entry.
        with contextlib.suppress(StorageFailed, OSError):
            self.session.keyring.write_register(self.inc, {**on_it, "next": after})

    def record_answer(
        self, step_id: str, values: Mapping[str, Json], reason: str = ""
    ) -> EntryReceipt | None:
        """Record one answer. Returns None where it was confirmed unchanged.

        Raises BadInput with the engine's words for an answer that cannot be taken, Refused for a
        lone officer who cannot read what was answered before, and for the gate about the computer
        at one that is not the school's.
        """
        if not self.is_fully_read:
            raise Refused(
                "One officer alone cannot carry on with the questions of this incident.",
                "Write a note in words, or ask a second officer to sign in.",
            )
        step = self.procedure.get_step(step_id) if step_id in self.procedure else None
        if step is not None and "designated-computer" in step.gates:
            gates.require_designated(self.session)
        given = {
            k: v if isinstance(v, str) else list(map(str, answer_log.as_row_list(v)))
            for k, v in values.items()
        }
        after = engine.answer_step(self.procedure, self.state, step_id, given, reason)
        if isinstance(after, Problem):
            raise BadInput(after.text, "Nothing was saved.")
        if after.log == self.state.log:
            self.state = after
            return self._repeat_review(step_id) or self._repeat_gate(step_id, reason)
        event = after.log[-1]
        assert isinstance(event, Answer)  # noqa: S101 - engine.answer records nothing else
        changed = self.state.answer_to_step(step_id) is not None
        freezes = permissions.is_freezing_answer(self.procedure, self.state, after)
        hold = make_freeze(self) if freezes else None
        first = "gate" if self.procedure.get_step(step_id).kind is StepKind.GATE else "answer"
        kind = "answer.changed" if changed else first
        receipt = self.write_record(kind, self._answer_fields(event), hold=hold)
        self.state = after
        if hold is not None:
            # The answer is on the disk and names what it froze; this only says it once more.
            with contextlib.suppress(StorageFailed, VaultBusy):
                named: dict[str, Json] = {"because": "answer", "step": step_id}
                self.write_record("frozen", {**named, "blobs": list(hold.blobs)})
        self.write_register_card()
        return receipt

    def added_since(self, since: int) -> list[OpenRecord]:
        """Return what the form shows and was added after the entry ``since``."""
        on_form = [r for r in self.records if r.seq > since and r.type in ON_FORM]
        return [r for r in on_form if not self._is_closing_answer(r)]

    def _is_closing_answer(self, record: OpenRecord) -> bool:
        """Whether a record answers review, sign or export: the form says nothing of these."""
        return self._step_kind(record) in CLOSING_KINDS

    @property
    def is_review_stale(self) -> bool:
        """Whether something was added after everything was said to be right and complete."""
        said = [r.seq for r in self.counted_answers if self._step_kind(r) is StepKind.REVIEW]
        # What the program notes of its own doing is nobody's word to be agreed on.
        added = self.added_since(said[-1]) if said else []
        return any(not r.fields.get("program") or len(r.by) < 2 for r in added)

    def _step_kind(self, record: OpenRecord) -> StepKind | None:
        step = record.field_text("step")
        return self.procedure.get_step(step).kind if step in self.procedure else None

    def _repeat_review(self, step_id: str) -> EntryReceipt | None:
        """A review said to be complete once more, after something was added, is a record, too."""
        given = self.state.answer_to_step(step_id)
        again = self.procedure.get_step(step_id).kind is StepKind.REVIEW and self.is_review_stale
        return self.write_record("answer", self._answer_fields(given)) if again and given else None

    def _repeat_gate(self, step_id: str, reason: str) -> EntryReceipt | None:
        """Record a gate confirmed again by another pair or, with a reason, at another computer."""
        given = self.state.answer_to_step(step_id)
        last = [r for r in self.counted_answers if r.field_text("step") == step_id]
        present = sorted(o.id for o in self.session.officers)
        if self.procedure.get_step(step_id).kind is not StepKind.GATE or given is None:
            return None
        counted = self.counted_answers
        moved = gates.gate_confirmed_elsewhere(self.session, self.procedure, counted) == step_id
        if moved and not reason.strip():
            raise BadInput(
                "This was confirmed at another computer.",
                "Say in a few words why the work goes on here, and confirm it again.",
            )
        if not moved and list(last[-1].by) == present:
            return None
        wording = {**self._answer_fields(given), "reason": reason.strip(), "again": True}
        return self.write_record("gate", wording)

    def _answer_fields(self, event: Answer) -> dict[str, Json]:
        """The answer with the exact words shown, so that the route taken is evidence."""
        spent = self.pace.seconds_since(self.session.clock.read_clock())
        said = partial(confirmations.describe_confirmations, self.session)
        school = (self.procedure, self.profile)
        return answer_record.answer_record_fields(*school, self.state, event, spent, said)

    def _refuse_frozen(self) -> None:
        """Raise Frozen by the store's holds, Refused by the records alone."""
        self.session.store.refuse_frozen(self.inc)
        if self.is_frozen:
            raise Refused("This incident is frozen.", "Write it down in words instead.")

    def refuse_capture(self, kind: effects.CaptureKind) -> None:
        """Raise Refused or Frozen unless an address, screenshot or file may be taken now."""
        self.session.require_pair()
        if self.card.words_only:
            raise Refused(
                "This is a words-only incident.", "Two officers open a new one to take anything."
            )
        self._refuse_frozen()
        answers = self.counted_answers
        permissions.refuse_capture(self.session, self.procedure, self.state, answers, kind)
