"""autograder.data.regression: the embedded rows with numbers to be predicted, and their split."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograder.data import regression


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_embedded_rows_are_scikit_learns():
    """Every measurement and target is the one that scikit-learn distributes, in its order."""
    sklearn = pytest.importorskip("sklearn.datasets", reason="compares with scikit-learn's diabetes")
    features, target = sklearn.load_diabetes(return_X_y=True, scaled=False)
    X, y = regression._embedded()
    np.testing.assert_array_equal(X.numpy(), features)
    np.testing.assert_array_equal(y.numpy(), target)


def test_features_are_standardised_by_the_training_rows():
    """Their mean is 0 and their spread 1; the test rows, which nobody looks at, come close."""
    data = regression.load(seeded(1))
    assert data.X_train.dtype == data.y_train.dtype == torch.float32
    assert data.X_train.mean(0).abs().max() < 1e-5
    assert (data.X_train.std(0, correction=0) - 1).abs().max() < 1e-5
    assert 1e-3 < data.X_test.mean(0).abs().max() < 0.5


def test_split_is_a_partition():
    """353 and 89 rows, and together all targets."""
    data = regression.load(seeded(2))
    assert (len(data.X_train), len(data.X_test)) == (353, 89)
    _, y = regression._embedded()
    assert sorted(torch.cat([data.y_train, data.y_test]).tolist()) == sorted(y.tolist())


def test_split_follows_the_generator():
    """Equal seeds split alike, others otherwise."""
    first, again, other = (regression.load(seeded(seed)).y_test for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_permuted_moves_the_features_of_both_parts_alike():
    """A column of the training rows stands where that of the test rows stands."""
    data = regression.load(seeded(5))
    moved = data.permuted(seeded(6))
    assert not torch.equal(moved.X_train, data.X_train)
    for column, test_column in zip(moved.X_train.T, moved.X_test.T, strict=True):
        (place,) = (data.X_train.T == column).all(1).nonzero().flatten().tolist()
        assert torch.equal(data.X_test.T[place], test_column)
