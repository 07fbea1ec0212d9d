"""Acts on the vault as a whole and on its incidents: backup, head, clock, reviews, shredding."""

from __future__ import annotations

from esafety_tui.kernel.acts.model import WHY, ActCommand, ActField, ActRow

INCIDENT = ActField("inc", kind="given")
SEALED = " Sealed as entry {entry}."
CLOCK_FORM = (
    "a form of its own: Enter is pressed when the trusted clock shows the time, and leaving it out "
    "is written down, too"
)
CLOCK_COMMAND = "the clock is compared in a session, at its beginning and its end"
CERTIFICATE_FOLDER = ActField("folder", "Folder, certificate", kind="folder", needed=True)

VAULT_ACTS = (
    ActRow(
        "backup",
        "Make a second copy",
        (
            "The data goes to a stick or a share; it stays locked, nobody can read it there.",
            "The keys go to another stick, kept by somebody else: who finds one of the two can "
            "read nothing, and with both and your passphrases everything can be put back.",
            "Frozen files are in no copy. Everything is read back from where it was put.",
        ),
        (
            ActField("folder", "Folder for the data", kind="folder", needed=True),
            ActField("second", "Folder for the keys", kind="second"),
            ActField("label", "What is written on it"),
        ),
        button="Copy", done="The second copy is made.",
        said=("Copied: {entries} entries, {files} files, {bytes} bytes; {read_back}.",),
        note="Esc stops it. A copy that is not finished does not count; the one before stays.",
        command=ActCommand(
            "backup", 1,
            printed="Backed up: {entries} entries, {files} files, {bytes} bytes.\n"
            "Every file was {read_back}.",
        ),
    ),
    ActRow(
        "head",
        "Compare a printed head",
        (
            "Type or paste its three lines: the name, the number, the line ending in =.",
            "If every entry up to there is unchanged, you are told so. If not, that is an alarm.",
        ),
        (ActField("head", "The printed head", kind="words"),),
        button="Compare", done="It fits.",
        command=ActCommand("head compare", 1),
    ),
    ActRow(
        "clock", "What does a trusted clock show now?",
        fields=(
            ActField("source", "Which clock"),
            ActField("trusted", "It shows now (UK time)"),
        ),
        no_form=CLOCK_FORM, no_command=CLOCK_COMMAND,
    ),
    ActRow(
        "noclock", "What does a trusted clock show now?",
        fields=(ActField("reason", "Or: not compared, because"),),
        said=("Written down: the clock was not compared.",),
        no_form=CLOCK_FORM, no_command=CLOCK_COMMAND,
    ),
    ActRow(
        "hold",
        "Hold {reference}",
        (
            "Nothing of it can be destroyed until two officers lift the hold.",
            "For example: the police, the LADO or a court may still need it.",
        ),
        (
            INCIDENT, WHY._replace(question="Why must it be kept? Name nobody."),
            ActField(
                "reference", "Their reference, if any",
                "Reference of the police, the LADO or a court, if any:", answer="hold_reference",
            ),
        ),
        button="Hold it",
        said=("Held: nothing of it can be destroyed until two lift the hold.",),
        command=ActCommand(
            "retention hold", 1, ("reason", "reference"),
            f"It must be kept from now on.{SEALED}",
        ),
    ),
    ActRow(
        "lift",
        "Lift the hold on {reference}",
        (
            "Only when whoever asked for the hold agrees.",
            "Every hold on it is lifted; nothing is destroyed by that.",
        ),
        (INCIDENT, WHY._replace(question="Why may the hold be lifted? Name nobody.")),
        agreed=True, button="Lift it", said=("The hold is lifted.",),
        command=ActCommand("retention lift", 2, ("reason",), f"The hold is lifted.{SEALED}"),
    ),
    ActRow(
        "review",
        "Another review date for {reference}",
        ("So far: {day}. The day may be earlier or later.",),
        (
            INCIDENT, ActField("day", "Day, like 21 Nov 2051", needed=True),
            WHY._replace(question="Why this day? Name nobody."),
        ),
        agreed=True, button="Record it", said=("The review date is recorded.",),
        command=ActCommand(
            "retention review", 2, ("reason",), f"The review date is recorded.{SEALED}"
        ),
    ),
    ActRow(
        "outcome",
        "What became of {reference}",
        ("What the police, the LADO or a court decided, in a few words.",),
        (
            INCIDENT,
            ActField(
                "outcome", "What became of it",
                "What came of it with the police or the LADO? Name nobody.", needed=True,
            ),
            ActField(
                "reference", "Their reference, if any", "Their reference, if any:",
                answer="outcome_reference",
            ),
        ),
        agreed=True, button="Record it", said=("The outcome is recorded.",),
        command=ActCommand(
            "retention outcome", 2, ("outcome", "reference"), f"The outcome is recorded.{SEALED}"
        ),
    ),
    ActRow(
        "shred",
        "Destroy {reference} for good",
        (
            "Its records, files and keys are destroyed. Nobody can bring them back.",
            "The list keeps the reference, the day, and that you two decided it and why.",
            "A certificate that both of you sign is saved in the folder.",
        ),
        (
            INCIDENT,
            ActField(
                "typed", "Type its reference",
                "Type the reference of number {number} once more, to destroy it:", needed=True,
            ),
            WHY._replace(question="Why is it destroyed? This is kept for good. Name nobody."),
            CERTIFICATE_FOLDER,
        ),
        agreed=True, button="Destroy it",
        sure=(
            "Destroy {reference} for good?",
            "You two decide that nobody will need it again: no pupil, no parent, no court. There "
            "is no way back, for you or for anybody.",
        ),
        done="It is destroyed.",
        said=("The certificate, signed by both and checked: {certificate}",),
        command=ActCommand("retention shred", 2, ("typed", "reason"), "Destroyed."),
    ),
    ActRow(
        "certificate",
        "The certificate of the destruction, entry {entry}",
        ("It is looked again whether everything is gone; then both of you sign it.",),
        (ActField("entry", kind="given"), CERTIFICATE_FOLDER),
        agreed=True, button="Make it",
        said=("The certificate, signed by both and checked: {certificate}",),
        command=ActCommand("retention certificate", 2, (), "Looked at again."),
    ),
)  # fmt: skip
