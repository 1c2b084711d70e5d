"""What formgrader shows of marks that `grade` wrote, as a browser draws it."""

from __future__ import annotations

import html
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import RIGHT, Classroom

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE_SECONDS = 120

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="there is no chromium here to draw a page with"),
]


@pytest.fixture
def address(classroom: Classroom, tmp_path: Path) -> Iterator[str]:
    """A server with formgrader, on this machine only, in the folder of a graded course."""
    classroom.hand_in("ana", RIGHT, when="2026-01-02 03:04:05 UTC")
    wrong = {"answer-double": "def double(x):\n    return x * x\n"}
    classroom.hand_in("ben", RIGHT | wrong, when="2026-01-02 03:04:06 UTC")
    assert classroom.grade().exit_code == 0
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "ServerApp.jpserver_extensions": "{'nbgrader.server_extensions.formgrader': True, 'jupyter_lsp': False}",
    }
    command = [sys.executable, "-m", "jupyter_server", *(f"--{name}={value}" for name, value in options.items())]
    variables = os.environ | {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    with (tmp_path / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=classroom.root, env=variables, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/formgrader/gradebook", server, tmp_path / "server.log")
        yield f"http://127.0.0.1:{port}/formgrader"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE_SECONDS)


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS):
                return
        except OSError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)


@pytest.fixture
def draw(tmp_path: Path) -> Callable[[str, str], tuple[str, Path]]:
    """Open a page in a browser; gives what its scripts made of it as HTML, and a picture."""

    def open_page(url: str, name: str) -> tuple[str, Path]:
        picture = tmp_path / f"{name}.png"
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}"]
        options += ["--window-size=1200,900", "--virtual-time-budget=20000", f"--screenshot={picture}", "--dump-dom"]
        command = [BROWSER, *options, url]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS).stdout, picture

    return open_page


def rows(page: str) -> list[list[str]]:
    """The texts of a page's table, row by row."""
    body = re.search(r"<tbody.*?</tbody>", page, re.DOTALL)
    cells = [re.findall(r"<td.*?</td>", row, re.DOTALL) for row in re.findall(r"<tr.*?</tr>", body[0], re.DOTALL)]
    return [[html.unescape(re.sub(r"<[^>]*>", " ", cell)).strip() for cell in row] for row in cells]


def size(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG."""
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    return struct.unpack(">II", head[16:24])


def test_formgrader_shows_our_marks(address: str, draw):
    """In the table of submissions, where both count as autograded; and on the page of one, where a person marks."""
    page, picture = draw(f"{address}/manage_submissions/scaling", "submissions")
    table = {row[1]: row for row in rows(page)}
    assert {student: next(text for text in row if "/" in text) for student, row in table.items()} == {
        "ana": "10 / 13",
        "ben": "4 / 13",
    }
    assert all("needs manual grading" in row for row in table.values())
    assert size(picture) == (1200, 900)

    page, _ = draw(f"{address}/gradebook/scaling/scaling", "notebook")
    links = dict(re.findall(r'class="name-shown" href="[^"]*/submissions/(\w+)">(\w+)<', page))
    number = next(id for id, student in links.items() if student == "ben")
    page, picture = draw(f"{address}/submissions/{number}/", "submission")
    assert "Your result is the square of x" in page
    assert re.search(r'id="hidden-double"[^>]*placeholder="0"', page)
    assert size(picture) == (1200, 900)
