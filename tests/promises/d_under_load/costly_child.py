"""Checks what it is told, in a process that gets 300 MiB more memory than it has already.

Started with the paths as words; says one line of JSON for each.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from esafety_tui.kernel.errors import EvidenceError, NotSound
from esafety_tui.output.form import verify_form
from esafety_tui.output.verify import verify_path

assert sys.platform != "win32", "limits of a process and /proc"

WORDS = "maple-otter-tram-blue-kettle"
MORE = 300 << 20


def main(paths: list[str]) -> None:
    """Check each path and say what came of it."""
    assert verify_form  # what a whole check loads is no part of what one pack costs
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    room = pages * resource.getpagesize() + MORE
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    for path in paths:
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts again: proc_pid_status(5)
        start = time.monotonic()
        try:
            verdict = verify_path(Path(path), passphrase=WORDS, check_code=None)
            code, what = 0, verdict.kind
        except EvidenceError as err:
            code, what = 1 if isinstance(err, NotSound) else 2, str(err)
        lines = Path("/proc/self/status").read_text().splitlines()
        peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        took = round(time.monotonic() - start, 2)
        said = {"path": path, "code": code, "what": what, "seconds": took, "peak": peak}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
