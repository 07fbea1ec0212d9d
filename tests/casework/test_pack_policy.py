"""A pack holds the flowchart and the policy that were followed, or says that it does not."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from esafety_tui.casework.disclosure import evidence_pack, pack_policy, pack_source, signed_form
from esafety_tui.casework.incident import opening
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.policy import current_policy, policy_files
from esafety_tui.kernel.canon import sha256_hex
from esafety_tui.output.verify import verify_path
from tests.casework.policies import adopt, kept_at, our_misuse, our_profile, shipped_bytes
from tests.casework.support import TO_CAPTURE, Practice, walk

OURS, POLICY = our_misuse(), our_profile()
MISUSE, GENERIC = shipped_bytes("misuse"), shipped_bytes("generic")


def quiet(_what: str, _done: int, _total: int) -> None:
    """No progress."""


def exported(case: CaseFile, practice: Practice, stick: Path) -> evidence_pack.PackResult:
    """Draw the form and write a plain pack."""
    signed_form.render_form(case, reason="not all is known yet")
    words = tuple((practice.ids[i], practice.words[i]) for i in ("AB", "CD"))
    stick.mkdir()
    order = pack_source.PackOrder(stick, "police", "inquiry", words, True, "their portal")
    return evidence_pack.export_pack(case, order, quiet)


def said(done: evidence_pack.PackResult) -> str:
    """Return what a stranger is told who checks the pack."""
    return "\n".join(verify_path(done.path, passphrase=None, check_code=done.code).sentences)


def test_sha256sum_of_both_files_prints_what_stands_on_the_form(
    practice: Practice, tmp_path: Path
) -> None:
    """By hand, as README.txt says it: the school's own files, though others came in force since."""
    session = practice.sign_in()
    adopt(practice, session, OURS, POLICY)
    case = opening.open_new_incident(session)
    walk(case, TO_CAPTURE[:3])
    adopt(practice, session, our_misuse("later"))
    done = exported(case, practice, tmp_path / "stick")
    form = subprocess.run(
        ["pdftotext", "-layout", "data/form.pdf", "-"], cwd=done.path, capture_output=True,
        text=True, check=True,
    ).stdout  # fmt: skip
    readme = (done.path / "README.txt").read_text()
    hashed = 0
    for label, command in re.findall(r'"(.*)":\n    (sha256sum data/\w+\.toml)\n', readme):
        printed = re.search(rf"(?s){label}.*?SHA-256 ([0-9a-f]{{64}})", form)
        output = subprocess.check_output(command.split(), cwd=done.path, text=True)
        assert printed and output.split()[0] == printed[1]
        hashed += 1
    assert hashed == 2
    assert (done.path / "data/procedure.toml").read_bytes() == OURS
    assert (done.path / "data/profile.toml").read_bytes() == POLICY
    assert said(done).count("that the first entry names: SHA-256") == 2 and done.lacks == ()


def test_each_incident_has_the_files_of_its_own(practice: Practice) -> None:
    """One that carries on another follows a procedure, perhaps a policy, of its own."""
    session = practice.sign_in()
    first = opening.open_new_incident(session)
    adopt(practice, session, POLICY)
    second = opening.open_new_incident(session, procedure="nudes")
    for case, policy in ((first, GENERIC), (second, POLICY)):
        assert pack_policy.read_followed_file(case, "procedure") == shipped_bytes(
            case.procedure.name
        )
        assert pack_policy.read_followed_file(case, "policy") == policy


def test_a_pack_goes_without_a_file_that_nothing_can_give_and_says_so(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damaged in the vault while the incident is open, and the program comes with newer ones."""
    case = practice.case()
    kept_at(practice, MISUSE).write_bytes(b"changed")
    monkeypatch.setattr(
        policy_files, "shipped_policy_files", lambda: policy_files.ShippedFiles({}, {}, {})
    )
    assert current_policy.mend_adopted_files(case.session)[1] == 1  # as a second copy asks
    done = exported(case, practice, tmp_path / "stick")
    assert not (done.path / "data/procedure.toml").exists()
    assert (done.path / "data/profile.toml").read_bytes() == GENERIC
    why = "data/procedure.toml is not in this pack: the school's vault could not give the file."
    assert done.lacks == (why,)
    readme = (done.path / "README.txt").read_text()
    assert why in readme and "sha256sum data/procedure" not in readme
    assert "sha256sum data/profile.toml" in readme
    start = subprocess.check_output(["pdftotext", "-layout", done.path / "START-HERE.pdf", "-"])
    assert why in " ".join(start.decode().split())
    digest = sha256_hex(MISUSE)
    assert f"not in the pack; the first entry names its SHA-256: {digest}." in said(done)
    [record] = [r for r in case.records if r.type == "pack.exported"]
    assert record.fields["lacks"] == ["data/procedure.toml"]


def test_other_bytes_than_those_of_the_hash_never_go_along(practice: Practice) -> None:
    """Whatever this session remembers: reading back would refuse the whole pack."""
    case = opening.open_new_incident(practice.sign_in())
    case.session.policies[case.procedure.digest] = OURS
    assert pack_policy.read_followed_file(case, "procedure") == b""
    case.records[0] = replace(case.records[0], fields={"policy": "../vault.json"})
    assert (
        pack_policy.read_followed_file(case, "policy")
        == pack_policy.read_followed_file(case, "procedure")
        == b""
    )
