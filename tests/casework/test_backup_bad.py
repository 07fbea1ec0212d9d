"""A copy that is damaged, forged, or of another time: refused, and nothing is put back."""

from __future__ import annotations

import shutil

import pytest

from esafety_tui.casework.access import rekey
from esafety_tui.casework.access.rekey import VaultChange
from esafety_tui.casework.backup.choose_copy import choose
from esafety_tui.casework.integrity.backup_manifest import ManifestPart
from esafety_tui.kernel.errors import BadInput, EvidenceError, Tampered
from tests.casework.copy_samples import flip, forget, kept, nothing_there, put_back, relist
from tests.casework.support import Practice


@pytest.mark.parametrize(
    "which", ["evidence.db", "vault.json", "*.age", "ledger.age", "directory.sealed", "*.evkey"]
)
def test_one_bit_of_the_copy_is_enough_to_refuse_it(practice: Practice, which: str) -> None:
    have = kept(practice)
    have.make()
    forget(practice)
    for part in (have.data_part, have.keys_part):
        for path in sorted(part.rglob(which))[:1]:
            flip(path, path.stat().st_size // 2)
            with pytest.raises(Tampered, match="damaged"):
                put_back(have)
            nothing_there(have)
            path.rename(path.with_suffix(".gone"))
            with pytest.raises(Tampered, match="is missing"):
                put_back(have)
            nothing_there(have)


@pytest.mark.posix
def test_a_list_that_names_a_place_elsewhere_is_not_read(practice: Practice) -> None:
    have = kept(practice)
    done = have.make()
    good = have.listed()
    text = "0" * 64
    for name in ("../x", f"{done.copy}/../../x", "/etc/x", f"{done.copy}/lock", "blobs/x.age",
                 f"{done.copy}/keyring/current", f"blobs/{text[1:]}1.age"):  # fmt: skip
        relist(have, good, files=(*good.files, ManifestPart(name, text, 1)))
        with pytest.raises(BadInput, match="cannot be read"):
            choose(have.target, have.keys)
    relist(have, good, size=-1)
    with pytest.raises(BadInput, match="cannot be read"):
        choose(have.target, have.keys)


def test_keys_of_another_generation_say_which_is_older(practice: Practice) -> None:
    have = kept(practice)
    have.make()
    spare = practice.home / "first"
    shutil.copytree(have.target, spare / "stick")
    shutil.copytree(have.keys, spare / "safe")
    both = {practice.ids[i]: practice.words[i] for i in ("AB", "CD")}
    change = VaultChange("generation.rotated", ("the keys are new",))
    rekey.rekey_vault(have.session, change, both, "the yearly change")
    have.make()
    with pytest.raises(BadInput, match="copy of the keys is the older one"):
        choose(have.target, spare / "safe")
    with pytest.raises(BadInput, match="copy of the data is the older one"):
        choose(spare / "stick", have.keys)
    with pytest.raises(BadInput, match="data alone cannot be opened"):
        choose(have.target, None)
    forget(practice)
    assert put_back(have).entries > 0


def test_a_foreign_passphrase_leaves_nothing(practice: Practice) -> None:
    have = kept(practice)
    have.make()
    forget(practice)
    practice.words = {**practice.words, "CD": "not the right words at all"}
    with pytest.raises(EvidenceError, match="second passphrase"):
        put_back(have)
    nothing_there(have)
