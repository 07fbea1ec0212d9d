"""The desk's services, built once on one context."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from esafety_tui.casework.desk.administering import AdministrationService
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.desk.disclosing import DisclosureService
from esafety_tui.casework.desk.front import FrontService
from esafety_tui.casework.desk.incidents import IncidentService
from esafety_tui.casework.desk.school_policy import PolicyService
from esafety_tui.casework.desk.sessions import SessionService
from esafety_tui.casework.desk.stops import StopService
from esafety_tui.data.officers import KdfCost
from esafety_tui.kernel.clock import Clock


class Services(NamedTuple):
    """What answers the calls of the desk."""

    context: DeskContext
    front: FrontService
    sessions: SessionService
    incidents: IncidentService
    stops: StopService
    policy: PolicyService
    disclosure: DisclosureService
    administration: AdministrationService


def build_services(folder: Path, clock: Clock, kdf: KdfCost | None, sheets: Path) -> Services:
    """Build the services of one vault; ``kdf`` None: key files at the usual cost."""
    context = DeskContext(folder, clock, kdf or KdfCost(), sheets)
    front, stops = FrontService(context), StopService(context)
    sessions = SessionService(context, front, stops)
    return Services(
        context, front, sessions, IncidentService(context), stops, PolicyService(context),
        DisclosureService(context), AdministrationService(context, sessions),
    )  # fmt: skip
