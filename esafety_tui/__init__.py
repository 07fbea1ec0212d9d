"""Guides two school officers through an online-safety incident and keeps the evidence trail."""

import sys

__version__ = "0.1.0"


def _leave_current_folder() -> None:
    """Search the current folder for no module when run as ``python -m esafety_tui.cli``.

    ``-m`` puts that folder first, and it may be a stick with a ``json.py`` of somebody else's.
    While Python looks for the module, ``sys.argv[0]`` is "-m" (Python documentation, sys.argv).
    """
    if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
        here = sys.path[0]
        if not __file__.startswith(f"{here}/esafety_tui/".replace("\\", "/")):
            del sys.path[0]


_leave_current_folder()
