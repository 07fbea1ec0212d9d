"""A net for the verbs: an error of the system that nobody foresaw becomes a sentence.

Where a failing disk is foreseen, the place itself says what was lost and what was not; this is for
the rest, such as a folder that may not be looked into. It catches nothing but system errors.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from esafety_tui.data.platform import describe_os_error


@contextlib.contextmanager
def translate_os_errors(doing: str) -> Iterator[None]:
    """Turn an OSError into StorageFailed, "Could not ``doing``: ...". Also a decorator."""
    try:
        yield
    except OSError as err:
        raise describe_os_error(err, doing) from err
