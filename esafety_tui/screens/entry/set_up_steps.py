"""The steps of the first run: one question a screen, then the vault, the keys and the sheets.

Rule: nothing is written before the summary was confirmed; Back keeps everything that was given.
It makes no key: the desk does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from esafety_tui.flows.profile.profile import load_profile, shipped_profiles
from esafety_tui.guide.ports import CONTACT_ROLES, NewOfficer, SetUpRequest, SetUpResult
from esafety_tui.guide.shared_text import IS_RIGHT
from esafety_tui.screens.base.frame import ScreenHost, call_in_thread
from esafety_tui.screens.dialogs import validators as words
from esafety_tui.screens.dialogs.choose_passphrase import choose_passphrase
from esafety_tui.screens.dialogs.field_form import FormAnswers, FormField, FormScreen
from esafety_tui.screens.dialogs.list_question import ChooseScreen
from esafety_tui.screens.dialogs.progress import WorkingScreen, WorkOutcome
from esafety_tui.screens.dialogs.text_page import TextPageScreen
from esafety_tui.screens.widgets.choices import Choice

WHERE = "Set up"
GENERIC = "generic"
MOST_OFFICERS = 3


@dataclass(slots=True)
class SetUpDraft:
    """What was given so far; passphrases are kept out of the repr."""

    school: dict[str, str] = field(default_factory=dict)
    nation: str = ""
    profile: str = GENERIC
    computer: dict[str, str] = field(default_factory=dict)
    names: list[dict[str, str]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list, repr=False)
    contacts: dict[str, str] = field(default_factory=dict)


async def ask_school(shell: ScreenHost, draft: SetUpDraft) -> bool:
    """Ask for the school."""
    given = draft.school
    blanks = [
        FormField("name", "School", "as on its letters", words.require_text, given.get("name", "")),
        FormField("domain", "Domain", "hillview.sch.uk", words.check_domain, given.get("domain",
        "")),
        FormField("site", "Site code", "HVS: begins every incident number", words.check_site_code,
              given.get("site", "")),
    ]  # fmt: skip
    filled = await shell.ask_screen(FormScreen(f"{WHERE} · 1 of 6", "Your school", blanks))
    if filled is not None:
        draft.school = dict(filled.values)
    return filled is not None


async def ask_nation(shell: ScreenHost, draft: SetUpDraft) -> bool:
    """Ask in which nation the school is."""
    after = "The law on searching pupils and on reporting differs; the steps follow this."
    screen = ChooseScreen(f"{WHERE} · 2 of 6", "Where is the school?", words.NATIONS, after=after)
    chosen = await shell.ask_screen(screen)
    draft.nation = chosen or draft.nation
    return chosen is not None


async def ask_policy(shell: ScreenHost, draft: SetUpDraft) -> bool:
    """Ask which policy the steps follow; those of the school's nation stand first."""
    found = [load_profile(name) for name in shipped_profiles()]
    found.sort(key=lambda p: (name_nation_id(p.nation) != draft.nation, p.name != GENERIC, p.name))
    choices = [Choice(p.name, p.title, p.nation) for p in found]
    question = "Which of these is closest to your own policy?"
    screen = ChooseScreen(f"{WHERE} · 2 of 6", question, choices, after=words.POLICY)
    chosen = await shell.ask_screen(screen)
    draft.profile = chosen or draft.profile
    return chosen is not None


def name_nation_id(nation: str) -> str:
    """Return what set-up calls a nation."""
    return nation.lower().replace(" ", "-")


async def ask_computer(shell: ScreenHost, draft: SetUpDraft) -> bool:
    """Ask for the name and place of this computer."""
    given = draft.computer
    name = given.get("name", "")
    if not name:
        name = await call_in_thread(shell.desk.machine_name)
    blanks = [
        FormField("name", "Name of this computer", "", words.require_text, name),
        FormField("place", "Where it stands", "for example: office 2", words.require_text,
              given.get("place", "")),
    ]  # fmt: skip
    intro = "It is the one computer for reviewing. Pupils do not use it; police may take it away."
    screen = FormScreen(f"{WHERE} · 3 of 6", "The designated computer", blanks, intro=intro)
    filled = await shell.ask_screen(screen)
    if filled is not None:
        draft.computer = dict(filled.values)
    return filled is not None


async def ask_officer(shell: ScreenHost, draft: SetUpDraft, n: int) -> bool:
    """Ask for officer ``n`` (from 0) and the passphrase. False: back, nothing is kept."""
    where = f"{WHERE} · 4 of 6 · officer {n + 1}"
    given = draft.names[n] if n < len(draft.names) else {}
    while True:
        person = await _ask_person_details(shell, where, given, draft.names[:n])
        if person is None:
            return False
        given = dict(person.values)
        secret = await choose_passphrase(shell, where, given["name"])
        if secret is not None:
            draft.names[n:] = [given]
            draft.secrets[n:] = [secret]
            return True


async def _ask_person_details(
    shell: ScreenHost, where: str, given: dict[str, str], others: list[dict[str, str]]
) -> FormAnswers | None:
    title = ("The first officer", "The second officer", "The third officer")[len(others)]

    def name(text: str) -> str | None:
        return words.check_not_taken(text, [o["name"] for o in others]) or words.require_text(text)

    def initials(text: str) -> str | None:
        return words.check_not_taken(text, [o["initials"] for o in others]) or words.check_initials(
            text
        )

    blanks = [
        FormField("name", "Name", "first name and surname", name, given.get("name", "")),
        FormField("position", "Position", "for example: Deputy Head", words.require_text,
              given.get("position", "")),
        FormField("initials", "Initials", "AB: begins exhibit numbers such as AB/1", initials,
              given.get("initials", "")),
    ]  # fmt: skip
    return await shell.ask_screen(FormScreen(where, f"{title}, a senior member of staff", blanks))


async def ask_officers(shell: ScreenHost, draft: SetUpDraft) -> bool:
    """Ask for two officers, then for a third."""
    n = 0
    while n < MOST_OFFICERS:
        if n == 2:
            more = await _ask_third_officer(shell)
            if more == "no":
                del draft.names[2:], draft.secrets[2:]
                return True
            if more is None:
                n -= 1
                continue
        if await ask_officer(shell, draft, n):
            n += 1
        elif n == 0:
            return False
        else:
            n -= 0 if n == 2 else 1
    return True


async def _ask_third_officer(shell: ScreenHost) -> str | None:
    choices = (Choice("yes", "Add a third officer"), Choice("no", "Go on with only two"))
    question = "Is there a third officer?"
    screen = ChooseScreen(f"{WHERE} · 4 of 6", question, choices, after=words.ONLY_TWO)
    return await shell.ask_screen(screen)


async def ask_contacts(shell: ScreenHost, draft: SetUpDraft) -> bool:
    """Ask for each contact: a number, or explicitly "not known"."""
    n = 0
    while n < len(CONTACT_ROLES):
        role, label = CONTACT_ROLES[n]
        blank = FormField(
            "value", label, "name and number", words.require_text, draft.contacts.get(role, "")
        )
        intro = "It goes on the call sheet. 999 and 101 are on it already."
        screen = FormScreen(
            f"{WHERE} · 5 of 6 · contact {n + 1} of {len(CONTACT_ROLES)}",
            "Whom to call",
            [blank],
            intro=intro,
            other="Not known",
        )
        filled = await shell.ask_screen(screen)
        if filled is None:
            n -= 1
        else:
            draft.contacts[role] = "" if filled.other else filled.values["value"]
            n += 1
        if n < 0:
            return False
    return True


def _build_set_up_request(draft: SetUpDraft) -> SetUpRequest:
    people = tuple(
        NewOfficer(p["name"], p["position"], p["initials"], secret)
        for p, secret in zip(draft.names, draft.secrets, strict=True)
    )
    return SetUpRequest(
        school=draft.school["name"],
        domain=draft.school["domain"],
        site_code=draft.school["site"],
        nation=draft.nation,
        machine_name=draft.computer["name"],
        machine_place=draft.computer["place"],
        officers=people,
        contacts=dict(draft.contacts),
        profile=draft.profile,
    )


def list_set_up_summary(wanted: SetUpRequest) -> tuple[str, ...]:
    """Return what will be written, one line each; no passphrase."""
    unknown = [label for role, label in CONTACT_ROLES if not wanted.contacts.get(role)]
    lines = [
        f"School      {wanted.school} · {wanted.domain} · {wanted.site_code}",
        f"Policy      {load_profile(wanted.profile).title}",
        f"Computer    {wanted.machine_name} · {wanted.machine_place}",
    ]
    lines += [f"Officer {n}   {o.name} · {o.position} · {o.initials}"
              for n, o in enumerate(wanted.officers, 1)]  # fmt: skip
    if unknown:
        lines += ["", "Not known yet: " + ", ".join(unknown)]
    if len(wanted.officers) < 3:
        lines += ["", *words.ONLY_TWO.split("\n")]
    return (*lines, "", "Nothing is written before you go on. It takes up to a minute.")


async def confirm_set_up(shell: ScreenHost, draft: SetUpDraft) -> bool:
    """Show everything and make the vault."""
    wanted = _build_set_up_request(draft)
    where = f"{WHERE} · 6 of 6"
    screen = TextPageScreen(where, IS_RIGHT, list_set_up_summary(wanted), "Make the vault", "Back")
    if not await shell.ask_screen(screen):
        return False
    work: WorkingScreen[SetUpResult] = WorkingScreen(
        where,
        "Making the vault",
        lambda progress: shell.desk.set_up(wanted, progress),
        can_stop=False,
        note="Keys for each pair of officers, two paper keys, the school's own certificate.",
    )
    outcome: WorkOutcome[SetUpResult] | None = await shell.ask_screen(work)
    if outcome is None or outcome.result is None:
        if outcome is not None and outcome.error is not None:
            await shell.show_trouble(outcome.error)
        return False
    await shell.ask_screen(
        TextPageScreen(
            WHERE, "The vault is ready.", list_sheet_instructions(outcome.result), "Done"
        )
    )
    return True


def list_sheet_instructions(done: SetUpResult) -> tuple[str, ...]:
    """Return where the sheets are and what to do with them."""
    folders = dict.fromkeys(path.parent for _, path in done.sheets)
    lines: list[str] = []
    for folder in folders:
        lines += [f"These sheets were saved in {folder}:"]
        lines += [f"    {what}: {path.name}" for what, path in done.sheets if path.parent == folder]
    return (*words.PRINT_NOW, "", *lines, "", f"Vault: {done.vault}")


Step = Callable[[ScreenHost, SetUpDraft], Awaitable[bool]]
STEPS: tuple[Step, ...] = (
    ask_school,
    ask_nation,
    ask_policy,
    ask_computer,
    ask_officers,
    ask_contacts,
    confirm_set_up,
)


async def run_set_up_steps(shell: ScreenHost, draft: SetUpDraft) -> bool:
    """Run the steps in order; Back goes to the one before. False: back from the first of them."""
    n = 0
    while 0 <= n < len(STEPS):
        n = n + 1 if await STEPS[n](shell, draft) else n - 1
    return n > 0
