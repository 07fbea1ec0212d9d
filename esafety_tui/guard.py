"""Two rules for the whole process: no network, and nothing in the environment that would leak.

Installed by the command line before anything else is imported. An audit hook cannot be removed
again (PEP 578). Loopback stays open: the event loop of some systems talks to itself through it.
"""

from __future__ import annotations

import os
import sys

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_EVENTS = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
     "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)  # fmt: skip
LEAKS = (
    "TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DEVTOOLS", "TEXTUAL_DEVTOOLS_HOST",
    "TEXTUAL_DEVTOOLS_PORT", "TEXTUAL_SCREENSHOT", "TEXTUAL_SCREENSHOT_LOCATION",
    "TEXTUAL_SCREENSHOT_FILENAME", "TEXTUAL_PRESS", "TEXTUAL_DRIVER", "TEXTUAL_PROFILE",
    "PYTHONFAULTHANDLER", "PYTHONDEVMODE",
)  # fmt: skip


class NetworkRefused(PermissionError):
    """Some part of the program tried to reach the network. It never may."""


def _host(event: str, args: tuple[object, ...]) -> object:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = args[1] if len(args) > 1 else None
        if isinstance(address, str | bytes):
            return "localhost"  # a local socket file, not a network
        return address[0] if isinstance(address, tuple) and address else address
    if event == "socket.getnameinfo":
        return args[0][0] if args and isinstance(args[0], tuple) else None
    return args[0] if args else None


def _hook(event: str, args: tuple[object, ...]) -> None:
    if event in _EVENTS and _host(event, args) not in LOOPBACK:
        raise NetworkRefused("esafety never uses the network; this was refused.")


def refuse_network() -> None:
    """Refuse every connection and name look-up of this process, whoever asks, for good."""
    sys.addaudithook(_hook)


def scrub_environment() -> None:
    """Drop what would make Textual log keys, save screenshots or open its developer tools."""
    for name in [n for n in os.environ if n in LEAKS or n.startswith("TEXTUAL_DEV")]:
        del os.environ[name]
