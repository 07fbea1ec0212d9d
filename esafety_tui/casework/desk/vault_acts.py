"""Acts on the vault as a whole and on closed incidents: backup, head, clock, reviews, shredding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esafety_tui.casework.access import summaries
from esafety_tui.casework.backup import backup
from esafety_tui.casework.desk import vault_overview
from esafety_tui.casework.desk.act_results import folder_of, sealed_result
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.desk.disclosing import READ_BACK
from esafety_tui.casework.incident import clock_check, retention
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.integrity import printed_heads
from esafety_tui.kernel.keeping import Act, ActResult
from esafety_tui.kernel.views import Progress

if TYPE_CHECKING:
    from esafety_tui.casework.destruction.certificate import CertificateResult


def make_backup(context: DeskContext, act: Act, progress: Progress) -> ActResult:
    """Copy the vault's data and keys into two folders, read back."""
    done = backup.make(
        context.session, folder_of(act), act.second, act.values.get("label", ""), progress
    )
    said = [f"Copied: {done.entries} entries, {done.files} files, {done.size} bytes; "
            f"{READ_BACK[done.read_back]}."]  # fmt: skip
    if done.left_out:
        said.append(f"{done.left_out} frozen file(s) were left out: they are in no copy.")
    return ActResult(tuple(said), summaries.show_receipt(done.receipt), done.warnings)


def compare_head(context: DeskContext, act: Act) -> ActResult:
    """Compare a printed head with the history."""
    return ActResult(printed_heads.compare_printed_head(context.session, act.values["head"]))


def compare_clock(context: DeskContext, act: Act) -> ActResult:
    """Compare this computer's clock with a trusted one."""
    case = _case_of_comparison(context, act)
    v = act.values
    receipt = clock_check.record_comparison(context.session, case, v["source"], v["trusted"])
    return sealed_result(receipt, vault_overview.clock_text(context.session, case, receipt))


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
    return sealed_result(receipt, "Written down: the clock was not compared.")


def _place_of(context: DeskContext, act: Act) -> retention.RetainedIncident:
    inc = act.values["inc"]
    return context.open_cases.get(inc) or retention.open_for_retention(context.session, inc)


def set_legal_hold(context: DeskContext, act: Act) -> ActResult:
    """Forbid the destruction of an incident until two officers lift the hold."""
    v = act.values
    receipt = retention.set_legal_hold(_place_of(context, act), v["reason"], v.get("reference", ""))
    return sealed_result(receipt, "Held: nothing of it can be destroyed until two lift the hold.")


def lift_legal_hold(context: DeskContext, act: Act) -> ActResult:
    """Lift the holds on an incident."""
    v = act.values
    receipt = retention.lift_legal_holds(_place_of(context, act), v["reason"], act.passphrases)
    return sealed_result(receipt, "The hold is lifted.")


def set_review_date(context: DeskContext, act: Act) -> ActResult:
    """Record another review date, with a reason."""
    v, place = act.values, _place_of(context, act)
    receipt = retention.set_review_date(place, v["day"], v["reason"], act.passphrases)
    return sealed_result(receipt, "The review date is recorded.")


def record_outcome(context: DeskContext, act: Act) -> ActResult:
    """Record what the police, the LADO or a court decided."""
    v, place = act.values, _place_of(context, act)
    receipt = retention.record_outcome(place, v["outcome"], v.get("reference", ""), act.passphrases)
    return sealed_result(receipt, "The outcome is recorded.")


def shred_incident(context: DeskContext, act: Act) -> ActResult:
    """Destroy an incident for good and save the certificate."""
    from esafety_tui.casework.destruction import certificate

    inc, v = act.values["inc"], act.values
    context.drop_case(inc)
    done = certificate.destroy_and_certify(
        context.session, [inc], {inc: v["typed"]}, act.passphrases, v["reason"], folder_of(act)
    )
    return _certified(done)


def make_certificate(context: DeskContext, act: Act) -> ActResult:
    """Make or save the certificate of an earlier destruction."""
    from esafety_tui.casework.destruction import certificate

    entry = int(act.values["entry"])
    return _certified(
        certificate.make_certificate(context.session, entry, act.passphrases, folder_of(act))
    )


def _certified(done: CertificateResult) -> ActResult:
    left = tuple(f"This copy may still hold the keys: {name}." for name in done.copies)
    said = (*done.found, f"The certificate, signed by both and checked: {done.path}")
    return ActResult(said, summaries.show_receipt(done.receipt), left)
