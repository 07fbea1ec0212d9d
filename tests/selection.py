"""Which tests run where: long ones under ``make slow``, portable ones on every system.

A test whose program is missing skips and names the Debian package. Under CI=true nothing may be
skipped: there, what was not looked at must not be counted among what is sound.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.programs import explain_missing, name_missing_program

POSIX_MODULE = re.compile(r'^assert sys\.platform (!= "win32"|== "linux")', re.MULTILINE)
"""What a test file says behind its imports when nothing in it is for Windows."""
NOT_PORTABLE = ("posix", "tool", "slow", "long")
BOUND_FIXTURES = {"small_disk", "terminal"}
"""Fixtures that need ``mount`` or ``tmux``: what asks for one is not portable."""
TAKEN_AWAY = ("fork", "forkpty", "mkfifo", "mknod", "openpty", "chown", "lchown", "symlink")
"""Calls of ``os`` that the portable tests do without wherever they run: Windows lacks them, or
asks for a privilege."""
LEFT_OUT = pytest.StashKey[int]()


def under_ci() -> bool:
    """Return whether this run decides about a change: then a skip is a failure."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def wants_portable(config: pytest.Config) -> bool:
    """Return whether only the portable tests are asked for, by ``-m portable``."""
    return str(config.getoption("markexpr", "")) == "portable"


@functools.cache
def needs_posix(path: Path) -> bool:
    """Return whether a test file says that it is for POSIX systems alone."""
    return path.suffix == ".py" and bool(POSIX_MODULE.search(path.read_text(encoding="utf-8")))


def pytest_configure(config: pytest.Config) -> None:
    """Take away what Windows has not, so that a run on Linux shows what is portable."""
    config.stash[LEFT_OUT] = 0
    if wants_portable(config) and sys.platform != "win32":
        for name in TAKEN_AWAY:
            if hasattr(os, name):
                delattr(os, name)
        os.environ["PATH"] = str(Path(sys.executable).parent)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave POSIX files alone where they cannot be imported, or are not asked for."""
    portable = wants_portable(config) or sys.platform == "win32"
    return True if portable and collection_path.is_file() and needs_posix(collection_path) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is portable, and leave what is long to ``make slow``."""
    for item in items:
        asked = BOUND_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        if not asked and not any(item.get_closest_marker(name) for name in NOT_PORTABLE):
            item.add_marker("portable")
    if os.environ.get("ESAFETY_LONG", "") == "all":
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.stash[LEFT_OUT] = len(long)
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Give the number of long tests to the process that writes the summary."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take the number from a worker; each collects the same tests."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist has no types here
    output: dict[str, int] = getattr(node, "workeroutput", {})
    config.stash[LEFT_OUT] = max(config.stash[LEFT_OUT], output.get("left_out", 0))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say in one line how many tests were left out."""
    if config.stash[LEFT_OUT]:
        terminalreporter.write_line(f"long tests left to make slow: {config.stash[LEFT_OUT]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a missing program into a skip, and under CI every skip into a failure."""
    report = yield
    program = None if call.excinfo is None else name_missing_program(call.excinfo.value)
    if report.failed and program is not None:
        path, line, _ = item.location
        report.outcome = "skipped"
        report.longrepr = (path, line or 0, f"Skipped: {explain_missing(program)}")
    if report.skipped and under_ci() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Under CI no test may be skipped. {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for a file that skips itself as a whole."""
    report = yield
    if report.skipped and under_ci():
        report.outcome = "failed"
        report.longrepr = f"Under CI no file may be skipped. {_reason(report.longrepr)}"
    return report


def _reason(longrepr: object) -> str:
    return str(longrepr[-1]) if isinstance(longrepr, tuple) else str(longrepr)
