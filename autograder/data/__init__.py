"""The data sets that assignments train on: digits (embedded), MNIST and Fashion-MNIST.

Importing this package is cheap: torch and torchvision are imported when a data set is loaded.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.data.dataset import Dataset
from autograder.errors import DataError

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["EMBEDDED", "NAMES", "Dataset", "data_folder", "files", "load"]

EMBEDDED = "digits"
FOLDERS = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}  # torchvision's, after its classes
NAMES = (EMBEDDED, *FOLDERS)  # the one list of data sets: options and assignments know no other names
IMAGES = "{}-images-idx3-ubyte"  # of "train" or "t10k"
LABELS = "{}-labels-idx1-ubyte"


def load(
    name: str,
    *,
    root: str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Dataset:
    """The data set called `name`, loaded once in a process and then shared by every caller.

    Args:
        name: one of `NAMES`.
        root: folder that holds, or will hold, the files of MNIST and Fashion-MNIST; for None see
            `data_folder`. Not used by digits.
        seed: chooses the training rows of digits. The others have an official split.
        progress: a running bar to which a download is added; None opens one on stderr.
    Raises:
        DataError: no such data set, or its files are missing and cannot be fetched, or broken.
    """
    if name not in NAMES:
        raise DataError(f"There is no data set {name!r}: choose one of {', '.join(NAMES)}.")
    if name == EMBEDDED:
        from autograder.data import digits

        return digits.load(seed)
    from autograder.data import mnist

    return mnist.load(name, data_folder(root), progress=progress)


def data_folder(root: str | Path | None = None) -> Path:
    """Where downloaded data lives: `root`, else $AUTOGRADER_DATA, else the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    chosen = root or os.environ.get("AUTOGRADER_DATA") or Path(cache, "autograder")
    return Path(chosen).expanduser().resolve()


def files(name: str, root: str | Path | None = None) -> tuple[Path, ...]:
    """The files that a data set is read from, whether or not they are there; `name` and `root` as for `load`."""
    if name == EMBEDDED:
        return (Path(__file__).with_name("digits.npz"),)
    raw = data_folder(root) / FOLDERS[name] / "raw"
    paths = []
    for part in ("train", "t10k"):
        paths += [raw / IMAGES.format(part), raw / LABELS.format(part)]
    return tuple(paths)
