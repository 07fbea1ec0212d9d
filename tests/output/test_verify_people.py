"""What two officers signed must also be true: exhibits, certificates, the form, the verdict.

These packs are written by the real writer with the real signers, from a source in which one thing
is wrong, so every digest and signature over the statement is sound.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from esafety_tui.data.certificates import SchoolAuthority
from esafety_tui.data.officers import OfficerKeys
from esafety_tui.kernel.canon import Json
from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.pack import layout
from esafety_tui.output.pack.folder import write_plain_folder
from esafety_tui.output.pack.source import PackOfficer, PackSource
from esafety_tui.output.verify import Verdict, verify_path
from esafety_tui.output.verify_code import compute_check_code
from tests.output.pack_samples import (
    START,
    Case,
    Signer,
    build_sample,
    exhibit,
    form_signed_by,
    quiet,
)


@dataclass(frozen=True)
class Made:
    case: Case
    source: PackSource


@pytest.fixture(scope="module")
def made() -> Made:
    case = Case()
    return Made(case, build_sample(case=case))


def check(source: PackSource, folder: Path) -> Verdict:
    return verify_path(write_plain_folder(source, folder, quiet), passphrase=None, check_code=None)


def broken(source: PackSource, folder: Path) -> NotSound:
    with pytest.raises(NotSound) as caught:
        check(source, folder)
    return caught.value


@pytest.mark.parametrize("alone", ["screenshot", "url", "gate", "form.rendered"])
def test_what_one_officer_alone_wrote_is_refused(alone: str, tmp_path: Path) -> None:
    """Guards the rule of two officers in ``_record``: all else fits, and two signed the pack."""
    error = broken(build_sample(case=Case(alone=alone)), tmp_path)
    assert error.item.startswith("data/records/") and "one officer alone" in error.reason


def test_a_note_by_one_officer_alone_is_sound(tmp_path: Path) -> None:
    assert check(build_sample(case=Case(alone="note")), tmp_path)


def test_a_producer_who_was_not_present_is_refused(tmp_path: Path) -> None:
    """Guards the producer's part of the rule of two officers."""
    error = broken(build_sample(case=Case(producer="absent")), tmp_path)
    assert error.reason == "its producer was not present"


def test_a_producer_may_be_withheld_but_not_missing(tmp_path: Path) -> None:
    """Guards ``redacted``: a record with every field shown names its producer."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert check(build_sample(case=Case(producer="withheld")), tmp_path / "a")
    error = broken(build_sample(case=Case(producer="none")), tmp_path / "b")
    assert error.reason == "it names no producer"


def test_an_exhibit_exchanged_in_the_lists_as_well(made: Made, tmp_path: Path) -> None:
    exhibits = (exhibit(1, b"other bytes"), *made.source.exhibits[1:])
    error = broken(replace(made.source, exhibits=exhibits), tmp_path)
    assert error.item == "data/exhibits/AS_1.png"


def test_an_exhibit_left_out_without_a_word(made: Made, tmp_path: Path) -> None:
    error = broken(replace(made.source, exhibits=made.source.exhibits[1:]), tmp_path)
    assert "AS/1" in error.reason


def test_an_exhibit_that_no_record_knows(made: Made, tmp_path: Path) -> None:
    more = (*made.source.exhibits, exhibit(9, b"smuggled"))
    assert broken(replace(made.source, exhibits=more), tmp_path).item == "data/exhibits/AS_9.png"


def test_a_signer_whom_the_school_did_not_certify(made: Made, tmp_path: Path) -> None:
    stranger = SchoolAuthority.create_authority("Heron Valley School", START)
    officers = tuple(
        replace(o, cert=stranger.issue_certificate(made.case.pair[0], START))
        if o.id == made.case.pair[0].id
        else o
        for o in made.source.officers
    )
    error = broken(replace(made.source, officers=officers), tmp_path)
    assert error.item == f"certs/{made.case.pair[0].short_id}.pem"


def test_a_signer_who_is_not_in_the_directory(made: Made, tmp_path: Path) -> None:
    new = OfficerKeys.generate_keys("Dora Outsider")
    officers = (
        *made.source.officers,
        PackOfficer(new.id, new.name, new.spki, made.case.authority.issue_certificate(new, START)),
    )
    signers = (made.source.signers[0], Signer(new))
    source = replace(made.source, officers=officers, signers=signers)
    assert broken(source, tmp_path).item == layout.STATEMENT
    (tmp_path / "b").mkdir()
    error = broken(replace(made.source, officers=officers), tmp_path / "b")
    assert error.item == f"keys/{new.short_id}.pem"


def test_a_certificate_that_had_run_out(made: Made, tmp_path: Path) -> None:
    late = replace(made.source, created=START.replace(year=2099))
    assert "not valid when" in broken(late, tmp_path).reason


def test_a_form_that_is_not_the_one_of_the_ledger(made: Made, tmp_path: Path) -> None:
    assert broken(replace(made.source, form_pdf=b"%PDF-1.7\n"), tmp_path).item == layout.FORM


def test_a_hidden_missing_signature(made: Made, tmp_path: Path) -> None:
    who = made.case.pair[1].id
    error = broken(replace(made.source, not_signed_by=(who,)), tmp_path)
    assert (error.item, "truly" in error.reason) == (layout.STATEMENT, True)


@pytest.mark.parametrize("count", [0, 1])
def test_a_form_not_signed_by_all_is_said_aloud(tmp_path: Path, count: int) -> None:
    case = Case()
    source = build_sample(form=form_signed_by(count), case=case)
    verdict = check(source, tmp_path)
    lacking = tuple(officer.name for officer in case.pair[count:])
    assert verdict.not_signed_by == lacking
    for name in lacking:
        assert f"The form is not signed by {name}." in verdict.sentences
    (tmp_path / "b").mkdir()
    assert broken(replace(source, not_signed_by=()), tmp_path / "b").item == layout.STATEMENT


def test_a_form_signed_by_a_stranger_with_the_right_hashes(tmp_path: Path) -> None:
    case, other = Case(), Case()

    def foreign(case: Case) -> tuple[bytes, list[bytes]]:
        blank, revisions = form_signed_by(2)(other)
        return blank, revisions

    error = broken(build_sample(form=foreign, case=case), tmp_path)
    assert error.item == layout.FORM


def test_the_verdict_is_plain_json(made: Made, tmp_path: Path) -> None:
    value = check(made.source, tmp_path).to_json()
    assert json.loads(json.dumps(value)) == value
    assert value["result"] == "sound"


@pytest.mark.tool("sha256sum")
def test_the_check_code_has_a_fixed_vector() -> None:
    inputs: dict[str, Json] = {
        "v": 1, "origin": "hvs.practice.invalid/evidence", "incident": "ab" * 16, "form": 1,
        "checkpoint": "x\n1\ny\n", "officers": ["00" * 32, "11" * 32],
    }  # fmt: skip
    done = subprocess.run(
        ["sha256sum"], input=json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode(),
        capture_output=True, check=True,
    )  # fmt: skip
    bits = bin(int(done.stdout[:20], 16))[2:].zfill(80)
    digits = [int(bits[n : n + 5], 2) for n in range(0, 80, 5)]
    text = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit] for digit in digits)
    assert compute_check_code(inputs).replace(" ", "") == text


def test_the_verifier_loads_nothing_of_the_screens_the_store_or_the_drawing(
    made: Made, tmp_path: Path
) -> None:
    folder = write_plain_folder(made.source, tmp_path, quiet)
    program = (
        "import sys; from pathlib import Path\n"
        "from esafety_tui.output.verify import verify_path\n"
        "early = set(sys.modules)\n"
        "verify_path(Path(sys.argv[1]), passphrase=None, check_code=None)\n"
        "bad = {'textual', 'rich', 'sqlmodel', 'sqlalchemy', 'reportlab'}\n"
        "print(sorted(bad & set(sys.modules)), 'pyhanko' in early)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("[] False\n", 0), done.stderr


def test_a_rendering_recorded_twice_or_never(made: Made, tmp_path: Path) -> None:
    case = Case()

    def twice(case: Case) -> tuple[bytes, list[bytes]]:
        blank, revisions = form_signed_by(1)(case)
        case.add(case.inc, "form.rendered", version=1, sha256="0" * 64)
        return blank, revisions

    assert "not recorded" in broken(build_sample(form=twice, case=case), tmp_path).reason
    (tmp_path / "never").mkdir()
    inputs = {**made.source.check_inputs, "form": 9}
    error = broken(replace(made.source, check_inputs=inputs), tmp_path / "never")
    assert (error.item, "not recorded" in error.reason) == (layout.FORM, True)


def test_a_printed_head_that_names_another_school(made: Made, tmp_path: Path) -> None:
    inputs = dict(made.source.check_inputs)
    _, rest = str(inputs["checkpoint"]).split("\n", 1)
    inputs["checkpoint"] = f"other.practice.invalid/evidence\n{rest}"
    error = broken(replace(made.source, check_inputs=inputs), tmp_path)
    assert (error.item, "another ledger" in error.reason) == (layout.LEDGER, True)
