"""The form: whether it is drawn, who has signed it, and what can be done about it.

Rule: "signed by both" is said only where the desk has checked it, and whoever has not signed is
named. Signing can be left for another day.
"""

from __future__ import annotations

from dataclasses import dataclass

from esafety_tui.guide.choice import Choice
from esafety_tui.guide.ports import CaseView, OfficerCard

NO_FORM = "There is no form yet. Draw it first; nothing is signed."
ALL_SIGNED = "Signed by both, and the signatures were checked and found sound."
NOT_CURRENT = "Something was written down since. Draw a new form to include it."
DRAW = Choice("draw", "Draw the form")
DRAW_AGAIN = Choice("draw", "Draw a new form", "the earlier one is kept")
SAVE = Choice("save", "Save the form as a PDF, to print it")
GO_ON = Choice("go", "Go on")
LEAVE = Choice("go", "Leave it for another day")
PDF_NOTE = "The PDF is not encrypted: whoever has it can read it. Print it, then put it away."
WHERE_PDF = "Where shall the PDF go?"


@dataclass(frozen=True, slots=True)
class SigningView:
    """Where the form stands.

    Attributes:
        signed: names of those who have signed the newest form. missing: whose signature it lacks.
        complete: drawn, and signed by all. current: nothing was written down since.
    """

    drawn: bool
    signed: tuple[str, ...]
    missing: tuple[OfficerCard, ...]
    current: bool
    code: str

    @property
    def is_fully_signed(self) -> bool:
        """Whether the form is drawn and signed by all."""
        return self.drawn and not self.missing


def view_signing(case: CaseView) -> SigningView:
    """Return where the form of an incident stands."""
    missing = tuple(o for o in case.officers if o.name not in case.signed_by)
    return SigningView(
        case.rendered, tuple(case.signed_by), missing, case.form_current, case.check_code
    )


def state_form(view: SigningView, signs: tuple[str, str, str, str]) -> list[str]:
    """Return where the form stands, line by line.

    ``signs``: the lines of who signed and of who did not, each with ``{name}``; what stands before
    the line that all signed, and before the one of a form that is not current.
    """
    if not view.drawn:
        return [NO_FORM]
    signed, unsigned, checked, outdated = signs
    lines = [signed.format(name=name) for name in view.signed]
    lines += [unsigned.format(name=officer.name) for officer in view.missing]
    lines += [f"{checked}{ALL_SIGNED}"] if not view.missing else []
    return [*lines, *([f"{outdated}{NOT_CURRENT}"] if not view.current else [])]
