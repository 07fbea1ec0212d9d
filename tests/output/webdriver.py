"""Debian's Chromium, driven over the W3C WebDriver protocol, for the tests of pages on file://."""

from __future__ import annotations

import base64
import http.client
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.programs import need_program

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--window-size=900,1400", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
"""No name resolves: what the browser wants for itself, such as the time, does not leave either."""


class Browser:
    """One headless browser with a new profile; every request it makes is on record.

    Args:
        folder: an empty folder for the profile and the home folder.
    """

    def __init__(self, folder: Path) -> None:
        program = need_program("chromedriver")
        self._output = (folder / "driver.log").open("wb")
        self._driver = subprocess.Popen(
            [program, "--port=0"],
            stdout=self._output,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        )
        try:
            self._port = self._wait_for_port(folder / "driver.log")
            self._session = self._new_session(folder)
        except BaseException:
            self._end_driver()
            raise

    def _wait_for_port(self, log: Path) -> int:
        for _ in range(200):
            words = log.read_text("utf-8", "replace").split("started successfully on port ")
            if len(words) > 1:
                return int(words[1].split(".")[0])
            time.sleep(0.05)
        raise AssertionError("chromedriver did not start: " + log.read_text("utf-8", "replace"))

    def _new_session(self, folder: Path) -> str:
        (folder / "profile").mkdir()
        profile = f"--user-data-dir={folder / 'profile'}"
        options = {"binary": need_program("chromium"), "args": [*FLAGS, profile]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"performance": "ALL"}}
        answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        return str(answer["sessionId"])

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Send one WebDriver command and return its value. Raises AssertionError on failure."""
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            payload = None if body is None else json.dumps(body).encode()
            link.request(method, path, payload, {"Content-Type": "application/json"})
            value = json.loads(link.getresponse().read())["value"]
        finally:
            link.close()
        assert not (isinstance(value, dict) and "error" in value), value
        return value

    def command(self, path: str, body: object) -> Any:
        """Send one POST command of the session."""
        return self.call("POST", f"/session/{self._session}/{path}", body)

    def open(self, page: Path) -> None:
        """Open a local file as file://."""
        self.command("url", {"url": page.as_uri()})

    def script(self, source: str, *args: object) -> Any:
        """Run JavaScript in the page and return what it returns; a promise is waited for."""
        return self.command("execute/sync", {"script": source, "args": list(args)})

    def type(self, css: str, text: str) -> None:
        """Type into an element; for a file input, the paths, one a line."""
        self._element(css, "value", {"text": text})

    def clear(self, css: str) -> None:
        """Empty a field."""
        self._element(css, "clear", {})

    def click(self, css: str) -> None:
        """Click an element."""
        self._element(css, "click", {})

    def _element(self, css: str, verb: str, body: object) -> None:
        found = self.command("element", {"using": "css selector", "value": css})
        self.command(f"element/{found[ELEMENT]}/{verb}", body)

    def drop(self, css: str, path: Path) -> None:
        """Drag a file or folder from outside over an element and let it go there."""
        box = self.script(
            "return document.querySelector(arguments[0]).getBoundingClientRect()", css
        )
        what = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            place = {"type": kind, "x": box["x"] + 20, "y": box["y"] + 20, "data": what}
            self.command("goog/cdp/execute", {"cmd": "Input.dispatchDragEvent", "params": place})

    def screenshot(self, target: Path) -> None:
        """Save what the window shows as PNG."""
        data = self.call("GET", f"/session/{self._session}/screenshot")
        target.write_bytes(base64.b64decode(data))

    def requested(self) -> set[tuple[str, str]]:
        """Return every request since the last call: its URL, and why it was blocked, or ""."""
        log = self.command("se/log", {"type": "performance"})
        events = [json.loads(row["message"])["message"] for row in log]
        blocked = {
            event["params"]["requestId"]: str(event["params"].get("blockedReason", ""))
            for event in events
            if event["method"] == "Network.loadingFailed"
        }
        return {
            (event["params"]["request"]["url"], blocked.get(event["params"]["requestId"], ""))
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        }

    def close(self) -> None:
        """End the browser, then its driver."""
        try:
            self.call("DELETE", f"/session/{self._session}")
        finally:
            self._end_driver()

    def _end_driver(self) -> None:
        self._driver.terminate()
        self._driver.wait(10)
        self._output.close()
