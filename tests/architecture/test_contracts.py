"""The import contracts hold, and each of several seeded breaches is caught.

A static graph does not see what is imported late or through a third package, so a second set of
tests asks ``sys.modules`` of a fresh interpreter.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BREACHES = [
    ("one-way-down", "kernel/text.py", "import esafety_tui.data.age"),
    ("one-way-down", "casework/incident/stop.py", "import esafety_tui.screens.overlays.stop"),
    ("one-way-down", "stray.py", "VALUE = 1"),
    ("one-way-down", "casework/desk/front.py", "import esafety_tui.demo.samples"),
    ("one-way-down", "demo/samples.py", "import esafety_tui.verbs.head"),
    (
        "inside-casework",
        "casework/access/session.py",
        "import esafety_tui.casework.policy.policy_files",
    ),
    (
        "inside-casework",
        "casework/policy/policy_files.py",
        "import esafety_tui.casework.integrity.alarms",
    ),
    (
        "inside-casework",
        "casework/integrity/orphans.py",
        "import esafety_tui.casework.incident.case",
    ),
    ("inside-casework", "casework/incident/case.py", "import esafety_tui.casework.signin.unlock"),
    (
        "inside-casework",
        "casework/signin/unlock.py",
        "import esafety_tui.casework.inspection.audit",
    ),
    (
        "inside-casework",
        "casework/inspection/audit.py",
        "import esafety_tui.casework.backup.restore",
    ),
    (
        "inside-casework",
        "casework/backup/restore.py",
        "import esafety_tui.casework.destruction.shredding",
    ),
    (
        "inside-casework",
        "casework/destruction/shredding.py",
        "import esafety_tui.casework.desk.front",
    ),
    ("inside-casework", "casework/stray.py", "VALUE = 1"),
    ("inside-desk", "casework/desk/incidents.py", "import esafety_tui.casework.desk.disclosing"),
    ("inside-data", "data/age.py", "import esafety_tui.data.officers"),
    (
        "screens-know-flows-and-kernel",
        "screens/entry/incident_list.py",
        "import esafety_tui.data.platform",
    ),
    ("rooms-of-flows", "flows/procedure/validate.py", "import esafety_tui.flows.engine.effects"),
    ("inside-procedure", "flows/procedure/model.py", "import esafety_tui.flows.procedure.load"),
    ("inside-profile", "flows/profile/timers.py", "import esafety_tui.flows.profile.profile"),
    ("inside-engine", "flows/engine/effects.py", "import esafety_tui.flows.engine.engine"),
    (
        "inside-proof",
        "flows/proof/claims_unsure.py",
        "import esafety_tui.flows.proof.claims_flowchart",
    ),
    ("inside-drawing", "flows/drawing/chart.py", "import esafety_tui.flows.drawing.svg"),
    ("rooms-of-screens", "screens/widgets/badge.py", "import esafety_tui.screens.base.frame"),
    (
        "rooms-of-screens",
        "screens/steps/review.py",
        "import esafety_tui.screens.administration.contacts_and_keys",
    ),
    ("inside-steps", "screens/steps/screen_incident.py", "import esafety_tui.screens.steps.review"),
    ("inside-acts", "screens/acts/restriction.py", "import esafety_tui.screens.acts.clock_check"),
    (
        "inside-application",
        "screens/application/overlay_stack.py",
        "import esafety_tui.screens.application.session_lock",
    ),
    ("inside-entry", "screens/entry/unlock.py", "import esafety_tui.screens.entry.incident_list"),
    (
        "overlays-stand-alone",
        "screens/overlays/stop.py",
        "import esafety_tui.screens.overlays.lock",
    ),
    ("inside-guide", "guide/ports.py", "import esafety_tui.guide.case_state"),
    ("inside-guide", "guide/case_state.py", "import esafety_tui.guide.review_step"),
    ("inside-guide", "guide/stray.py", "VALUE = 1"),
    ("guide-needs-no-terminal", "guide/result_text.py", "import textual"),
    ("one-way-down", "casework/incident/stop.py", "import esafety_tui.guide.ports"),
    (
        "no-circles",
        "screens/dialogs/field_form.py",
        "import esafety_tui.screens.dialogs.folder_question",
    ),
    ("rooms-of-plain", "plain/terminal/prompts.py", "import esafety_tui.plain.steps.ask_step"),
    ("inside-plain-session", "plain/session/lock.py", "import esafety_tui.plain.session.wizard"),
    ("inside-plain-steps", "plain/steps/field_input.py", "import esafety_tui.plain.steps.ask_step"),
    (
        "inside-plain-terminal",
        "plain/terminal/line_format.py",
        "import esafety_tui.plain.terminal.prompts",
    ),
    ("plain-is-lines-only", "plain/steps/ask_step.py", "import esafety_tui.screens.steps.step"),
    ("terminal-only-in-the-ui", "casework/incident/stop.py", "import textual"),
    ("sql-only-in-tables-and-store", "casework/access/session.py", "import sqlmodel"),
    ("cryptography-only-where-keys-are", "casework/access/session.py", "import cryptography"),
    ("reportlab-only-where-pages-are-drawn", "output/form/sign.py", "import reportlab"),
    ("pillow-only-in-the-decoders-process", "output/form/picture.py", "import PIL"),
    ("pyhanko-only-in-signer-and-verifier", "casework/disclosure/signed_form.py", "import pyhanko"),
    ("only-casework-opens-the-vault", "output/pack/bag.py", "import esafety_tui.data.store"),
    ("verification-is-a-strangers", "output/verify_shape.py", "import reportlab"),
    ("kernel-and-flows-are-pure", "flows/engine/engine.py", "import threading"),
    ("no-network", "casework/incident/capture.py", "import urllib.request"),
    (
        "no-circles",
        "casework/incident/exhibits.py",
        "import esafety_tui.casework.disclosure.evidence_pack",
    ),
]


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter in ``folder`` on the package that lies there."""
    program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c()"  # noqa: E501
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], tuple[bool, str]]:
    """What the linter says of each breach, made in a copy of the package and its contracts."""
    folder = tmp_path_factory.mktemp("copy")
    skip = shutil.ignore_patterns("__pycache__", "*.pdf", "*.ttf")
    shutil.copytree(ROOT / "esafety_tui", folder / "esafety_tui", ignore=skip)
    shutil.copy(ROOT / "pyproject.toml", folder)
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("lint_breaches.py")],
        cwd=folder, capture_output=True, text=True, check=False, input=json.dumps(BREACHES),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(zip(BREACHES, map(tuple, json.loads(done.stdout)), strict=True))


def test_every_contract_is_kept() -> None:
    """The rooms of the house: docs/adr/0001."""
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize("breach", BREACHES, ids=" ".join)
def test_a_seeded_breach_is_caught(
    answers: dict[tuple[str, ...], tuple[bool, str]], breach: tuple[str, ...]
) -> None:
    """Guards the contracts themselves: a rule nobody can break says nothing."""
    sound, said = answers[breach]
    assert not sound, said
    assert " 0 kept, 1 broken" in said


@pytest.mark.parametrize(
    ("module", "strangers"),
    [
        ("esafety_tui.screens.entry.unlock", ("sqlmodel", "sqlalchemy", "reportlab", "pyhanko")),
        ("esafety_tui.guide.incident_end", ("textual", "rich", "asyncio", "cryptography")),
        ("esafety_tui.app", ("sqlmodel", "sqlalchemy", "reportlab", "pyhanko", "cryptography")),
        ("esafety_tui.output.verify", ("textual", "rich", "sqlmodel", "reportlab")),
        ("esafety_tui.kernel.records", ("cryptography", "sqlite3", "asyncio", "textual")),
        ("esafety_tui.flows.engine.engine", ("cryptography", "sqlite3", "asyncio", "textual")),
        ("esafety_tui.casework.desk.disclosing", ("textual",)),
        (
            "esafety_tui.cli",
            ("textual", "rich", "sqlmodel", "reportlab", "pyhanko", "cryptography"),
        ),
    ],
)
def test_a_fresh_interpreter_loads_no_stranger(module: str, strangers: tuple[str, ...]) -> None:
    """Guards start-up time and the stranger's verification against imports nobody sees."""
    program = f"import sys, {module}; print(*sorted(m for m in sys.modules if '.' not in m))"
    # Coverage in the child would import modules of its own.
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, capture_output=True, text=True, check=True, env=bare,
    )  # fmt: skip
    assert not set(done.stdout.split()) & set(strangers)
