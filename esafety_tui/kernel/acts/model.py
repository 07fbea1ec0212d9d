"""What a row of the table of acts holds. Values only; faces and desk read them.

A text may name a field or a fact in braces, such as ``{reference}``; it is filled in with
:meth:`str.format`, so that what people typed is never read as a template.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

ActName: TypeAlias = Literal[
    "enrol", "leave", "renew", "paper", "rotate", "machine", "retire", "contacts", "passphrase",
    "move", "rehearse", "backup", "head", "clock", "noclock", "hold", "lift", "review", "outcome",
    "shred", "certificate", "adopt", "confirm", "restrict",
]  # fmt: skip

FieldKind: TypeAlias = Literal[
    "text", "words", "pick", "folder", "second", "secret", "new", "paper", "given"
]
"""What a field takes.

``words`` several lines, ``pick`` one of a few, ``folder`` and ``second`` a path, ``secret`` one
that is known, ``new`` a passphrase somebody chooses, ``paper`` a line of a paper key; ``given`` is
what the act is about, chosen before the form is opened or named as an argument.
"""


class ActField(NamedTuple):
    """One thing that an act needs to know.

    Attributes:
        name: key in :class:`~esafety_tui.kernel.keeping.Act`.
        label: of its line in the form, "" where it is asked before the form is opened.
        question: on the command line, "" where it comes as an argument or is not asked there.
        needed: it may not be left empty.
        answer: its name in the object of ``--from-pipe``, where that is another.
    """

    name: str
    label: str = ""
    question: str = ""
    kind: FieldKind = "text"
    needed: bool = False
    answer: str = ""


class ActCommand(NamedTuple):
    """How an act is reached from the command line.

    Attributes:
        words: verb and sort, such as ``officers enrol``.
        signers: how many officers sign in for it; their passphrases, typed then, agree to it.
        asks: fields in the order in which they are asked; those not named are arguments.
        printed: what is said when it is done, "" for the sentences of the result.
    """

    words: str
    signers: int
    asks: tuple[str, ...] = ()
    printed: str = ""


class ActRow(NamedTuple):
    """One act of administration.

    Attributes:
        title, happens: above the form, what will happen, one sentence each.
        fields: the form's lines, in their order, and what is given to it.
        agreed: two officers give their passphrases again.
        button: what does it. sure: question and detail asked once more, if any.
        done: title of the result. said: its sentences, where they are the same every time.
        then: what is still to be done, as warnings.
        note: what to know while it is done on a screen of its own, "" for a few seconds' work.
        command: on the command line; None where it is not there, and ``no_command`` says why.
        no_form: why it has no form of its own kind in the terminal, "" where it has one.
    """

    name: ActName
    title: str
    happens: tuple[str, ...] = ()
    fields: tuple[ActField, ...] = ()
    agreed: bool = False
    button: str = "Do it"
    sure: tuple[str, str] | None = None
    done: str = "Done."
    said: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    note: str = ""
    command: ActCommand | None = None
    no_command: str = ""
    no_form: str = ""


WHY = ActField("reason", "Why", "Why:", needed=True)
"""Why it is decided; it is sealed with the entry."""
