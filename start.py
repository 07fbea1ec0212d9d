"""Set up what the program needs, then run it, or its tests: one command, one line, in any shell.

    python start.py practice        the app on a throw-away vault; any words of ``esafety`` will do
    python start.py test            the tests; more words go to pytest

Installs with plain pip, from the lock, every file checked against its hash. Inside an active
virtual environment it uses that one; otherwise it makes ``.venv`` beside this file, because Debian
and macOS lend nobody their own Python to install into. Needs the standard library alone, and is
written so that an older Python can read it and say what is wrong.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST = (3, 11)
USAGE = "usage: python start.py practice | drill | test | any other words of esafety"
NO_VENV = (
    "This Python cannot make a virtual environment. On Debian or Ubuntu install it first:\n"
    "    apt-get install python3-venv"
)


def find_python() -> Path:
    """Return the interpreter to install into: the active environment's, or that of ``.venv``.

    Raises SystemExit with a sentence where the system's Python has no ``venv``.
    """
    if sys.prefix != sys.base_prefix:
        return Path(sys.executable)
    folder = HERE / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists() or not has_pip(python):
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=False)
        if made.returncode != 0:
            raise SystemExit(NO_VENV)
    return python


def has_pip(python: Path) -> bool:
    """Return whether an environment is whole: one cut off while it was made has no pip."""
    asked = subprocess.run(
        [str(python), "-c", "import pip"], check=False, stderr=subprocess.DEVNULL
    )
    return asked.returncode == 0


def install(python: Path, for_tests: bool) -> None:
    """Install the locked versions, then the program: for tests as it lies here, else a copy."""
    lock = "requirements-dev.lock" if for_tests else "requirements.lock"
    program = ["--no-build-isolation", "--editable", "."] if for_tests else ["."]
    for words in (["--require-hashes", "-r", lock], ["--no-deps", *program]):
        command = [str(python), "-m", "pip", "install", "--quiet", *words]
        print("+ python -m pip install", *words, file=sys.stderr, flush=True)
        done = subprocess.run(command, cwd=HERE, check=False)
        if done.returncode != 0:
            raise SystemExit("pip could not install it; its own words stand above.")


def environment_of(python: Path) -> dict[str, str]:
    """Return the variables of an activated environment, so that its commands are found."""
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path, "VIRTUAL_ENV": str(python.parent.parent)}


def run(python: Path, words: list[str]) -> int:
    """Run the program or its tests and return the exit code."""
    for_tests = words[0] == "test"
    esafety = python.parent / ("esafety.exe" if os.name == "nt" else "esafety")
    command = [str(python), "-m", "pytest", *words[1:]] if for_tests else [str(esafety), *words]
    where = HERE if for_tests else Path.cwd()
    if os.name == "nt":  # exec there gives the terminal back before the program has ended
        return subprocess.run(
            command, env=environment_of(python), cwd=where, check=False
        ).returncode
    os.chdir(where)
    os.execve(command[0], command, environment_of(python))


def main(words: list[str]) -> int:
    """Set up, run, return the exit code: 2 where nothing could be begun."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        print(f"Python 3.11 or newer is needed; this is {found}.", file=sys.stderr)
        return 2
    if not words or words[0] in {"-h", "--help"}:
        print(USAGE)
        return 0 if words else 2
    python = find_python()
    install(python, words[0] == "test")
    return run(python, words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
