"""The proof, which lists no way, held against walking every way of small procedures one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator

from esafety_tui.flows.engine.fit import fit_procedure
from esafety_tui.flows.procedure import graph
from esafety_tui.flows.procedure.load import load_procedure, parse_procedure, shipped_procedures
from esafety_tui.flows.procedure.model import ONE_OPTION_KINDS, ForbiddenAct, Procedure, StepKind
from esafety_tui.flows.profile.profile import load_profile
from esafety_tui.flows.proof import claims, claims_capture
from esafety_tui.flows.proof.proof import prove_procedure
from esafety_tui.flows.proof.proof_paths import PathLeg, ProofSubject, choices_at_step, count_paths
from tests.flows.ways import file_of, row

GENERIC = load_profile("generic")
TELLING = (
    "whoever must be told is offered on every way",
    "every time that begins can be met",
    "what is forbidden to tell waits for an answer",
)


def broken(procedure: Procedure) -> set[str]:
    """Return the names of the claims that do not hold."""
    return {claim.name for claim in prove_procedure(procedure, GENERIC) if not claim.holds}


def all_ways(procedure: Procedure, step_id: str) -> Iterator[tuple[PathLeg, ...]]:
    """Yield each way to an end, one after the other: what the proof never does."""
    step = procedure.get_step(step_id)
    if step.kind is StepKind.END:
        yield (PathLeg(step),)
    for option, follower in choices_at_step(step):
        yield from ((PathLeg(step, option), *rest) for rest in all_ways(procedure, follower))


def test_the_number_of_ways_is_what_counting_them_gives() -> None:
    for name in shipped_procedures():
        fitted = fit_procedure(load_procedure(name), GENERIC)
        if count_paths(fitted) < 3_000:
            assert count_paths(fitted) == sum(1 for _ in all_ways(fitted, fitted.first))


def every_path(procedure: Procedure, step_id: str) -> Iterator[tuple[str, ...]]:
    """Yield the ids of each path from ``step_id`` to each step behind it, itself first."""
    yield (step_id,)
    for other in graph.follower_ids(procedure.get_step(step_id)):
        yield from ((step_id, *rest) for rest in every_path(procedure, other))


def test_searching_finds_what_walking_every_path_finds() -> None:
    """Dominance: no path past ``closed`` is found where every path enters it, else a shortest."""
    found = {True: 0, False: 0}
    for seed in range(60):
        fitted = fit_procedure(random_procedure(seed), GENERIC)
        ids, chance = [step.id for step in fitted.steps], random.Random(seed)
        subject = ProofSubject(fitted, GENERIC)
        first, closed = ids[0], frozenset(chance.sample(ids, chance.choice([0, 0, 1, 2])))
        paths = [path for path in every_path(fitted, first) if not closed & set(path)]
        for target in ids:
            shortest = min((len(path) for path in paths if path[-1] == target), default=None)
            past = subject.find_path_avoiding(first, closed, target)
            assert (len(past) if past else None) == shortest, (seed, target)
            assert past is None or tuple(leg.step.id for leg in past) in paths
            found[past is None] += 1
        leading = {
            step_id
            for step_id in ids
            for path in every_path(fitted, step_id)
            if path[-1] == ids[-1] and not closed & set(path)
        }
        assert subject.steps_leading_to([ids[-1]], closed) == leading, seed
    assert min(found.values()) > 50


def random_procedure(seed: int) -> Procedure:
    """Return about eight steps in any order: some safe, most not."""
    chance = random.Random(seed)
    size, classes = 8, ['class = "A"', 'class = "B"', 'class = "C"', 'class = "unsure"', "advice"]
    rows = []
    for n in range(size):
        later = [f"s{m}" for m in range(n + 1, size + 2)]
        kind = chance.choice(["question", "wait", "gate", "gate", "capture"])
        more = f'next = "{chance.choice(later)}"\n'
        if kind in {"question", "wait"}:
            said = [f"{chance.choice(classes)}, " for _ in range(2)]
            said = [
                word.replace("advice", "advice = true" if kind == "wait" else 'carry_on = "misuse"')
                for word in said
            ]
            options = [
                f'{{ key = "{key}", label = "x", {word}next = "{chance.choice(later)}" }}'
                for key, word in enumerate(said)
            ]
            more = f"options = [{', '.join(options)}]"
        elif kind == "gate":
            names = sorted(claims_capture.GATE_CLAIMS)
            gates = chance.sample(names, chance.choice([2, 4, 4]))
            quoted = ", ".join(f'"{gate}"' for gate in gates)
            more += f'gates = [{quoted}]\nstatements = [{{ key = "a", text = "a" }}]'
        else:
            more += 'takes = "files"\nclasses = ["B", "C"]'
        rows.append(row(f"s{n}", kind, more))
    rows += [row("s8", "review", 'next = "s9"'), row("s9", "end")]
    return parse_procedure(file_of(rows, after_stop="s8"), "random.toml")


def test_the_proof_says_what_looking_at_every_way_says() -> None:
    """Facts carried along and a walk of each way agree on random procedures, safe and not."""
    verdicts = {True: 0, False: 0}
    for seed in range(150):
        fitted = fit_procedure(random_procedure(seed), GENERIC)
        unsafe = any(unsafe_way(fitted, fitted.first, claims_capture.ArrivalFacts(None)))
        said = broken(fitted)
        about = [*list(claims.OTHER_CLAIMS)[2:10], "a capture step is allowed where it stands"]
        assert unsafe == any(name in said for name in about), seed
        assert "casework and the engine agree with the flowchart" not in said or unsafe, seed
        verdicts[unsafe] += 1
    assert min(verdicts.values()) > 10


def unsafe_way(
    procedure: Procedure, step_id: str, known: claims_capture.ArrivalFacts
) -> Iterator[bool]:
    """Yield for each arrival at a capture on each way whether it may not be there."""
    step = procedure.get_step(step_id)
    if step.is_capture:
        ready = known.gates >= set(claims_capture.GATE_CLAIMS)
        advised = known.strictest == "C" or (known.strictest == "B" and known.advice)
        yield not (ready and advised)
    for option, follower in choices_at_step(step):
        after = claims_capture.facts_after_step(known, PathLeg(step, option))
        yield from unsafe_way(procedure, follower, after)


def telling_procedure(seed: int) -> Procedure:
    """Return about eight steps that demand, tell, forbid, wait and keep times, in any order."""
    chance, rows = random.Random(seed), []
    for n in range(8):
        later = [f"s{m}" for m in range(n + 1, 10)]
        kind = chance.choice(["question", "wait", "referral", "referral"])
        some = [chance.choice(["", "", f'{key} = ["lado"]\n']) for key in ("starts", "ends")]
        forbids = chance.choice(["", "", 'forbids = ["inform"]\n'])
        more = f'next = "{chance.choice(later)}"\n{forbids}{some[0] if kind == "question" else ""}'
        if kind == "referral":
            keys = chance.sample(["dsl", "lado", "police", "parents"], 2)
            options = [f'{{ key = "{key}", label = "x" }}' for key in keys]
            more += some[1]
        else:
            said = [
                chance.choice(["", 'demands = ["dsl"], ', 'demands = ["lado"], ']) for _ in "ab"
            ]
            options = [
                f'{{ key = "{key}", label = "x", {word}next = "{chance.choice(later)}" }}'
                for key, word in enumerate(said)
            ]
        rows.append(row(f"s{n}", kind, f"{more}options = [{', '.join(options)}]"))
    rows += [row("s8", "review", 'next = "s9"'), row("s9", "end")]
    return parse_procedure(file_of(rows, after_stop="s8"), "random.toml")


def wrong_on(way: tuple[PathLeg, ...]) -> set[str]:
    """Return which of TELLING one way breaks, by reading it from beginning to end."""
    found, running, silent = set(), False, False
    demands = {kind for _, option in way if option for kind in option.demands}
    offered = {o.key for step, _ in way if step.kind is StepKind.REFERRAL for o in step.options}
    if demands - offered:
        found.add(TELLING[0])
    for step, _ in way:
        running = (running or bool(step.starts)) and not step.ends
        silent = silent or ForbiddenAct.INFORM in step.forbids
        if silent and step.kind not in ONE_OPTION_KINDS and step.find_option("parents"):
            found.add(TELLING[2])
        silent = silent and (step.kind is not StepKind.WAIT or ForbiddenAct.INFORM in step.forbids)
    return found | ({TELLING[1]} if running else set())


def test_telling_and_times_are_what_reading_every_way_says() -> None:
    seen = {True: 0, False: 0}
    for seed in range(150):
        fitted = fit_procedure(telling_procedure(seed), GENERIC)
        wrong = set().union(*map(wrong_on, all_ways(fitted, fitted.first)))
        assert broken(fitted) & set(TELLING) == wrong, seed
        for name in TELLING:
            seen[name in wrong] += 1
    assert min(seen.values()) > 30
