"""One incident at work: its records, where its procedure stands, and what may be done in it.

The procedure's engine runs here on the recorded answers, whatever a screen showed. An answer that
freezes does so in the same transaction. What is refused here is refused to every caller.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from esafety_tui.casework.session import Session
from esafety_tui.data.age import Identity
from esafety_tui.data.holds import Hold
from esafety_tui.data.keyring import Card, new_inc
from esafety_tui.flows import effects, engine
from esafety_tui.flows.load import load_procedure
from esafety_tui.flows.model import Answer, Event, Kind, Problem, Procedure, Stopped
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.clock import stamp
from esafety_tui.kernel.errors import BadInput, NotEligible, Refused, StorageFailed
from esafety_tui.kernel.records import OpenRecord, Receipt

ANSWERS = frozenset({"answer", "answer.changed", "gate", "decision", "action"})
FULL, WORDS = "misuse", "words-only"


@dataclass(slots=True)
class CaseFile:
    """An incident opened by a session.

    Attributes:
        identity: key of its records; None for a lone officer, who can add but not read.
        records: what this session has read or written of it, in order.
        state: where the procedure stands.
    """

    session: Session
    card: Card
    procedure: Procedure
    identity: Identity | None = field(repr=False)
    records: list[OpenRecord] = field(default_factory=list, repr=False)
    state: engine.State = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.state = engine.replay(self.procedure, self.events())

    @property
    def inc(self) -> str:
        """The incident's id."""
        return self.card.inc

    @property
    def facts(self) -> effects.CaseFacts:
        """What the recorded answers amount to."""
        return effects.facts(self.procedure, self.events())

    @property
    def frozen(self) -> bool:
        """Frozen by the store's holds or by the records: either is enough."""
        marked = any(r.type in {"stop", "frozen"} for r in self.records)
        return marked or self.inc in self.session.store.holds.frozen or self.facts.frozen

    def events(self) -> list[Event]:
        """Return the recorded answers and STOPs as the engine takes them.

        An answer counts only if it is witnessed by two, except in a words-only incident.
        """
        found: list[Event] = []
        for record in self.records:
            if record.type in ANSWERS and (self.card.words_only or len(record.by) > 1):
                found.append(_answer(record))
            elif record.type == "stop":
                found.append(Stopped())
        return found

    @property
    def whole(self) -> bool:
        """Whether the records are all here; a lone officer who comes back cannot read them."""
        return bool(self.records) and self.records[0].iseq == 0

    def freeze_by_records(self) -> None:
        """Put in force what the records froze, whatever became of the database's holds."""
        marked = any(r.type in {"stop", "frozen"} for r in self.records)
        held: set[str] = set()
        seen: set[str] = set()
        for record in self.records:
            seen.update(record.blobs)
            if record.type in {"stop", "frozen"}:
                held |= seen
            elif not marked:  # an answer froze, and the program died before it said so again
                held.update(record.blobs)
            if record.type == "released" and len(record.by) > 1:
                held.discard(record.text("blob"))
        holds = self.session.store.holds
        if not (marked or self.facts.frozen) or (self.inc in holds.frozen and held <= holds.blobs):
            return
        holds.apply(Hold(self.inc, "freeze", tuple(sorted(held))))
        self.session.warnings.append(
            "A freeze was removed from the database. It is in force all the same, by the records. "
            "Compare this vault with your second copy."
        )

    def write(
        self,
        kind: str,
        fields: Mapping[str, Json],
        blobs: Sequence[str] = (),
        hold: Hold | None = None,
    ) -> Receipt:
        """Seal a record into this incident and keep it in memory after the commit."""
        receipt = self.session.record(kind, fields, self.card, blobs, hold)
        line = self.session.store.lines[receipt.seq]
        self.records.append(
            OpenRecord(
                line.seq, self.inc, line.iseq, line.t, line.by, kind, dict(fields), (), line.blobs
            )
        )
        self._register()
        return receipt

    def _register(self) -> None:
        if not self.whole:
            return
        step = engine.current(self.procedure, self.state)
        known = self.facts
        state = "frozen" if self.frozen else step.title
        # Only a cache, written after the commit: a disk that refuses it has not lost the entry.
        with contextlib.suppress(StorageFailed):
            self.session.keyring.write_register(
                self.inc, {"state": state, "category": str(known.incident_class or ""), "due": ""}
            )

    def answer(self, step_id: str, values: Mapping[str, Json], reason: str = "") -> Receipt | None:
        """Record one answer. Returns None where it was confirmed unchanged.

        Raises BadInput with the engine's words for an answer that cannot be taken, Refused for a
        lone officer who cannot read what was answered before.
        """
        if not self.whole:
            raise Refused(
                "One officer alone cannot carry on with the questions of this incident.",
                "Write a note in words, or ask a second officer to sign in.",
            )
        given = {
            k: v if isinstance(v, str) else [str(x) for x in _rows(v)] for k, v in values.items()
        }
        after = engine.answer(self.procedure, self.state, step_id, given, reason)
        if isinstance(after, Problem):
            raise BadInput(after.text, "Nothing was saved.")
        if after.log == self.state.log:
            self.state = after
            return None
        event = after.log[-1]
        assert isinstance(event, Answer)  # noqa: S101 - engine.answer records nothing else
        changed = self.state.answer_to(step_id) is not None
        freezes = effects.facts(self.procedure, after.log).frozen and not self.frozen
        hold = self._hold() if freezes else None
        kind = "answer.changed" if changed else self._record_type(step_id)
        receipt = self.write(kind, self._wording(event), hold=hold)
        self.state = after
        if hold is not None:
            self.write("frozen", {"because": "answer", "step": step_id, "blobs": list(hold.blobs)})
        self._register()
        return receipt

    def _record_type(self, step_id: str) -> str:
        kind = self.procedure.step(step_id).kind
        return "gate" if kind is Kind.GATE else "answer"

    def _wording(self, event: Answer) -> dict[str, Json]:
        """The answer with the exact words shown, so that the route taken is evidence."""
        step = self.procedure.step(event.step)
        return {
            "step": step.id, "values": event.plain(), "reason": event.reason,
            "question": step.question, "source": step.source, "status": str(step.status),
            "options": [[o.key, o.label] for o in step.options],
            "statements": [[s.key, s.text] for s in step.statements],
            "fields": [[f.name, f.label] for f in step.fields],
            "procedure": self.procedure.digest,
        }  # fmt: skip

    def _hold(self) -> Hold:
        names = [name for line in self.session.store.of_incident(self.inc) for name in line.blobs]
        return Hold(self.inc, "freeze", tuple(sorted(set(names))))

    def refuse_capture(self, kind: effects.CaptureKind) -> None:
        """Raise Refused or Frozen unless an address, screenshot or file may be taken now."""
        self.session.need_pair()
        if self.card.words_only:
            raise Refused(
                "This is a words-only incident.", "Two officers open a new one to take anything."
            )
        self.session.store.refuse_frozen(self.inc)
        refusal = effects.may_capture(self.facts, kind)
        if refusal is not None:
            raise Refused(refusal.what, refusal.do)
        if self.frozen:
            raise Refused("This incident is frozen.", "Write it down in words instead.")
        self._same_computer()

    def _same_computer(self) -> None:
        if not self.session.designated:
            raise Refused(
                "This is not the school's designated computer.",
                "Go to the designated computer and carry on there.",
            )
        here = self.session.machine
        machines = {line.machine for line in self.session.store.of_incident(self.inc)}
        if machines - {here}:
            raise Refused(
                "This incident was started on another computer.",
                "Carry on at that computer: the same one is used throughout.",
            )


def _rows(value: Json) -> Sequence[object]:
    return value if isinstance(value, Sequence) else [value]


def _answer(record: OpenRecord) -> Answer:
    values = record.fields["values"]
    assert isinstance(values, Mapping)  # noqa: S101 - written by CaseFile._wording only
    given = {
        k: v if isinstance(v, str) else tuple(str(x) for x in _rows(v)) for k, v in values.items()
    }
    return Answer(record.text("step"), given, record.text("reason"))


def open_new(
    session: Session,
    *,
    named: Sequence[str] = (),
    others: str = "",
    words_only: bool = False,
    linked: str = "",
) -> CaseFile:
    """Open a new incident. ``named`` are ids of officers it names; they are not eligible.

    A lone officer can only open one in words. Raises NotEligible or StorageFailed.
    """
    if set(named) & {o.id for o in session.officers}:
        raise NotEligible(
            "An officer who is named in an incident cannot open it.",
            "Two officers who are not named must sign in.",
        )
    procedure = load_procedure(WORDS if words_only or not session.pair else FULL)
    identity, inc = Identity.generate(), new_inc()
    number = 1 + max((int(c.reference.rsplit("-", 1)[1]) for c in session.cards()), default=0)
    now = session.clock.now().wall
    card = Card(
        inc, f"{session.keyring.directory.site}-{now.year}-{number:04d}", identity.recipient.text,
        bool(named), procedure.name == WORDS, stamp(now), linked,
        tuple(o.id for o in session.officers),
    )  # fmt: skip
    session.keyring.wrap_incident(inc, identity, named)
    session.keyring.write_card(card)
    fields: dict[str, Json] = {
        "reference": card.reference, "recipient": card.recipient, "restricted": card.restricted,
        "words_only": card.words_only, "procedure": procedure.digest, "profile": procedure.name,
        "named_officers": sorted(named), "named_others": others, "linked": linked,
    }  # fmt: skip
    case = CaseFile(session, card, procedure, identity if session.pair else None)
    case.write("incident.opened", fields)
    if named:
        people = [p for p in session.keyring.directory.people if p.id not in set(named)]
        case.write("incident.restricted", {"eligible": sorted(p.id for p in people)})
    return case


def reopen(session: Session, inc: str) -> CaseFile:
    """Open an incident that exists: two officers read it, one officer may only add words.

    Reading is an entry of its own. Raises NotEligible, Tampered.
    """
    card = session.card(inc)
    if not session.pair:
        return CaseFile(session, card, load_procedure(WORDS), None)
    identity = session.identity(card)
    records = session.read_all(card)
    opened = records[0]
    if opened.type != "incident.opened" or opened.text("recipient") != card.recipient:
        raise Refused("The incident's first record is not its opening.", "Fetch the second copy.")
    procedure = load_procedure(opened.text("profile"))
    if procedure.digest != opened.text("procedure"):
        raise Refused(
            "This incident was started with another version of the procedure.",
            "Open it with the version of this program it was started with.",
        )
    case = CaseFile(session, card, procedure, identity, records)
    case.freeze_by_records()
    case.write("read", {"records": len(records)})
    return case
