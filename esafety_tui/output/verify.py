"""A stranger's check of a pack or a form: no vault, no screen, no network, no state.

It answers one of three ways: a :class:`Verdict` of what was found sound; NotSound, naming the first
bad item; Unusable, when the input cannot be read at all. Nothing is called authentic unless the
check code was typed from the signed paper.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from esafety_tui.data.plainfiles import open_plain
from esafety_tui.kernel import timeline
from esafety_tui.kernel.clock import parse_exact_stamp
from esafety_tui.kernel.errors import NotSound, Unusable
from esafety_tui.output.pack import layout
from esafety_tui.output.pack.ziplayout import encode_dos_time
from esafety_tui.output.verify_code import read_typed_code
from esafety_tui.output.verify_directory import ContainerDirectory
from esafety_tui.output.verify_files import (
    Progress,
    list_pack_folder,
    peek_at_file,
    read_file_pieces,
)
from esafety_tui.output.verify_form_file import verify_form_file
from esafety_tui.output.verify_pack import PackFindings, check_pack_files
from esafety_tui.output.verify_source import PackFiles, size_limit_of
from esafety_tui.output.verify_statement import PackStatement, read_statement
from esafety_tui.output.verify_verdict import Verdict
from esafety_tui.output.verify_zip import open_container

__all__ = ["Verdict", "verify_form_file", "verify_path"]

_NO_CODE = ("Its origin is not shown: type the check code from the signed paper form to show it.",)


def verify_path(
    path: Path, *, passphrase: str | None, check_code: str | None,
    progress: Progress | None = None,
) -> Verdict:  # fmt: skip
    """Check a pack folder or an encrypted container.

    Args:
        passphrase: of the container; None for a folder.
        check_code: typed from the paper, or None.
        progress: called with (file, bytes done, bytes in all); cancels by raising.

    Raises:
        NotSound: names the first bad item; item ``check code`` if the typed code does not fit.
        Unusable: missing, no pack, no or a wrong passphrase, unreadable, or no check code.
        NewerVersion: the pack's number, or its container's, is higher than this program knows.
    """
    code = read_typed_code(check_code) if check_code else None
    with _open_pack(path, passphrase, progress) as (files, listed, strays):
        found = check_pack_files(files)
    if listed is not None:
        _check_container_facts(path.name, listed, found.statement)
    if code is not None and code != found.code:
        raise NotSound(
            "check code",
            "it does not fit this pack; compare it with the paper, letter by letter, "
            "and if it is right, this is not the pack that belongs to that paper",
        )
    return _build_verdict(found, strays, authentic=code is not None)


@contextlib.contextmanager
def _open_pack(
    path: Path, passphrase: str | None, progress: Progress | None
) -> Iterator[tuple[PackFiles, ContainerDirectory | None, tuple[str, ...]]]:
    """Give the files by name, the directory of a container, and the strays of a folder."""
    if _is_pack_folder(path):
        _refuse_newer_pack(path)
        try:
            sizes, strays = list_pack_folder(path)
        except OSError as err:
            raise Unusable(
                "The pack cannot be read from here.",
                "Copy it again, or plug the stick in again.",
            ) from err
        yield PackFiles(sizes, lambda name: read_file_pieces(path, name), progress), None, strays
        return
    with open_container(path, passphrase, progress) as (listed, files):
        yield files, listed, ()


def _is_pack_folder(path: Path) -> bool:
    """Return True for a pack's folder, False for a container. Raises Unusable for neither."""
    try:
        if path.is_dir():
            marks = (layout.BAGIT, layout.STATEMENT, layout.MANIFEST)
            if not any((path / mark).is_file() for mark in marks):
                raise Unusable(
                    "This folder is not an evidence pack.",
                    "Choose the folder that holds START-HERE.pdf.",
                )
            return True
        with open_plain(path) as src:
            start = src.read(4)
    except OSError as err:
        raise Unusable(
            "There is no pack here that can be read.", "Check the path, or plug the stick in."
        ) from err
    if start != b"PK\3\4":
        raise Unusable(
            "This file is not an evidence pack.", "Choose the pack's folder or its .zip file."
        )
    return False


def _refuse_newer_pack(folder: Path) -> None:
    """Refuse a pack of a higher number first: it may hold files this program does not know."""
    data = peek_at_file(folder, layout.STATEMENT, size_limit_of(layout.STATEMENT) or 0)
    if data is not None:
        with contextlib.suppress(NotSound):  # the check that follows names what is wrong
            read_statement(data)


def _check_container_facts(item: str, listed: ContainerDirectory, said: PackStatement) -> None:
    """Compare what the container says of itself in clear with the signed statement."""
    if listed.top != said.reference:
        raise NotSound(f"{listed.top}/", "the folder has another incident's name")
    if listed.when != encode_dos_time(parse_exact_stamp(said.created)):
        raise NotSound(item, "the date of its files is not that of the signed statement")


def _count_phrase(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _build_verdict(found: PackFindings, strays: tuple[str, ...], *, authentic: bool) -> Verdict:
    said, holders = found.statement, found.holders
    signed = tuple(holders[key].name for key in said.signed_by)
    lacking = tuple(holders[key].name if key in holders else key for key in said.not_signed_by)
    redacted = sum(record.withheld > 0 for record in found.records)
    entries = _count_phrase(len(found.records), "entry", "entries")
    sentences = [
        f"{_count_phrase(found.files, 'file is', 'files are')} complete and unchanged; "
        + ("beside them lie files that are not the pack's." if strays else "none was added."),
        f"Two officers signed the statement over them: {' and '.join(signed)}.",
        f"{entries} of the incident, without a gap, in the school's ledger of {said.size}.",
        f"Each entry has the signature of everyone present and its record; "
        f"{_count_phrase(redacted, 'record leaves', 'records leave')} fields out.",
        f"{_count_phrase(found.exhibits, 'exhibit is', 'exhibits are')} as taken in; "
        f"{_count_phrase(len(said.withheld), 'was', 'were')} left out, each with a reason.",
        "The form is the one in the ledger, and the ledger continues from the head printed on it.",
        *found.followed,
    ]
    # Clock findings are reported for people to judge: it makes no pack sound or unsound.
    sentences += timeline.describe_findings(
        timeline.find_clock_events(r.line for r in found.records)
    )
    sentences += [f"The form is not signed by {name}." for name in lacking]
    if said.practice:
        sentences.append("PRACTICE: made for training. Not evidence.")
    if authentic:
        sentences.append("The check code fits: this pack belongs to the signed paper.")
    else:
        sentences += _NO_CODE
    if strays:
        sentences.append(
            f"Left there by Windows or macOS, not read, and no part of the pack: "
            f"{', '.join(strays)}. Delete them, or copy the pack's own files to an empty folder, "
            "and check again."
        )
    return Verdict(
        "pack", said.reference, said.practice, authentic, tuple(sentences), signed, lacking,
        found.files, strays,
    )  # fmt: skip
