"""autograder.checking.case: everything random in a check follows from its seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch

from autograder import data
from autograder.checking import bars, require
from autograder.checking.case import Case
from autograder.data import Dataset

DIGITS = partial(data.load, "digits")


def case(seed: int = 0, *, secret: bool = False, load: Callable[[], Dataset] = DIGITS) -> Case:
    return Case(seed, load_data=load, training={"rows": 50}, secret_pixels=secret)


DRAWS = {
    "normal": lambda c: c.normal(3, 2),
    "uniform": lambda c: c.uniform(3, 2),
    "integers": lambda c: c.integers(0, 1000, 6),
    "labels": lambda c: c.labels(50, 7),
    "permutation": lambda c: c.permutation(20),
    "generator": lambda c: c.generator(),
    "subset": lambda c: c.subset(20).X_train,
    "secret pixels": lambda c: c.data.X_test[0],
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_draw_follows_from_the_seed(draw):
    """Equal seeds draw alike, other seeds and later draws otherwise."""
    first, again, other = (draw(case(seed, secret=True)) for seed in (5, 5, 6))
    assert torch.equal(*map(as_tensor, (first, again)))
    assert not torch.equal(*map(as_tensor, (first, other)))


@pytest.mark.parametrize("draw", [DRAWS[name] for name in ("normal", "uniform", "labels", "generator")])
def test_two_draws_of_a_case_differ(draw):
    """A check that draws twice gets two values."""
    one = case()
    assert not torch.equal(as_tensor(draw(one)), as_tensor(draw(one)))


def as_tensor(drawn: object) -> torch.Tensor:
    return drawn if isinstance(drawn, torch.Tensor) else torch.tensor(drawn.value)


@pytest.mark.parametrize(("n", "k"), [(1, 1), (2, 2), (10, 10), (11, 10), (64, 10), (300, 3)])
def test_labels_hold_every_class(n: int, k: int):
    """With at least as many rows as classes, no class is missing, whatever the seed."""
    for seed in range(50):
        labels = case(seed).labels(n, k)
        assert (labels.shape, labels.dtype) == ((n,), torch.int64)
        assert labels.unique().tolist() == list(range(k))


def test_labels_of_few_rows_differ():
    """With fewer rows than classes, no class comes twice."""
    for seed in range(50):
        labels = case(seed).labels(3, 10)
        assert len(labels.unique()) == 3
        assert 0 <= labels.min() <= labels.max() < 10


def test_integers_stop_below_the_upper_bound():
    """low is drawn, high is not."""
    drawn = case().integers(2, 5, 1000)
    assert (drawn.dtype, drawn.unique().tolist()) == (torch.int64, [2, 3, 4])


def test_permutation_has_each_number_once():
    """0..n-1 in another order."""
    assert case().permutation(9).sort().values.tolist() == list(range(9))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
def test_draws_have_the_dtype_asked_for(dtype: torch.dtype):
    """The same numbers in any precision."""
    exact = case().normal(4)
    assert torch.equal(case().normal(4, dtype=dtype), exact.to(dtype))
    assert case().uniform(4, dtype=dtype).dtype == dtype


def test_normal_has_the_moments_asked_for():
    """Mean and standard deviation of many draws, within ten standard errors."""
    drawn = case().normal(100, 100, mean=3.0, std=2.0)
    assert drawn.mean().item() == pytest.approx(3, abs=10 * 2 / 100)
    assert drawn.std().item() == pytest.approx(2, abs=10 * 2 / 141)


def test_uniform_fills_its_interval():
    """Draws reach both ends and no further."""
    drawn = case().uniform(10_000, low=-2.0, high=1.0)
    assert -2 <= drawn.min() < -1.99 < 0.99 < drawn.max() <= 1


def test_shapes_are_those_asked_for():
    """No axes give a [] tensor."""
    assert case().normal().shape == ()
    assert case().normal(2, 3, 4).shape == (2, 3, 4)


def test_visible_data_is_the_data_set():
    """Students see the images as they are."""
    assert torch.equal(case().data.X_train, data.load("digits").X_train)


def test_secret_pixels_fit_nothing_known():
    """No image is there unchanged or with its pixels in another order, and the classes have other numbers."""
    plain, secret = data.load("digits"), case(secret=True).data
    known = {tuple(row) for row in torch.cat([plain.X_train, plain.X_test]).sort(1).values.tolist()}
    assert not any(tuple(row) in known for row in secret.X_test.sort(1).values.tolist())
    assert secret.y_test.bincount().tolist() != plain.y_test.bincount().tolist()


def test_classes_that_mean_something_keep_their_numbers():
    """`rename_classes = false` among the settings of a training leaves the classes alone."""
    settings = {"rename_classes": False}
    secret = Case(3, load_data=partial(data.load, "digits"), training=settings, secret_pixels=True).data
    assert secret.y_test.bincount().tolist() == data.load("digits").y_test.bincount().tolist()


def test_images_stay_images():
    """`images = true` among the settings of a training leaves neighbouring pixels alike."""
    settings = {"images": True}
    secret = Case(3, load_data=partial(data.load, "digits"), training=settings, secret_pixels=True).data
    plain = data.load("digits")

    def unlikeness(X):
        images = X.reshape(-1, *plain.image_shape)
        return (images[:, :, 1:] - images[:, :, :-1]).abs().mean() / X.std()

    assert unlikeness(secret.X_test) < unlikeness(plain.X_test)
    assert secret.y_test.bincount().tolist() != plain.y_test.bincount().tolist()


def test_a_subset_shares_the_disguise():
    """Training rows of a subset are rows of the disguised data, and the test set is whole."""
    one = case(secret=True)
    rows = {tuple(row) for row in one.data.X_train.tolist()}
    part = one.subset(30)
    assert len(part.X_train) == 30
    assert {tuple(row) for row in part.X_train.tolist()} <= rows
    assert torch.equal(part.X_test, one.data.X_test)


def test_data_is_loaded_once_and_only_when_asked_for():
    """A check without data costs no loading."""
    calls: list[str] = []

    def load() -> Dataset:
        calls.append("load")
        return data.load("digits")

    one = case(load=load)
    one.normal(3)
    assert calls == []
    assert one.data is one.data
    assert calls == ["load"]


def test_training_settings_are_passed_on():
    """The table of the run's data set."""
    assert case().training == {"rows": 50}


def test_small_arrays_have_few_digits_and_keep_their_spread():
    """People can read their entries, also where these lie far from 0."""
    near, far = case().normal(5), case().normal(5, mean=1e6)
    assert all(float(f"{x:.4g}") == x for x in near.tolist())
    assert torch.allclose(far - 1e6, near, atol=1e-3)


def test_a_run_without_a_data_set_says_so():
    """A check that asks for data where there is none breaks with a sentence, not with a riddle of Python."""
    with pytest.raises(LookupError, match="the run has none"):
        _ = Case(0, load_data=None, training={}, secret_pixels=False).data


def test_what_is_measured_is_shown_at_a_desk_only():
    """Elsewhere the function is not even called."""
    block = bars("time", {"f": 2.0}, unit="ms")
    graded, own = case(), case()
    own.at_desk = True
    for each in (graded, own):
        each.show_at_desk(lambda: block)
    assert (graded.shown, own.shown) == ([], [block])


def test_a_failure_while_measuring_is_no_verdict():
    """Nothing is shown then; a mistake of ours is still seen."""
    own = case()
    own.at_desk = True
    own.show_at_desk(lambda: require(False, "The code fails."))
    assert own.shown == []
    with pytest.raises(ZeroDivisionError):
        own.show_at_desk(lambda: 1 / 0)
