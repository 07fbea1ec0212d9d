"""What two officers signed must also be true: each rule of a pack fails by itself.

These packs are written by the real writer with the real signers, from a source in which one thing
is wrong, so every digest and signature over the statement is sound.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from esafety_tui.data import checkpoint
from esafety_tui.kernel.errors import NotSound
from esafety_tui.output.pack import layout
from esafety_tui.output.pack.folder import write_plain_folder
from esafety_tui.output.pack.source import PackEntry, PackSource
from esafety_tui.output.verify import Verdict, verify_path
from tests.output.broken_packs import BROKEN
from tests.output.pack_samples import FOLLOWED, Case, Drifted, build_sample, quiet


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


def at(source: PackSource, kind: str) -> int:
    return next(n for n, entry in enumerate(source.entries) if entry.record.type == kind)


def changed(source: PackSource, number: int, **values: Any) -> PackSource:
    entries = list(source.entries)
    entries[number] = replace(entries[number], **values)
    return replace(source, entries=tuple(entries))


def told(source: PackSource, number: int, **fields: Any) -> PackSource:
    """Change what a record says without its entry."""
    record = source.entries[number].record
    rows = tuple((salt, name, fields.get(name, value)) for salt, name, value in record.disclosures)
    return changed(source, number, record=replace(record, disclosures=rows))


def test_the_sample_itself_is_sound(made: Made, tmp_path: Path) -> None:
    assert check(made.source, tmp_path).signed_by == tuple(o.name for o in made.case.pair)


def test_an_entry_cut_out_of_the_middle(made: Made, tmp_path: Path) -> None:
    entries = made.source.entries
    error = broken(replace(made.source, entries=entries[:3] + entries[4:]), tmp_path)
    assert error.item == "data/ledger.json, entry 4"
    assert "missing before it" in error.reason


def test_entries_cut_from_the_front_or_the_back(made: Made, tmp_path: Path) -> None:
    entries = made.source.entries
    front = broken(replace(made.source, entries=entries[1:]), tmp_path)
    assert front.item == "data/ledger.json, entry 1"
    (tmp_path / "b").mkdir()
    assert broken(replace(made.source, entries=entries[:-1]), tmp_path / "b").item == layout.FORM
    (tmp_path / "c").mkdir()
    assert broken(replace(made.source, entries=()), tmp_path / "c").item == layout.LEDGER


def test_entries_in_another_order(made: Made, tmp_path: Path) -> None:
    first, second, *rest = made.source.entries
    error = broken(replace(made.source, entries=(second, first, *rest)), tmp_path)
    assert error.item == "data/ledger.json, entry 1"


def test_an_entry_twice(made: Made, tmp_path: Path) -> None:
    first, *rest = made.source.entries
    twice = replace(made.source, entries=(first, first, *rest))
    # The writer would write one record twice, which no folder takes.
    with pytest.raises(Exception, match="not written"):
        write_plain_folder(twice, tmp_path, quiet)


def test_an_entry_of_another_incident(made: Made, tmp_path: Path) -> None:
    case = made.case
    other = next(n for n, line in enumerate(case.lines) if b"cdcdcd" in line)
    from esafety_tui.data import merkle

    tree = merkle.MerkleTree([merkle.hash_leaf(line) for line in case.lines])
    line = case.lines[other]
    sigs = {o.id: o.sign_message(b"evidence-entry/v1\n" + line) for o in case.pair}
    foreign = PackEntry(
        other, line, sigs, made.source.entries[0].record, tuple(tree.inclusion_proof(other))
    )
    entries = (made.source.entries[0], foreign, *made.source.entries[2:])
    error = broken(replace(made.source, entries=entries), tmp_path)
    assert (error.item, error.reason) == (
        "data/ledger.json, entry 2", "it belongs to another incident",
    )  # fmt: skip


def test_a_changed_line(made: Made, tmp_path: Path) -> None:
    line = made.source.entries[2].line.replace(b'"boot":"0-boot"', b'"boot":"1-boot"')
    message = b"evidence-entry/v1\n" + line
    sigs = {o.id: o.sign_message(message) for o in made.case.pair}
    assert (
        "not in the ledger"
        in broken(changed(made.source, 2, line=line, sigs=sigs), tmp_path).reason
    )


POLICY = {n: c for n, (c, item) in BROKEN.items() if "toml" in item}


@pytest.mark.parametrize("name", POLICY)
def test_a_flowchart_or_policy_that_the_first_entry_does_not_name(
    made: Made, tmp_path: Path, name: str
) -> None:
    error = broken(POLICY[name](made.source), tmp_path)
    assert error.item == (layout.PROFILE if name == "profile unnamed" else layout.PROCEDURE)
    assert "first entry names" in error.reason


def test_a_pack_without_these_files_is_sound_and_says_so(made: Made, tmp_path: Path) -> None:
    """As packs were first laid out, or where the school could not give them."""
    bare = replace(made.source, procedure=b"", profile=b"")
    said = "\n".join(check(bare, tmp_path).sentences)
    for digest in FOLLOWED.values():
        assert f"not in the pack; the first entry names its SHA-256: {digest}" in said
    for name in layout.FOLLOWED_FILES:
        assert f"{name} is the" not in said


def test_answers_that_name_another_flowchart_are_told(made: Made, tmp_path: Path) -> None:
    said = check(build_sample(case=Drifted()), tmp_path).sentences
    assert "Entries 5, 6 name another procedure or profile." in said
    (tmp_path / "w").mkdir()
    assert not any("name another" in text for text in check(made.source, tmp_path / "w").sentences)


def test_a_line_in_other_words(made: Made, tmp_path: Path) -> None:
    line = made.source.entries[2].line.replace(b'"v":1', b'"v": 1')
    assert "not in the ledger" in broken(changed(made.source, 2, line=line), tmp_path).reason


def test_a_signature_of_an_entry_is_missing_wrong_or_too_many(made: Made, tmp_path: Path) -> None:
    source = made.source
    first, second = made.case.pair
    sigs = dict(source.entries[2].sigs)
    outsider = made.case.officers[2]
    cases = {
        "one": {first.id: sigs[first.id]},
        "none": {},
        "wrong": {first.id: sigs[second.id], second.id: sigs[second.id]},
        "more": {**sigs, outsider.id: outsider.sign_message(b"x")},
        "other": {first.id: sigs[first.id], outsider.id: sigs[second.id]},
    }
    for name, value in cases.items():
        (tmp_path / name).mkdir()
        error = broken(changed(source, 2, sigs=value), tmp_path / name)
        assert error.item == "data/ledger.json, entry 3"


def test_records_swapped_between_entries(made: Made, tmp_path: Path) -> None:
    first, second = made.source.entries[6].record, made.source.entries[5].record
    swapped = changed(changed(made.source, 5, record=first), 6, record=second)
    assert broken(swapped, tmp_path).item == layout.record_file_name(made.source.entries[5].seq)


def test_a_record_that_says_something_else(made: Made, tmp_path: Path) -> None:
    number = at(made.source, "url")
    error = broken(told(made.source, number, concern="praise"), tmp_path)
    assert error.item == layout.record_file_name(made.source.entries[number].seq)
    assert "not the one that was sealed" in error.reason


def test_a_record_of_another_type(made: Made, tmp_path: Path) -> None:
    record = replace(made.source.entries[0].record, type="note")
    error = broken(changed(made.source, 0, record=record), tmp_path)
    assert error.item == layout.record_file_name(made.source.entries[0].seq)


def test_a_proof_of_another_entry(made: Made, tmp_path: Path) -> None:
    wrong = changed(made.source, 2, proof=made.source.entries[3].proof)
    assert "not in the ledger" in broken(wrong, tmp_path).reason


def test_a_wrong_consistency_proof(made: Made, tmp_path: Path) -> None:
    proof = made.source.printed_proof
    assert proof
    error = broken(replace(made.source, printed_proof=proof[:-1]), tmp_path)
    assert (error.item, "printed head" in error.reason) == (layout.LEDGER, True)


def test_a_printed_head_that_the_ledger_never_had(made: Made, tmp_path: Path) -> None:
    inputs = dict(made.source.check_inputs)
    origin, size, _ = str(inputs["checkpoint"]).split("\n", 2)
    root = base64.b64encode(b"r" * 32).decode()
    inputs["checkpoint"] = f"{origin}\n{size}\n{root}\n"
    error = broken(replace(made.source, check_inputs=inputs), tmp_path)
    assert error.item == layout.LEDGER


def test_a_head_signed_by_others_or_of_another_ledger(made: Made, tmp_path: Path) -> None:
    case, head = made.case, made.case.head()
    others = (case.pair[0], case.officers[2])
    alone = (case.pair[0],)
    strangers = (case.pair[0], case.pair[1], case.officers[2])
    for name, who in {"others": others, "alone": alone, "more": strangers}.items():
        lines = [(f"officer-{o.short_id}", o.spki, o.sign_message(head.signed_body())) for o in who]
        (tmp_path / name).mkdir()
        wrong = replace(made.source, checkpoint_note=checkpoint.write_signed_note(head, lines))
        assert broken(wrong, tmp_path / name).item == layout.CHECKPOINT
    case = Case(origin="other.practice.invalid/evidence")
    foreign = build_sample(case=case).checkpoint_note
    (tmp_path / "foreign").mkdir()
    wrong = replace(made.source, checkpoint_note=foreign)
    assert broken(wrong, tmp_path / "foreign").item == layout.STATEMENT
