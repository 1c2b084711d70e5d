"""A browser without a window, driven over its debugging protocol: keys, sizes, colour schemes, and what it asks for."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websocket import create_connection

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE_SECONDS = 120
AXE = "axe_core_python"  # the package that carries axe.min.js; nothing of it is imported
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
KEYS = {"Backspace": 8, "Tab": 9, "Enter": 13, "Space": 32}


class Tab:
    """A page that is open."""

    def __init__(self, address: str) -> None:
        self._socket = create_connection(address, timeout=PATIENCE_SECONDS, suppress_origin=True)
        self._last = 0
        self.events: list[dict[str, Any]] = []
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the browser for something, and return its answer; what happens meanwhile is kept in `events`."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._last:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    def open(self, path: Path) -> None:
        """Load a file, and wait until it is there."""
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        self.wait_for("document.readyState === 'complete'")

    def wait_for(self, condition: str) -> None:
        """Wait until an expression of JavaScript is true."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.run(condition):
            assert time.monotonic() < end
            time.sleep(0.05)

    def run(self, expression: str) -> Any:
        """The value of an expression of JavaScript."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            text = {"Enter": "\r", "Space": " "}.get(key, "")
            named = {"key": " " if key == "Space" else key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
            self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **named)
            self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def type(self, text: str) -> None:
        """Write into what has the focus."""
        self.call("Input.insertText", text=text)

    def look(self, *, width: int = 1280, dark: bool = False, media: str = "") -> None:
        """Look at the page in a window of this width, in this colour scheme, or as it is printed."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def picture(self, path: Path) -> None:
        """Save a picture of the whole page."""
        content = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png", clip=self._whole())
        path.write_bytes(base64.b64decode(content["data"]))

    def _whole(self) -> dict[str, float]:
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}

    def requests(self) -> list[str]:
        """The addresses that were asked for since the page was opened."""
        sent = [event for event in self.events if event["method"] == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def complaints(self) -> list[str]:
        """What the browser has written to its log since the page was opened, such as breaches of a policy."""
        entries = [event["params"]["entry"] for event in self.events if event["method"] == "Log.entryAdded"]
        thrown = [str(event["params"]) for event in self.events if event["method"] == "Runtime.exceptionThrown"]
        return [entry["text"] for entry in entries] + thrown

    def accessibility(self) -> list[str]:
        """What axe finds wrong with the page as it is now: each rule that is broken, with the first such element."""
        found = importlib.util.find_spec(AXE)
        if found is None or found.origin is None:
            pytest.skip(f"{AXE} is not installed")
        # Over this protocol a script runs whatever the policy of the page says, which stays as strict as it is.
        self.run(Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8") + "; undefined")
        result = self.run(f"axe.run(document, {json.dumps(RULES)})")
        assert len(result["passes"]) > 10  # it has looked
        return [f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html']}" for rule in result["violations"]]

    def close(self) -> None:
        """Let go of the page."""
        self._socket.close()


@contextmanager
def browser(folder: Path, *options: str) -> Iterator[Tab]:
    """A browser that keeps its files in a folder, with one page open."""
    profile = folder / "browser"
    command = [PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", *options]
    log = folder / "browser.log"
    with log.open("w") as output:
        process = subprocess.Popen([*command, f"--user-data-dir={profile}", "about:blank"], stderr=output)
    try:
        port = _port(profile / "DevToolsActivePort", process, log)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE_SECONDS) as answer:
            pages = [entry for entry in json.load(answer) if entry["type"] == "page"]
        tab = Tab(pages[0]["webSocketDebuggerUrl"])
        yield tab
        tab.close()
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


def _port(file: Path, process: subprocess.Popen, log: Path) -> int:
    """The port that the browser listens on, once it does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        if file.is_file() and file.read_text():
            return int(file.read_text().split()[0])
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
