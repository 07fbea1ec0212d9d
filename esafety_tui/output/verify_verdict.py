"""The verdict of a check, in words and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field

from esafety_tui.kernel.canon import Json


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a pack or form that a check found sound.

    Attributes:
        kind: ``pack`` or ``form``.
        practice: made for training; not evidence.
        authentic: the check code from the paper was typed and fits.
        sentences: what was checked, with counts, for people.
        signed_by: names in the certificates of those who signed. Safe to show.
        not_signed_by: reviewers whose signature the form lacks.
        files: how many files were checked.
        extra: files of an operating system beside the pack's own; they were not read.
    """

    kind: str
    reference: str
    practice: bool
    authentic: bool
    sentences: tuple[str, ...] = field(repr=False)
    signed_by: tuple[str, ...] = field(repr=False)
    not_signed_by: tuple[str, ...] = field(repr=False)
    files: int = 0
    extra: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Return the verdict for ``--json``."""
        return {
            "v": 1,
            "kind": self.kind,
            "result": "sound-with-extra" if self.extra else "sound",
            "authentic": self.authentic,
            "practice": self.practice,
            "reference": self.reference,
            "sentences": list(self.sentences),
            "signed_by": list(self.signed_by),
            "not_signed_by": list(self.not_signed_by),
            "files": self.files,
            "extra": list(self.extra),
        }
