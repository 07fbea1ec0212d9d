"""The drill's pack, form and vault, judged by programs that know nothing of ours."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from esafety_tui import cli
from esafety_tui.casework.inspection.verify_file import verify_any_file
from esafety_tui.demo import drill
from esafety_tui.demo.drill_walk import ScenarioRun
from esafety_tui.flows.engine import engine
from esafety_tui.kernel.errors import NotSound
from tests.cli.conftest import ROOT, Drilled, run
from tests.output import test_verify_html as page
from tests.output.webdriver import Browser
from tests.programs import need_program


def _said(command: list[str], cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.tool("sha256sum")
def test_sha256sum_accepts_both_manifests(drilled: Drilled) -> None:
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        said = _said(["sha256sum", "-c", "--strict", manifest], drilled.pack)
        lines = (drilled.pack / manifest).read_text().splitlines()
        assert said.count(": OK") == len(lines) > 4


def test_bagit_accepts_the_pack(drilled: Drilled) -> None:
    import bagit

    bagit.Bag(str(drilled.pack)).validate()


@pytest.mark.tool("certutil")
def test_pdfsig_finds_two_valid_signatures(drilled: Drilled, tmp_path: Path) -> None:
    certutil = need_program("certutil")
    store = f"sql:{tmp_path}"
    _said([certutil, "-N", "-d", store, "--empty-password"])
    ca = str(drilled.pack / "certs/ca.pem")
    _said([certutil, "-A", "-d", store, "-n", "school", "-t", "CT,C,C", "-a", "-i", ca])
    pdfsig = need_program("pdfsig")
    said = _said([pdfsig, "-nssdir", store, str(drilled.out / "form.pdf")])
    assert said.count("Signature is Valid") == 2
    assert said.count("Certificate is Trusted") == 2
    assert "Total document signed" in said.split("Signature #2")[1]


@pytest.mark.tool("openssl")
def test_every_openssl_line_of_the_readme_prints_verified_ok(drilled: Drilled) -> None:
    need_program("openssl")
    lines = [
        line.strip()
        for line in (drilled.pack / "README.txt").read_text().splitlines()
        if line.strip().startswith("openssl dgst")
    ]
    assert len(lines) == 2
    for line in lines:
        assert "Verified OK" in _said(["sh", "-c", line], drilled.pack)


@pytest.mark.tool("7z")
def test_7z_opens_the_container_with_the_passphrase_only(drilled: Drilled) -> None:
    seven = need_program("7z")
    container = drilled.result["container"]
    words = drilled.result["container_passphrase"]
    assert "Everything is Ok" in _said([seven, "t", f"-p{words}", container])
    wrong = subprocess.run([seven, "t", "-pwrong", container], capture_output=True, check=False)
    assert wrong.returncode != 0


def test_pack_holds_the_originals_byte_for_byte(drilled: Drilled) -> None:
    originals = sorted((drilled.out / "samples").iterdir())
    taken = sorted((drilled.pack / "data/exhibits").iterdir())
    hashes = {hashlib.sha256(p.read_bytes()).hexdigest() for p in originals}
    assert {hashlib.sha256(p.read_bytes()).hexdigest() for p in taken} == hashes
    assert [p.name for p in taken] == ["AB_1.png", "AB_2.png", "AB_3.txt"]


def test_verify_answers_for_pack_container_form_and_vault(drilled: Drilled) -> None:
    code = drilled.result["check_code"]
    pack = run("verify", str(drilled.pack), "--json", "--check-code", code, home=drilled.home)
    assert pack.returncode == 0 and json.loads(pack.stdout)["authentic"] is True
    bare = run("verify", str(drilled.pack), "--json", home=drilled.home)
    assert bare.returncode == 0 and json.loads(bare.stdout)["authentic"] is False
    wrong = run("verify", str(drilled.pack), "--check-code", "0000 0000 0000 0000",
                home=drilled.home)  # fmt: skip
    assert wrong.returncode == 1 and "check code" in wrong.stderr
    asked = json.dumps({"passphrase": drilled.result["container_passphrase"]})
    box = run("verify", drilled.result["container"], "--json", "--from-pipe", home=drilled.home,
              given=asked)  # fmt: skip
    assert box.returncode == 0 and json.loads(box.stdout)["kind"] == "pack"
    form = run("verify", str(drilled.out / "form.pdf"), "--json", home=drilled.home)
    assert form.returncode == 0 and json.loads(form.stdout)["authentic"] is False


def test_verify_answers_for_a_vault_and_names_a_changed_file(
    drilled: Drilled, tmp_path: Path
) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(drilled.out / "vault", vault)
    officer = json.loads((vault / "vault.json").read_text())["officers"][0]["id"]
    asked = json.dumps(
        {"officer": officer, "passphrase": drilled.result["practice_passphrases"]["AB"]}
    )
    sound = run("verify", str(vault), "--json", "--from-pipe", home=drilled.home, given=asked)
    assert sound.returncode == 0, sound.stdout
    assert "3 sealed files" in json.loads(sound.stdout)["sentences"][1]
    blob = sorted((vault / "blobs").iterdir())[0]
    data = bytearray(blob.read_bytes())
    data[-1] ^= 1
    blob.write_bytes(data)
    bad = run("verify", str(vault), "--json", "--from-pipe", home=drilled.home, given=asked)
    assert bad.returncode == 1 and json.loads(bad.stdout)["item"] == f"blobs/{blob.name}"


@pytest.mark.tool("pdfimages")
def test_illegal_drill_refuses_captures_and_holds_no_blob_and_no_image(illegal: Drilled) -> None:
    steps = [row["step"] for row in illegal.steps]
    assert "url refused" in steps and "file refused" in steps and "STOP" in steps
    assert list((illegal.out / "vault/blobs").iterdir()) == []
    assert not list((illegal.pack / "data").glob("exhibits/*"))
    for path in illegal.out.rglob("*"):
        if path.is_file() and path.name != "form.pdf":
            data = path.read_bytes()
            assert not data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")), path
    said = _said([need_program("pdfimages"), "-list", str(illegal.out / "form.pdf")])
    assert len(said.strip().splitlines()) == 2, said


def test_the_two_short_names_are_the_two_sides_of_the_flowchart(
    drilled: Drilled, illegal: Drilled
) -> None:
    for one, name in ((drilled, "bullying"), (illegal, "csam-mid-review")):
        assert one.result["scenario"] == name and one.result["profile"] == "generic"
        walk = ScenarioRun.from_shipped_names("generic", name)
        assert one.result["steps"] == list(engine.steps_on_path(walk.procedure, walk.run_to_end()))
        assert set(one.result["must_tell"]) <= set(one.result["told"])


@pytest.mark.tool("unshare")
def test_drill_runs_without_any_network(tmp_path: Path) -> None:
    unshare = need_program("unshare")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path / "state")}
    command = [unshare, "-rn", sys.executable, "-m", "esafety_tui.cli", "drill", "--out",
               str(tmp_path / "D")]  # fmt: skip
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Sound." in done.stdout


def test_the_result_is_the_last_line_in_json(
    drilled: Drilled,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Guards the command's own lines; what it drills is what the fixture has drilled."""
    monkeypatch.setattr(drill.PracticeDrill, "run_drill", lambda _self: dict(drilled.result))
    monkeypatch.setattr(cli, "refuse_network", lambda: None)  # it would hold for this process
    monkeypatch.setattr(cli, "scrub_environment", lambda: None)
    assert cli.main(["drill", "--json", "--out", str(tmp_path / "D")]) == 0
    assert json.loads(capsys.readouterr().out) == {"result": "ok", **drilled.result}


def test_drill_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    done = run("drill", "--out", str(tmp_path), home=tmp_path)
    assert done.returncode == 2 and "not empty" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "mine.txt").read_text() == "kept"


@pytest.mark.tool("chromedriver")
def test_the_check_page_is_green_for_the_drills_pack_with_the_code_only(
    drilled: Drilled, tmp_path: Path
) -> None:
    browser = Browser(tmp_path)
    try:
        assert page.check(browser, drilled.pack).colour == "amber"
        assert page.check(browser, drilled.pack, drilled.result["check_code"]).colour == "green"
        requests = browser.requested()
    finally:
        browser.close()
    # The browser's own first tab is made of chrome:// and data: parts; nothing may go further.
    far = [url for url, _ in requests if not url.startswith(("file:", "chrome", "data:", "blob:"))]
    assert requests and far == []


def test_one_byte_flipped_or_one_file_dropped_is_named_whichever_file_it_is(
    drilled: Drilled, tmp_path: Path
) -> None:
    pack = tmp_path / drilled.pack.name
    shutil.copytree(drilled.pack, pack)
    code = str(drilled.result["check_code"])
    files = sorted(p for p in pack.rglob("*") if p.is_file())
    assert len(files) > 50
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(NotSound):
            verify_any_file(pack, {}, code, None)
        path.unlink()
        with pytest.raises(NotSound):
            verify_any_file(pack, {}, code, None)
        path.write_bytes(whole)
    assert verify_any_file(pack, {}, code, None)["authentic"] is True
