"""``esafety retention``: what is due for review, holds, dates, outcomes, and shredding.

Nothing is destroyed unless two officers type the reference. A hold takes one officer; everything
else takes two. Exit codes: 0 done, 1 a check afterwards found something, 2 refused or unusable.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esafety_tui.kernel.acts.model import ActName
from esafety_tui.kernel.acts.table import field_of
from esafety_tui.kernel.text import show_invisible
from esafety_tui.verbs.asking import (
    VerbAnswers,
    describe_done,
    find_vault_folder,
    print_line,
    sign_in_officers,
)

if TYPE_CHECKING:
    from esafety_tui.casework.access.session import OpenSession
    from esafety_tui.casework.destruction.certificate import CertificateResult
    from esafety_tui.casework.incident.retention import RetainedIncident
    from esafety_tui.kernel.records import EntryReceipt

_WORDS = "review dates and legal holds; destroying an incident for good, by two officers"


@dataclass(slots=True)
class RetentionRun:
    """One run: what was asked, and who is signed in."""

    args: argparse.Namespace
    answers: VerbAnswers
    session: OpenSession = field(repr=False)
    passphrases: Mapping[str, str] = field(repr=False)

    def open_named_incident(self) -> RetainedIncident:
        """Open the incident that is named."""
        from esafety_tui.casework.incident import retention

        inc = retention.find_by_reference(self.session, self.args.reference)
        return retention.open_for_retention(self.session, inc)

    def ask_text(self, act: ActName, name: str) -> str:
        """Return one answer in words, asked as the table of acts says."""
        return self.answers.ask_field(act, name)


def add_verb_parsers(verbs: Any) -> None:
    """Add the verb and its sorts."""
    made = verbs.add_parser("retention", help=_WORDS, description=_WORDS)
    sorts = made.add_subparsers(dest="sort", metavar="SORT")
    for name, (_, _, words) in _SORTS.items():
        sort = sorts.add_parser(name, help=words, description=words)
        _add_options(sort)
        if name in {"hold", "lift", "review", "outcome"}:
            sort.add_argument("reference", metavar="REFERENCE")
        if name == "review":
            sort.add_argument("day", metavar="DATE", help="for example 2051-11-21")
        if name == "shred":
            sort.add_argument("reference", nargs="+", metavar="REFERENCE")
        if name == "certificate":
            sort.add_argument("entry", type=int, metavar="ENTRY", help="number of the entry")
        if name in {"shred", "certificate"}:
            sort.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    _add_options(made)
    made.set_defaults(sort="list", run=run_retention_verb)


def _add_options(parser: argparse.ArgumentParser) -> None:
    """Add what every sort takes; it may stand before or after the sort's name."""
    quiet = argparse.SUPPRESS
    parser.add_argument("--json", action="store_true", default=quiet, help="one JSON object")
    parser.add_argument("--from-pipe", action="store_true", default=quiet, help=quiet)


def run_retention_verb(args: argparse.Namespace) -> int:
    """Do one sort. Raises as signing in and casework do."""
    for name in ("json", "from_pipe"):
        setattr(args, name, getattr(args, name, False))
    sort, count, _ = _SORTS[args.sort or "list"]
    answers = VerbAnswers(args)
    with sign_in_officers(find_vault_folder(args), answers, count) as (session, passphrases):
        said = sort(RetentionRun(args, answers, session, passphrases))
    print_line(json.dumps({"v": 1, **said}) if args.json else "\n".join(said["sentences"]))
    return 0


def _list_reviews(job: RetentionRun) -> dict[str, Any]:
    from esafety_tui.casework.destruction import certificate
    from esafety_tui.casework.incident import retention
    from esafety_tui.flows.engine.retention import format_day

    rows = retention.list_reviews(job.session)
    waiting = certificate.list_uncertified(job.session)
    lines = []
    for row in rows:
        day = format_day(row.day) if row.day else "not shown"
        marks = [m for m, on in (("DUE", row.has_come), ("HOLD", row.on_legal_hold)) if on]
        lines.append(
            f"{row.reference or '(damaged)':<16}{day:<13}{' '.join(marks):<9}"
            f"{show_invisible(row.why)}"
        )
    for entry in waiting:
        lines.append(f"Entry {entry} destroyed something and has no certificate yet: make it with "
                     f"esafety retention certificate {entry} --to FOLDER")  # fmt: skip
    return {
        "sentences": lines or ["There is no incident in this vault."],
        "due": [
            {"reference": r.reference, "day": r.day.isoformat() if r.day else None, "why": r.why,
             "held": r.on_legal_hold, "over": r.has_come}
            for r in rows
        ],
        "certificates_missing": list(waiting),
    }  # fmt: skip


def _place_legal_hold(job: RetentionRun) -> dict[str, Any]:
    from esafety_tui.casework.incident import retention

    place = job.open_named_incident()
    reason = job.ask_text("hold", "reason")
    reference = job.ask_text("hold", "reference")
    return _report_sealed_entry("hold", retention.set_legal_hold(place, reason, reference))


def _lift_legal_hold(job: RetentionRun) -> dict[str, Any]:
    from esafety_tui.casework.incident import retention

    place, reason = job.open_named_incident(), job.ask_text("lift", "reason")
    return _report_sealed_entry("lift", retention.lift_legal_holds(place, reason, job.passphrases))


def _record_review(job: RetentionRun) -> dict[str, Any]:
    from esafety_tui.casework.incident import retention

    place, reason = job.open_named_incident(), job.ask_text("review", "reason")
    done = retention.set_review_date(place, job.args.day, reason, job.passphrases)
    return _report_sealed_entry("review", done)


def _record_outcome(job: RetentionRun) -> dict[str, Any]:
    from esafety_tui.casework.incident import retention

    place = job.open_named_incident()
    outcome = job.ask_text("outcome", "outcome")
    reference = job.ask_text("outcome", "reference")
    done = retention.record_outcome(place, outcome, reference, job.passphrases)
    return _report_sealed_entry("outcome", done)


def _report_sealed_entry(act: ActName, receipt: EntryReceipt) -> dict[str, Any]:
    return {"entry": receipt.seq, "sentences": [describe_done(act, entry=receipt.seq)]}


def _destroy_incident(job: RetentionRun) -> dict[str, Any]:
    from esafety_tui.casework.destruction import certificate
    from esafety_tui.casework.incident import retention

    incs = [retention.find_by_reference(job.session, text) for text in job.args.reference]
    print_line(
        "This cannot be undone. Nobody can open what is destroyed, with this vault, ever again."
    )
    typed = {
        inc: job.answers.ask_text(f"typed{n}", field_of("shred", "typed").question.format(number=n))
        for n, inc in enumerate(incs, 1)
    }
    reason = job.ask_text("shred", "reason")
    done = certificate.destroy_and_certify(
        job.session, incs, typed, job.passphrases, reason, job.args.to
    )  # fmt: skip
    return _report_certificate(done, describe_done("shred"))


def _make_certificate(job: RetentionRun) -> dict[str, Any]:
    from esafety_tui.casework.destruction import certificate

    done = certificate.make_certificate(job.session, job.args.entry, job.passphrases, job.args.to)
    return _report_certificate(done, describe_done("certificate"))


def _report_certificate(done: CertificateResult, words: str) -> dict[str, Any]:
    lines = [
        words,
        *done.found,
        f"The certificate, signed by both, is {show_invisible(str(done.path))}",
    ]
    if done.copies:
        names = ", ".join(show_invisible(name) for name in done.copies)
        lines.append(f"STILL TO DO  These copies may hold the keys: {names}. Make a new copy over "
                     "each, or destroy it.")  # fmt: skip
    return {
        "entry": done.entry, "certificate": str(done.path), "copies": list(done.copies),
        "sentences": lines,
    }  # fmt: skip


_SORTS: dict[str, tuple[Callable[[RetentionRun], dict[str, Any]], int, str]] = {
    "list": (_list_reviews, 2, "every incident with its review date, the earliest first"),
    "hold": (
        _place_legal_hold,
        1,
        "forbid shredding until two officers lift it; one officer is enough",
    ),
    "lift": (_lift_legal_hold, 2, "lift the holds on an incident"),
    "review": (_record_review, 2, "record another review date, with a reason"),
    "outcome": (_record_outcome, 2, "record what came of it with the police or the LADO"),
    "shred": (_destroy_incident, 2, "destroy incidents for good and save the certificate"),
    "certificate": (_make_certificate, 2, "make or save the certificate of an earlier destruction"),
}
