"""autograder.data.download: from a server on this machine, and from none."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from autograder.data import load
from autograder.data.download import fetch_missing
from autograder.data.torchvision_import import torchvision_datasets
from autograder.errors import DataError

NOBODY = "http://127.0.0.1:9/"  # the discard port: nothing listens, the connection is refused


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder without a log line for each request."""

    def log_message(self, *_) -> None:
        pass


class Server:
    """What the downloads are tested against: a folder behind a URL, and its description."""

    __name__ = "MNIST"

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.mirrors = [url]
        self.resources: list[tuple[str, str]] = []

    def offer(self, name: str, content: bytes, *, md5: str | None = None) -> None:
        packed = gzip.compress(content)
        (self.folder / f"{name}.gz").write_bytes(packed)
        self.resources.append((f"{name}.gz", md5 or hashlib.md5(packed).hexdigest()))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "served"
    folder.mkdir()
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Server(folder, f"http://127.0.0.1:{http.server_port}/")
    http.shutdown()
    thread.join()
    http.server_close()


def test_missing_files_are_fetched_and_unpacked(server: Server, tmp_path: Path):
    """Every file of the list lies unpacked in the folder, and nothing else does."""
    server.offer("images", b"pixels")
    server.offer("labels", b"classes")
    fetch_missing(server, tmp_path / "new" / "raw")
    found = {path.name: path.read_bytes() for path in (tmp_path / "new" / "raw").iterdir()}
    assert found == {"images": b"pixels", "labels": b"classes"}


def test_files_that_are_there_stay(server: Server, tmp_path: Path):
    """A present file is neither fetched nor checked against the original: its order may differ."""
    server.offer("images", b"original")
    (tmp_path / "images").write_bytes(b"in another order")
    server.mirrors = [NOBODY]
    fetch_missing(server, tmp_path)
    assert (tmp_path / "images").read_bytes() == b"in another order"


def test_next_mirror_is_tried(server: Server, tmp_path: Path):
    """A dead mirror and one without the file do not matter while another has it."""
    server.offer("images", b"pixels")
    server.mirrors = [NOBODY, server.mirrors[0] + "nowhere/", *server.mirrors]
    fetch_missing(server, tmp_path / "raw")
    assert (tmp_path / "raw" / "images").read_bytes() == b"pixels"


def test_wrong_content_is_not_kept(server: Server, tmp_path: Path):
    """An archive with another checksum is refused and leaves no file."""
    server.offer("images", b"something else", md5="0" * 32)
    with pytest.raises(DataError, match=r"images\.gz: the file is incomplete or not the official one"):
        fetch_missing(server, tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


def test_interrupted_write_leaves_nothing(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Stopped in the middle of writing, the file is absent rather than half there."""
    server.offer("images", b"pixels")

    def write_half(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(KeyboardInterrupt):
        fetch_missing(server, tmp_path / "raw")
    assert list((tmp_path / "raw").iterdir()) == []


def test_killed_process_leaves_no_file_of_that_name(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """While a file is written, its final name does not exist yet."""
    server.offer("images", b"pixels")
    seen = []
    write_bytes = Path.write_bytes

    def look_then_write(path: Path, content: bytes) -> None:
        write_bytes(path, content)
        seen.append((tmp_path / "raw" / "images").exists())

    monkeypatch.setattr(Path, "write_bytes", look_then_write)
    fetch_missing(server, tmp_path / "raw")
    assert seen == [False]


def test_bar_is_on_stderr_only(server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """The progress bar names the file on stderr; stdout is left to results."""
    server.offer("images", b"pixels")
    fetch_missing(server, tmp_path / "raw")
    out, err = capfd.readouterr()
    assert out == ""
    assert "Downloading images.gz" in err


def test_running_bar_is_joined(server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """A caller's bar gets the download as a finished task, and no second bar is opened."""
    server.offer("images", b"pixels")
    with Progress(console=Console(file=StringIO())) as progress:
        fetch_missing(server, tmp_path / "raw", progress=progress)
    assert [(task.description, task.finished) for task in progress.tasks] == [("images.gz", True)]
    assert capfd.readouterr() == ("", "")


def test_offline_says_where_it_looked_and_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Without network a load ends in one line: the folder, the cause, the two ways out."""
    monkeypatch.setattr(torchvision_datasets().MNIST, "mirrors", [NOBODY])
    with pytest.raises(DataError) as caught:
        load("mnist", root=tmp_path)
    message = str(caught.value)
    told = [str(tmp_path / "MNIST" / "raw"), "refused", "--data-dir", "--dataset digits"]
    assert [words for words in told if words not in message] == []
    assert "\n" not in message


@pytest.mark.parametrize("name", ["file", "x" * 300], ids=["file in the way", "name too long"])
def test_impossible_folder_is_a_data_error(server: Server, tmp_path: Path, name: str):
    """A path that cannot become a folder ends in the same one line."""
    server.offer("images", b"pixels")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match="--data-dir"):
        fetch_missing(server, tmp_path / name / "raw")
