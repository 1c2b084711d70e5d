"""autograder.data.mnist: reading a folder of raw files, whole or broken."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from autograder.data import load
from autograder.errors import DataError

SHAPES = {
    "train-images-idx3-ubyte": (60_000, 28, 28),
    "train-labels-idx1-ubyte": (60_000,),
    "t10k-images-idx3-ubyte": (10_000, 28, 28),
    "t10k-labels-idx1-ubyte": (10_000,),
}


def write_idx(path: Path, shape: tuple[int, ...], *, start: bytes = b"") -> None:
    """Write an IDX file whose values are `start`, then zeros (a hole in the file: no disk used)."""
    header = bytes([0, 0, 8, len(shape)]) + b"".join(n.to_bytes(4, "big") for n in shape)
    with path.open("wb") as file:
        file.write(header + start)
        file.truncate(len(header) + math.prod(shape))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """The folder MNIST/raw in tmp_path; its images and labels start with 0, 1, 2, ..., 9."""
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for name, shape in SHAPES.items():
        write_idx(folder / name, shape, start=bytes(range(10)))
    return folder


def test_raw_files_are_read_in_place(raw: Path, tmp_path: Path):
    """Four raw files and nothing else give the official split, scaled and flattened."""
    data = load("mnist", root=tmp_path)
    assert (len(data.X_train), len(data.X_test)) == (60_000, 10_000)
    assert data.X_train[0, :10].tolist() == pytest.approx([i / 255 for i in range(10)])
    assert data.y_train[:10].tolist() == data.y_test[:10].tolist() == list(range(10))


def test_dtypes_and_range(raw: Path, tmp_path: Path):
    """Pixels are float32 with byte 255 as 1, labels int64."""
    write_idx(raw / "t10k-images-idx3-ubyte", (10_000, 28, 28), start=b"\xff")
    data = load("mnist", root=tmp_path)
    assert (data.X_test.dtype, data.y_test.dtype) == (torch.float32, torch.int64)
    assert (data.X_test.min(), data.X_test.max()) == (0, 1)


def test_repeated_load_is_free(raw: Path, tmp_path: Path):
    """The same set of the same folder is read once, whatever the seed."""
    assert load("mnist", root=tmp_path) is load("mnist", root=str(tmp_path), seed=1)


@pytest.mark.parametrize("name", SHAPES)
def test_truncated_file_is_named(raw: Path, tmp_path: Path, name: str):
    """A file that ends too early is a DataError that names it and the ways out."""
    path = raw / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError) as caught:
        load("mnist", root=tmp_path)
    told = [str(path), "--data-dir", "--dataset digits"]
    assert [words for words in told if words not in str(caught.value)] == []


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><html>not found</html>", b"\0\0\x07\x01"])
def test_file_of_another_kind(raw: Path, tmp_path: Path, content: bytes):
    """An empty file or a saved web page in the place of the labels is a DataError."""
    (raw / "train-labels-idx1-ubyte").write_bytes(content)
    with pytest.raises(DataError, match="train-labels-idx1-ubyte is not the official file"):
        load("mnist", root=tmp_path)


def test_reduced_set_is_refused(raw: Path, tmp_path: Path):
    """A consistent file with fewer images is refused: marks from it would not be comparable."""
    write_idx(raw / "t10k-images-idx3-ubyte", (9_999, 28, 28))
    with pytest.raises(DataError, match=r"\[9999, 28, 28\] values, not \[10000, 28, 28\]"):
        load("mnist", root=tmp_path)


def test_impossible_label_is_refused(raw: Path, tmp_path: Path):
    """A label beyond 9 means that it is another data set."""
    write_idx(raw / "train-labels-idx1-ubyte", (60_000,), start=b"\x00\x0a")
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte.*label 10"):
        load("mnist", root=tmp_path)


def test_failed_load_is_not_remembered(raw: Path, tmp_path: Path):
    """Once the broken file is mended, the next load succeeds."""
    path = raw / "t10k-labels-idx1-ubyte"
    path.write_bytes(b"")
    with pytest.raises(DataError):
        load("mnist", root=tmp_path)
    write_idx(path, (10_000,))
    assert len(load("mnist", root=tmp_path).y_test) == 10_000


def test_pickled_files_of_old_torchvision_are_ignored(raw: Path, tmp_path: Path):
    """A folder "processed" beside the raw files is never unpickled."""
    processed = raw.parent / "processed"
    processed.mkdir()
    for name in ("training.pt", "test.pt"):
        (processed / name).write_bytes(b"not a pickle")
    assert len(load("mnist", root=tmp_path).y_test) == 10_000


def test_real_mnist(real_data: Path):
    """The real MNIST has its well-known label counts and spans 0..1."""
    data = load("mnist", root=real_data)
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert data.y_train.bincount().tolist() == counts
    assert (data.X_train.min(), data.X_train.max()) == (0, 1)
    assert data.X_train.mean().item() == pytest.approx(0.1307, abs=1e-4)


def test_real_fashion_mnist(real_data: Path):
    """The real Fashion-MNIST, in whatever order, has 6,000 and 1,000 examples of each class."""
    data = load("fashion_mnist", root=real_data)
    assert data.y_train.bincount().tolist() == [6000] * 10
    assert data.y_test.bincount().tolist() == [1000] * 10
    assert data.X_train.mean().item() == pytest.approx(0.2860, abs=1e-4)
