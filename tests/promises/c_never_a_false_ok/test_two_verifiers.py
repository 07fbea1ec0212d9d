"""``esafety verify`` and ``verify.html`` give one answer: the table of tampers, and its edges."""

from __future__ import annotations

import base64
import json
import lzma
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from esafety_tui.cli import main
from esafety_tui.kernel.canon import DEPTH, sha256_hex
from esafety_tui.kernel.records import CAPTURES, PAIR_ONLY, RECORD_TYPES
from esafety_tui.output.pack import layout
from esafety_tui.output.verify_code import compute_check_code, normalise_code, read_typed_code
from esafety_tui.output.verify_files import MAX_FILES
from esafety_tui.output.verify_shape import MAX_VALUES
from esafety_tui.output.verify_source import MAX_OFFICERS, TOTAL_LIMIT, size_limit_of
from esafety_tui.output.verify_stream import ENTRY_LIMIT
from scripts.build_verify_html import CORE, PARTS, SCREEN, script
from tests.promises.tampers import chance
from tests.promises.tampers.judges import Page, command
from tests.promises.tampers.row import AUTHENTIC, EXTRA, NEWER, NOT_SOUND, SOUND, Answer, Tamper
from tests.promises.tampers.table import LEAST, outcomes, rows
from tests.promises.tampers.world import World
from tests.vectors.vector import HERE

pytestmark = pytest.mark.tool("chromium")

KINDS = {
    "file added", "file missing", "file changed", "file renamed", "folder", "link", "name",
    "manifest", "tag file", "statement field", "signature", "certificate date", "certificate use",
    "certificate name", "certificate chain", "ledger line", "proof", "checkpoint", "record type",
    "null", "depth", "bool", "field", "withheld", "exhibit", "form revision", "reference",
    "code as typed",
}  # fmt: skip
GOLDEN = sorted((HERE / "folders").glob("*.tar.xz"))


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Give a folder that is not below /dev: a browser drops none from there."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def page(place: Path) -> Iterator[Page]:
    """Give the page in one browser for all packs."""
    (place / "browser").mkdir()
    one = Page(place / "browser")
    yield one
    one.close()


@pytest.fixture(scope="module")
def world(place: Path) -> World:
    """Give the school whose packs are tampered with."""
    (place / "world").mkdir()
    return World(place / "world")


def faults(world: World, page: Page, chosen: list[Tamper], folder: Path) -> list[str]:
    """Return every row that does not hold, with what both said."""
    folder.mkdir()
    return [
        f"{one.row.kind}, {one.row.name}: {one.fault} ({one.command}, page {one.page})"
        for one in outcomes(world, page, chosen, folder)
        if one.fault
    ]


def test_the_table_has_every_kind_often_enough() -> None:
    """At least ten rows a kind, made with keys and without, sound ones among them."""
    every = rows()
    counts = Counter(row.kind for row in every)
    assert set(counts) == KINDS
    assert min(counts.values()) >= LEAST, counts
    assert {row.state for row in every} >= {AUTHENTIC, SOUND, EXTRA, NEWER, NOT_SOUND}
    assert len([row for row in every if not row.keys]) > 200


def test_one_row_a_kind_is_answered_alike(world: World, page: Page, place: Path) -> None:
    """A sample of the table; the other rows are run by make slow."""
    chosen = {row.kind: row for row in rows()}
    assert faults(world, page, list(chosen.values()), place / "sample") == []


@pytest.mark.long("one row a kind, above")
def test_every_row_is_answered_alike(world: World, page: Page, place: Path) -> None:
    """The whole table, one browser."""
    every = rows()
    found = faults(world, page, every, place / "all")
    sys.stdout.write(f"\n{len(every)} tampered packs, {len(found)} differences\n")
    assert found == []


def differing(world: World, page: Page, count: int, folder: Path) -> list[str]:
    """Return the seeds of tampers by chance that the two answer differently."""
    folder.mkdir()
    return [
        f"{one.row.name}: {one.command}, page {one.page}"
        for one in outcomes(world, page, chance.rows(count), folder)
        if one.command != one.page
    ]


@pytest.mark.long("test_one_row_a_kind_is_answered_alike")
def test_a_few_tampers_by_chance_are_answered_alike(world: World, page: Page, place: Path) -> None:
    """Any value in any other's place; the same ones each time, but for the keys."""
    assert differing(world, page, 5, place / "few") == []


@pytest.mark.long("test_a_few_tampers_by_chance_are_answered_alike")
def test_many_tampers_by_chance_are_answered_alike(world: World, page: Page, place: Path) -> None:
    """What nobody thought of a row for."""
    assert differing(world, page, 300, place / "chance") == []


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.name)
def test_packs_of_number_1_are_still_accepted(golden: Path, page: Page, place: Path) -> None:
    """Both were written before this table: one by a drill, one with three officers."""
    with tarfile.open(fileobj=BytesIO(lzma.decompress(golden.read_bytes()))) as packed:
        packed.extractall(place / "golden", filter="data")
    pack = place / "golden" / golden.name.removesuffix(".tar.xz")
    envelope = json.loads((pack / layout.STATEMENT).read_bytes())
    predicate = json.loads(base64.b64decode(envelope["payload"]))["predicate"]
    assert predicate["v"] == 1
    code = compute_check_code(predicate["check_inputs"])
    assert command(pack, code) == page(pack, code) == Answer(AUTHENTIC, "")


def test_both_keep_the_same_lists_and_bounds(page: Page) -> None:
    """What one verifier takes from a list of its own, the other has, too."""
    others = ["data/records/000001.json", f"keys/{'a' * 16}.pem", f"statement.{'a' * 16}.sig"]
    ask = script(CORE) + (
        f"const OTHERS = {json.dumps(others)};"
        "return { RECORD_TYPES, PAIR_ONLY, CAPTURES, MEDIA, REQUIRED, FOLDERS, JSON_DEPTH,"
        "FILES_LIMIT, STRAY_LIMIT, NUMBER, SIZES_IN_ALL, OFFICERS_LIMIT, VALUES_LIMIT, ENTRY_LIMIT,"
        "sizes: REQUIRED.concat(OTHERS).map((name) => [name, largest(name)]) };"
    )
    found = page.ask(ask)
    assert set(found["RECORD_TYPES"]) == RECORD_TYPES
    assert set(found["PAIR_ONLY"]) == PAIR_ONLY and set(found["CAPTURES"]) == CAPTURES
    assert set(found["MEDIA"].split("|")) == layout.KEPT_ENDINGS | {"bin"}
    assert set(found["REQUIRED"]) == layout.REQUIRED and set(found["FOLDERS"]) == layout.FOLDERS
    assert (found["JSON_DEPTH"], found["FILES_LIMIT"]) == (DEPTH, MAX_FILES)
    assert (found["STRAY_LIMIT"], found["SIZES_IN_ALL"]) == (layout.STRAY_LIMIT, TOTAL_LIMIT)
    assert (found["OFFICERS_LIMIT"], found["VALUES_LIMIT"]) == (MAX_OFFICERS, MAX_VALUES)
    assert found["ENTRY_LIMIT"] == ENTRY_LIMIT
    assert dict(found["sizes"]) == {
        name: size_limit_of(name) for name in [*layout.REQUIRED, *others]
    }


def test_both_read_every_sign_of_unicode_alike_in_a_code(page: Page) -> None:
    """Whatever is typed between two letters is passed over by both, or by neither."""
    ask = script(CORE) + (
        "const out = []; for (let n = 0; n < 0x110000; n += 1)"
        "{ if (n < 0xd800 || n > 0xdfff) out.push(n); }"
        "const all = out.map((n) => String.fromCodePoint(n)).join('');"
        "const code = normalCode(all);"
        "return crypto.subtle.digest('SHA-256', utf8(code)).then("
        "(digest) => [hex(new Uint8Array(digest)), all.length - code.length]);"
    )
    typed = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    read = normalise_code(typed)
    digest, passed_over = page.ask(ask)
    assert digest == sha256_hex(read.encode())
    assert normalise_code("\u2009\u2212\u200b -") == "" and passed_over > 50


def test_too_many_files_are_refused_with_a_sentence(page: Page, place: Path) -> None:
    """The bound is stated, and nothing is read before it."""
    ask = (
        script(CORE) + "try { mustBeFew(arguments[0]); return ''; } catch (e) { return e.message; }"
    )
    assert page.ask(ask, MAX_FILES) == ""
    assert "at most 100,000" in page.ask(ask, MAX_FILES + 1)
    parts = {name: (PARTS / name).read_text("utf-8") for name in SCREEN}
    assert parts["choose.js"].count("mustBeFew(") == 2 and "mustBeFew(" in parts["page.js"]


@pytest.mark.long("test_too_many_files_are_refused_with_a_sentence")
def test_a_folder_of_too_many_files_is_refused_by_both(
    world: World, page: Page, place: Path
) -> None:
    """A real folder, chosen with the button."""
    (place / "many").mkdir()
    pack = world.copy(place / "many")
    for number in range(1, MAX_FILES + 1):
        (pack / f"data/records/{number + 10**6:07d}.json").touch()
    assert page(pack, None) == Answer(NOT_SOUND, "the pack") == command(pack, None)


def test_a_closed_container_is_told_what_to_do(page: Page, place: Path) -> None:
    """People drop the .zip on the page: it says what to do first."""
    closed = place / "HVS-2026-0007.zip"
    closed.write_bytes(b"PK\3\4")
    told = page.files(closed)
    assert told.startswith("This is the encrypted file of a pack, still closed. Open it with 7-Zip")


@pytest.mark.parametrize(
    ("spoil", "code", "result"),
    [("", 0, "sound"), ("desktop.ini", 3, "sound-with-extra"), ("notes.txt", 1, "not sound")],
)
def test_the_command_tells_extra_files_by_its_exit_code(
    world: World,
    place: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: str,
    code: int,
    result: str,
) -> None:
    """Exit code and JSON say ``sound-with-extra``, and name the files."""
    (folder := place / f"cli-{code}").mkdir()
    pack = world.copy(folder)
    if spoil:
        (pack / spoil).write_bytes(b"x")
    assert main(["verify", str(pack), "--json", "--check-code", world.code]) == code
    said = json.loads(capsys.readouterr().out)
    assert said["result"] == result
    assert said.get("extra", []) == ([spoil] if code == 3 else [])
    assert main(["verify", str(pack), "--check-code", world.code]) == code
    told = capsys.readouterr()
    assert ("BUT THERE ARE FILES BESIDE IT." in told.out) is (code == 3)


def test_a_newer_pack_is_not_called_unsound(
    world: World, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and a result of its own."""
    (folder := place / "newer").mkdir()
    row = next(row for row in rows() if row.name == "version 2, other fields and files")
    pack = row.make(world, folder)
    assert main(["verify", str(pack), "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["result"] == "newer version" and "newer version" in said["what"]


def test_a_code_is_printed_in_the_one_form_it_is_read_back_in(world: World) -> None:
    """Reading what was printed gives the same."""
    assert read_typed_code(world.code.replace(" ", "\u2009")) == world.code
