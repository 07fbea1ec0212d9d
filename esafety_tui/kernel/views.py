"""What casework tells the screens: frozen values for people to look at, and nothing to decide.

Both sides know these; neither knows the other. No value holds a key. Values that hold a
passphrase keep it out of their repr.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from esafety_tui.kernel.cards import OfficerCard, Receipt
from esafety_tui.kernel.errors import EvidenceError

Progress: TypeAlias = Callable[[str, int, int], None]
"""``(what is being done, done, total)``; done and total in bytes or steps, total 0 = unknown.

Raises ``Frozen`` or ``Refused`` out of the running call when the officer cancelled or stopped.
"""

Values: TypeAlias = Mapping[str, str | Sequence[str]]
"""What was given for one step, as the flow engine takes it (``flows.model.Given``)."""


@dataclass(frozen=True, slots=True)
class IncidentSummary:
    """One line of the register. ``inc`` is opaque; ``reference`` is for people."""

    inc: str
    reference: str
    opened: str
    state: str
    category: str = ""
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class CaseHandle:
    """An incident just opened, or one to go to."""

    inc: str
    reference: str


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """A file to acquire. ``description``: what it shows; ``provenance``: who gave it and how."""

    path: Path
    description: str
    provenance: str


@dataclass(frozen=True, slots=True)
class ExhibitView:
    """One URL, file or screenshot as the review shows it.

    Attributes:
        kind: "url", "screenshot" or "file".
        label: exhibit reference or defanged address.
        detail: concern or description.
        frozen: may not be viewed, printed, exported or copied. held: the same, until the police
            have advised.
        size: bytes of a file or screenshot, 0 for an address.
        corrected: ``corrected, see #9`` where ``detail`` is not as it was sealed first, or "".
    """

    seq: int
    kind: str
    label: str
    detail: str
    at: str
    sha256: str = ""
    frozen: bool = False
    size: int = 0
    corrected: str = ""
    held: bool = False

    @property
    def disclosure_bar(self) -> str:
        """FROZEN, HELD or "": whether it may be let out, in a word."""
        return "FROZEN" if self.frozen else "HELD" if self.held else ""


@dataclass(frozen=True, slots=True)
class AddedFile:
    """What became of one of many files: its exhibit, or why it was not acquired."""

    path: Path
    item: ExhibitView | None = None
    error: EvidenceError | None = None


@dataclass(frozen=True, slots=True)
class EditableText:
    """Words that two officers may correct, as they stand.

    Attributes:
        seq, name: what :meth:`Cases.correct` takes. label: where they stand, for people.
    """

    seq: int
    name: str
    label: str
    words: str = field(repr=False)


ALONE = "Does not count: one officer alone wrote this."
"""Said of a record for two that one officer alone sealed past the program."""


@dataclass(frozen=True, slots=True)
class DescribedRecord:
    """One record of a step that takes down one after another. ``words``: as one reads it.

    ``alone``: one officer alone wrote it where two are needed. It is shown and counts for nothing.
    """

    seq: int
    step_id: str
    words: str = field(repr=False)
    at: str
    alone: bool = False

    @property
    def shown_text(self) -> str:
        """The words, with what is to be known of them first."""
        return f"{ALONE}\n{self.words}" if self.alone else self.words


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One recorded answer, in the order given; ``reason`` is set when it replaced another.

    ``at``: when its step was last answered, for people, "" where it is not known.
    """

    step_id: str
    values: Values
    reason: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """An incident as the wizard resumes it. ``ticks`` are the STOP steps done, by number.

    Attributes:
        readable: its earlier records could be read. A lone officer can only add words otherwise.
        before_stop: how many of ``answers`` were given before STOP. stopped_again: before the
            last STOP, where it was pressed again after answers; 0 where it was not.
        check_code: printed on the newest form, "" where there is none.
        form_current: nothing was answered, taken or noted since the newest form was drawn.
        review_stale: something was added after everything was said to be right and complete.
        warnings: what opening it found, as sentences; said once.
        gates_again: steps whose gate another pair confirmed, or this one at another computer.
        gate_elsewhere: the one of them that was confirmed at another computer, "" for none.
        procedure: its name. sources: digests of the procedure's and the profile's files.
        described: what was written one after another, oldest first.
        held: why something taken is held and what to do next, as sentences; "" for nothing.
    """

    inc: str
    reference: str
    procedure: str
    officers: tuple[OfficerCard, ...]
    words_only: bool
    machine: str
    machine_ok: bool
    answers: tuple[GivenAnswer, ...]
    items: tuple[ExhibitView, ...]
    notes: tuple[str, ...] = ()
    last: Receipt | None = None
    frozen: bool = False
    stopped_at: str = ""
    ticks: tuple[int, ...] = ()
    restricted: bool = False
    rendered: bool = False
    signed_by: tuple[str, ...] = ()
    exported: tuple[str, ...] = ()
    readable: bool = True
    before_stop: int = 0
    stopped_again: int = 0
    check_code: str = ""
    form_current: bool = True
    review_stale: bool = False
    warnings: tuple[str, ...] = ()
    wordings: tuple[EditableText, ...] = ()
    gates_again: tuple[str, ...] = ()
    gate_elsewhere: str = ""
    sources: tuple[str, str] = ("", "")
    described: tuple[DescribedRecord, ...] = ()
    awaiting_police: str = ""

    @property
    def withheld_sentences(self) -> str:
        """What a pack leaves in the vault because it is held, as sentences; "" for nothing."""
        number = sum(item.held for item in self.items)
        what = "1 exhibit stays" if number == 1 else f"{number} exhibits stay"
        return (
            f"{what} in the vault; a pack lists what it lacks. {self.awaiting_police}"
            if number
            else ""
        )


@dataclass(frozen=True, slots=True)
class StopResult:
    """STOP is on the disk, and ``inc`` is frozen. ``copies``: sentences on copies that hold it."""

    receipt: Receipt
    inc: str
    reference: str
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormReady:
    """The form as frozen for signing: text lines for the screen and its check code."""

    lines: tuple[str, ...]
    sha256: str
    check_code: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class SignatureResult:
    """One signature is in the form; ``waiting`` names the officers still to sign.

    ``check_code`` is printed on the form; ``verified``: the strict check passed with both
    signatures in it.
    """

    receipt: Receipt
    waiting: tuple[str, ...]
    check_code: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A pack that was written and read back. ``passphrase`` is "" for a plain folder.

    ``read_back`` says how the page cache was kept out of the way; ``bytes`` is the size on disk;
    ``lacks`` which files it goes without, in sentences.
    """

    path: Path
    check_code: str
    files: int
    bytes: int
    read_back: str
    receipt: Receipt
    passphrase: str = field(repr=False, default="")
    lacks: tuple[str, ...] = ()
