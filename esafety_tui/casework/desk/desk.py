"""The desk: the port of guide/ports.py, each call handed to the service that answers it.

It is there at once and loads its services behind the first screen. The door needs a school's name
and its officers, which are clear text; keys, store, forms and packs take most of a second to
import. That happens on a thread while a person reads, and the first call of any verb waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

from esafety_tui.casework.access.public_info import read_public_info, signed_out_state
from esafety_tui.kernel.door import DeskState

if TYPE_CHECKING:
    from esafety_tui.casework.desk.context import DeskContext
    from esafety_tui.casework.desk.services import Services
    from esafety_tui.data.officers import KdfCost
    from esafety_tui.kernel.clock import Clock

P = ParamSpec("P")
R = TypeVar("R")


class Delegated(Generic[P, R]):
    """A call of the desk, with the parameters and the result of the service's own method.

    The services are loaded where the call is made, on the caller's thread, not where it is named.
    """

    def __init__(self, choose: Callable[[Services], Callable[P, R]]) -> None:
        self._choose = choose

    def __get__(self, desk: Desk, owner: type[Desk]) -> Callable[P, R]:
        def call(*args: P.args, **named: P.kwargs) -> R:
            return self._choose(desk.load_services())(*args, **named)

        return call


class Desk:
    """Every verb of casework, as the application hands it to the screens.

    Args:
        folder: the vault. sheets: where set-up saves its PDFs.
        kdf: cost of new key files, None for the usual one.
    """

    def __init__(self, folder: Path, clock: Clock, kdf: KdfCost | None, sheets: Path) -> None:
        self._folder, self._clock, self._kdf, self._sheets = folder, clock, kdf, sheets
        self._loading = threading.Lock()
        self._services: Services | None = None

    @property
    def practice(self) -> bool:
        """Whether the vault is a practice vault, told by its origin."""
        plate = read_public_info(self._folder)
        return plate is not None and plate.is_practice

    def warm(self) -> None:
        """Begin to load the services on a thread of its own."""
        threading.Thread(target=self.load_services, name="warm", daemon=True).start()

    def load_services(self) -> Services:
        """Return the services, loaded once."""
        with self._loading:
            if self._services is None:
                from esafety_tui.casework.desk.services import build_services

                self._services = build_services(self._folder, self._clock, self._kdf, self._sheets)
            return self._services

    @property
    def context(self) -> DeskContext:
        """What the services share."""
        return self.load_services().context

    # Asked at any moment: nobody can be signed in before the services are loaded.

    def state(self) -> DeskState:
        """Return what may be shown; from the clear text alone while nothing is loaded."""
        loaded = self._services
        return signed_out_state(self._folder) if loaded is None else loaded.front.state()

    def contacts(self) -> tuple[tuple[str, str], ...]:
        """Return the contacts of an open session."""
        return () if self._services is None else self._services.front.contacts()

    def close(self) -> None:
        """Close everything. Safe to call twice, with or without a session."""
        if self._services is not None:
            self._services.sessions.close()

    # Front and session.
    machine_name = Delegated(lambda services: services.context.machine_name)
    generate_passphrase = Delegated(lambda services: services.front.generate_passphrase)
    judge_passphrase = Delegated(lambda services: services.front.judge_passphrase)
    set_up = Delegated(lambda services: services.front.set_up)
    unlock = Delegated(lambda services: services.sessions.unlock)
    unlock_paper = Delegated(lambda services: services.sessions.unlock_paper)
    lock = Delegated(lambda services: services.sessions.lock)
    reopen = Delegated(lambda services: services.sessions.reopen)
    leave = Delegated(lambda services: services.sessions.leave)
    keep_for_both = Delegated(lambda services: services.sessions.keep_for_both)
    sign_out = Delegated(lambda services: services.sessions.sign_out)

    # Incidents.
    incidents = Delegated(lambda services: services.incidents.incidents)
    open_incident = Delegated(lambda services: services.incidents.open_incident)
    link_incident = Delegated(lambda services: services.incidents.link_incident)
    case = Delegated(lambda services: services.incidents.case)
    answer = Delegated(lambda services: services.incidents.answer)
    note = Delegated(lambda services: services.incidents.note)
    describe = Delegated(lambda services: services.incidents.describe)
    correct = Delegated(lambda services: services.incidents.correct)
    add_url = Delegated(lambda services: services.incidents.add_url)
    add_file = Delegated(lambda services: services.incidents.add_file)
    add_files = Delegated(lambda services: services.incidents.add_files)
    keep_unsent = Delegated(lambda services: services.incidents.keep_unsent)
    unsent = Delegated(lambda services: services.incidents.unsent)

    # STOP.
    stop = Delegated(lambda services: services.stops.stop)
    tick = Delegated(lambda services: services.stops.tick)
    this_computer = Delegated(lambda services: services.sessions.this_computer)
    release = Delegated(lambda services: services.stops.release)

    # The school's policy.
    policy = Delegated(lambda services: services.policy.policy)
    flow_source = Delegated(lambda services: services.policy.flow_source)
    due_next = Delegated(lambda services: services.policy.due_next)

    # Disclosure.
    readiness = Delegated(lambda services: services.disclosure.readiness)
    prepare_form = Delegated(lambda services: services.disclosure.prepare_form)
    sign = Delegated(lambda services: services.disclosure.sign)
    save_form = Delegated(lambda services: services.disclosure.save_form)
    export = Delegated(lambda services: services.disclosure.export)
    passphrase_sheet = Delegated(lambda services: services.disclosure.passphrase_sheet)
    referral_sheet = Delegated(lambda services: services.disclosure.referral_sheet)

    # Administration.
    keeping = Delegated(lambda services: services.administration.keeping)
    act = Delegated(lambda services: services.administration.act)
