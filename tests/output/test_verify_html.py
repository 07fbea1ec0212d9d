"""``verify.html`` in Debian's headless Chromium from file://, on real packs, sound and not."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from esafety_tui.kernel.canon import Json, canonical_bytes
from esafety_tui.output.pack.bag import pack_members
from esafety_tui.output.pack.source import PackSource
from esafety_tui.output.verify_code import compute_check_code
from scripts.build_verify_html import CORE, PARTS, SCREEN, TARGET, script
from tests.output.broken_packs import BROKEN
from tests.output.pack_samples import FOLLOWED, Case, Drifted, build_sample, form_signed_by
from tests.output.resigned_packs import RESIGNED, resign
from tests.output.spoiled_packs import SPOILED, Spoil
from tests.output.webdriver import Browser

pytestmark = pytest.mark.tool("chromium")

ORIGIN = "hvs.heron-valley.invalid/evidence"


class Verdict(NamedTuple):
    """What the page shows."""

    colour: str
    heading: str
    text: str


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Give one browser for all tests of the page."""
    chromium = Browser(tmp_path_factory.mktemp("chromium"))
    try:
        chromium.open(TARGET)
        chromium.requested()
        yield chromium
    finally:
        chromium.close()


@pytest.fixture(scope="module")
def source() -> PackSource:
    """Give an invented incident of a school that is not practising."""
    return build_sample(case=Case(origin=ORIGIN))


@pytest.fixture(scope="module")
def pack(source: PackSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its pack. Tests that spoil it copy it first."""
    return written(source, tmp_path_factory.mktemp("pack"))


def written(source: PackSource, folder: Path) -> Path:
    """Write the product's own stream of files, without waiting for the disk as an export does."""
    for member in pack_members(source):
        target = folder / source.reference / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"".join(member.pieces))
    return folder / source.reference


def look(browser: Browser) -> Verdict:
    """Return the judgement, once the page has one."""
    source = (
        "const v = document.getElementById('verdict');"
        "return [v.dataset.verdict, ...['verdict-heading', 'verdict-text'].map("
        "(id) => document.getElementById(id).textContent)];"
    )
    for _ in range(400):
        verdict = Verdict(*browser.script(source))
        if verdict.colour not in {"none", "working"}:
            return verdict
        time.sleep(0.02)
    raise AssertionError(f"The page came to no end: {verdict}")


def check(browser: Browser, folder: Path, code: str = "") -> Verdict:
    """Open the page anew, choose ``folder`` by the Folder button and type the code."""
    browser.open(TARGET)
    browser.type("#folder", str(folder))
    verdict = look(browser)
    if code:
        browser.type("#code", code)
        verdict = look(browser)
    return verdict


def test_the_parts_can_neither_write_markup_nor_ask_for_anything() -> None:
    """No request, no evaluation, no mark-up from strings; parts stay short enough to review."""
    text = script(CORE + SCREEN)
    assert not re.search(r"(inner|outer)HTML|insertAdjacent|document\.write|\beval\b", text)
    assert not re.search(r"\bfetch\(|XMLHttp|WebSocket|import\(|sendBeacon|new Function|src=", text)
    assert all(len((PARTS / n).read_text().splitlines()) < 300 for n in CORE + SCREEN)


def test_a_sound_pack_is_green_only_with_the_code(
    browser: Browser, pack: Path, source: PackSource
) -> None:
    """Amber without, unfinished and after clearing; red with a wrong one; green with the right."""
    code = compute_check_code(source.check_inputs)
    without = check(browser, pack)
    assert without[:2] == ("amber", "Sound in itself, origin not shown")
    assert "Type the code printed on the signed form" in without.text
    shown = browser.script("return document.body.textContent")
    assert code.replace(" ", "") not in re.sub(r"\s", "", shown)
    other = ("1" if code[0] == "0" else "0") + code[1:]
    loose = code.lower().replace(" ", "-").replace("0", "o").replace("1", "l")
    for typed, colour in ((code[:9], "amber"), (other, "red"), (code, "green"), (loose, "green")):
        browser.clear("#code")
        browser.type("#code", typed)
        assert look(browser).colour == colour, typed
    assert look(browser).heading == "Sound, and it is the school's"
    browser.type("#code", "x")
    assert look(browser).colour == "amber"


@pytest.mark.parametrize(
    ("alone", "producer", "words"),
    [("screenshot", "here", "one officer alone"), ("url", "here", "one officer alone"),
     ("", "absent", "producer who was not present"), ("", "none", "names no producer")],
)  # fmt: skip
@pytest.mark.long("tests/promises/c_never_a_false_ok/test_two_verifiers.py")
def test_what_one_officer_alone_wrote_is_red(
    browser: Browser, tmp_path: Path, alone: str, producer: str, words: str
) -> None:
    """Guards the rule of two officers in readRecord; everything else in the pack fits."""
    source = build_sample(case=Case(ORIGIN, alone=alone, producer=producer))
    verdict = check(browser, written(source, tmp_path), compute_check_code(source.check_inputs))
    assert verdict.colour == "red" and words in verdict.text


def test_a_practice_pack_says_practice(browser: Browser, tmp_path: Path) -> None:
    """Even with the right code it is never called evidence of a school."""
    practice = build_sample()
    folder = written(practice, tmp_path)
    verdict = check(browser, folder, compute_check_code(practice.check_inputs))
    assert "PRACTICE" in verdict.heading and "not evidence" in verdict.heading
    assert browser.script("return !document.getElementById('practice').hidden")


def test_a_dropped_folder_is_read(browser: Browser, source: PackSource) -> None:
    """Chromium gives a dropped folder on file:// only as a handle, and none below /dev."""
    browser.open(TARGET)
    with tempfile.TemporaryDirectory() as folder:
        browser.drop("#drop", written(source, Path(folder)))
        assert look(browser).colour == "amber"


def test_a_form_that_lacks_a_signature_says_so(browser: Browser, tmp_path: Path) -> None:
    """A reviewer who did not sign the form is told beside the green result."""
    half = build_sample(form=form_signed_by(1), case=Case(origin=ORIGIN))
    verdict = check(browser, written(half, tmp_path), compute_check_code(half.check_inputs))
    assert verdict.colour == "green"
    assert "lacks the signatures of 1 of its reviewers" in verdict.text


def test_loose_files_are_put_in_their_places(browser: Browser, pack: Path) -> None:
    """The Files button gives names without folders; keys and certificates share theirs."""
    browser.open(TARGET)
    for folder in [pack, *sorted(p for p in pack.rglob("*") if p.is_dir())]:
        files = [str(p) for p in sorted(folder.iterdir()) if p.is_file()]
        if files:
            browser.type("#files", "\n".join(files))
    browser.click("#check-files")
    assert look(browser).colour == "amber"


def test_flowchart_and_policy_are_shown_with_their_hashes(
    browser: Browser, pack: Path, source: PackSource, tmp_path: Path
) -> None:
    """There, absent as in packs of the first layout, and answers that name another: never red."""
    shown = "return document.getElementById('facts').textContent"
    here = "data/procedure.toml, SHA-256 "
    bare = replace(source, procedure=b"", profile=b"")
    drifted = build_sample(case=Drifted(ORIGIN))
    for folder, words in (
        (pack, f"{here}{FOLLOWED['procedure']}, by the first entry"),
        (written(bare, tmp_path), f"not in the pack; SHA-256 {FOLLOWED['policy']}"),
        (written(drifted, tmp_path / "x"), "Entries that name another flowchart or policy5, 6"),
    ):
        assert check(browser, folder).colour == "amber"
        told = browser.script(shown)
        assert words in told and (here in told) is (folder.parent != tmp_path)
        assert ("name another" in told) is (folder.parent.name == "x")


@pytest.mark.parametrize(("spoil", "item"), SPOILED)
def test_a_spoiled_pack_is_red_and_named(
    browser: Browser, pack: Path, source: PackSource, tmp_path: Path, spoil: Spoil, item: str
) -> None:
    """One thing changed in a copy, manifests made to fit: red, even with the right code."""
    copy = tmp_path / "copy"
    shutil.copytree(pack, copy)
    spoil(copy)
    verdict = check(browser, copy, compute_check_code(source.check_inputs))
    assert verdict[:2] == ("red", "Not sound")
    assert verdict.text.startswith(item), verdict.text


@pytest.mark.parametrize(("name", "item"), [(n, i) for n, (_, i) in BROKEN.items()])
@pytest.mark.long("tests/promises/c_never_a_false_ok/test_two_verifiers.py")
def test_a_wrong_pack_that_two_officers_signed_is_red(
    browser: Browser, source: PackSource, tmp_path: Path, name: str, item: str
) -> None:
    """Every hash and both signatures fit, and yet one rule behind them is broken."""
    folder = written(BROKEN[name][0](source), tmp_path)
    verdict = check(browser, folder)
    assert verdict.colour == "red", name
    assert re.match(item, verdict.text), verdict.text


@pytest.mark.parametrize(("name", "item"), [(n, i) for n, (_, i) in RESIGNED.items()])
@pytest.mark.long("tests/promises/c_never_a_false_ok/test_two_verifiers.py")
def test_a_signed_statement_that_is_not_true_is_red(
    browser: Browser, pack: Path, source: PackSource, tmp_path: Path, name: str, item: str
) -> None:
    """Both officers signed it, and yet it does not fit the pack or the format."""
    copy = tmp_path / "copy"
    shutil.copytree(pack, copy)
    resign(copy, source.signers, RESIGNED[name][0])
    verdict = check(browser, copy)
    assert verdict.colour == "red"
    assert verdict.text.startswith(item), verdict.text


def test_old_signatures_under_a_new_statement_are_red(
    browser: Browser, pack: Path, source: PackSource, tmp_path: Path
) -> None:
    """Everything is made to fit the changed statement but what only the officers can make."""
    copy = tmp_path / "copy"
    shutil.copytree(pack, copy)
    edit = {"purpose": "Another purpose"}
    resign(copy, source.signers, lambda s: s["predicate"].update(edit), sound=False)
    verdict = check(browser, copy)
    assert verdict.text.startswith("statement.dsse.json: has a signature that is not sound")


def test_a_forged_pack_of_other_keys_fails_the_code(
    browser: Browser, source: PackSource, tmp_path: Path
) -> None:
    """Sound in itself, it stays un-green: the code on the paper belongs to other keys."""
    forged = written(build_sample(case=Case(origin=ORIGIN)), tmp_path)
    assert check(browser, forged).colour == "amber"
    verdict = check(browser, forged, compute_check_code(source.check_inputs))
    assert verdict[:2] == ("red", "The check code does not fit this pack")


def test_hostile_names_are_shown_and_do_nothing(
    browser: Browser, pack: Path, tmp_path: Path
) -> None:
    """Mark-up and a right-to-left override in a file name come out as plain, visible text."""
    copy = tmp_path / "copy"
    shutil.copytree(pack, copy)
    (copy / "<img src=x onerror=alert(1)>\u202egpj.exe").write_bytes(b"x")
    verdict = check(browser, copy)
    assert verdict.text.startswith("<img src=x onerror=alert(1)><U+202E>gpj.exe: was added")
    assert browser.script("return document.images.length") == 0


def test_own_hash_and_canonical_form_agree_with_python(browser: Browser) -> None:
    """Streaming SHA-256 at every block boundary, a large file, and RFC 8785 on awkward text."""
    ask = script(CORE) + "return arguments[0].map((n) => { const h = new Sha256();"
    ask += "const b = Uint8Array.from({length: n}, (_, i) => i * 7);"
    ask += "for (let at = 0; at < n; at += 37) h.update(b.subarray(at, at + 37));"
    ask += "return hex(h.digest()); });"
    sizes = [*range(130), 5000]
    wanted = [hashlib.sha256(bytes(i * 7 % 256 for i in range(n))).hexdigest() for n in sizes]
    assert browser.script(ask, sizes) == wanted
    ask = script(CORE) + "return hashFile(new File([new Uint8Array(9 * 2 ** 20)], 'x'), () => 0);"
    assert browser.script(ask) == hashlib.sha256(bytes(9 * 2**20)).hexdigest()
    value: dict[str, Json] = {
        "\ufb33": [1, -5, True],
        "\U0001f600": '\x07\n\u2028"\\/é',
        "a": {"b": [], "": {}},
    }
    ask = script(CORE) + "return canonical(parseJson(arguments[0], 'x'));"
    assert browser.script(ask, json.dumps(value)) == canonical_bytes(value).decode()


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', "[1.0]", "[1e3]", "[-0]", "null", '["\\ud800"]', "[1] 2", "[01]", "[,]"],
)
def test_strict_reader_refuses(browser: Browser, text: str) -> None:
    """What two readers could read in two ways is refused."""
    ask = script(CORE) + "try { parseJson(arguments[0], 'x'); return 'taken'; }"
    assert browser.script(ask + "catch (e) { return e.constructor.name; }", text) == "NotSound"


def test_no_request_leaves(browser: Browser, tmp_path: Path) -> None:
    """All the tests above asked for nothing but the page; the page's policy refuses what is new."""
    browser.open(TARGET)
    assert browser.requested() == {(TARGET.as_uri(), "")}
    far = "https://school.invalid/"
    ask = "return fetch(arguments[0]).then(() => 'sent', () => 'refused');"
    assert browser.script(ask, far) == "refused"
    browser.script("document.body.append(Object.assign(new Image(), {src: arguments[0]}))", far)
    time.sleep(0.2)
    assert browser.requested() == {(far, "csp")}
    page = tmp_path / "control.html"
    page.write_text(f"<img src='{far}control.png'>")
    browser.open(page)
    assert (f"{far}control.png", "") in browser.requested()
