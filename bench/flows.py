"""Procedures: an answer at the first, thousandth and ten-thousandth step; reading, fitting, proof.

Peers: one frame of a 60 Hz screen for an answer, tomllib alone for reading a file.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path

from bench.rounds import paired, report
from esafety_tui.flows.engine import engine, fit
from esafety_tui.flows.procedure.load import parse_procedure
from esafety_tui.flows.procedure.model import Problem, Procedure
from esafety_tui.flows.profile.profile import parse_profile
from esafety_tui.flows.proof.proof import prove_procedure

FRAME = 1 / 60
LENGTHS = (10, 1_000, 10_000)


def flows(folder: Path) -> None:
    """Run the rows; ``folder`` is not needed."""
    del folder
    _answers()
    _reading()


def _row(number: int, kind: str, more: str) -> str:
    return (
        f'[[step]]\nid = "s{number}"\nkind = "{kind}"\ntitle = "t"\nquestion = "q"\nwhy = "w"\n'
        f'source = "x, to be confirmed"\nstatus = "to be confirmed"\n{more}\n'
    )


def long(steps: int) -> Procedure:
    """Return a procedure of so many steps in a row."""
    head = 'format = "procedure/2"\nname = "x"\ntitle = "t"\nversion = "1"\nfirst = "s0"\n'
    rows = [_row(n, "review", f'next = "s{n + 1}"') for n in range(steps - 1)]
    text = head + 'after_stop = "s0"\n' + "".join([*rows, _row(steps - 1, "end", "")])
    return parse_procedure(text.encode(), "long.toml")


def _walked(procedure: Procedure) -> engine.FlowState:
    """Return the state before the last answer."""
    state = engine.start_procedure(procedure)
    for number in range(len(procedure.steps) - 2):
        after = engine.answer_step(procedure, state, f"s{number}", {"done": "yes"})
        assert not isinstance(after, Problem)
        state = after
    return state


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _answers() -> None:
    rows: dict[str, Callable[[], float]] = {"one frame": lambda: FRAME}
    for length in LENGTHS:
        procedure = long(length)
        state = _walked(procedure)
        values = {"done": "yes"}
        act = partial(engine.answer_step, procedure, state, state.at, values)
        rows[f"answer at step {length:,}"] = partial(_timed, act)
        if length == LENGTHS[1]:
            again = partial(engine.replay_events, procedure, state.log)
            rows[f"resume after {length:,} answers"] = partial(_timed, again)
    goals = {"one frame": "<= 0.5"}
    report("flows  engine", paired(rows), f"answer at step {LENGTHS[1]:,}", goals)


def _reading() -> None:
    data = files("esafety_tui.flows")
    generic = (data / "profiles" / "generic.toml").read_bytes()
    misuse = (data / "procedures" / "misuse.toml").read_bytes()
    profile = parse_profile(generic, "generic.toml")
    procedure = parse_procedure(misuse, "misuse.toml")
    rows: dict[str, Callable[[], object]] = {
        "read a profile": lambda: parse_profile(generic, "generic.toml"),
        "the same by tomllib, unchecked": lambda: tomllib.loads(generic.decode()),
        "read a procedure": lambda: parse_procedure(misuse, "misuse.toml"),
        "fit it": lambda: fit.fit_procedure.__wrapped__(procedure, profile),
        "prove it": lambda: prove_procedure(procedure, profile),
    }
    timed = {name: partial(_timed, act) for name, act in rows.items()}
    report("flows  files (goal: a profile within 50 ms)", paired(timed), "read a profile", {})
