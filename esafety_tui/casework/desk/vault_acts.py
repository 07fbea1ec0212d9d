"""Acts on the vault as a whole and on closed incidents: backup, head, clock, reviews, shredding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esafety_tui.casework.backup import backup
from esafety_tui.casework.desk import vault_overview
from esafety_tui.casework.desk.act_results import folder_of, report_done
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.desk.disclosing import READ_BACK
from esafety_tui.casework.incident import clock_check, retention
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.integrity import printed_heads
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.keeping import Act, ActResult
from esafety_tui.kernel.views import Progress

if TYPE_CHECKING:
    from esafety_tui.casework.destruction.certificate import CertificateResult


def make_backup(context: DeskContext, act: Act, progress: Progress) -> ActResult:
    """Copy the vault's data and keys into two folders, read back."""
    done = backup.make(
        context.session, folder_of(act), act.second, act.values.get("label", ""), progress
    )
    facts: dict[str, Json] = {
        "copy": done.copy, "entries": done.entries, "generation": done.generation,
        "files": done.files, "bytes": done.size, "added": done.added, "left_out": done.left_out,
        "keys": done.keys is not None, "read_back": READ_BACK[done.read_back],
        "read_back_kind": done.read_back,
    }  # fmt: skip
    told = report_done(act, done.receipt, facts)
    left_out = f"{done.left_out} frozen file(s) were left out: they are in no copy."
    said = (*told.sentences, left_out) if done.left_out else told.sentences
    return replace(told, sentences=said, warnings=done.warnings)


def compare_head(context: DeskContext, act: Act) -> ActResult:
    """Compare a printed head with the history."""
    return ActResult(printed_heads.compare_printed_head(context.session, act.values["head"]))


def compare_clock(context: DeskContext, act: Act) -> ActResult:
    """Compare this computer's clock with a trusted one."""
    case = _case_of_comparison(context, act)
    v = act.values
    receipt = clock_check.record_comparison(context.session, case, v["source"], v["trusted"])
    shown = vault_overview.clock_text(context.session, case, receipt)
    return report_done(act, receipt, before=(shown,))


def _case_of_comparison(context: DeskContext, act: Act) -> CaseFile | None:
    """Return the incident that a comparison belongs to, None for the vault's own entries.

    Whoever leaves an incident whose form is drawn adds nothing to it: the form stays whole.
    """
    inc = act.values.get("inc", "")
    case = context.load_case(inc) if inc else None
    if case and "leaving" in act.values and any(r.type == "form.rendered" for r in case.records):
        return None
    return case


def skip_clock(context: DeskContext, act: Act) -> ActResult:
    """Write down why the clock was not compared."""
    case = _case_of_comparison(context, act)
    receipt = clock_check.record_skipped_comparison(context.session, act.values["reason"], case)
    return report_done(act, receipt)


def _place_of(context: DeskContext, act: Act) -> retention.RetainedIncident:
    inc = act.values["inc"]
    return context.open_cases.get(inc) or retention.open_for_retention(context.session, inc)


def set_legal_hold(context: DeskContext, act: Act) -> ActResult:
    """Forbid the destruction of an incident until two officers lift the hold."""
    v = act.values
    receipt = retention.set_legal_hold(_place_of(context, act), v["reason"], v.get("reference", ""))
    return report_done(act, receipt)


def lift_legal_hold(context: DeskContext, act: Act) -> ActResult:
    """Lift the holds on an incident."""
    v = act.values
    receipt = retention.lift_legal_holds(_place_of(context, act), v["reason"], act.passphrases)
    return report_done(act, receipt)


def set_review_date(context: DeskContext, act: Act) -> ActResult:
    """Record another review date, with a reason."""
    v, place = act.values, _place_of(context, act)
    receipt = retention.set_review_date(place, v["day"], v["reason"], act.passphrases)
    return report_done(act, receipt)


def record_outcome(context: DeskContext, act: Act) -> ActResult:
    """Record what the police, the LADO or a court decided."""
    v, place = act.values, _place_of(context, act)
    receipt = retention.record_outcome(place, v["outcome"], v.get("reference", ""), act.passphrases)
    return report_done(act, receipt)


def shred_incident(context: DeskContext, act: Act) -> ActResult:
    """Destroy incidents; values ``inc``: ids with a space between, ``typed``: a line each."""
    from esafety_tui.casework.destruction import certificate

    v, incs = act.values, act.values["inc"].split()
    for inc in incs:
        context.drop_case(inc)
    typed = dict(zip(incs, v["typed"].split("\n"), strict=False))
    done = certificate.destroy_and_certify(
        context.session, incs, typed, act.passphrases, v["reason"], folder_of(act)
    )
    return _certified(act, done)


def make_certificate(context: DeskContext, act: Act) -> ActResult:
    """Make or save the certificate of an earlier destruction."""
    from esafety_tui.casework.destruction import certificate

    entry = int(act.values["entry"])
    done = certificate.make_certificate(context.session, entry, act.passphrases, folder_of(act))
    return _certified(act, done)


def _certified(act: Act, done: CertificateResult) -> ActResult:
    left = tuple(f"This copy may still hold the keys: {name}." for name in done.copies)
    facts: dict[str, Json] = {"certificate": str(done.path), "copies": list(done.copies)}
    told = report_done(act, done.receipt, facts, done.found)
    # The entry that destroyed is named, not that of the certificate.
    return replace(told, warnings=left, facts={**told.facts, "entry": done.entry})
