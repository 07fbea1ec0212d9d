"""Statements that two officers signed and that are nevertheless not true, or not of this format.

``RESIGNED`` maps a name to (what is changed in the statement, how the refusal must begin).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from esafety_tui.kernel.canon import canonical_bytes
from esafety_tui.output.pack.layout import pre_authentication_encoding
from esafety_tui.output.pack.source import PackSigner
from tests.output.spoiled_packs import bag_again

Edit = Callable[[dict[str, Any]], object]


def resign(folder: Path, signers: Iterable[PackSigner], edit: Edit, sound: bool = True) -> None:
    """Change the statement, have it signed again and make the bag fit.

    Args:
        sound: False keeps the old signatures under the changed statement.
    """
    path = folder / "statement.dsse.json"
    envelope = json.loads(path.read_bytes())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    edit(statement)
    payload = canonical_bytes(statement)
    pae = pre_authentication_encoding(payload)
    envelope["payload"] = base64.b64encode(payload).decode()
    if sound:
        signed = {signer.id: signer.sign_form_bytes(pae) for signer in signers}
        envelope["signatures"] = [
            {"keyid": key, "sig": base64.b64encode(sig).decode()} for key, sig in signed.items()
        ]
        for key, sig in signed.items():
            (folder / f"statement.{key[:16]}.sig").write_bytes(sig)
    path.write_bytes(canonical_bytes(envelope))
    (folder / "statement.pae").write_bytes(pae)
    bag_again(folder)


def _said(**changed: object) -> Edit:
    return lambda statement: statement["predicate"].update(changed)


def _asked(**changed: object) -> Edit:
    return lambda statement: statement["predicate"]["check_inputs"].update(changed)


def _third_signer(statement: dict[str, Any]) -> None:
    said = statement["predicate"]
    said["signed_by"] = sorted(set(said["check_inputs"]["officers"]))[-2:]
    said["signed_by"] = [said["signed_by"][0], "f" * 64]


def _one_more_entry(statement: dict[str, Any]) -> None:
    statement["predicate"]["entries"] += 1


def _older_head(statement: dict[str, Any]) -> None:
    statement["predicate"]["size"] -= 1


def _program(statement: dict[str, Any]) -> None:
    row = {"name": "data/exhibits/AS_9.exe", "digest": {"sha256": "0" * 64}}
    statement["subject"] = sorted([*statement["subject"], row], key=lambda row: str(row["name"]))


_STATEMENT = "statement.dsse.json: "
RESIGNED: dict[str, tuple[Edit, str]] = {
    "one more entry": (_one_more_entry, "data/ledger.json: has more or fewer entries"),
    "older head": (_older_head, "data/checkpoint.txt: is not the head"),
    "another ledger": (_said(origin="x.y.invalid/evidence"), _STATEMENT + "has check inputs"),
    "another incident": (_asked(incident="ef" * 16), _STATEMENT + "has check inputs"),
    "hidden practice": (_said(practice=True), _STATEMENT + "is not clear whether"),
    "field too many": (_said(note="x"), _STATEMENT + "has other fields"),
    "no version": (_said(v=0), _STATEMENT + "has a field that cannot be right: v"),
    "others named": (_third_signer, _STATEMENT + "was signed by others"),
    "another type": (lambda s: s.update(_type="x"), _STATEMENT + "is not the statement of"),
    "file not named": (lambda s: s["subject"].pop(), "verify.html: was added"),
    "out of order": (lambda s: s["subject"].reverse(), _STATEMENT + "does not name its files"),
    "a program": (_program, _STATEMENT + "names a file that a pack"),
    "another form": (_asked(form=2), "data/form.pdf: has no record of being drawn up"),
}
