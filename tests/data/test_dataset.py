"""autograder.data.dataset: random training rows and disguised data."""

from __future__ import annotations

import pytest
import torch

from autograder.data import Dataset, dataset
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


@pytest.fixture
def smooth(monkeypatch):
    """No grain in disguised images, so that they show what the mixture does."""
    monkeypatch.setattr(dataset, "GRAIN", 0.0)


def test_disguised_mixes_pixels_in_pairs(pure: Dataset, smooth):
    """Every pixel is made of two, with shares that add up to 1; pixels stay in 0..1, and the mixture can be undone."""
    found = pure.disguised(seeded(0), rename_classes=False)
    mixture = found.X_test[found.y_test.argsort()].double()
    assert torch.allclose(mixture.sum(dim=0), torch.ones(20).double())
    assert ((mixture > 0).sum(dim=0) == 2).all()
    assert mixture.min() >= 0
    assert torch.linalg.cond(mixture) < 10


def test_disguised_mixes_both_parts_alike(pure: Dataset, smooth):
    """A training image and the test image that was equal to it are equal still."""
    found = pure.disguised(seeded(0))
    for image, label in zip(found.X_train, found.y_train, strict=True):
        assert torch.equal(image, found.X_test[found.y_test == label][0])


@pytest.mark.parametrize("images", [True, False])
def test_disguised_images_have_grain(images: bool):
    """Equal images differ after it, by less than a level of grey in each pixel, and stay in 0..1."""
    X, y = torch.eye(36).repeat_interleave(20, 0), torch.arange(36).repeat_interleave(20)
    points = Dataset("points", X, y, X, y, classes=36, image_shape=(6, 6))
    found = points.disguised(seeded(0), rename_classes=False, images=images)
    for pixel in range(36):
        for pixels in found.X_test[found.y_test == pixel].T:
            assert len(pixels.unique()) == 20
            assert 0.01 < pixels.max() - pixels.min() < 1 / 16
    assert 0 <= found.X_test.min() < found.X_test.max() <= 1


@pytest.mark.parametrize("shape", [(4, 5), (5, 5)])
def test_disguised_images_remain_images(shape: tuple[int, int], smooth):
    """A bright pixel stays the brightest and lights up its neighbours only; pixels stay in 0..1 and can be undone."""
    pixels = shape[0] * shape[1]
    X, y = torch.eye(pixels), torch.arange(pixels)
    points = Dataset("points", X, y, X, y, classes=pixels, image_shape=shape)
    for seed in range(20):
        found = points.disguised(seeded(seed), rename_classes=False, images=True)
        images = found.X_test[found.y_test.argsort()].reshape(-1, *shape)
        places = [divmod(int(image.argmax()), shape[1]) for image in images]
        assert len(set(places)) == pixels
        for image, (i, j) in zip(images, places, strict=True):
            lit = image.nonzero()
            assert image[i, j] > 0.5
            assert (lit - torch.tensor([i, j])).abs().max() == 1
            assert len(lit) == (min(i + 2, shape[0]) - max(i - 1, 0)) * (min(j + 2, shape[1]) - max(j - 1, 0))
        assert images.min() >= 0
        assert images.sum(dim=0).max() <= 1 + 1e-6
        assert torch.linalg.cond(images.flatten(1).double()) < 30


@pytest.mark.parametrize(("shape", "ways"), [((4, 5), 4), ((5, 5), 8)])
def test_disguised_images_are_turned_and_mirrored(shape: tuple[int, int], ways: int):
    """Neighbours stay neighbours, and over many seeds a corner goes every way that keeps the shape."""
    height, width = shape
    X = torch.zeros(3, height, width)
    X[0, 0, 0], X[1, 0, 1], X[2, 1, 0] = 1.0, 1.0, 1.0
    y = torch.arange(3)
    corner = Dataset("corner", X.flatten(1), y, X.flatten(1), y, classes=3, image_shape=shape)
    seen = set()
    for seed in range(100):
        found = corner.disguised(seeded(seed), rename_classes=False, images=True)
        first, right, below = (divmod(int(at), width) for at in found.X_test[found.y_test.argsort()].argmax(dim=1))
        assert first in {(i, j) for i in (0, height - 1) for j in (0, width - 1)}
        assert sorted(abs(a - b) for a, b in zip(first, right, strict=True)) == [0, 1]
        assert sorted(abs(a - b) for a, b in zip(first, below, strict=True)) == [0, 1]
        seen.add((first, right, below))
    assert len(seen) == ways


def test_disguised_images_differ_from_place_to_place(smooth):
    """A pixel keeps another share of itself at every place, so that no single kernel undoes the smoothing."""
    X, y = torch.eye(36), torch.arange(36)
    points = Dataset("points", X, y, X, y, classes=36, image_shape=(6, 6))
    shares = points.disguised(seeded(0), images=True).X_test.amax(dim=1)
    assert 0.02 < shares.max() - shares.min() < 0.3


def test_disguised_images_lose_rows_and_names_of_classes(data: Dataset):
    """What holds for mixed columns holds for images: nine tenths of the rows, other numbers, equal for equal seeds."""
    found = data.disguised(seeded(0), images=True)
    again = data.disguised(seeded(0), images=True)
    assert len(found.y_train) == 36
    assert {int(old) for old in data.y_test} != set(found.y_test.tolist())
    assert torch.equal(found.X_train, again.X_train)
    assert not torch.equal(found.X_test, data.disguised(seeded(1), images=True).X_test)


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
