"""``esafety flow prove`` and ``esafety flow check``: the claims, and every mistake in a file.

Rule: nothing is called safe that was not proven, and each breach is said with a way that leads to
it. Exit codes: 0 every claim holds, 1 a mistake or a breach, 2 a file that cannot be read at all.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import Procedure
from esafety_tui.flows.profile.profile import Profile, load_profile, shipped_profiles
from esafety_tui.flows.profile.step_references import refuse_unknown_steps
from esafety_tui.flows.proof.proof import NOT_CHECKED, Claim, count_paths, prove_procedure
from esafety_tui.kernel.errors import BadFile, BadInput
from esafety_tui.kernel.text import show_invisible
from esafety_tui.verbs.asking import print_line
from esafety_tui.verbs.flow_files import (
    Flow,
    find_procedure,
    find_profile,
    parse_flow_file,
    read_bytes,
)

MOST_WAYS = 10**60
"""Ways that are counted out in digits."""


@dataclass(frozen=True, slots=True)
class FlowProof:
    """Every claim on one procedure in one school. ``ways`` is None where steps run in a circle."""

    procedure: Procedure
    profile: Profile
    claims: tuple[Claim, ...]
    steps: int
    ways: int | None

    @property
    def broken_claims(self) -> tuple[Claim, ...]:
        """The claims that do not hold."""
        return tuple(claim for claim in self.claims if not claim.holds)

    @property
    def describe_size(self) -> str:
        """Ways and steps in words."""
        return f"{_count_in_words(self.ways)}, {self.steps:,} step(s)"


def _count_in_words(ways: int | None) -> str:
    """Return a number of ways in words; one of thousands of digits is told by its length."""
    if ways is None:
        return "ways without end"
    if ways < MOST_WAYS:
        return f"{ways:,} way(s)"
    return f"10^{int((ways.bit_length() - 1) * math.log10(2))} ways or more"


def prove_flow(procedure: Procedure, profile: Profile, others: Sequence[str] = ()) -> FlowProof:
    """Return the claims on a procedure in the school of a profile, with its size there."""
    fitted = fit_procedure(procedure, profile)
    try:
        ways = count_paths(fitted)
    except ValueError:
        ways = None
    claims = tuple(prove_procedure(procedure, profile, {*shipped_procedures(), *others}))
    return FlowProof(procedure, profile, claims, len(fitted.steps), ways)


def run_prove(args: argparse.Namespace) -> int:
    """Print the claims on one procedure, or on every shipped one with every shipped profile."""
    if args.all == bool(args.name):
        raise BadInput(
            "Say which procedure.", f"Name one of: {', '.join(shipped_procedures())}, or --all."
        )
    if args.all:
        profiles = [find_profile(args.profile)] if args.profile else _load_shipped_profiles()
        procedures = [load_procedure(name) for name in shipped_procedures()]
        proofs = [prove_flow(each, profile) for each in procedures for profile in profiles]
    else:
        proofs = [prove_flow(find_procedure(args.name), find_profile(args.profile or "generic"))]
    if args.json:
        return _print_json(proofs, ())
    if args.all:
        for one in proofs:
            print_line(f"{one.procedure.name:<16} {one.profile.name:<12} {one.describe_size}")
        _print_summary(proofs)
    else:
        _print_claims(proofs[0], args.why)
    return _exit_code(proofs)


def run_check(args: argparse.Namespace) -> int:
    """Say every mistake in each file, then prove what could be read."""
    flows, mistakes = _read_flow_files([Path(name) for name in args.files])
    proofs = _prove_flows(flows, args.profile)
    if args.json:
        return _print_json(proofs, mistakes)
    for mistake in mistakes:
        print_line(f"MISTAKE  {mistake.what} {mistake.do}")
    for one in proofs:
        words = f"all {len(one.claims)} claims hold" if not one.broken_claims else "NOT SAFE TO USE"
        print_line(f"{one.procedure.name} with {one.profile.name}: {words}; {one.describe_size}.")
        _print_breaches(one)
    return 1 if mistakes else _exit_code(proofs)


def _read_flow_files(paths: Sequence[Path]) -> tuple[list[Flow], list[BadInput]]:
    """Return the files without a mistake, and every mistake in the others."""
    flows: list[Flow] = []
    mistakes: list[BadInput] = []
    schools: list[tuple[Profile, bytes, str]] = []
    for path in paths:
        try:
            data = read_bytes(path)
            flow = parse_flow_file(data, path.name)
        except BadInput as err:
            mistakes += err.mistakes if isinstance(err, BadFile) else (err,)
            continue
        if isinstance(flow, Profile):
            schools.append((flow, data, path.name))
        else:
            flows.append(flow)
    known = {name: load_procedure(name) for name in shipped_procedures()} if schools else {}
    known.update((flow.name, flow) for flow in flows if isinstance(flow, Procedure))
    for school, data, name in schools:
        try:
            refuse_unknown_steps(data, name, known)
            flows.append(school)
        except BadFile as err:
            mistakes += err.mistakes
    return flows, mistakes


def _prove_flows(flows: Sequence[Flow], profile: str | None) -> list[FlowProof]:
    """Own procedures with own profiles; what is missing of either is taken from the shipped."""
    own = [flow for flow in flows if isinstance(flow, Procedure)]
    schools = [flow for flow in flows if isinstance(flow, Profile)]
    if not flows:
        return []
    procedures = own or [load_procedure(name) for name in shipped_procedures()]
    profiles = [find_profile(profile)] if profile else schools or _load_shipped_profiles()
    names = [each.name for each in own]
    return [prove_flow(each, school, names) for each in procedures for school in profiles]


def _load_shipped_profiles() -> list[Profile]:
    return [load_profile(name) for name in shipped_profiles()]


def _print_claims(one: FlowProof, why: bool) -> None:
    title = f"{one.procedure.title} ({one.procedure.name})"
    print_line(f"{title} with {one.profile.title}: {one.describe_size}.")
    for claim in one.claims:
        print_line(f"  {'holds ' if claim.holds else 'BROKEN'}  {claim.name}")
        if why:
            print_line(f"          {claim.reason}")
        if not claim.holds:
            _format_breach(claim)


def _print_summary(proofs: Sequence[FlowProof]) -> None:
    """Each claim once, with how often it holds; then each breach where it is."""
    print_line("")
    for number, claim in enumerate(proofs[0].claims):
        holds = sum(one.claims[number].holds for one in proofs)
        word = "holds " if holds == len(proofs) else "BROKEN"
        print_line(f"  {word}  {holds:>3} of {len(proofs)}  {claim.name}")
    for one in proofs:
        if one.broken_claims:
            print_line(f"\n{one.procedure.name} with {one.profile.name}:")
            _print_breaches(one)


def _print_breaches(one: FlowProof) -> None:
    for claim in one.broken_claims:
        if claim.breach != NOT_CHECKED:
            print_line(f"  BROKEN  {claim.name}")
            _format_breach(claim)
    if unasked := sum(claim.breach == NOT_CHECKED for claim in one.broken_claims):
        print_line(f"          {unasked} more {NOT_CHECKED}.")


def _format_breach(claim: Claim) -> None:
    print_line(f"          {show_invisible(claim.breach)}.")
    if claim.path:
        print_line(f"          The way there: {show_invisible(claim.path)}")


def _format_count(ways: int | None) -> str:
    return _count_in_words(ways) if (ways or 0) >= MOST_WAYS else str(ways)


def _exit_code(proofs: Sequence[FlowProof]) -> int:
    return 1 if any(one.broken_claims for one in proofs) else 0


def _print_json(proofs: Sequence[FlowProof], mistakes: Sequence[BadInput]) -> int:
    code = 1 if mistakes else _exit_code(proofs)
    rows = [
        {
            "procedure": one.procedure.name, "profile": one.profile.name, "steps": one.steps,
            "ways": _format_count(one.ways), "claims": [
                {"name": c.name, "holds": c.holds, "breach": c.breach, "way": c.path}
                for c in one.claims
            ],
        }
        for one in proofs
    ]  # fmt: skip
    said = [{"what": err.what, "do": err.do} for err in mistakes]
    result = "broken" if code else "every claim holds"
    print_line(json.dumps({"v": 1, "result": result, "mistakes": said, "proofs": rows}))
    return code
