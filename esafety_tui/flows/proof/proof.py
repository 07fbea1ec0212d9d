"""Proof before use: a procedure, fitted to a school's profile, keeps every claim of :mod:`claims`.

Run on everything that is shipped, and on a school's own file before it may be used. It proves what
the flowchart can lead to; whether its words are right, a person has to judge.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import shipped_procedures
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.profile.profile import Profile
from esafety_tui.flows.proof.claims import FIRST_CLAIMS, OTHER_CLAIMS, BreachFinder, claim_reason
from esafety_tui.flows.proof.proof_paths import ProofSubject, count_paths, describe_path
from esafety_tui.kernel.errors import Refused

__all__ = ["NOT_CHECKED", "Claim", "count_paths", "prove_procedure", "require_proof"]

NOT_CHECKED = "cannot be asked before the steps are in order"
"""Breach of a claim that was not looked at."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Attributes:
        name: what is claimed. reason: why, and from which source.
        breach: "" where it holds, else where it breaks first.
        way: ids and options of a way that leads to the breach, "" where it needs none.
    """

    name: str
    reason: str
    breach: str = ""
    path: str = ""

    @property
    def holds(self) -> bool:
        """True if no breach was found."""
        return not self.breach


def prove_procedure(
    procedure: Procedure, profile: Profile, others: Iterable[str] | None = None
) -> list[Claim]:
    """Return every claim on ``procedure`` as the school of ``profile`` has it.

    ``procedure`` may be fitted already; then steps and clauses of its file that this school never
    reaches are not looked at. ``others`` are the names of all procedures there are to carry on
    with, the shipped ones if left out.
    """
    ready = procedure.profile == profile.digest
    fitted = procedure if ready else fit_procedure(procedure, profile)
    names = frozenset({procedure.name, *(shipped_procedures() if others is None else others)})
    subject = ProofSubject(fitted, profile, names, None if ready else procedure)
    first = [_check_claim(name, find, subject) for name, find in FIRST_CLAIMS.items()]
    if not all(claim.holds for claim in first):
        return first + [
            Claim(name, claim_reason(find), NOT_CHECKED) for name, find in OTHER_CLAIMS.items()
        ]
    return first + [_check_claim(name, find, subject) for name, find in OTHER_CLAIMS.items()]


def require_proof(
    procedure: Procedure, profile: Profile, others: Iterable[str] | None = None
) -> list[Claim]:
    """Return the claims if all hold. Raises Refused naming the first that does not."""
    claims = prove_procedure(procedure, profile, others)
    for claim in claims:
        if not claim.holds:
            way = f" The way there: {claim.path}." if claim.path else ""
            raise Refused(
                f"Procedure {procedure.name!r} breaks the rule “{claim.name}”: {claim.breach}.",
                f"Correct the procedure before using it.{way}",
            )
    return claims


def _check_claim(name: str, find: BreachFinder, subject: ProofSubject) -> Claim:
    breach = next(find(subject), None)
    if breach is None:
        return Claim(name, claim_reason(find))
    return Claim(name, claim_reason(find), breach.where, describe_path(breach.path))
