"""``esafety flow`` as people run it: sentences, files as they come, exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from esafety_tui.cli import main
from esafety_tui.flows.procedure.load import load_procedure, shipped_procedures
from esafety_tui.flows.profile.profile import load_profile, shipped_profiles
from esafety_tui.verbs.flow_check import FlowProof
from esafety_tui.verbs.flow_diff import list_differences
from tests.flows.ways import file_of, row

Run = Callable[..., tuple[int, str, str]]
SOUND = Path(__file__).parents[1] / "flows" / "sound.toml"


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr("esafety_tui.cli.refuse_network", lambda: None)  # it would last for ever

    def run(*args: object) -> tuple[int, str, str]:
        code = main(["flow", *map(str, args)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_prove_prints_each_claim_with_ways_and_steps(flow: Run) -> None:
    code, out, _ = flow("prove", "words-only")
    assert code == 0
    assert "1 way(s), " in out and "BROKEN" not in out
    assert out.count("  holds ") == len(out.splitlines()) - 1 >= 25
    code, out, _ = flow("prove", "misuse", "--profile", "winchelsea", "--why")
    assert code == 0 and "Source: " in out


def test_prove_all_names_every_pair(flow: Run) -> None:
    code, out, _ = flow("prove", "--all")
    pairs = len(shipped_procedures()) * len(shipped_profiles())
    assert code == 0
    assert out.count(f"{pairs} of {pairs}") >= 25
    assert len([line for line in out.splitlines() if "way(s)" in line]) == pairs


def test_more_ways_than_can_be_printed_are_told_by_their_length() -> None:
    procedure, profile = load_procedure("words-only"), load_profile()
    assert FlowProof(procedure, profile, (), 9, 12_345).describe_size == "12,345 way(s), 9 step(s)"
    assert FlowProof(procedure, profile, (), 9, 8**4850).describe_size.startswith(
        "10^4379 ways or more, "
    )
    assert FlowProof(procedure, profile, (), 9, None).describe_size.startswith("ways without end")


@pytest.mark.parametrize("args", [(), ("misuse", "--all"), ("no-such",), ("generic",)])
def test_prove_says_what_to_name(flow: Run, args: tuple[str, ...]) -> None:
    code, out, err = flow("prove", *args)
    assert (code, out) == (2, "")
    assert "misuse" in err


def test_check_a_sound_file(flow: Run) -> None:
    code, out, err = flow("check", SOUND)
    assert (code, err) == (0, "")
    assert out.count("claims hold") == len(shipped_profiles())


def test_check_names_every_mistake_of_several_files(flow: Run, tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    text = SOUND.read_text("utf-8")
    one.write_text(text.replace('kind = "gate"', 'kind = "gat"'), "utf-8")
    two.write_text('format = "profile/2"\nname = "x"\n', "utf-8")
    code, out, _ = flow("check", one, two)
    assert code == 1
    assert out.count("MISTAKE  one.toml, line ") == 4
    assert out.count("MISTAKE  two.toml, line ") == 1
    assert str(tmp_path) not in out


def test_check_says_the_breach_and_the_way(flow: Run, tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text(SOUND.read_text("utf-8").replace("advice = true, ", ""), "utf-8")
    code, out, _ = flow("check", ours, "--profile", "generic")
    assert code == 1
    assert "invented with generic: NOT SAFE TO USE" in out
    assert "The way there: reported > triage “Yes: another crime” > told-crime-b" in out
    code, out, _ = flow("check", ours, "--json")
    told = json.loads(out)
    assert (code, told["result"], told["mistakes"]) == (1, "broken", [])
    ways = {p["profile"]: p["ways"] for p in told["proofs"]}
    assert set(ways) == set(shipped_profiles()) and int(ways["generic"]) > 10


def test_check_a_profile_with_every_procedure(flow: Run, tmp_path: Path) -> None:
    assert flow("new", "our-school", "--from", "generic", tmp_path)[0] == 0
    code, out, _ = flow("check", tmp_path / "our-school.toml")
    assert code == 0
    assert out.count("with our-school: all") == len(shipped_procedures())


def test_check_names_the_line_of_a_step_that_there_is_not(flow: Run, tmp_path: Path) -> None:
    assert flow("new", "our-school", "--from", "generic", tmp_path)[0] == 0
    path = tmp_path / "our-school.toml"
    sound = path.read_text("utf-8")
    path.write_text(sound.replace('"misuse.category-staff"', '"misuse.category-stuff"'), "utf-8")
    code, out, _ = flow("check", path)
    line = sound[: sound.index('"misuse.category-staff"')].count("\n") + 1
    assert code == 1 and len(out.splitlines()) == 1
    assert f"MISTAKE  our-school.toml, line {line}: gap '2': 'misuse' has no step" in out
    assert "'category-staff' is nearest. Correct this line" in out
    path.write_text(sound.replace("category-stuff", "category-staff"), "utf-8")
    assert flow("check", path)[0] == 0


def test_a_step_of_ones_own_procedure_may_be_named(flow: Run, tmp_path: Path) -> None:
    assert flow("new", "our-school", "--from", "generic", tmp_path)[0] == 0
    assert flow("new", "our-way", "--from", "words-only", tmp_path)[0] == 0
    path = tmp_path / "our-school.toml"
    ours = path.read_text("utf-8").replace(
        '["misuse.category"', '["our-way.done", "misuse.category"'
    )
    path.write_text(ours, "utf-8")
    assert flow("check", path)[0] == 1
    assert flow("check", path, tmp_path / "our-way.toml")[0] == 0


@pytest.mark.posix
def test_files_that_are_none_are_a_calm_sentence(flow: Run, tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("no named pipes")
    link = tmp_path / "link.toml"
    link.symlink_to(SOUND)
    assert "link.toml is a link to somewhere else." in flow("check", link)[2]
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    assert "pipe.toml is no file." in flow("check", pipe)[2]
    assert "cannot be read" in flow("check", tmp_path / "missing.toml")[2]
    assert "is no file" in flow("check", tmp_path)[2]
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * 2_000_001)
    code, out, _ = flow("check", big)
    assert code == 1 and "larger than 2 MB" in out
    for word in (link, pipe, tmp_path, tmp_path / "missing.toml"):
        assert flow("check", word)[0] == 2


@pytest.mark.long("tests/flows/test_draw.py, which reads as many")
def test_ten_thousand_steps_are_checked(flow: Run, tmp_path: Path) -> None:
    long = tmp_path / "long.toml"
    rows = [row(f"s{n}", "review", f'next = "s{n + 1}"') for n in range(9_999)]
    long.write_bytes(file_of([*rows, row("s9999", "end")], "long"))
    code, out, _ = flow("check", long, "--profile", "generic")
    assert code == 0 and "1 way(s), 10,000 step(s)" in out


def test_a_copy_is_sound_and_nothing_is_written_over(flow: Run, tmp_path: Path) -> None:
    code, out, _ = flow("new", "our-misuse", "--from", "misuse", tmp_path)
    assert code == 0 and "esafety flow check our-misuse.toml" in out
    ours = tmp_path / "our-misuse.toml"
    assert flow("check", ours)[0] == 0
    assert flow("diff", "misuse", ours)[1] == "procedure misuse: name: “misuse” -> “our-misuse”\n"
    before = ours.read_bytes()
    assert flow("new", "our-misuse", "--from", "nudes", tmp_path)[0] == 2
    assert ours.read_bytes() == before
    for name in ("../x", "Ours", "generic", ""):
        assert flow("new", name, "--from", "misuse", tmp_path)[0] == 2
    assert flow("new", "x", "--from", "no-such", tmp_path)[0] == 2
    assert flow("new", "x", "--from", "misuse", tmp_path / "missing")[0] == 2
    assert [path.name for path in tmp_path.iterdir() if path.suffix] == ["our-misuse.toml"]


def test_differences_are_said_in_words(flow: Run, tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    text = SOUND.read_text("utf-8").replace("It is written down.", "It is all\\nwritten down.")
    text = text.replace("Nothing is illegal", "No crime")
    text = text.replace('id = "watched"', 'id = "seen"').replace(
        'next = "watched"', 'next = "seen"'
    )
    ours.write_text(text, "utf-8")
    said = flow("diff", SOUND, ours)[1].splitlines()
    assert "step 'answer', option '1': label: “Nothing is illegal” -> “No crime”" in said
    assert "procedure invented: step 'watched' is only in the first" in said
    assert "procedure invented: step 'seen' is only in the second" in said
    assert "step 'designated': next: “watched” -> “seen”" in said
    end = "step 'end': question: “It is written down.” -> “It is all / written down.”"
    assert end in said
    assert "Nothing differs" in flow("diff", "misuse", "misuse")[1]
    assert flow("diff", "misuse", "generic")[0] == 2


def test_every_pair_of_shipped_files_can_be_compared() -> None:
    profiles = [load_profile(name) for name in shipped_profiles()]
    procedures = [load_procedure(name) for name in shipped_procedures()]
    for flows in (profiles, procedures):
        for other in flows[1:]:
            said = list(list_differences(flows[0], other))
            assert said and all("\n" not in line for line in said)
            assert len(said) == len(set(said))


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_profile_is_shown_within_eighty_columns(flow: Run, name: str) -> None:
    code, out, _ = flow("show", name)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    for word in ("Roles", "Whom to call", "Times", "Not in your policy", "Against the law"):
        assert f"\n{word}\n" in out
    profile = load_profile(name)
    words = " ".join(out.split())
    for gap in profile.gaps:
        said = " ".join(f"{gap.text} Offered: {gap.offered}".split())
        after = words.split(said, 1)[1]
        assert after.startswith(" Shown in " if gap.steps else " About the whole policy.")
        assert all(step.partition(".")[2] in after for step in gap.steps)
    for matrix in profile.matrices:
        assert matrix.rows[-1].label.split()[0] in out


def test_the_sorts_that_need_officers_are_offered(
    flow: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        flow("--help")
    out = capsys.readouterr().out
    for word in ("prove", "check", "show", "new", "diff", "draw", "adopt", "confirm"):
        assert f"\n    {word} " in out


def test_whatever_is_typed_into_a_file_is_answered_in_words(flow: Run, tmp_path: Path) -> None:
    """Lines left out, doubled, swapped, letters changed: a mistake or a proof, never a fault."""
    chance, ours = random.Random(4), tmp_path / "ours.toml"
    lines = SOUND.read_bytes().splitlines()
    for _ in range(40):
        mixed = list(lines)
        for _ in range(chance.choice((1, 1, 2, 3))):
            at, other = chance.randrange(len(mixed)), chance.randrange(len(mixed))
            what = chance.randrange(4)
            if what == 0:
                mixed[at] = b""
            elif what == 1:
                mixed.insert(at, mixed[other])
            elif what == 2:
                mixed[at], mixed[other] = mixed[other], mixed[at]
            elif mixed[at]:
                place = chance.randrange(len(mixed[at]))
                letter = bytes([chance.randrange(256)])
                mixed[at] = mixed[at][:place] + letter + mixed[at][place + 1 :]
        ours.write_bytes(b"\n".join(mixed))
        code, out, err = flow("check", ours, "--profile", "generic")
        assert (code in (0, 1), err) == (True, "")
        assert ("MISTAKE  ours.toml" in out) != ("with generic" in out)
