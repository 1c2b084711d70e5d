"""autograder.data.dataset: random training rows and disguised data."""

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


@pytest.fixture
def pure() -> Dataset:
    """Each image has one bright pixel, which is its label: disguised images are the rows of the mixture."""
    X, y = torch.eye(20), torch.arange(20)
    return Dataset("pure", X, y, X, y, classes=20, image_shape=(4, 5))


def test_disguised_mixes_pixels_in_pairs(pure: Dataset):
    """Every pixel is made of two, with shares that add up to 1; pixels stay in 0..1, and the mixture can be undone."""
    found = pure.disguised(seeded(0), rename_classes=False)
    mixture = found.X_test[found.y_test.argsort()].double()
    assert torch.allclose(mixture.sum(dim=0), torch.ones(20).double())
    assert ((mixture > 0).sum(dim=0) == 2).all()
    assert mixture.min() >= 0
    assert torch.linalg.cond(mixture) < 10


def test_disguised_mixes_both_parts_alike(pure: Dataset):
    """A training image and the test image that was equal to it are equal still."""
    found = pure.disguised(seeded(0))
    for image, label in zip(found.X_train, found.y_train, strict=True):
        assert torch.equal(image, found.X_test[found.y_test == label][0])


def test_disguised_leaves_out_some_training_rows_and_shuffles(pure: Dataset):
    """A tenth of the training rows is missing, none comes twice, and no row stands where it stood."""
    found = pure.disguised(seeded(0), rename_classes=False)
    assert len(set(found.y_train.tolist())) == len(found.y_train) == 18
    assert sorted(found.y_test.tolist()) == list(range(20)) != found.y_test.tolist()
    assert found.y_train.tolist() != sorted(found.y_train.tolist())


@pytest.mark.parametrize("rename", [True, False])
def test_disguised_renames_classes_unless_they_mean_something(data: Dataset, rename: bool):
    """Every class gets another class's number, or all keep theirs."""
    found = data.disguised(seeded(0), rename_classes=rename)
    kept = {int(old) for old in data.y_test} == set(found.y_test.tolist())
    assert kept is not rename


def test_disguised_follows_the_generator(data: Dataset):
    """Equal seeds give equal data, other seeds other data."""
    rows = [data.disguised(seeded(seed)).X_test[0].tolist() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_variants_leave_the_original_unchanged(data: Dataset):
    """The loaded data is shared by all callers, so a variant must be a copy."""
    before = data.X_train.clone()
    data.disguised(seeded(0)).X_train.zero_()
    data.subset(40, seeded(0)).X_train.zero_()
    assert torch.equal(data.X_train, before)
