"""Show that every locked dependency has a wheel for Windows and macOS.

Reads requirements.lock, keeps for each system the lines whose markers hold there, and lets pip
download exactly those, hashes checked, wheels only. Exit 1 names the system that failed.
"""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = {"3.11": "3.11.9", "3.14": "3.14.0"}
"""The oldest that the program runs on and the newest that its workflow tries."""
SYSTEMS: dict[str, dict[str, str]] = {
    "win_amd64": {
        "sys_platform": "win32", "platform_system": "Windows", "os_name": "nt",
        "platform_machine": "AMD64",
    },
    "macosx_11_0_arm64": {
        "sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix",
        "platform_machine": "arm64",
    },
}  # fmt: skip
COMMON = {
    "implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": "",
}  # fmt: skip


def blocks(lock: str) -> list[tuple[Requirement, str]]:
    """Return each requirement of the lock with its text without the marker, hashes included."""
    found = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if block.startswith("#"):
            continue
        head, _, hashes = block.partition(" \\\n")
        wanted = Requirement(head)
        found.append((wanted, f"{wanted.name}{wanted.specifier} \\\n{hashes}"))
    return found


def check(platform: str, python: str, lock: str) -> int:
    """Download one platform's wheels for one Python, throw them away, return their number."""
    versions = {"python_version": python, "python_full_version": PYTHONS[python]}
    here = {**COMMON, **SYSTEMS[platform], **versions}
    wanted = [t for r, t in blocks(lock) if r.marker is None or r.marker.evaluate(here)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "wanted.txt"
        file.write_text("\n".join(wanted) + "\n", encoding="utf-8")
        command = [
            sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--require-hashes",
            "--only-binary=:all:", "--platform", platform, "--python-version", python,
            "--implementation", "cp", "-r", str(file), "-d", str(Path(folder) / "wheels"),
        ]  # fmt: skip
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        names = list((Path(folder) / "wheels").iterdir())
    strange = [n.name for n in names if n.suffix != ".whl"]
    if strange or len(names) != len(wanted):
        raise SystemExit(
            f"{platform} {python}: {len(names)} of {len(wanted)}, not wheels: {strange}"
        )
    return len(names)


def main() -> None:
    """Check every system with both Pythons and print one line for each."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for platform, python in itertools.product(SYSTEMS, PYTHONS):
        try:
            number = check(platform, python, lock)
            print(f"wheels for {platform}, Python {python}: {number}, all there", flush=True)
        except subprocess.CalledProcessError:
            raise SystemExit(
                f"{platform}, Python {python}: a dependency has no wheel; pip says which"
            ) from None


if __name__ == "__main__":
    main()
