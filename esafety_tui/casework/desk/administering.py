"""The desk's fourth part: officers, copies, clock, reviews. See casework/desk/front.py.

One verb, :meth:`KeepingDesk.act`, by name: every one ends in sentences that are true by then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from esafety_tui.casework.access import key_files, passphrases, summaries
from esafety_tui.casework.administration import (
    adopt_policy,
    confirm_policy,
    officer_changes,
    rehearsal,
)
from esafety_tui.casework.administration.officer_changes import Consent
from esafety_tui.casework.backup import backup
from esafety_tui.casework.desk import vault_overview
from esafety_tui.casework.desk.disclosing import READ_BACK, LeavingDesk
from esafety_tui.casework.disclosure import sheets
from esafety_tui.casework.incident import clock_check, restriction, retention
from esafety_tui.casework.incident.case import CaseFile
from esafety_tui.casework.integrity import printed_heads
from esafety_tui.casework.signin.create_vault import Founder, PaperKey
from esafety_tui.casework.signin.unlock import Login
from esafety_tui.data.officers import Officer
from esafety_tui.kernel.door import Unlocked
from esafety_tui.kernel.errors import BadInput, Refused
from esafety_tui.kernel.involved import LINKED, OLD_COPIES, closed
from esafety_tui.kernel.keeping import Act, KeepingView, Told
from esafety_tui.kernel.records import Receipt as Sealed
from esafety_tui.kernel.text import show
from esafety_tui.kernel.views import Progress

if TYPE_CHECKING:
    from esafety_tui.casework.destruction.certificate import Certified


class Desk(LeavingDesk):
    """The whole desk, as the application hands it to the screens."""

    def unlock_paper(self, secrets: Mapping[str, str], officer: str, words: str) -> Unlocked:
        """Sign in with two paper keys, or with one and an officer (``officer`` not "").

        ``secrets``: ``identity1`` and ``signing1``, and of the second sheet where there is one.
        Raises BadInput, WrongPassphrase and what casework.unlock raises.
        """
        with self.turn:
            count = 1 if officer else 2
            papers = [
                Officer.from_paper("", secrets[f"signing{n}"], secrets[f"identity{n}"])
                for n in range(1, count + 1)
            ]
            return self._enter([Login(officer, words)] if officer else [], papers=papers)

    def keeping(self) -> KeepingView:
        """Return how officers, copies, rehearsals and reviews stand."""
        with self.turn:
            return vault_overview.view(self.session)

    def act(self, act: Act, progress: Progress) -> Told:
        """Do one thing and return what was done and checked. Raises EvidenceError."""
        with self.turn:
            verbs: dict[str, Callable[[Act], Told]] = {
                "enrol": self._enrol, "leave": self._leave, "renew": self._renew,
                "paper": self._paper, "rotate": self._rotate, "machine": self._machine,
                "retire": self._retire, "contacts": self._contacts, "rehearse": self._rehearse,
                "passphrase": self._passphrase, "move": self._move, "head": self._head,
                "clock": self._clock, "noclock": self._noclock, "hold": self._hold_set,
                "lift": self._lift, "review": self._review, "outcome": self._outcome,
                "shred": self._shred, "certificate": self._certificate,
                "adopt": self._adopt, "confirm": self._confirm, "restrict": self._restrict,
            }  # fmt: skip
            warnings = self.session.warnings
            before = len(warnings)
            told = self._backup(act, progress) if act.name == "backup" else verbs[act.name](act)
            # What could not be finished is said with what was: "done" alone would be half true.
            return replace(told, warnings=(*told.warnings, *warnings[before:]))

    # Officers and keys.

    def _enrol(self, act: Act) -> Told:
        v = act.values
        _judged(act.secrets["new"])
        new = Founder(v["name"], v["position"], v["initials"].upper(), act.secrets["new"])
        _, receipt = officer_changes.enrol(self.session, new, _consent(act), self._kdf)
        return _told(receipt, f"{new.name.strip()} is enrolled; their key was opened again.")

    def _leave(self, act: Act) -> Told:
        receipt = officer_changes.remove(self.session, act.values["who"], _consent(act))
        return _told(receipt, "Their part has ended.", vault_overview.LEFT)

    def _renew(self, act: Act) -> Told:
        _judged(act.secrets["new"])
        _, receipt = officer_changes.new_keys(
            self.session, act.values["who"], act.secrets["new"], _consent(act), self._kdf
        )
        return _told(receipt, "The keys are new and were opened again.", vault_overview.RENEWED)

    def _paper(self, act: Act) -> Told:
        known, saved = self.session.keyring.directory, list[tuple[str, Path]]()

        def save(keys: Sequence[PaperKey]) -> None:
            saved.extend(sheets.save_paper_keys(_folder(act), known.school, keys, known.practice))

        receipt = officer_changes.new_paper_keys(self.session, _consent(act), save)
        return _told(receipt, *(f"{what}: {path}" for what, path in saved), vault_overview.SHEETS)

    def _rotate(self, act: Act) -> Told:
        return _told(officer_changes.rotate(self.session, _consent(act)), "The vault has new keys.")

    def _machine(self, act: Act) -> Told:
        receipt = officer_changes.enrol_machine(self.session, act.values["label"], _consent(act))
        return _told(receipt, "This computer is a designated one.")

    def _retire(self, act: Act) -> Told:
        receipt = officer_changes.retire_machine(self.session, act.values["machine"], _consent(act))
        return _told(receipt, "That computer is no longer a designated one.")

    def _contacts(self, act: Act) -> Told:
        """Value ``checked``: kinds that were rung and are right, with a space between."""
        checked = act.values.get("checked", "").split()
        numbers = {k: v for k, v in act.values.items() if k not in {"reason", "checked"}}
        receipt = officer_changes.set_contacts(self.session, numbers, _consent(act), checked)
        return _told(receipt, "Whom to call is changed. Print the call sheet again.")

    def _passphrase(self, act: Act) -> Told:
        _judged(act.secrets["new"])
        file = key_files.find(self.folder, act.values["who"])
        key_files.change_passphrase(file, act.secrets["old"], act.secrets["new"], self._kdf)
        return Told(
            ("The key file was opened with the new passphrase.",), None, (vault_overview.COPIES,)
        )

    def _move(self, act: Act) -> Told:
        who = act.values["who"]
        path = key_files.move(key_files.find(self.folder, who), act.secrets["old"], _folder(act))
        keys = self.session.keys
        self.session.keys = {**keys, **({who: path.parent} if who in keys else {})}
        return Told((f"{path} opens, and the file here is gone.", "Put the stick in to sign in."))

    def _rehearse(self, act: Act) -> Told:
        s = act.secrets
        typed = [(s[f"identity{n}"], s[f"signing{n}"]) for n in (1, 2)]
        done = rehearsal.rehearse(self.session, typed)
        opened = f"{done.incidents} incidents and {done.records} records"
        return _told(
            done.receipt, f"Both paper keys opened a copy: {opened}.", vault_overview.ENVELOPES
        )

    # The school's policy.

    def _adopt(self, act: Act) -> Told:
        """``folder`` holds the files; else value ``name`` is that of a shipped one."""
        named = str(act.folder) if act.folder else act.values["name"]
        receipt = adopt_policy.adopt(self.session, adopt_policy.gather([named]), _consent(act))
        return _told(receipt, "Adopted. New incidents follow it; open ones stay on theirs.")

    def _confirm(self, act: Act) -> Told:
        """Value ``digests``: those confirmed, with a space between."""
        v = act.values
        word = confirm_policy.Word(v["who"], v["position"], v["source"])
        done = confirm_policy.confirm_all(self.session, v["digests"].split(), word, act.passphrases)
        return _told(done[-1], f"{len(done)} confirmed, for exactly the words shown.")

    # Copies, heads, clock.

    def _backup(self, act: Act, progress: Progress) -> Told:
        done = backup.make(
            self.session, _folder(act), act.second, act.values.get("label", ""), progress
        )
        said = [f"Copied: {done.entries} entries, {done.files} files, {done.size} bytes; "
                f"{READ_BACK[done.read_back]}."]  # fmt: skip
        if done.left_out:
            said.append(f"{done.left_out} frozen file(s) were left out: they are in no copy.")
        return Told(tuple(said), summaries.shown(done.receipt), done.warnings)

    def _head(self, act: Act) -> Told:
        return Told(printed_heads.compare(self.session, act.values["head"]))

    def _clock(self, act: Act) -> Told:
        case = self._compared_in(act)
        v = act.values
        receipt = clock_check.compare(self.session, case, v["source"], v["trusted"])
        return _told(receipt, vault_overview.clock_text(self.session, case, receipt))

    def _compared_in(self, act: Act) -> CaseFile | None:
        """Return the incident that a comparison belongs to, None for the vault's own entries.

        Whoever leaves an incident whose form is drawn adds nothing to it: the form stays whole.
        """
        inc = act.values.get("inc", "")
        case = self.opened(inc) if inc else None
        if (
            case
            and "leaving" in act.values
            and any(r.type == "form.rendered" for r in case.records)
        ):
            return None
        return case

    def _noclock(self, act: Act) -> Told:
        case = self._compared_in(act)
        receipt = clock_check.skipped(self.session, act.values["reason"], case)
        return _told(receipt, "Written down: the clock was not compared.")

    # Reviews.

    def _place(self, act: Act) -> retention.Place:
        inc = act.values["inc"]
        return self.open_cases.get(inc) or retention.look(self.session, inc)

    def _hold_set(self, act: Act) -> Told:
        v = act.values
        receipt = retention.set_hold(self._place(act), v["reason"], v.get("reference", ""))
        return _told(receipt, "Held: nothing of it can be destroyed until two lift the hold.")

    def _lift(self, act: Act) -> Told:
        v = act.values
        receipt = retention.lift_hold(self._place(act), v["reason"], act.passphrases)
        return _told(receipt, "The hold is lifted.")

    def _review(self, act: Act) -> Told:
        v, place = act.values, self._place(act)
        receipt = retention.set_review_date(place, v["day"], v["reason"], act.passphrases)
        return _told(receipt, "The review date is recorded.")

    def _outcome(self, act: Act) -> Told:
        v, place = act.values, self._place(act)
        receipt = retention.record_outcome(
            place, v["outcome"], v.get("reference", ""), act.passphrases
        )
        return _told(receipt, "The outcome is recorded.")

    def _restrict(self, act: Act) -> Told:
        """Value ``who``: officer ids, with a space between. One who is signed in ends the session.

        Raises NotEligible then, and nobody is in.
        """
        case, who = self.opened(act.values["inc"]), act.values["who"].split()
        if restriction.involved_here(self.session, who):
            said = restriction.step_back(case, who)
            self.close()
            raise said
        done = restriction.restrict(case, who, act.values["reason"], act.passphrases)
        person = self.session.keyring.directory.person
        names = retention.joined(show(person(i).name) for i in who)
        more = [LINKED.format(references=retention.joined(done.linked))] if done.linked else []
        return Told((closed(names, len(done.may)), *more), summaries.shown(done.receipt),
                    (OLD_COPIES,))  # fmt: skip

    def _shred(self, act: Act) -> Told:
        from esafety_tui.casework.destruction import certificate

        inc, v = act.values["inc"], act.values
        if inc in self.open_cases:
            if inc == self.active:
                self.active = ""
            del self.open_cases[inc]
        done = certificate.destroy(
            self.session, [inc], {inc: v["typed"]}, act.passphrases, v["reason"], _folder(act)
        )
        return _certified(done)

    def _certificate(self, act: Act) -> Told:
        from esafety_tui.casework.destruction import certificate

        entry = int(act.values["entry"])
        return _certified(certificate.make(self.session, entry, act.passphrases, _folder(act)))


def _certified(done: Certified) -> Told:
    left = tuple(f"This copy may still hold the keys: {name}." for name in done.copies)
    said = (*done.found, f"The certificate, signed by both and checked: {done.path}")
    return Told(said, summaries.shown(done.receipt), left)


def _consent(act: Act) -> Consent:
    return Consent(act.passphrases, act.values.get("reason", ""))


def _folder(act: Act) -> Path:
    if act.folder is None:
        raise BadInput("A folder is needed.", "Choose where it goes.")
    return act.folder


def _judged(words: str) -> None:
    advice = passphrases.judge(words)
    if advice is not None:
        raise Refused(advice, "Choose another passphrase. Nothing was changed.")


def _told(receipt: Sealed, *sentences: str) -> Told:
    return Told(sentences, summaries.shown(receipt))
