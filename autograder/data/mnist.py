"""MNIST and Fashion-MNIST, with their official split, torchvision's file layout and its reader."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from autograder.data import FOLDERS, IMAGES, LABELS
from autograder.data.dataset import Dataset
from autograder.data.download import fetch_missing
from autograder.data.torchvision_import import torchvision_datasets
from autograder.errors import DataError

if TYPE_CHECKING:
    from rich.progress import Progress

_CLASSES = 10
_SIDE = 28
# What torchvision's reader may raise on a file that is not what its name says.
_READ_ERRORS = (OSError, ValueError, TypeError, LookupError, AssertionError, RuntimeError)

_loaded: dict[tuple[str, Path], Dataset] = {}
_lock = threading.Lock()  # 220 MB a set, which two threads must not fetch or convert side by side


def load(name: str, root: Path, *, progress: Progress | None = None) -> Dataset:
    """One of the two sets with its 60,000 training and 10,000 test images; cached.

    Args:
        name: "mnist" or "fashion_mnist".
        root: absolute folder in which torchvision's MNIST/raw or FashionMNIST/raw is looked for.
        progress: a running bar for the download; None opens one on stderr.
    Raises:
        DataError: torchvision cannot be used, or a file is broken, or missing and cannot be downloaded.
    """
    with _lock:
        if (name, root) not in _loaded:
            _loaded[name, root] = _load(name, root, progress=progress)
        return _loaded[name, root]


def _load(name: str, root: Path, *, progress: Progress | None) -> Dataset:
    datasets = torchvision_datasets()
    raw = root / FOLDERS[name] / "raw"
    fetch_missing(getattr(datasets, FOLDERS[name]), raw, progress=progress)
    X_train, y_train = _split(raw, "train", n=60_000)
    X_test, y_test = _split(raw, "t10k", n=10_000)
    return Dataset(
        name=name,
        X_train=X_train,
        y_train=y_train,
        X_test=X_test,
        y_test=y_test,
        classes=_CLASSES,
        image_shape=(_SIDE, _SIDE),
    )


def _split(raw: Path, prefix: str, *, n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """X [n, 784] float32 in 0..1 and y [n] int64 of the two files that start with `prefix`."""
    # Not through the MNIST class, which calls torch.load on what it finds in a folder "processed".
    from torchvision.datasets.mnist import read_image_file, read_label_file

    label_file = raw / LABELS.format(prefix)
    images = _read(read_image_file, raw / IMAGES.format(prefix), shape=(n, _SIDE, _SIDE))
    labels = _read(read_label_file, label_file, shape=(n,))
    if labels.max() >= _CLASSES:
        raise _broken(label_file, f"it holds the label {labels.max()}")
    return images.reshape(n, -1).to(torch.float32).div_(255), labels


def _read(read: Callable[[str], torch.Tensor], path: Path, *, shape: tuple[int, ...]) -> torch.Tensor:
    try:
        values = read(str(path))
    except _READ_ERRORS as error:
        raise _broken(path, "it cannot be read in full") from error
    if tuple(values.shape) != shape:
        raise _broken(path, f"it holds {list(values.shape)} values, not {list(shape)}")
    return values


def _broken(path: Path, why: str) -> DataError:
    return DataError(
        f"{path} is not the official file ({why}): delete it and it will be downloaded again, "
        "name another folder with --data-dir, or use --dataset digits, which needs no files."
    )
