"""Acts on officers, keys, computers, contacts and the school's policy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from esafety_tui.casework.access import key_files
from esafety_tui.casework.administration import (
    adopt_policy,
    confirm_policy,
    officer_changes,
    rehearsal,
)
from esafety_tui.casework.desk.act_results import (
    consent_of,
    folder_of,
    refuse_weak,
    report_done,
)
from esafety_tui.casework.desk.context import DeskContext
from esafety_tui.casework.disclosure import sheets
from esafety_tui.casework.signin.create_vault import Founder, PaperKey
from esafety_tui.kernel.keeping import Act, ActResult


def enrol_officer(context: DeskContext, act: Act) -> ActResult:
    """Enrol a new officer. Raises Refused where the passphrase is too weak."""
    v = act.values
    refuse_weak(act.secrets["new"])
    new = Founder(v["name"], v["position"], v["initials"].upper(), act.secrets["new"])
    _, receipt = officer_changes.enrol_officer(context.session, new, consent_of(act), context.kdf)
    return report_done(act, receipt, {"name": new.name.strip()})


def remove_officer(context: DeskContext, act: Act) -> ActResult:
    """End an officer's part; the vault gets new keys."""
    receipt = officer_changes.remove_officer(context.session, act.values["who"], consent_of(act))
    return report_done(act, receipt)


def renew_keys(context: DeskContext, act: Act) -> ActResult:
    """Give an officer new keys. Raises Refused where the passphrase is too weak."""
    refuse_weak(act.secrets["new"])
    _, receipt = officer_changes.renew_officer_keys(
        context.session, act.values["who"], act.secrets["new"], consent_of(act), context.kdf
    )
    return report_done(act, receipt)


def renew_paper_keys(context: DeskContext, act: Act) -> ActResult:
    """Make new paper keys and save their sheets."""
    known, saved = context.session.keyring.directory, list[tuple[str, Path]]()

    def save(keys: Sequence[PaperKey]) -> None:
        saved.extend(sheets.save_paper_keys(folder_of(act), known.school, keys, known.is_practice))

    receipt = officer_changes.replace_paper_keys(context.session, consent_of(act), save)
    return report_done(act, receipt, before=tuple(f"{what}: {path}" for what, path in saved))


def rotate_vault_key(context: DeskContext, act: Act) -> ActResult:
    """Give the vault new keys."""
    return report_done(act, officer_changes.rotate_keys(context.session, consent_of(act)))


def enrol_machine(context: DeskContext, act: Act) -> ActResult:
    """Make this computer a designated one."""
    receipt = officer_changes.designate_computer(
        context.session, act.values["label"], consent_of(act)
    )
    return report_done(act, receipt)


def retire_machine(context: DeskContext, act: Act) -> ActResult:
    """End the designation of a computer."""
    receipt = officer_changes.retire_computer(
        context.session, act.values["machine"], consent_of(act)
    )
    return report_done(act, receipt)


def set_contacts(context: DeskContext, act: Act) -> ActResult:
    """Value ``checked``: kinds that were rung and are right, with a space between."""
    checked = act.values.get("checked", "").split()
    numbers = {k: v for k, v in act.values.items() if k not in {"reason", "checked"}}
    receipt = officer_changes.set_contacts(context.session, numbers, consent_of(act), checked)
    return report_done(act, receipt)


def change_passphrase(context: DeskContext, act: Act) -> ActResult:
    """Change the passphrase of an officer's key file."""
    refuse_weak(act.secrets["new"])
    file = key_files.find_key_file(context.folder, act.values["who"])
    key_files.change_passphrase(file, act.secrets["old"], act.secrets["new"], context.kdf)
    return report_done(act, None)


def move_key_file(context: DeskContext, act: Act) -> ActResult:
    """Move an officer's key file into a folder, usually of a stick."""
    who = act.values["who"]
    path = key_files.move_key_file(
        key_files.find_key_file(context.folder, who), act.secrets["old"], folder_of(act)
    )
    keys = context.session.keys
    context.session.keys = {**keys, **({who: path.parent} if who in keys else {})}
    return report_done(act, None, {"path": str(path)})


def rehearse_paper_keys(context: DeskContext, act: Act) -> ActResult:
    """Open a copy of the vault with both paper keys."""
    s = act.secrets
    typed = [(s[f"identity{n}"], s[f"signing{n}"]) for n in (1, 2)]
    done = rehearsal.rehearse_recovery(context.session, typed)
    return report_done(act, done.receipt, {"incidents": done.incidents, "records": done.records})


def adopt_files(context: DeskContext, act: Act) -> ActResult:
    """``folder`` holds the files; else value ``names``, a line each: files, folders or shipped."""
    named = [str(act.folder)] if act.folder else act.values["names"].splitlines()
    receipt = adopt_policy.adopt_policy(
        context.session, adopt_policy.gather_policy_files(named), consent_of(act)
    )
    return report_done(act, receipt)


def confirm_instructions(context: DeskContext, act: Act) -> ActResult:
    """Value ``digests``: those confirmed, with a space between."""
    v = act.values
    word = confirm_policy.Confirmation(v["who"], v["position"], v["source"])
    done = confirm_policy.confirm_instructions(
        context.session, v["digests"].split(), word, act.passphrases
    )
    entries = [receipt.seq for receipt in done]
    return report_done(act, done[-1], {"count": len(done), "entries": entries})
