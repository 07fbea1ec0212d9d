"""P4 and P6: the whole check of a vault, beside restic, a bare hash and bare verifications."""

from __future__ import annotations

import io
import multiprocessing
import os
import shutil
import subprocess
import time
from pathlib import Path

from bench.large import Large, made
from bench.rounds import Timing, absent, paired, report, sized
from esafety_tui.casework.inspection.audit import audit_vault
from esafety_tui.casework.signin.unlock import unlock_vault
from esafety_tui.data.acquisition import acquire_file
from esafety_tui.data.age import Recipient
from esafety_tui.data.ledger import SIGN_PREFIX
from esafety_tui.data.officers import VerifyingKey
from esafety_tui.data.platform import SystemClock
from esafety_tui.data.store import EntryDraft
from esafety_tui.kernel.canon import Json

Job = tuple[bytes, bytes, bytes]
"""Public key (DER), signature (DER), message."""


def _audited(vault: Large) -> Timing:
    login = vault.logins(0)[0]

    def run() -> float:
        start = time.perf_counter()
        audit_vault(vault.folder, login.officer_id, login.passphrase)
        return time.perf_counter() - start

    return run


def _run(*command: str | Path) -> Timing:
    def run() -> float:
        start = time.perf_counter()
        subprocess.run(
            list(command), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "RESTIC_PASSWORD": "bench", "RESTIC_CACHE_DIR": "/nonexistent"},
        )  # fmt: skip
        return time.perf_counter() - start

    return run


def _fill(vault: Large, size: int, pieces: int) -> list[Path]:
    """Take ``pieces`` random files of ``size`` bytes in all into the first incident."""
    session = unlock_vault(vault.folder, vault.logins(0, 1), SystemClock())
    try:
        card = session.read_case_cards()[0]
        folder, found = vault.folder / "blobs", []
        for _ in range(pieces):
            data = io.BytesIO(os.urandom(size // pieces))
            kept = acquire_file(data, folder, Recipient.parse_text(card.recipient))
            fields: dict[str, Json] = {"exhibit": "AB/2", "sha256": kept.sha256, "size": kept.size,
                      "blob": kept.blob_name, "producer": session.presenting}  # fmt: skip
            recipient = Recipient.parse_text(card.recipient)
            draft = EntryDraft("file", fields, card.inc, recipient, (kept.blob_name,))
            session.store.append_entry(draft, session.entry_signers())
            found.append(folder / f"{kept.blob_name}.age")
        return found
    finally:
        session.close_session()


def p4(folder: Path) -> None:
    """Audit of sealed files by one officer / restic, which also reads all of them / a hash."""
    mib, pieces = sized("BENCH_MIB", 256), sized("BENCH_PIECES", 16)
    vault = made(folder / "vault", 5, 100)
    sealed = _fill(vault, mib << 20, pieces)
    contestants = {"audit": _audited(vault)}
    if shutil.which("openssl"):
        contestants["hash"] = _run("openssl", "dgst", "-sha256", *sealed)
    if shutil.which("restic"):
        repo = ("restic", "-r", folder / "restic", "--no-cache")
        _run(*repo, "init")()
        _run(*repo, "backup", vault.folder / "blobs")()
        contestants["restic check --read-data"] = _run(*repo, "check", "--read-data")
    else:
        absent("restic")
    report(
        f"P4  audit of a vault with {mib} MiB in {pieces} sealed files", paired(contestants),
        "audit", {"restic check --read-data": "<= 0.35", "hash": "<= 1.1"},
    )  # fmt: skip


def _verify(jobs: list[Job]) -> int:
    keys: dict[bytes, VerifyingKey] = {}
    for spki, sig, message in jobs:
        if spki not in keys:
            keys[spki] = VerifyingKey(spki)
        keys[spki].verify_signature(sig, message)
    return len(jobs)


def _jobs(vault: Large) -> list[Job]:
    session = unlock_vault(vault.folder, vault.logins(0, 1), SystemClock())
    try:
        store, known = session.store, session.keyring.directory
        return [
            (known.find_person(who).sign_spki, sig, SIGN_PREFIX + data)
            for seq, data in enumerate(store.raw)
            for who, sig in store.signatures_of(seq).items()
        ]
    finally:
        session.close_session()


def p6(folder: Path) -> None:
    """Audit of many entries by one officer / their bare P-256 verifications on two cores."""
    count = sized("BENCH_ENTRIES2", 20_000)
    vault = made(folder / "vault", max(1, count // 200), count)
    jobs = _jobs(vault)
    halves = [jobs[::2], jobs[1::2]]

    def one() -> float:
        start = time.perf_counter()
        _verify(jobs)
        return time.perf_counter() - start

    with multiprocessing.get_context("spawn").Pool(2) as pool:

        def both() -> float:
            """Time in the two processes alone: what is sent to them costs no verification."""
            return max(pool.map(_timed, halves, chunksize=1))

        times = paired(
            {"audit": _audited(vault), "verify, two processes": both, "verify, one core": one}
        )
    report(
        f"P6  audit of {count} entries, {len(jobs)} signatures", times, "audit",
        {"verify, two processes": "<= 1.2"},
    )  # fmt: skip


def _timed(jobs: list[Job]) -> float:
    start = time.perf_counter()
    _verify(jobs)
    return time.perf_counter() - start
