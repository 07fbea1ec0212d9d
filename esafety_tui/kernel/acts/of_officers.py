"""Acts on officers, keys, computers, whom to call, and the school's policy."""

from __future__ import annotations

from esafety_tui.kernel.acts.model import WHY, ActCommand, ActField, ActRow
from esafety_tui.kernel.involved import HAPPENS, OLD_COPIES

DECIDED = "Done. {printed} Sealed as entry {entry}, {short}."
"""What the command line says of what two officers decided."""

KNOWN_STILL = (
    "Their keys open no incident begun from here on, and nothing of the vault's own. Somebody who "
    "kept an old copy of the vault could still, together with a colleague, read incidents begun "
    "before. Collect their stick{and_} remind them that what they know stays confidential."
)
PRINT_SHEETS = "Print both sheets, seal each in its own envelope, then delete the files."
NEW_PASSPHRASE = ActField("new", question="New passphrase, not shown:", kind="new")
WHO = ActField("who", question="Who, the number before the name:", kind="given")
OFFICER_KEY = ActField("who", kind="given")


def _decided(words: str, asks: tuple[str, ...], printed: str, *, signers: int = 2) -> ActCommand:
    return ActCommand(words, signers, asks, DECIDED.replace("{printed}", printed))


OFFICER_ACTS = (
    ActRow(
        "enrol",
        "{name} becomes an officer",
        (
            "{position}, {initials}: signs in with one of you from then on.",
            "They can read the earlier incidents as well, but none of the restricted ones.",
            "Two together decide; nobody can do so alone.",
        ),
        (
            ActField("name", question="The new officer's name:", kind="given"),
            ActField("position", question="Position:", kind="given"),
            ActField("initials", question="Initials, like AB:", kind="given"),
            NEW_PASSPHRASE, WHY,
        ),
        agreed=True, button="Enrol", done="{name} is enrolled.",
        said=("{name} is enrolled; their key was opened again.",),
        command=_decided(
            "officers enrol", ("reason", "name", "position", "initials", "new"), "Enrolled."
        ),
    ),
    ActRow(
        "leave",
        "An officer leaves",
        (
            "Their part ends at once: they can sign in no more.",
            "Their keys open no incident begun from then on, alone nothing at all.",
            "What they could read until then they have known; that is not taken back.",
            "What they signed stays valid under their name.",
            "Collect their stick and any sheet they hold, and remind them to keep it confidential.",
        ),
        (WHO._replace(label="Who leaves", kind="pick"), WHY),
        agreed=True, button="End their part",
        said=("Their part has ended.", KNOWN_STILL.replace("{and_}", ", and")),
        command=_decided(
            "officers leave", ("who", "reason"), KNOWN_STILL.replace("{and_}", " and")
        ),
    ),
    ActRow(
        "renew",
        "{name}: new keys",
        (
            "For an officer who lost the key file, or whose passphrase somebody else knows.",
            "The old keys open no incident begun from then on; initials stay the same.",
        ),
        (WHO, NEW_PASSPHRASE, WHY),
        agreed=True, button="Make new keys",
        said=(
            "The keys are new and were opened again.",
            "Copies of the old key file open no incident begun from here on. With an old copy of "
            "the vault and a second officer they still open incidents begun before.",
        ),
        command=_decided("officers renew", ("who", "reason", "new"), "The keys are new."),
    ),
    ActRow(
        "paper",
        "New paper keys",
        (
            "For when an envelope was opened or is lost. Both sheets are replaced.",
            "The new sheets are saved in the folder. Print them, seal each in its own envelope, "
            "give them to two people, then delete the files. Then destroy the old sheets.",
        ),
        (ActField("folder", "Folder", kind="folder", needed=True), WHY),
        agreed=True, button="Make new ones", done="The paper keys are new.", said=(PRINT_SHEETS,),
        command=_decided("officers paper", ("reason",), PRINT_SHEETS),
    ),
    ActRow(
        "rotate",
        "New keys for the vault",
        (
            "Everybody keeps their part, their key file and their passphrase.",
            "An old copy of the vault's keys opens nothing written from then on.",
            "The second copy needs its keys copied again afterwards.",
        ),
        (WHY,),
        agreed=True, button="Renew", said=("The vault has new keys.",),
        command=_decided("officers rotate", ("reason",), "The vault has new keys."),
    ),
    ActRow(
        "rehearse",
        "Can the paper keys still open it?",
        (
            "Fetch both envelopes. A copy of the vault is opened with them, wholly, here.",
            "Nothing is shown, the copy is removed, and the vault stays as it is.",
        ),
        tuple(
            ActField(f"{part}{n}", f"Sheet {n}, {label}", f"Paper key sheet {n}, {asked}", "paper")
            for n in (1, 2)
            for part, label, asked in (
                ("identity", "Identity", "line 1, AGE-SECRET-KEY:"),
                ("signing", "Signing key", "signing key:"),
            )
        ),
        button="Try them", done="The paper keys work.",
        said=(
            "Both paper keys opened a copy: {incidents} incidents and {records} records.",
            "Seal the sheets in their envelopes again, and sign across the flap.",
        ),
        command=_decided(
            "officers rehearse", ("identity1", "signing1", "identity2", "signing2"),
            "Both paper keys open it: {records} records.",
        ),
    ),
    ActRow(
        "machine",
        "Make this computer a designated one",
        (
            "Evidence can be taken in here as well, from then on.",
            "Pupils do not use it, and the police may take it away.",
        ),
        (
            ActField(
                "label", "Its name and place",
                "This computer's name and place, like PC 2 · library:", needed=True,
            ),
            WHY,
        ),
        agreed=True, button="Make it one", said=("This computer is a designated one.",),
        command=_decided(
            "officers machine", ("label", "reason"), "This computer is designated."
        ),
    ),
    ActRow(
        "retire",
        "{label}: no longer a designated computer",
        (
            "Nothing more can be taken in there. What was taken in there stays as it is.",
            "A vault that lies there is not deleted: that is done by hand.",
        ),
        (ActField("machine", kind="given"), WHY),
        agreed=True, button="End it", said=("That computer is no longer a designated one.",),
        no_command="it is chosen from the list of computers, which the command line does not show",
    ),
    ActRow(
        "contacts",
        "Whom to call (F9): names and numbers; empty means not known",
        fields=(
            # A line for each kind of contact that the school's profile has comes before these.
            ActField(
                "checked", "Checked today", "Which, and the new value, like dsl=01234 56789:",
                "pick", answer="contact",
            ),
            WHY,
        ),
        agreed=True, button="Change",
        said=("Whom to call is changed. Print the call sheet again.",),
        command=_decided(
            "officers contact", ("checked", "reason"), "It is kept, and counts as checked today."
        ),
    ),
    ActRow(
        "passphrase",
        "{name}: change your passphrase",
        (
            "Your key stays the same; the key file here opens with the new passphrase only.",
            "Older copies of the key file still open with the old one. If somebody else knows "
            "it, ask for new keys instead: Officers and keys.",
        ),
        (OFFICER_KEY, NEW_PASSPHRASE, ActField("old", "The passphrase so far", kind="secret")),
        button="Change it", done="Your passphrase is changed.",
        said=("The key file was opened with the new passphrase.",),
        then=(
            "Older copies of the key file still open with the old passphrase. If somebody else "
            "knows it, ask for new keys instead.",
        ),
        command=ActCommand(
            "officers passphrase", 0, ("new",),
            "Done: the key file was opened with the new passphrase. Older copies of the file still "
            "open with the old one. If somebody else knows it, ask for new keys: officers renew.",
        ),
    ),
    ActRow(
        "move",
        "{name}: move your key file",
        (
            "It is copied, opened there with your passphrase, and removed here.",
            "From then on the stick has to be in when you sign in. Keep it on you.",
            "If the stick is lost, two others give you new keys.",
        ),
        (
            OFFICER_KEY,
            ActField("folder", "Folder on the stick", kind="folder", needed=True),
            ActField("old", "Your passphrase", kind="secret"),
        ),
        button="Move it", done="Your key file is moved.",
        said=("{path} opens, and the file here is gone.", "Put the stick in to sign in."),
        command=ActCommand(
            "officers move", 0, (),
            "Done: {path} opens, and the file here is gone. Put the stick in to sign in.",
        ),
    ),
    ActRow(
        "adopt",
        "Adopt another policy",
        (
            "Every file of the folder is checked and proven before anything changes.",
            "New incidents follow it. Open ones stay on what they were started with.",
            "Make a copy to change with: esafety flow new",
        ),
        (ActField("folder", "Folder with the files", kind="folder", needed=True), WHY),
        agreed=True, button="Adopt", done="Adopted.",
        said=("Adopted. New incidents follow it; open ones stay on theirs.",),
        command=ActCommand(
            "flow adopt", 2, ("reason",),
            "Adopted. Open incidents stay on theirs. Sealed as entry {entry}, {short}.",
        ),
    ),
    ActRow(
        "confirm",
        "Confirm {count}",
        ("Whoever confirms it is named in the record, and wherever it is shown.",),
        (
            ActField(
                "digests", question="Which, the numbers with a space between, or all:",
                kind="given", answer="which",
            ),
            ActField(
                "who", "Who confirms it (name)", "Who confirms it, the full name:", needed=True
            ),
            ActField("position", "Position", "Their position in the school:", needed=True),
            ActField("source", "Where they have it from", "Where do they have it from:",
                     needed=True),
        ),
        agreed=True, button="Confirm", done="Confirmed.",
        said=("{count} confirmed, for exactly the words shown.",),
        command=ActCommand(
            "flow confirm", 2, ("digests", "who", "position", "source"),
            "{count} confirmed, for exactly these words. Last entry {entry}, {short}.",
        ),
    ),
    ActRow(
        "restrict",
        "Close {reference} to {name}",
        HAPPENS,
        (ActField("inc", kind="given"), ActField("who", kind="given"), WHY),
        agreed=True, button="Close it", done="{reference} is closed to {name}.",
        then=(OLD_COPIES,),
        no_command="it is said at the incident, where an officer who is signed in is sent out",
    ),
)  # fmt: skip
