"""The command line: ``esafety …``. Knows every part, holds nothing, imports only what a verb needs.

Exit codes: 0 done or sound, 1 not sound or a fault, 2 unusable input or no terminal, 3 sound with
files of an operating system beside it, 129 and 143 after SIGHUP and SIGTERM.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esafety_tui import __version__
from esafety_tui.guard import refuse_core_files, refuse_network, scrub_environment
from esafety_tui.kernel.errors import EvidenceError, NewerVersion, NotSound, Unusable
from esafety_tui.verbs import NAMES

if TYPE_CHECKING:
    from esafety_tui.guide.ports import DeskPort
    from esafety_tui.kernel.clock import Clock


PLAIN = "line by line: for screen readers, braille and simple terminals"


def _print_line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _print_error(text: str) -> None:
    sys.stderr.write(text + "\n")


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="esafety",
        description="Guides two officers through an online-safety incident, keeps the evidence.",
        epilog="A child in danger now: ring 999. Otherwise the police: 101.",
    )
    parser.add_argument("--version", action="version", version=f"esafety {__version__}")
    _add_app_options(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    verbs.add_parser("urgent", help="whom to call and what not to do; needs nothing")
    practice = verbs.add_parser(
        "practice", help="the app on a throw-away vault with invented officers"
    )
    practice.add_argument("--plain", action="store_true", default=argparse.SUPPRESS, help=PLAIN)
    drill = verbs.add_parser("drill", help="the whole job without a screen, on invented evidence")
    _add_drill_options(drill)
    verify = verbs.add_parser(
        "verify", help="check a pack, a container, a form or a vault",
        epilog="Exit code: 0 sound, 1 not sound, 2 cannot be checked, 3 a sound pack with files "
        "of an operating system beside it.",
    )  # fmt: skip
    verify.add_argument("path", type=Path, metavar="PATH")
    verify.add_argument("--check-code", metavar="CODE", help="from the signed paper form")
    verify.add_argument("--ca", type=Path, metavar="FILE", help="the school's certificate, a form")
    verify.add_argument("--json", action="store_true", help="one JSON object")
    verify.add_argument("--from-pipe", action="store_true", help=argparse.SUPPRESS)
    doctor = verbs.add_parser("doctor", help="check this computer and the vault's outside")
    doctor.add_argument("--json", action="store_true", help="one JSON object")
    for name in NAMES:
        import_module(f"esafety_tui.verbs.{name}").add_verb_parsers(verbs)
    return parser


def _add_app_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vault", type=Path, metavar="DIR", help="the vault's folder")
    parser.add_argument("--plain", action="store_true", help=PLAIN)
    log = "note times, verbs and kinds of errors in FILE, no words: for support"
    parser.add_argument("--log", type=Path, metavar="FILE", help=log)
    parser.set_defaults(log_desk=lambda desk: desk, note_screen=None)


def _parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; the verbs are loaded only where more stands on it than the app takes.

    The first screen does not wait for options that nobody asked for.
    """
    few = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    _add_app_options(few)
    try:
        args, rest = few.parse_known_args(argv)
    except argparse.ArgumentError:  # said with the whole usage below
        rest = [*argv]
    if rest:
        return _build_parser().parse_args(argv)
    args.verb = None
    return args


def _add_drill_options(drill: argparse.ArgumentParser) -> None:
    what = "what happens: bullying, csam-mid-review, grooming …; any other word lists all"
    drill.add_argument("--scenario", default="bullying", metavar="S", help=what)
    school = "a school's policy, for example winchelsea; any other word lists all"
    drill.add_argument("--profile", default="generic", metavar="P", help=school)
    drill.add_argument("--out", type=Path, metavar="DIR", help="a new or empty folder")
    alone = "the way alone: no vault, no form, no pack"
    drill.add_argument("--route-only", action="store_true", help=alone)
    drill.add_argument("--json", action="store_true", help="one JSON object a line")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    os.umask(0o077)
    scrub_environment()
    refuse_network()
    refuse_core_files()
    args = _parse_arguments(sys.argv[1:] if argv is None else argv)
    verbs: dict[str | None, Callable[[argparse.Namespace], int]] = {
        None: _run_app_verb, "urgent": _print_urgent_contacts, "practice": _run_practice,
        "drill": _run_drill_verb, "verify": _run_verify, "doctor": _run_doctor,
    }  # fmt: skip
    try:
        run: Callable[[argparse.Namespace], int] = getattr(args, "run", None) or verbs[args.verb]
        return run(args) if args.log is None else _run_logged(run, args)
    except EvidenceError as err:
        _print_error(f"{err.what} {err.do}")
        return 1 if isinstance(err, NotSound) else 2
    except OSError as err:  # what no verb foresaw; its own words may hold a path
        _print_error(
            f"The disk or a file refused: {err.strerror or 'no answer'}. Check it, then try again."
        )
        return 2
    except EOFError:  # Ctrl+D, or a terminal that went away
        _print_error("\nNothing was answered, so nothing was done.")
        return 2
    except KeyboardInterrupt:
        _print_error("Stopped. What was acknowledged is kept.")
        return 130


def _run_logged(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Run a verb and note what it did, in a file outside every vault."""
    from esafety_tui.data.outside import refuse_inside_vault
    from esafety_tui.event_log import EventLog, LoggedDesk

    refuse_inside_vault(args.log.parent)
    log = EventLog(args.log)
    args.log_desk, args.note_screen = partial(LoggedDesk, log=log), log.write_screen
    try:
        with log.log_verb(args.verb or "app", __version__) as end:
            code = run(args)
            end(code)
            return code
    finally:
        log.close_log()


def _require_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Unusable(
            "This needs a terminal, and there is none here.",
            "Open a terminal window and run it there, or use: esafety urgent",
        )


def _print_urgent_contacts(_args: argparse.Namespace) -> int:
    from esafety_tui.flows.procedure.urgent_steps import URGENT_LINES

    for line in URGENT_LINES:
        _print_line(line.text if line.kind == "heading" else f"  {line.text}")
    return 0


def _run_app_verb(args: argparse.Namespace) -> int:
    _require_terminal()
    from esafety_tui.casework.desk.desk import Desk
    from esafety_tui.data.platform import SystemClock
    from esafety_tui.data.system_folders import default_vault, sheets_folder

    clock = SystemClock()
    desk = Desk(args.vault or default_vault(), clock, None, sheets_folder())
    practice = desk.practice
    if args.plain:
        desk.warm()
        return _run_plain_mode(args.log_desk(desk), practice=practice)
    more = {"warm": desk.warm, "note_screen": args.note_screen}
    return _run_application(args.log_desk(desk), clock, practice, **more)


def _run_application(desk: DeskPort, clock: Clock, practice: bool, **more: Any) -> int:
    gc.disable()  # nothing that is loaded is rubbish, and looking through it takes time
    from esafety_tui.app import EsafetyApp

    app = EsafetyApp(desk, clock=clock, practice=practice, **more)
    # What is loaded stays until the end: looking through it for rubbish costs most of a second
    # when the program is left, and a person waits for it.
    gc.freeze()
    gc.enable()
    try:
        app.run()
    finally:
        desk.close()
        gc.freeze()
    return app.return_code or 0


def _run_plain_mode(desk: DeskPort, **more: Any) -> int:
    from esafety_tui.plain.session.run import run_plain_session

    return run_plain_session(desk, **more)


def _run_practice(args: argparse.Namespace) -> int:
    _require_terminal()
    from esafety_tui.demo.practice import open_practice
    from esafety_tui.demo.samples import PASSPHRASE

    with open_practice(_print_line) as (desk, clock, samples):
        shown: dict[str, Any] = {"hint": PASSPHRASE, "samples": str(samples)}
        if args.plain:
            return _run_plain_mode(args.log_desk(desk), practice=True, **shown)
        return _run_application(
            args.log_desk(desk), clock, True, note_screen=args.note_screen, **shown
        )


def _run_drill_verb(args: argparse.Namespace) -> int:
    import json
    import tempfile

    from esafety_tui.demo.drill import PracticeDrill, report_route
    from esafety_tui.demo.drill_report import fold_report_row

    def report(step: str, detail: str) -> None:
        line = json.dumps({"step": step, "detail": detail})
        _print_line(line if args.json else fold_report_row(step, detail))

    if args.route_only:
        told = report_route(args.profile, args.scenario, report)
        if args.json:
            _print_line(json.dumps({"result": "ok", **told}))
        return 0
    out = args.out or Path(tempfile.mkdtemp(prefix="esafety-drill-"))
    result = PracticeDrill(out, args.scenario, report, args.profile).run_drill()
    if args.json:
        _print_line(json.dumps({"result": "ok", **result}))
    else:
        _print_line(f"Sound. The check code on the form is {result['check_code']}.")
        _print_line(f"Everything is in {out}. It is practice: invented people, harmless evidence.")
    return 0


def _run_verify(args: argparse.Namespace) -> int:
    import json

    from esafety_tui.casework.inspection.verify_file import verify_any_file
    from esafety_tui.verbs.asking import read_piped_answers

    asked = read_piped_answers() if args.from_pipe else {}
    try:
        verdict = verify_any_file(args.path, asked, args.check_code, args.ca)
    except EvidenceError as err:
        code = 1 if isinstance(err, NotSound) else 2
        kind = "newer version" if isinstance(err, NewerVersion) else "unusable"
        found = {"v": 1, "result": "not sound" if code == 1 else kind, "what": err.what}
        item = {"item": err.item} if isinstance(err, NotSound) else {}
        if args.json:
            _print_line(json.dumps({**found, **item, "do": err.do}))
        else:
            _print_error(f"{'NOT SOUND. ' if code == 1 else ''}{err.what} {err.do}")
        return code
    if args.json:
        _print_line(json.dumps(verdict))
    else:
        _print_line("\n".join(verdict["sentences"]))
        sure = "SOUND, and the check code fits." if verdict["authentic"] else "SOUND IN ITSELF."
        if verdict["result"] == "sound, not complete":
            sure = "SOUND IN ITSELF, BUT NOT COMPLETE."
        extra = " BUT THERE ARE FILES BESIDE IT." if verdict.get("extra") else ""
        _print_line(sure + extra)
    return 3 if verdict["result"] == "sound-with-extra" else 0


def _run_doctor(args: argparse.Namespace) -> int:
    import json

    from esafety_tui.casework.inspection.doctor import examine_computer
    from esafety_tui.data.system_folders import default_vault

    findings = examine_computer(args.vault or default_vault())
    if args.json:
        _print_line(json.dumps([{"ok": f.ok, "what": f.what, "do": f.do} for f in findings]))
    else:
        marks = {True: "ok ", False: "BAD", None: "?? "}
        for found in findings:
            _print_line(f"{marks[found.ok]}  {found.what}{'' if found.ok else ' ' + found.do}")
    return 1 if any(f.ok is False for f in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
