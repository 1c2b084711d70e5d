"""autograder.data.digits: the embedded images and their split."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograder.data import digits, load


def test_embedded_images_are_scikit_learns():
    """Every pixel and label is the one that scikit-learn distributes, in its order."""
    sklearn = pytest.importorskip("sklearn.datasets", reason="compares with scikit-learn's digits")
    original = sklearn.load_digits()
    X, y = digits._embedded()
    np.testing.assert_array_equal(X.numpy() * 16, original.data)
    np.testing.assert_array_equal(y.numpy(), original.target)


def test_dtypes_and_range():
    """Pixels are float32 that reach from 0 to 1, labels int64."""
    data = load("digits")
    assert (data.X_train.dtype, data.y_train.dtype) == (torch.float32, torch.int64)
    assert (data.X_train.min(), data.X_train.max()) == (0, 1)


def test_split_is_a_partition():
    """1,437 training and 360 test rows together are all the rows, none twice."""
    data = load("digits", seed=3)
    assert (len(data.X_train), len(data.X_test)) == (1437, 360)
    rows = torch.column_stack([torch.cat([data.X_train, data.X_test]), torch.cat([data.y_train, data.y_test])])
    X, y = digits._embedded()
    expected = torch.column_stack([X, y])
    assert sorted(rows.tolist()) == sorted(expected.tolist())


def test_every_class_is_well_represented():
    """Both parts of the default split hold each digit about as often as the others."""
    data = load("digits")
    assert data.y_train.bincount().min() >= 120
    assert data.y_test.bincount().min() >= 25


def test_split_depends_on_nothing_but_the_seed():
    """Seed 0 means these rows: a mark must be reproducible on another machine next year."""
    assert digits._order(1797, 0)[:6] == [1335, 392, 942, 404, 87, 1023]


def test_seeds_give_different_splits():
    """Another seed chooses other test rows."""
    assert not torch.equal(load("digits", seed=1).X_test, load("digits", seed=2).X_test)


def test_repeated_load_is_free():
    """The same seed gives the very same object."""
    assert load("digits", seed=5) is load("digits", seed=5)


def test_global_random_state_is_untouched():
    """Splitting draws nothing from torch's global generator."""
    before = torch.get_rng_state()
    digits.load.cache_clear()
    load("digits")
    assert torch.equal(torch.get_rng_state(), before)
