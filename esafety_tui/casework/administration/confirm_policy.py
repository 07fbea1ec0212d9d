"""Confirming an instruction that no source was found for: a named person, and two officers.

docs/procedures.md section 4. It holds for exactly the wording that was shown, and is a record of
the vault's own. Nothing here makes a procedure safer or less safe: what a step allows is proven.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from esafety_tui.casework.access import reauthenticate
from esafety_tui.casework.access.session import Session
from esafety_tui.casework.policy import confirmations, current_policy
from esafety_tui.data.trouble import translate_os_errors
from esafety_tui.flows.engine import checks
from esafety_tui.flows.engine.fit import instruction_digest
from esafety_tui.flows.procedure.model import Problem, SourceStatus, Step
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import BadInput
from esafety_tui.kernel.records import EntryReceipt


@dataclass(frozen=True, slots=True)
class Open:
    """An instruction of the policy in force that nobody has confirmed.

    Attributes:
        digest: of its wording (flows.policy.instruction). procedure, title: where it stands.
    """

    digest: str
    procedure: str
    title: str
    step: Step = field(repr=False)


@dataclass(frozen=True, slots=True)
class Word:
    """Who confirms: name and position in the school, and where they have it from."""

    who: str
    position: str
    source: str


def unconfirmed(session: Session) -> tuple[Open, ...]:
    """Return what is to be confirmed in the policy in force, each wording once.

    Raises NotEligible for one officer, Refused, Tampered.
    """
    session.need_pair()
    known = set(confirmations.in_words(session))
    found: dict[str, Open] = {}
    for name in sorted(session.keyring.directory.procedures):
        fitted = current_policy.flow(session, name).procedure
        for step in fitted.steps:
            digest = instruction_digest(step)
            if step.status is SourceStatus.TO_CONFIRM and digest not in known:
                found.setdefault(digest, Open(digest, name, step.title, step))
    return tuple(found.values())


@translate_os_errors("save")
def confirm_all(
    session: Session, digests: Collection[str], word: Word, passphrases: Mapping[str, str]
) -> tuple[EntryReceipt, ...]:
    """Seal that ``word`` confirms these instructions, one record each, by both officers.

    Raises BadInput for a digest that is not to be confirmed, NotEligible, WrongPassphrase.
    """
    reauthenticate.both_again(session, passphrases)
    said: dict[str, Json] = {
        "who": _line(word.who, "Who confirms it?"),
        "position": _line(word.position, "What is their position?"),
        "source": _line(word.source, "Where do they have it from?"),
    }
    waiting = {row.digest: row for row in unconfirmed(session)}
    if not digests or not waiting.keys() >= set(digests):
        raise BadInput(
            "This is not waiting to be confirmed in the policy in force.", "Choose from the list."
        )
    done = []
    for digest in dict.fromkeys(digests):
        row = waiting[digest]
        about: dict[str, Json] = {
            "procedure": row.procedure, "step": row.step.id, "instruction": digest,
            "wording": _wording(row.step),
        }  # fmt: skip
        done.append(session.record(confirmations.KIND, {**about, **said}))
        session.confirmed.append(done[-1].seq)
    return tuple(done)


def _wording(step: Step) -> dict[str, Json]:
    """Return the words that are confirmed, as they are shown."""
    return {
        "question": step.question, "why": step.why, "source": step.source,
        "options": [[o.label, o.detail] for o in step.options],
        "statements": [s.text for s in step.statements], "fields": [f.label for f in step.fields],
        "table": step.table,
    }  # fmt: skip


def _line(text: str, asked: str) -> str:
    words = checks.check_text(text)
    if isinstance(words, Problem):
        raise BadInput(f"{asked} {words.text}", "Nothing was saved.")
    if "\n" in words:
        raise BadInput(f"{asked} One line is enough.", "Nothing was saved.")
    return words
