"""Rules for the whole process: no network, no core file, nothing in the environment that leaks.

Installed by the command line before anything else is imported. An audit hook cannot be removed
again (PEP 578). Loopback stays open: the event loop of some systems talks to itself through it.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    Loader = object  # importlib.abc takes longer to load than everything else here

PR_SET_DUMPABLE = 4
"""prctl(2): 0 lets neither a core file be made nor another process of this user look in."""
UNWANTED = frozenset({"aiohttp", "ssl", "_ssl"})
"""Modules that only somebody who wants a network needs; each importer can do without them."""
STAND_INS = {
    "pyhanko.sign.timestamps.aiohttp_client": "HTTPTimeStamper",
    "pyhanko_certvalidator.fetchers.aiohttp_fetchers": "AIOHttpFetcherBackend",
}
"""Parts of pyHanko that ask a service on the network, and what is imported from each: they would
bring in aiohttp. An empty class stands in for them; nothing here calls it."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_EVENTS = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
     "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)  # fmt: skip
_ADDRESSED = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
LEAKS = (
    "TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DEVTOOLS", "TEXTUAL_DEVTOOLS_HOST",
    "TEXTUAL_DEVTOOLS_PORT", "TEXTUAL_SCREENSHOT", "TEXTUAL_SCREENSHOT_LOCATION",
    "TEXTUAL_SCREENSHOT_FILENAME", "TEXTUAL_PRESS", "TEXTUAL_DRIVER", "TEXTUAL_PROFILE",
    "PYTHONFAULTHANDLER", "PYTHONDEVMODE",
)  # fmt: skip


class NetworkRefused(PermissionError):
    """Some part of the program tried to reach the network. It never may."""


def _extract_host(event: str, args: tuple[object, ...]) -> object:
    if event in _ADDRESSED:
        address = args[1] if len(args) > 1 else None
        if isinstance(address, str | bytes):
            return "localhost"  # a local socket file, not a network
        return address[0] if isinstance(address, tuple) and address else address
    if event == "socket.getnameinfo":
        return args[0][0] if args and isinstance(args[0], tuple) else None
    return args[0] if args else None


def _refuse_network_event(event: str, args: tuple[object, ...]) -> None:
    if event in _EVENTS and _extract_host(event, args) not in LOOPBACK:
        raise NetworkRefused("esafety never uses the network; this was refused.")


class _WithheldModules(Loader):
    """Finds nothing for UNWANTED modules, and the STAND_INS of those that need them."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] in UNWANTED:
            raise ModuleNotFoundError(f"{name} is not loaded: esafety has no network.", name=name)
        return importlib.machinery.ModuleSpec(name, self) if name in STAND_INS else None

    def create_module(self, _spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Leave the making of the module to Python."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        wanted = STAND_INS[module.__name__]
        module.__dict__[wanted] = type(wanted, (), {})


def refuse_network() -> None:
    """Refuse every connection, listening place and name look-up of this process, for good.

    What could ask for one (UNWANTED) is not loaded either.
    """
    sys.addaudithook(_refuse_network_event)
    if not any(isinstance(finder, _WithheldModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, _WithheldModules())


def refuse_core_files() -> bool:
    """Let the system write no memory of this process to a file, and nobody trace it.

    Returns:
        Whether the system has both means and took them. The limit alone is not enough where core
        files are piped to a program: core(5) says that the limit does not count there.
    """
    if sys.platform == "win32":
        return False
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sys.platform.startswith("linux"):
        return False  # macOS has the limit alone
    import ctypes

    return bool(ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)


def scrub_environment() -> None:
    """Drop what would make Textual log keys, save screenshots or open its developer tools."""
    for name in [n for n in os.environ if n in LEAKS or n.startswith("TEXTUAL_DEV")]:
        del os.environ[name]
