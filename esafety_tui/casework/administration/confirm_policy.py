"""Confirming an instruction that no source was found for: a named person, and two officers.

docs/procedures.md section 4. It holds for exactly the wording that was shown, and is a record of
the vault's own. Nothing here makes a procedure safer or less safe: what a step allows is proven.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from esafety_tui.casework.access import reauthenticate
from esafety_tui.casework.access.session import OpenSession
from esafety_tui.casework.policy import confirmations, current_policy
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.flows.engine import checks
from esafety_tui.flows.engine.fit import instruction_digest
from esafety_tui.flows.procedure.model import Problem, SourceStatus, Step
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.records import EntryReceipt


@dataclass(frozen=True, slots=True)
class UnconfirmedInstruction:
    """An instruction of the policy in force that nobody has confirmed.

    Attributes:
        digest: of its wording (flows.policy.instruction). procedure, title: where it stands.
    """

    digest: str
    procedure: str
    title: str
    step: Step = field(repr=False)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who confirms: name and position in the school, and where they have it from."""

    who: str
    position: str
    source: str


def list_unconfirmed(session: OpenSession) -> tuple[UnconfirmedInstruction, ...]:
    """Return what is to be confirmed in the policy in force, each wording once.

    Raises NotEligible for one officer, Refused, Tampered.
    """
    session.require_pair()
    known = set(confirmations.describe_confirmations(session))
    found: dict[str, UnconfirmedInstruction] = {}
    for name in sorted(session.keyring.directory.procedures):
        fitted = current_policy.procedure_in_force(session, name).procedure
        for step in fitted.steps:
            digest = instruction_digest(step)
            if step.status is SourceStatus.TO_CONFIRM and digest not in known:
                found.setdefault(digest, UnconfirmedInstruction(digest, name, step.title, step))
    return tuple(found.values())


@translate_os_errors("save")
def confirm_instructions(
    session: OpenSession,
    digests: Collection[str],
    word: Confirmation,
    passphrases: Mapping[str, str],
) -> tuple[EntryReceipt, ...]:
    """Seal that ``word`` confirms these instructions, one record each, by both officers.

    Raises BadInput for a digest that is not to be confirmed, NotEligible, WrongPassphrase.
    """
    reauthenticate.reauthenticate_both(session, passphrases)
    said: dict[str, Json] = {
        "who": _check_line(word.who, "Who confirms it?"),
        "position": _check_line(word.position, "What is their position?"),
        "source": _check_line(word.source, "Where do they have it from?"),
    }
    waiting = {row.digest: row for row in list_unconfirmed(session)}
    if not digests or not waiting.keys() >= set(digests):
        raise BadInput(
            "This is not waiting to be confirmed in the policy in force.", "Choose from the list."
        )
    done = []
    for digest in dict.fromkeys(digests):
        row = waiting[digest]
        about: dict[str, Json] = {
            "procedure": row.procedure, "step": row.step.id, "instruction": digest,
            "wording": _instruction_text(row.step),
        }  # fmt: skip
        done.append(session.append_record(confirmations.KIND, {**about, **said}))
        session.confirmed.append(done[-1].seq)
    return tuple(done)


def _instruction_text(step: Step) -> dict[str, Json]:
    """Return the words that are confirmed, as they are shown."""
    return {
        "question": step.question, "why": step.why, "source": step.source,
        "options": [[o.label, o.detail] for o in step.options],
        "statements": [s.text for s in step.statements], "fields": [f.label for f in step.fields],
        "table": step.table,
    }  # fmt: skip


def _check_line(text: str, asked: str) -> str:
    words = checks.check_text(text)
    if isinstance(words, Problem):
        raise BadInput(f"{asked} {words.text}", "Nothing was saved.")
    if "\n" in words:
        raise BadInput(f"{asked} One line is enough.", "Nothing was saved.")
    return words
