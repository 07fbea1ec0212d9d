"""The desk's incidents: opening, answers, captures, and words that are not sealed yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from esafety_tui.casework.access import summaries
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.incident import capture, capture_files, case_view, corrections, entries
from esafety_tui.casework.incident.opening import FULL, open_linked_incident, open_new_incident
from esafety_tui.data.keyring import IncidentCard
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.cards import Receipt
from esafety_tui.kernel.errors import Refused
from esafety_tui.kernel.unsent import UnsentText
from esafety_tui.kernel.views import (
    AddedFile,
    CaseHandle,
    CaseView,
    ExhibitView,
    IncidentSummary,
    OriginalFile,
    Progress,
    Values,
)

ONE_ALONE = "One officer alone cannot read what was answered here before."
UNANSWERABLE = "What was answered here before cannot be read: it is damaged."


class IncidentService:
    """Incidents, answers, captures and drafts."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context

    def incidents(self) -> tuple[IncidentSummary, ...]:
        """Return the register, newest first."""
        context = self._context
        with context.mutex:
            session = context.session
            return summaries.list_incidents(session)

    def open_incident(
        self, named: tuple[str, ...], others: str, words_only: bool, procedure: str = FULL
    ) -> CaseHandle:
        """Open a new incident; ``named`` are officer ids. Raises NotEligible, Refused."""
        context = self._context
        with context.mutex:
            case = open_new_incident(
                context.session, named=named, others=others, words_only=words_only,
                procedure=procedure,
            )  # fmt: skip
            return context.activate_case(case)

    def link_incident(self, inc: str, procedure: str) -> CaseHandle:
        """Open a new incident of ``procedure``, linked to one whose answers lead to it.

        Raises Refused where none of them does.
        """
        context = self._context
        with context.mutex:
            return context.activate_case(open_linked_incident(context.load_case(inc), procedure))

    def case(self, inc: str) -> CaseView:
        """Return the incident as recorded so far."""
        context = self._context
        with context.mutex:
            before = len(context.session.warnings)
            seen = case_view.view_case(context.load_case(inc), context.machine_name())
            # What opening it found is said once, where it is opened.
            return replace(seen, warnings=tuple(context.session.warnings[before:]))

    def answer(self, inc: str, step_id: str, values: Values, reason: str) -> Receipt:
        """Seal one answer. An unchanged one seals nothing and returns the last receipt."""
        context = self._context
        with context.mutex:
            case = context.load_case(inc)
            if not case.records or case.records[0].type != "incident.opened":
                # Without the earlier answers this would be a second, contradicting first answer.
                raise Refused(
                    UNANSWERABLE if context.session.is_pair else ONE_ALONE,
                    "Add your words as a note; two officers carry on with the questions.",
                )
            given: Mapping[str, Json] = dict(values)
            receipt = case.record_answer(step_id, given, reason)
            if receipt is not None:
                return summaries.show_receipt(receipt)
            last = summaries.last_receipt(context.session)
            assert last is not None  # noqa: S101 - a vault always has its founding entry
            return last

    def describe(self, inc: str, step_id: str, values: Values) -> Receipt:
        """Seal one record of a step that takes down one after another."""
        context = self._context
        with context.mutex:
            return summaries.show_receipt(
                entries.record_description(context.load_case(inc), step_id, values)
            )

    def note(self, inc: str, text: str) -> Receipt:
        """Seal a statement: each line says how its writer knows it."""
        context = self._context
        with context.mutex:
            return summaries.show_receipt(capture.record_note(context.load_case(inc), text))

    def correct(self, inc: str, seq: int, field: str, text: str, reason: str) -> Receipt:
        """Seal other words for a record's field, by two and with a reason; the old ones stay."""
        context = self._context
        with context.mutex:
            return summaries.show_receipt(
                corrections.record_correction(context.load_case(inc), seq, field, text, reason)
            )

    def add_url(self, inc: str, url: str, concern: str, how_known: str) -> Receipt:
        """Seal one address. Nothing is fetched."""
        context = self._context
        with context.mutex:
            return summaries.show_receipt(
                capture.capture_address(context.load_case(inc), url, concern, how_known)
            )

    def add_file(
        self, inc: str, path: Path, description: str, provenance: str, progress: Progress
    ) -> ExhibitView:
        """Take a file or screenshot in, byte-exact, and return it with its exhibit reference."""
        context = self._context
        with context.mutex:
            case = context.load_case(inc)

            def report(done: int, total: int) -> None:
                progress("taking it in", done, total)

            record = capture.capture_file(case, path, description, provenance, report)
            return case_view.view_exhibit_item(case, record)

    def add_files(
        self, inc: str, originals: Sequence[OriginalFile], progress: Progress
    ) -> tuple[AddedFile, ...]:
        """Take files and screenshots in, byte-exact; return in their order what became of each.

        One that is refused or lost on the way says so, and the others go on. An exhibit is there
        only after the commit that holds it.
        """
        context = self._context
        with context.mutex:
            case = context.load_case(inc)

            def report(done: int, total: int) -> None:
                progress("taking it in", done, total)

            acquired = list(capture_files.acquire_files(case, originals, report))
            return tuple(
                AddedFile(
                    one.original.path, case_view.view_exhibit_item(case,
                    one.record) if one.record else None,
                    one.error,
                )
                for one in acquired
            )  # fmt: skip

    def keep_unsent(self, inc: str, words: Sequence[UnsentText]) -> None:
        """Put all that is unsent in an incident on the disk, sealed; nothing removes its draft.

        Takes no mutex, so that it is kept also while STOP or an export waits for the disk.
        Raises StorageFailed, Refused where there is no such incident or the desk is locked.
        """
        context = self._context
        session, case = context.session, context.open_cases.get(inc)

        def card() -> IncidentCard:
            # Both may be back before the lock at a screen whose incident is not read in again yet.
            return session.read_case_card(inc) if case is None else case.card

        context.drafts_of(session).write_draft(card, words)

    def unsent(self, inc: str) -> tuple[UnsentText, ...]:
        """Return the drafts of an incident, the place written in last at the end."""
        context = self._context
        with context.mutex:
            return context.drafts_of(context.session).read_drafts(context.load_case(inc))
