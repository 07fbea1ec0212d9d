"""Writes every vector anew: ``python -m tests.vectors.make``. The same bytes every time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from tests.vectors.making import (
    cards,
    closed,
    containers,
    drafts,
    guards,
    lines,
    people,
    proofs,
    records,
    restrictions,
)
from tests.vectors.making.lines import Cases
from tests.vectors.vector import HERE

MAKERS: dict[str, Callable[[], Cases]] = {
    "jcs": proofs.json_texts, "box": proofs.boxes, "line": lines.lines, "chain": lines.chains,
    "signatures": lines.signatures, "record": records.records, "redacted": records.redacted,
    "checkpoint": proofs.checkpoints, "inclusion": proofs.inclusions,
    "consistency": proofs.consistencies, "keyfile": guards.keyfiles, "paper": guards.papers,
    "sidecar": guards.sidecars,
    "directory": lambda: chain(people.directories(), restrictions.restrictions()),
    "card": cards.cards,
    "hold": records.holds, "checkcode": records.checkcodes, "draft": drafts.drafts,
    "container": containers.containers, "closed": closed.closed,
}  # fmt: skip


def made(kind: str) -> dict[str, bytes]:
    """Return file name to bytes of all vectors of one kind. No name comes twice."""
    out: dict[str, bytes] = {}
    for name, vector in MAKERS[kind]():
        assert name not in out, f"{kind}/{name}"
        out[name] = vector.to_bytes()
    return out


def main() -> None:
    """Write all kinds, and remove what is no longer made."""
    for kind in MAKERS:
        folder = HERE / kind
        folder.mkdir(exist_ok=True)
        files = made(kind)
        for path in folder.iterdir():
            if path.name not in files:
                path.unlink()
        for name, data in files.items():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
