"""Whatever is asked while an entry is written: every acknowledged entry is there afterwards.

A round is one note that was acknowledged. ESAFETY_THREADS sets their number (``make slow``:
10,000).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from esafety_tui.casework.desk.desk import Delegated, Desk
from esafety_tui.kernel.errors import EvidenceError
from esafety_tui.kernel.keeping import Act
from esafety_tui.kernel.setting_up import NewOfficer, SetUpRequest
from esafety_tui.kernel.unsent import UnsentText
from esafety_tui.kernel.views import OriginalFile
from tests.casework.support import Practice, copy_of
from tests.promises.a_nothing_lost.beside import Room, beside, quiet, room

PASSPHRASE = "correct-horse-battery-staple-mauve"
ROUNDS = int(os.environ.get("ESAFETY_THREADS", "40"))
TOGETHER = 400
"""Rounds in one vault: a case that grows without end would be read again and again."""


def of_memory(it: Room) -> list[Callable[[], object]]:
    """What a face asks while a verb runs: Ctrl+L, the idle lock and Ctrl+Q do."""
    return [it.desk.state, it.desk.contacts]


def test_the_state_is_asked_in_a_loop_while_notes_are_written(
    real_template: Practice, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    written = asked = 0
    began = time.monotonic()
    for number, count in enumerate(_portions(ROUNDS)):
        home = tmp_path / f"{number}"
        home.mkdir()
        monkeypatch.setenv("XDG_STATE_HOME", str(home / ".home" / "state"))
        with room(copy_of(real_template, home)) as it:
            asked += beside(of_memory(it), lambda it=it, n=count: it.write(n), it.faults)  # type: ignore[misc]
            assert it.faults == []
            assert len(it.receipts) == count + 1
            assert f", {count} entries behind." in it.desk.state().second_copy
            assert it.lost() == []
            written += count
    assert asked > written
    if ROUNDS > 40:
        with capsys.disabled():
            print(  # noqa: T201 - the figure is the result
                f"\nthree threads, a real vault: {written} rounds in "
                f"{time.monotonic() - began:.0f} s, asked {asked} times meanwhile, 0 lost"
            )


def _portions(rounds: int) -> Iterator[int]:
    while rounds > 0:
        yield min(rounds, TOGETHER)
        rounds -= TOGETHER


def calls(it: Room) -> dict[str, Callable[[], object]]:
    """Return every public call of the desk, those that end a session last."""
    desk, home, inc = it.desk, it.vault.home, it.inc
    (one, words), (two, more) = it.both.items()
    return {
        "state": desk.state, "contacts": desk.contacts, "machine_name": desk.machine_name,
        "practice": lambda: desk.practice,
        "generate_passphrase": desk.generate_passphrase,
        "judge_passphrase": lambda: desk.judge_passphrase("some words or other"),
        "incidents": desk.incidents, "case": lambda: desk.case(inc),
        "policy": desk.policy, "context": lambda: desk.context.load_case(it.other),
        "warm": desk.warm, "load_services": desk.load_services,
        "flow_source": lambda: desk.flow_source("0" * 64), "due_next": desk.due_next,
        "keep_unsent": lambda: desk.keep_unsent(
            inc, [UnsentText("note", {"text": "told: half a sen"})]
        ),
        "unsent": lambda: desk.unsent(inc),
        "readiness": lambda: desk.readiness(inc), "keeping": desk.keeping,
        "open_incident": lambda: desk.open_incident((), "", words_only=True),
        "link_incident": lambda: desk.link_incident(inc, "nothing-such"),
        "answer": lambda: desk.answer(inc, "nothing-such", {}, ""),
        "describe": lambda: desk.describe(inc, "nothing-such", {}),
        "note": lambda: desk.note(it.other, "told: something else"),
        "correct": lambda: desk.correct(inc, it.receipts[0].seq, "text", "told: else", "a slip"),
        "add_url": lambda: desk.add_url(inc, "https://x.example/", "insults", "saw it"),
        "add_file": lambda: desk.add_file(inc, home / "a.png", "a", "here", quiet),
        "add_files": lambda: desk.add_files(
            inc, [OriginalFile(home / "a.png", "a", "here")] * 2, quiet
        ),
        "prepare_form": lambda: desk.prepare_form(inc, (), quiet, reason="not all is known"),
        "sign": lambda: desk.sign(inc, one, words),
        "save_form": lambda: desk.save_form(inc, home),
        "export": lambda: desk.export(
            inc, it.place("out"), "The police", "a concern", it.both, False, "", quiet
        ),
        "passphrase_sheet": lambda: desk.passphrase_sheet(inc, "words of a container", home),
        "referral_sheet": lambda: desk.referral_sheet(inc, home),
        "act": lambda: each_act(it),
        "set_up": lambda: _set_up_again(it),
        "unlock_paper": lambda: desk.unlock_paper(
            {f"{k}{n}": t for n, key in enumerate(it.vault.paper[:2], 1)
             for k, t in (("identity", key.identity), ("signing", key.signing))}, "", "",
        ),
        "stop": lambda: desk.stop(it.other), "tick": lambda: desk.tick(it.other, 1, "done"),
        "release": lambda: desk.release(it.other, it.receipts[0].seq, "CR 1", it.both),
        "this_computer": lambda: desk.this_computer(it.other),
        "lock": desk.lock, "reopen": lambda: desk.reopen(two, more),
        "keep_for_both": lambda: desk.keep_for_both("words"), "leave": lambda: desk.leave(one),
        "sign_out": desk.sign_out, "unlock": it.enter, "close": desk.close,
    }  # fmt: skip


def acts(it: Room) -> list[Act]:
    """Acts of the fourth part of the desk: a copy, the clock, new keys, a hold, a head."""
    return [
        Act("backup", folder=it.place("stick"), second=it.place("keys")),
        Act("head", {"head": "not one"}),
        Act("noclock", {"reason": "no other clock"}),
        Act("rotate", {"reason": "it is time"}, it.both),
        Act("hold", {"inc": it.other, "reason": "the police asked"}),
    ]  # fmt: skip


def each_act(it: Room) -> None:
    """Do each; what is refused with a sentence is an answer, too."""
    for act in acts(it):
        with suppress(EvidenceError):
            it.desk.act(act, quiet)


def _set_up_again(it: Room) -> object:
    """Set up a vault where there is one: refused, and nothing of it is touched."""
    people = tuple(NewOfficer(f"Person {n}", "Head", f"P{n}", PASSPHRASE) for n in "AB")
    wanted = SetUpRequest("School", it.vault.domain, "EXS", "wales", "PC 1", "office", people,
                   {"police": "101"}, "generic")  # fmt: skip
    return it.desk.set_up(wanted, quiet)


def test_every_public_call_is_among_them(real: Practice) -> None:
    with room(real) as it:
        public = {
            name for name, value in vars(Desk).items()
            if not name.startswith("_")
            and (callable(value) or isinstance(value, property | Delegated))
        }  # fmt: skip
        assert public == set(calls(it))


SOME = ("incidents", "case", "keeping", "stop", "lock", "sign_out")
"""What the suite has of them."""


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(SOME, id="some"),
        pytest.param((), id="each", marks=pytest.mark.long("six of them")),
    ],
)
def test_each_public_call_beside_a_writer(real: Practice, names: tuple[str, ...]) -> None:
    """Two askers and a writer; whatever ends or locks the session, both sign in again."""
    with room(real, ready=not names) as it:
        over = threading.Event()
        writer = threading.Thread(target=_until, args=(it, over), daemon=True)
        writer.start()
        asked = set[str]()
        for name, call in calls(it).items():
            if names and name not in names:
                continue
            seen = len(it.receipts)
            beside([it.desk.state], lambda call=call: _said(it, call), it.faults)  # type: ignore[misc]
            asked.add(name)
            if it.desk.state().session != "open":
                it.enter()
            assert not it.faults, (name, it.faults)
            deadline = time.monotonic() + 30
            while len(it.receipts) == seen and time.monotonic() < deadline:
                threading.Event().wait(0.002)  # nobody's turn was lost: the writer goes on
            assert len(it.receipts) > seen, f"the writer hangs after {name}"
        over.set()
        writer.join(60)
        assert it.lost() == []
        assert len(asked) == len(names or calls(it))


def _until(it: Room, over: threading.Event) -> None:
    while not over.is_set() and not it.faults:
        it.write(1)


def _said(it: Room, call: Callable[[], object]) -> None:
    try:
        with suppress(EvidenceError):
            call()
    except BaseException as err:
        it.faults.append(err)
