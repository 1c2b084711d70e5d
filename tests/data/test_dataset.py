"""autograder.data.dataset: random training rows and permuted pixels."""

from __future__ import annotations

import pytest
import torch

from autograder.data import Dataset
from autograder.errors import DataError


@pytest.fixture
def data() -> Dataset:
    """40 training and 10 test rows of 6 pixels that are all different; the label is the row."""
    X = torch.arange(300, dtype=torch.float32).reshape(50, 6) / 300
    y = torch.arange(50)
    return Dataset(
        name="toy",
        X_train=X[:40],
        y_train=y[:40],
        X_test=X[40:],
        y_test=y[40:],
        classes=50,
        image_shape=(2, 3),
    )


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_subset_keeps_rows_with_their_labels(data: Dataset):
    """Each row of a subset is a training row, none twice, beside its own label."""
    part = data.subset(25, seeded(0))
    assert len(part.y_train.unique()) == len(part.y_train) == 25
    assert torch.equal(part.X_train, data.X_train[part.y_train])


def test_subset_leaves_the_test_set_whole(data: Dataset):
    """Fewer training rows, the same test rows."""
    part = data.subset(5, seeded(0))
    assert torch.equal(part.X_test, data.X_test)
    assert torch.equal(part.y_test, data.y_test)


def test_subset_follows_the_generator(data: Dataset):
    """Equal seeds choose equal rows, other seeds other rows."""
    rows = [data.subset(10, seeded(seed)).y_train.tolist() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


@pytest.mark.parametrize("n", [0, -1, 41])
def test_subset_of_impossible_size(data: Dataset, n: int):
    """No rows, or more than there are, is a DataError that says how many there are."""
    with pytest.raises(DataError, match=f"toy has 40 training examples, {n} were asked for"):
        data.subset(n, seeded(0))


def test_permuted_moves_all_images_alike(data: Dataset):
    """One and the same order of pixels explains every row of training and test."""
    mixed = data.permuted(seeded(0))
    order = [data.X_train[0].tolist().index(value) for value in mixed.X_train[0].tolist()]
    assert sorted(order) == list(range(6)) != order
    assert torch.equal(mixed.X_train, data.X_train[:, order])
    assert torch.equal(mixed.X_test, data.X_test[:, order])


def test_permuted_keeps_labels_and_shape(data: Dataset):
    """Only pixels move: labels, name, classes and image shape stay."""
    mixed = data.permuted(seeded(0))
    assert torch.equal(mixed.y_train, data.y_train)
    assert torch.equal(mixed.y_test, data.y_test)
    assert (mixed.name, mixed.classes, mixed.image_shape) == ("toy", 50, (2, 3))


def test_permuted_follows_the_generator(data: Dataset):
    """Equal seeds give equal orders, other seeds other orders."""
    rows = [data.permuted(seeded(seed)).X_test[0].tolist() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_variants_leave_the_original_unchanged(data: Dataset):
    """The loaded data is shared by all callers, so a variant must be a copy."""
    before = data.X_train.clone()
    data.permuted(seeded(0)).X_train.zero_()
    data.subset(40, seeded(0)).X_train.zero_()
    assert torch.equal(data.X_train, before)
