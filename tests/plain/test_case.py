"""Inside an incident: mistakes at the prompts, changes, corrections, releases, what goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from esafety_tui.flows.procedure.model import CaptureContent, StepKind
from esafety_tui.guide.ports import EditableText, ExhibitView, Receipt, SignatureResult, Values
from esafety_tui.kernel.errors import Refused
from esafety_tui.kernel.guidance import MissingItem, Readiness
from tests.plain.acts import Act, Script, leg_acts, lines, pick, secret, tick, type_, word
from tests.plain.desk import Desk
from tests.plain.routes import Leg, way
from tests.plain.scripted import sit
from tests.plain.test_words import LEGS, MISUSE, answered, opened
from tests.screens.fake_desk import OFFICERS, PASSPHRASE

DEEP = list(way(MISUSE, "deep"))


def before(kind: StepKind, takes: CaptureContent = CaptureContent.NOTHING) -> tuple[list[Leg], Leg]:
    """Return the legs before the first step of that kind, and its own."""
    at = next(n for n, leg in enumerate(DEEP) if leg.step.kind is kind and leg.step.takes is takes)
    return DEEP[:at], DEEP[at]


def test_a_wrong_number_is_said_and_the_menu_stays() -> None:
    """Nothing is chosen by chance: no letter, no blank, no number beyond the last."""
    desk = Desk()
    said = "That was not one of the answers."
    more = [word(w, said) for w in ("", "yes", "0", "1 2", "\u0662")]
    heard = word("9", "Written down: 21 Nov 2026 14:07 GMT, #214.")
    sit(desk, Script([*opened(), *answered(LEGS[0]), heard, *more]))
    assert len(desk.cases["inc1"].answers) == 1


def test_what_is_not_right_is_changed_before_anything_is_sealed() -> None:
    """No: every field comes again with what stands in it; an empty line keeps it."""
    desk = Desk()
    acts = [
        *list(answered(LEGS[0]))[:-1], pick("No, change it", "Is this right?"),
        type_("Another Example", "Gwen Example"), type_(""), type_(""), type_(""),
        pick("Yes, write it down", "Who told you: Another Example"),
    ]  # fmt: skip
    sit(desk, Script([*opened(), *acts]))
    (given,) = desk.cases["inc1"].answers
    assert given.values == {**LEGS[0].values, "by": "Another Example"}


def test_a_date_that_is_none_is_asked_again() -> None:
    """What the field's check says is said; what was right before is kept."""
    desk = Desk()
    acts = [type_("Gwen Example"), type_("last Tuesday"),
            type_("20 Nov 2026", "Write the date like"),
            word("EOF", "What they said, in their words")]  # fmt: skip
    sit(desk, Script([*opened(), *acts]))


def test_control_characters_are_said_and_not_taken() -> None:
    """An arrow key at a dumb terminal types an escape: it reaches no record and no screen."""
    legs, leg = before(StepKind.CAPTURE, CaptureContent.ADDRESSES)
    acts = list(leg_acts(leg, Path()))
    hostile = [type_("https://a.example/\x1b[D"), replace(acts[1], hear="invisible or control"),
               type_("insults\x1b[A"), replace(acts[2], hear="control characters")]  # fmt: skip
    desk = Desk()
    sit(desk, Script([*opened(), *answered(*legs), acts[0], *hostile, *acts[3:5]]))
    assert [item.detail for item in desk.cases["inc1"].items] == ["Insults, stop"]


def test_a_gate_is_not_passed_by_a_no() -> None:
    """Each line by itself; no is said, and the same line comes again."""
    legs, gate = before(StepKind.GATE)
    desk = Desk()
    first = gate.step.statements[0].text
    acts = [*opened(), *answered(*legs), pick("No, not yet", first),
            pick("No, not yet", "Each line has to be so"), *leg_acts(gate, Path())]  # fmt: skip
    sit(desk, Script(acts))
    assert desk.cases["inc1"].answers[-1].step_id == gate.step.id


def test_none_of_these_needs_a_reason() -> None:
    """0 at the ticks of a step that may be skipped; back leads to the ticks again."""
    at = next(n for n, leg in enumerate(DEEP) if leg.step.may_skip and leg.step.options)
    desk = Desk()
    acts = [*opened(), *answered(*DEEP[:at]), tick(hear=DEEP[at].step.question), word("back"),
            word("0 1", "Which of these are done?"),
            tick(hear="That was not one of the answers."), *lines("nobody is at school"),
            pick("Yes, write it down", "None, because: nobody is at school")]  # fmt: skip
    sit(desk, Script(acts))
    given = desk.cases["inc1"].answers[-1]
    assert given.values == {"done": "none", "why_none": "nobody is at school"}


@pytest.mark.posix
def test_a_refusal_of_the_desk_is_said_and_the_draft_stays() -> None:
    """A refused file: the question comes again, with everything that was typed."""
    legs, leg = before(StepKind.CAPTURE, CaptureContent.FILES)
    desk = Desk()
    desk.fail["add_file"] = Refused("This is a folder.", "Name a file.")
    once = list(leg_acts(leg, Path("/dev")))[:5]
    path = replace(once[1], words=("/dev/null",))
    acts = [*opened(), *answered(*legs), once[0], path, *once[2:],
            replace(once[0], hear="This is a folder."), type_("", "/dev/null"),
            type_("", "Invented messages"), word("EOF")]  # fmt: skip
    sit(desk, Script(acts))


def test_back_out_of_the_reason_leaves_the_answer_as_it_was() -> None:
    """The step is asked again with what was typed; nothing is sealed."""
    desk = Desk()
    acts = [
        *opened(), *answered(*LEGS[:2]), word("back"),
        pick("Change it; the old answer is kept", "Answered before:"), pick("No (go on)"),
        pick("Yes, write it down", "Is this right?"), word("back", "Why is this answer changed?"),
        pick("No (go on)", "Not changed."), pick("Yes, write it down"),
        *lines("it is over"), word("EOF", "Could any of this be against the law?"),
    ]  # fmt: skip
    sit(desk, Script(acts))
    assert [a.reason for a in desk.cases["inc1"].answers] == ["", "", "it is over"]


def test_back_out_of_an_address_or_a_drawing_stays_in_the_step() -> None:
    """What was begun is left, not the step."""
    legs, leg = before(StepKind.CAPTURE, CaptureContent.ADDRESSES)
    add = next(leg_acts(leg, Path()))
    sit(Desk(), Script([*opened(), *answered(*legs), add, word("back"),
                        replace(add, hear="Nothing was sealed.")]))  # fmt: skip
    first = list(way(MISUSE, "first"))
    sign = next(n for n, leg in enumerate(first) if leg.step.kind is StepKind.SIGN)
    sit(Desk(), Script([*opened(), *answered(*first[:sign]), pick("Draw the form"), word("back"),
                        pick("Draw the form", "Nothing was done.")]))  # fmt: skip


class Elsewhere(Desk):
    """Seals the first answer and refuses it all the same, as after a failed reply."""

    def answer(self, inc: str, step_id: str, values: Values, reason: str) -> Receipt:
        receipt = super().answer(inc, step_id, values, reason)
        if len(self.cases[inc].answers) == 1:
            raise Refused("This is answered already.", "Go on.")
        return receipt


def test_after_a_refusal_the_way_goes_on_where_the_record_says() -> None:
    """The record is read again; nothing is asked twice."""
    desk = Elsewhere()
    sit(desk, Script([*opened(), *answered(*LEGS[:2])]))
    assert [a.step_id for a in desk.cases["inc1"].answers] == ["reported", "danger"]


def frozen(desk: Desk, held: str = "") -> Iterator[Act]:
    """Yield the acts to an incident with a frozen or held item and words to be corrected."""
    yield from opened()
    yield from answered(*LEGS[:1])
    item = ExhibitView(
        7,
        "file",
        "AB/1",
        "a file",
        "21 Nov 2026",
        "00" * 32,
        frozen=not held,
        size=9,
        held=bool(held),
    )
    wording = EditableText(7, "description", "AB/1: description", "a flie")
    desk.cases["inc1"] = replace(
        desk.cases["inc1"], items=(item,), wordings=(wording,), awaiting_police=held
    )
    yield word("list")
    yield pick("Open HVS-2026-0001, open, 21 Nov 2026")
    yield word("far")


@pytest.mark.parametrize("held", ["", "It is held. Ask the police."])
def test_a_frozen_or_held_item_is_released_by_two_and_a_reference(held: str) -> None:
    """Both passphrases are asked for again."""
    desk, shut = Holding(), "HELD" if held else "FROZEN"
    heard = f"{held} AB/1: file, 9 bytes, 0000 0000. a file. {shut}.".strip()
    acts = [pick(f"{shut} AB/1: release it", heard),
            type_("CAD 17"), secret(PASSPHRASE), secret(PASSPHRASE), word("EOF")]  # fmt: skip
    person = sit(desk, Script(chain(frozen(desk, held), acts)))
    assert (", HELD. Step" in person.transcript) == bool(held)
    assert ("release", "inc1", 7, "CAD 17", ["o1", "o2"]) in desk.calls
    assert desk.held == {}, "passphrases are forgotten"


def test_the_review_step_leads_to_the_answer_that_is_to_be_changed() -> None:
    """Chosen by its line; after it the way goes on where it was."""
    desk = Desk()
    legs = list(way(MISUSE, "first"))
    review = next(n for n, leg in enumerate(legs) if leg.step.kind is StepKind.REVIEW)
    acts = [*opened(), *answered(*legs[:review]),
            pick("Change an answer; the old one is kept", "everything so far"),
            pick("Step 2, is a child in danger", "Which answer?"),
            pick("Keep it and go on", "Is a child in danger right now?"),
            *answered(legs[review])]  # fmt: skip
    sit(desk, Script(acts))
    assert desk.cases["inc1"].answers[-1].step_id == legs[review].step.id


def test_words_are_corrected_and_the_old_ones_kept() -> None:
    """Chosen, written as they should read, with a reason, read back."""
    desk = Desk()
    acts = [pick("Correct words: notes, descriptions, what worries you"),
            pick("AB/1: description: a flie"), *lines("a file"), *lines("a slip"),
            pick("Yes, write it down", "It will read:"), word("EOF")]  # fmt: skip
    sit(desk, Script(chain(frozen(desk), acts)))
    assert ("correct", "inc1", 7, "description", "a file", "a slip") in desk.calls


class Holding(Desk):
    """Keeps hold of the passphrases it was given, to see what becomes of them."""

    held: Mapping[str, str] | None = None

    def release(
        self, inc: str, seq: int, police_reference: str, passphrases: Mapping[str, str]
    ) -> Receipt:
        self.held = passphrases
        assert len(passphrases) == 2
        return super().release(inc, seq, police_reference, passphrases)


class Naming(Desk):
    """Says who signed by name, as the real desk does."""

    def sign(self, inc: str, officer_id: str, passphrase: str) -> SignatureResult:
        done = super().sign(inc, officer_id, passphrase)
        names = {o.id: o.name for o in OFFICERS}
        case = self.cases[inc]
        self.cases[inc] = replace(case, signed_by=tuple(names.get(s, s) for s in case.signed_by))
        return done


def test_what_is_missing_can_be_gone_to_or_sealed_with_a_reason() -> None:
    """The meter first; then the step that is missing, or the reason; thoughts stay."""
    desk = Naming()
    desk.ready = Readiness(8, 9, (MissingItem("police", "The police reference", "reported"),))
    legs = list(way(MISUSE, "first"))
    review = next(n for n, leg in enumerate(legs) if leg.step.kind is StepKind.REVIEW)
    both = [act for o in OFFICERS[:2] for act in (
        pick(f"{o.name}, {o.position}, signs", f"Not signed by {o.name}."),
        secret(PASSPHRASE),
    )]  # fmt: skip
    acts = [
        *opened(), *answered(*legs[: review + 1]),
        pick("Draw the form", "8 of 9 things the police would ask for are there."),
        pick("Go to: The police reference", "The police would still ask for this: 1. The police"),
        pick("Keep it and go on", "What has been reported"), pick("Draw the form"),
        pick("Draw the form all the same"), *lines("they gave none"),
        pick("No: they stay in the vault", "Some lines say what you think."),
        pick("Read it out", "Drawn."), *both, pick("Go on", "Signed by both"),
    ]  # fmt: skip
    person = sit(desk, Script(acts))
    assert ("prepare_form", "inc1", (), False, "they gave none") in desk.calls
    assert "Record of reviewing" in person.transcript
    assert desk.cases["inc1"].answers[-1].values == {"done": "yes"}


def test_a_linked_incident_is_opened_and_gone_to() -> None:
    """Where the police confirm that nothing is illegal, the end offers it."""
    desk = Desk()
    legs = list(_cleared())
    acts = [*opened(), *answered(*legs),
            pick(f"Carry on in a new, linked incident: {MISUSE.title}", "What next?"),
            word("EOF", "HVS-2026-0002. Step 1 of about")]  # fmt: skip
    sit(desk, Script(acts))
    assert ("link_incident", "inc1", "misuse") in desk.calls


def _cleared() -> Iterator[Leg]:
    """Yield the first way, with the answer that clears it."""
    for leg in way(MISUSE, "first"):
        cleared = [o for o in leg.step.options if o.carry_on == "misuse"]
        if not cleared:
            yield leg
            continue
        yield Leg(leg.step, {**leg.values, "option": cleared[0].key})
        assert cleared[0].next in ("", leg.step.next), "the rest of the way is the same"
