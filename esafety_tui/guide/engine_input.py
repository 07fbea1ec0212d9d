"""What the desk keeps of an incident, as the engine takes it: its flowchart and its answers.

Rule: what is shown is parsed from the very bytes whose digests the incident names, with the same
loader that casework uses. Parsing is remembered by digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import parse_procedure
from esafety_tui.flows.procedure.model import Procedure, ProcedureEvent, StopEvent, build_answer
from esafety_tui.flows.profile.profile import Profile, parse_profile
from esafety_tui.guide.ports import CaseView, DeskPort
from esafety_tui.kernel.errors import Refused


@lru_cache(maxsize=64)
def _parse_procedure(data: bytes, digest: str) -> Procedure:
    return parse_procedure(data, f"procedure {digest[:8]}", adopted=True)


@lru_cache(maxsize=16)
def _parse_profile(data: bytes, digest: str) -> Profile:
    return parse_profile(data, f"profile {digest[:8]}")


def _read_flow_source(desk: DeskPort, digest: str) -> bytes:
    """Return a file of the desk whose hash is ``digest``. Raises Refused."""
    data = desk.flow_source(digest)
    if hashlib.sha256(data).hexdigest() != digest:
        raise Refused(
            "The school's policy in this vault is not the one that was adopted.",
            "Do not go on. Compare this vault with your second copy.",
        )
    return data


def load_profile(desk: DeskPort, digest: str) -> Profile:
    """Return the profile with that digest. Blocking. Raises Refused, BadInput."""
    return _parse_profile(_read_flow_source(desk, digest), digest)


def load_procedure(desk: DeskPort, digest: str, profile: Profile) -> Procedure:
    """Return the procedure with that digest, fitted to ``profile``. Blocking. Raises Refused."""
    return fit_procedure(_parse_procedure(_read_flow_source(desk, digest), digest), profile)


def load_incident_flows(desk: DeskPort, sources: tuple[str, str]) -> tuple[Procedure, Profile]:
    """Return the fitted procedure and the profile of an incident's ``sources``. Blocking."""
    profile = load_profile(desk, sources[1])
    return load_procedure(desk, sources[0], profile), profile


def list_engine_events(case: CaseView) -> Iterator[ProcedureEvent]:
    """Yield the recorded answers and STOP in the order of their recording."""
    again = {case.stopped_again} - {0}
    stops = {case.before_stop} | again if case.stopped_at else set[int]()
    for number, given in enumerate(case.answers):
        if number in stops:
            yield StopEvent()
        yield build_answer(given.step_id, given.values, given.reason)
    if any(number >= len(case.answers) for number in stops):
        yield StopEvent()
