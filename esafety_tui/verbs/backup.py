"""``esafety backup``: a second copy of the vault, keys apart. One officer is enough.

Only sealed bytes are copied, so nothing has to be read. While the program has the vault open, the
copy is made there.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from esafety_tui.kernel.errors import VaultBusy
from esafety_tui.verbs.asking import (
    VerbAnswers,
    add_verb_parser,
    describe_done,
    find_vault_folder,
    print_line,
    sign_in_officers,
)


def add_verb_parsers(verbs: Any) -> None:
    """Add the verb to the command line."""
    made = add_verb_parser(
        verbs, "backup", "a second copy of the vault, read back from where it was put"
    )
    made.add_argument("target", type=Path, metavar="DIR", help="the stick or folder for the data")
    made.add_argument("--keys", type=Path, metavar="DIR", help="another one, for the keys")
    made.add_argument("--label", default="", metavar="TEXT", help="what is written on the stick")
    made.set_defaults(run=run_backup)


def run_backup(args: argparse.Namespace) -> int:
    """Make the copy. Raises as casework.backup does."""
    from esafety_tui.casework.backup import backup
    from esafety_tui.casework.desk.disclosing import READ_BACK

    try:
        with sign_in_officers(find_vault_folder(args), VerbAnswers(args), 1) as (session, _):
            done = backup.make(session, args.target, args.keys, args.label, lambda *_: None)
    except VaultBusy as err:
        raise VaultBusy(err.what, "Sign out there: it offers a copy. Or make it later.") from err
    said = {
        "v": 1, "result": "backed up", "copy": done.copy, "entries": done.entries,
        "generation": done.generation, "files": done.files, "bytes": done.size,
        "added": done.added, "left_out": done.left_out, "keys": done.keys is not None,
        "read_back": done.read_back, "warnings": list(done.warnings),
    }  # fmt: skip
    if args.json:
        print_line(json.dumps(said))
        return 0
    print_line(describe_done("backup", entries=done.entries, files=done.files, bytes=done.size,
                      read_back=READ_BACK[done.read_back]))  # fmt: skip
    if done.left_out:
        print_line(f"{done.left_out} frozen sealed file(s) were left out: they are in no copy.")
    for warning in done.warnings:
        print_line(f"NOTE  {warning}")
    return 0
