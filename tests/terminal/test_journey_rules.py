"""Route C by real keys at 80x24: from the door to a signed form and packs strangers can verify."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from esafety_tui.demo.samples import write_samples
from tests.cli.conftest import run
from tests.programs import need_program
from tests.terminal.keys import BANNER, HOME, Officers
from tests.terminal.route import choose, gates, into_triage, seal_url, take_file, ticks

URLS = "https://xn--pple-43d.example.com/in\nhttps://chat.example.org/room?id=7&from=[a]"
CODE = r"([0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4})"


def told(officers: Officers) -> None:
    """Class C, who is told, no staff."""
    terminal = officers.terminal
    choose(terminal, 4)
    terminal.scene("Who is told before you begin?")
    terminal.press("F8")
    terminal.scene("✗")
    ticks(terminal, 1, 2)
    terminal.press("F8")
    terminal.scene("Could a member of staff or a volunteer be involved?")
    choose(terminal, 2)


def captured(officers: Officers, folder: Path) -> None:
    """Two addresses pasted at once, a slip with a path, two files."""
    terminal = officers.terminal
    terminal.scene(
        "Which addresses hold the material that worries you?", "Nothing sealed here yet."
    )
    seal_url(terminal, URLS, "insults =cmd", 14)
    text = terminal.screen()
    assert "hxxps://xn--pple-43d.example[.]com/in" in text and "⚠" in text
    terminal.press("F8")
    terminal.scene("Which screenshots and files belong to it?", "Nothing sealed here yet.")
    files = write_samples(folder)
    take_file(terminal, f"{files[0]}x", "The first page")
    terminal.dialog("✗", "That file is not there or cannot be read.", "[ I have read this ]")
    terminal.press("Enter")
    terminal.scene("The first page", "taken on this computer", "Nothing sealed here yet.")
    terminal.reach("Go on" if False else "STOP F10", key="BTab")
    terminal.reach("STOP F10")
    terminal.press("Tab", "BSpace")
    terminal.press("Enter", "Enter")
    terminal.send("Enter")
    terminal.scene("AB/1  screenshot", "The first page")
    take_file(terminal, f"'{files[2]}'", "The messages")
    terminal.scene("AB/2  file  63 bytes", "The messages")
    terminal.press("F8")


def judged(officers: Officers) -> None:
    """Findings, substance, action, who is informed, everything reviewed."""
    terminal = officers.terminal
    terminal.scene("What did the two of you find?")
    terminal.paste("Three invented pages with unkind sentences.")
    terminal.press("F8")
    terminal.scene("Does the concern have substance?")
    choose(terminal, 1)
    terminal.scene("What is done about it?")
    ticks(terminal, 1)
    terminal.press("Enter")
    terminal.paste("The school deals with it under its behaviour policy.")
    terminal.press("Tab")
    terminal.paste("Ada Bellweather")
    terminal.press("F8")
    terminal.scene("Who is informed of the outcome?")
    ticks(terminal, 1, 2)
    terminal.press("F8")
    terminal.scene("Is everything here right and complete?", "Nasty [/x] messages")
    terminal.push("Right and complete")


def signed(officers: Officers) -> str:
    """Draw the form, sign it twice, and return the check code read off the screen."""
    terminal = officers.terminal
    terminal.scene("Sign the record, each with your own passphrase.", "There is no form yet.")
    choose(terminal, 1)
    terminal.scene("The police would still ask for this.", "This computer's clock")
    choose(terminal, int(officers.shown_number(r"(\d)  Draw the form all the same")))
    terminal.dialog("Why is it sealed although something is missing?")
    terminal.paste("The clock is compared tomorrow")
    terminal.press("F8")
    terminal.scene("Shall a screenshot be shown on the form?", "[ ] AB/1")
    terminal.press("F8")
    terminal.scene("✗ not signed by Ada Bellweather", "✗ not signed by Cosmo Dunnock")
    code = officers.shown_number(CODE)
    for initials, name in (("AB", "Ada Bellweather"), ("CD", "Cosmo Dunnock")):
        choose(terminal, 1)
        terminal.scene(f"{name} signs. Check code {code}")
        terminal.paste("not the words", seen=False)
        terminal.press("Enter")
        terminal.scene("✗ That passphrase does not open this key.")
        terminal.paste(officers.practice.words[initials], seen=False)
        terminal.press("Enter")
        terminal.scene(f"✓ signed by {name}", code)
    terminal.scene("✓ Signed by both, and the signatures were checked and found sound.")
    choose(terminal, 1)
    return code


def exported(officers: Officers, folder: Path, plain: bool) -> str:
    """Write a pack into ``folder`` and return the screen that says so."""
    terminal = officers.terminal
    terminal.scene("Write the pack for the police or for your file?")
    choose(terminal, 1)
    terminal.scene("Where does the pack go?")
    terminal.press("C-u")
    terminal.paste(str(folder))
    terminal.press("Enter")
    terminal.paste("the police, online team")
    terminal.press("Enter")
    terminal.paste("their enquiry")
    terminal.press("Enter")
    terminal.scene("How is it written?", "Encrypted, with its own passphrase")
    choose(terminal, 2 if plain else 1)
    if plain:
        terminal.dialog("Why is a plain folder needed?")
        terminal.paste("Their computer cannot open the other")
        terminal.press("F8")
    terminal.scene("Both sign the pack", "Type your own passphrase again.")
    terminal.paste(officers.practice.words["AB"], seen=False)
    terminal.press("Enter")
    terminal.paste(officers.practice.words["CD"], seen=False)
    terminal.press("Enter")
    return terminal.scene("✓ Exported: written, read back and found sound.")


def test_route_c_to_packs_that_strangers_can_verify(officers: Officers, tmp_path: Path) -> None:
    terminal = officers.terminal
    stick = tmp_path / "stick"
    stick.mkdir()
    officers.start()
    into_triage(officers)
    told(officers)
    gates(officers)
    captured(officers, tmp_path / "samples")
    judged(officers)
    code = signed(officers)
    text = exported(officers, stick, plain=False)
    assert code in text
    words = officers.shown_number(r"shown only here:\n +(\w+ \w+ \w+ \w+ \w+)\n")
    terminal.push("Go on")
    terminal.dialog("Is the passphrase of the pack written down?")
    terminal.push("Show it again")
    terminal.scene(words, code)
    terminal.push("Go on")
    terminal.dialog("Is the passphrase of the pack written down?")
    terminal.push("Yes, on paper")
    assert words not in terminal.scene("exported and read back")
    assert code in exported(officers, stick, plain=True)
    assert officers.shown_number(r"(Passphrase|[0-9]+ files)") != "Passphrase"
    terminal.push("Go on")
    terminal.scene("exported and read back")
    terminal.press("F8")
    terminal.scene("This incident is written down.", BANNER)
    terminal.push("To the list")
    terminal.scene(HOME, "EXS-2026-0001")
    officers.leave()
    oracles(stick, code, words, tmp_path)


def said(*command: object, cwd: Path) -> str:
    """Run a stranger's program; it must succeed."""
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def oracles(stick: Path, code: str, words: str, home: Path) -> None:
    """What programs that know nothing of ours say about both packs."""
    import bagit

    container = stick / "EXS-2026-0001.zip"
    pack = next(p for p in stick.iterdir() if p.is_dir())
    assert {p.name for p in stick.iterdir()} == {container.name, pack.name}
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        assert ": OK" in said("sha256sum", "-c", "--strict", manifest, cwd=pack)
    bagit.Bag(str(pack)).validate()
    lines = [line.strip() for line in (pack / "README.txt").read_text().splitlines()]
    checks = [line for line in lines if line.startswith("openssl dgst")]
    need_program("openssl")
    assert len(checks) == 2
    for line in checks:
        assert "Verified OK" in said("sh", "-c", line, cwd=pack)
    store = f"sql:{home}"
    certutil = need_program("certutil")
    said(certutil, "-N", "-d", store, "--empty-password", cwd=home)
    ca = pack / "certs/ca.pem"
    said(certutil, "-A", "-d", store, "-n", "school", "-t", "CT,C,C", "-a", "-i", ca, cwd=home)
    form = pack / "data/form.pdf"
    shown = said(need_program("pdfsig"), "-nssdir", store, form, cwd=home)
    assert shown.count("Signature is Valid") == shown.count("Certificate is Trusted") == 2
    assert "Total document signed" in shown.split("Signature #2")[1]
    tested = said(need_program("7z"), "t", f"-p{words}", container, cwd=home)
    assert "Everything is Ok" in tested
    assert sorted(p.name for p in (pack / "data/exhibits").iterdir()) == ["AB_1.png", "AB_2.txt"]
    for path in (pack, container):
        asked = json.dumps({"passphrase": words})
        done = run(
            "verify", os.fspath(path), "--check-code", code, "--from-pipe", home=home, given=asked
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "SOUND, and the check code fits." in done.stdout
    done = run("verify", os.fspath(pack), "--check-code", "AAAA" + code[4:], home=home)
    assert done.returncode == 1
