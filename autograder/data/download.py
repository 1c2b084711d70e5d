"""Downloading the files that a data folder lacks, each of them whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import os
from contextlib import AbstractContextManager, nullcontext
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from autograder.errors import DataError

if TYPE_CHECKING:
    from rich.progress import Progress
    from torchvision.datasets import MNIST

_CHUNK_BYTES = 64 * 1024
_SILENCE_S = 20  # a server that sends nothing for so many seconds is given up

# Torchvision knows the addresses and the checksums. Its own download, though, waits for ever for a
# silent server, and it unpacks in place: killed half-way it leaves a file that looks complete.


def fetch_missing(source: type[MNIST], raw: Path, *, progress: Progress | None = None) -> None:
    """Download those of the unpacked files of `source` that are not in `raw`.

    Args:
        source: torchvision's class; its mirrors and its (archive, MD5) list are used.
        raw: folder of the unpacked files, made if need be.
        progress: a running bar to add to; None opens one on stderr.
    Raises:
        DataError: no mirror has a file, or the folder cannot be written.
    """
    try:
        missing = []
        for archive, md5 in source.resources:
            if not (raw / _unpacked(archive)).exists():
                missing.append((archive, md5))
        if missing:
            _fetch(missing, source.mirrors, raw=raw, progress=progress)
    except OSError as error:
        raise DataError(
            f"{source.__name__} is not complete in {raw} and cannot be downloaded ({error}): name the "
            "folder that has it with --data-dir or $AUTOGRADER_DATA, or use --dataset digits, which needs no files."
        ) from error


def _fetch(archives: list[tuple[str, str]], mirrors: list[str], *, raw: Path, progress: Progress | None) -> None:
    with _bar(progress) as bar:
        for archive, md5 in archives:
            content = _from_any_mirror([mirror + archive for mirror in mirrors], md5, bar=bar)
            _write_whole(raw / _unpacked(archive), gzip.decompress(content))


def _unpacked(archive: str) -> str:
    return archive.removesuffix(".gz")


def _bar(progress: Progress | None) -> AbstractContextManager[Progress]:
    if progress is not None:
        return nullcontext(progress)
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (TextColumn("Downloading {task.description}"), BarColumn(), DownloadColumn())
    return Progress(*columns, console=Console(stderr=True))


def _from_any_mirror(urls: list[str], md5: str, *, bar: Progress) -> bytes:
    """The content of the first of `urls` that has the right checksum.

    Raises:
        OSError: none has it; the message tells what went wrong at each address.
    """
    failures = []
    for url in urls:
        try:
            content = _download(url, bar)
        except (OSError, HTTPException) as error:
            failures.append(f"{url}: {error}")
            continue
        if hashlib.md5(content, usedforsecurity=False).hexdigest() == md5:
            return content
        failures.append(f"{url}: the file is incomplete or not the official one")
    raise OSError("; ".join(failures))


def _download(url: str, bar: Progress) -> bytes:
    content = bytearray()
    with urlopen(url, timeout=_SILENCE_S) as response:
        task = bar.add_task(url.rpartition("/")[2], total=response.length)
        while chunk := response.read(_CHUNK_BYTES):
            content += chunk
            bar.update(task, advance=len(chunk))
    return bytes(content)


def _write_whole(path: Path, content: bytes) -> None:
    """Write `path` so that it is either absent or complete, whenever the process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
