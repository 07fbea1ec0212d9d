"""The desk's administration: officers, backups, clock, reviews, policy, restriction.

One verb, :meth:`AdministrationService.act`, by name: every act ends in sentences that are true by
then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from esafety_tui.casework.desk import officer_acts, vault_acts, vault_overview
from esafety_tui.casework.desk.act_results import report_done
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.desk.sessions import SessionService
from esafety_tui.casework.incident import restriction, retention
from esafety_tui.kernel.acts.model import ActName
from esafety_tui.kernel.involved import LINKED, describe_restriction
from esafety_tui.kernel.keeping import Act, ActResult, VaultOverview
from esafety_tui.kernel.text import show_invisible
from esafety_tui.kernel.views import Progress

_ACTS: dict[ActName, Callable[[DeskContext, Act], ActResult]] = {
    "enrol": officer_acts.enrol_officer,
    "leave": officer_acts.remove_officer,
    "renew": officer_acts.renew_keys,
    "paper": officer_acts.renew_paper_keys,
    "rotate": officer_acts.rotate_vault_key,
    "machine": officer_acts.enrol_machine,
    "retire": officer_acts.retire_machine,
    "contacts": officer_acts.set_contacts,
    "rehearse": officer_acts.rehearse_paper_keys,
    "passphrase": officer_acts.change_passphrase,
    "move": officer_acts.move_key_file,
    "adopt": officer_acts.adopt_files,
    "confirm": officer_acts.confirm_instructions,
    "head": vault_acts.compare_head,
    "clock": vault_acts.compare_clock,
    "noclock": vault_acts.skip_clock,
    "hold": vault_acts.set_legal_hold,
    "lift": vault_acts.lift_legal_hold,
    "review": vault_acts.set_review_date,
    "outcome": vault_acts.record_outcome,
    "shred": vault_acts.shred_incident,
    "certificate": vault_acts.make_certificate,
}


class AdministrationService:
    """How the vault is administered, and the acts that do it."""

    def __init__(self, context: DeskContext, sessions: SessionService) -> None:
        self._context, self._sessions = context, sessions

    def keeping(self) -> VaultOverview:
        """Return how officers, copies, rehearsals and reviews stand."""
        context = self._context
        with context.mutex:
            return vault_overview.view(context.session)

    def act(self, act: Act, progress: Progress) -> ActResult:
        """Do one thing and return what was done and checked. Raises EvidenceError."""
        context = self._context
        with context.mutex:
            warnings = context.session.warnings
            before = len(warnings)
            if act.name == "backup":
                told = vault_acts.make_backup(context, act, progress)
            elif act.name == "restrict":
                told = self._restrict(act)
            else:
                told = _ACTS[act.name](context, act)
            # What could not be finished is said with what was: "done" alone would be half true.
            return replace(told, warnings=(*told.warnings, *warnings[before:]))

    def _restrict(self, act: Act) -> ActResult:
        """Value ``who``: officer ids, with a space between. One who is signed in ends the session.

        Raises NotEligible then, and nobody is in.
        """
        context = self._context
        case, who = context.load_case(act.values["inc"]), act.values["who"].split()
        if restriction.involved_signed_in(context.session, who):
            said = restriction.record_stepping_back(case, who)
            self._sessions.close()
            raise said
        done = restriction.restrict_incident(case, who, act.values["reason"], act.passphrases)
        person = context.session.keyring.directory.find_person
        names = retention.join_names(show_invisible(person(i).name) for i in who)
        more = [LINKED.format(references=retention.join_names(done.linked))] if done.linked else []
        return report_done(
            act, done.receipt, before=(describe_restriction(names, len(done.may)), *more)
        )
