"""autograder.data.synthetic: the structure that each generator promises."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from autograder.data import synthetic


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


GENERATORS = {
    "blobs": lambda generator: synthetic.blobs(50, 4, k=3, generator=generator),
    "linear": lambda generator: synthetic.linear(50, 4, noise=0.1, generator=generator),
    "spirals": lambda generator: synthetic.spirals(50, k=3, generator=generator),
}
each_generator = pytest.mark.parametrize("make", GENERATORS.values(), ids=GENERATORS)


@each_generator
def test_same_seed_same_data(make: Callable):
    """Equal seeds give equal data, another seed gives other data."""
    first, again, other = make(seeded(1)), make(seeded(1)), make(seeded(2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])


@each_generator
def test_global_random_state_is_untouched(make: Callable):
    """All randomness comes from the generator that was passed."""
    before = torch.get_rng_state()
    make(seeded())
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("blobs", [(50, 4), (50,)]),
        ("linear", [(50, 4), (50,), (4,), ()]),
        ("spirals", [(50, 2), (50,)]),
    ],
)
def test_shapes(name: str, shapes: list[tuple[int, ...]]):
    """What comes back has the shapes of the docstring."""
    assert [tuple(values.shape) for values in GENERATORS[name](seeded())] == shapes


@pytest.mark.parametrize("name", ["blobs", "spirals"])
def test_classes_are_balanced_and_mixed(name: str):
    """Every class occurs n/k times, give or take one, and the labels are not sorted."""
    X, y = GENERATORS[name](seeded())
    assert (X.dtype, y.dtype) == (torch.float32, torch.int64)
    assert sorted(y.bincount().tolist()) == [16, 17, 17]
    assert y.tolist() != sorted(y.tolist())


@pytest.mark.parametrize(("d", "k"), [(2, 2), (2, 10), (64, 10)])
def test_blobs_are_well_separated(d: int, k: int):
    """The nearest class mean is the right one for every example."""
    X, y = synthetic.blobs(400, d, k=k, generator=seeded())
    means = torch.stack([X[y == c].mean(dim=0) for c in range(k)])
    assert torch.equal(torch.cdist(X, means).argmin(dim=1), y)


def test_linear_without_noise_is_exact():
    """Without noise y is X w + b."""
    X, y, w, b = synthetic.linear(20, 3, noise=0.0, generator=seeded())
    torch.testing.assert_close(y, X @ w + b)


def test_linear_noise_has_the_stated_size():
    """The residuals of the true relation have the standard deviation asked for."""
    X, y, w, b = synthetic.linear(10_000, 3, noise=0.5, generator=seeded())
    assert (y - X @ w - b).std().item() == pytest.approx(0.5, rel=0.05)


def test_spirals_need_more_than_a_linear_model():
    """The best linear fit errs often, the nearest neighbour hardly ever."""
    X, y = synthetic.spirals(600, k=3, generator=seeded())
    design = torch.cat([X, torch.ones(600, 1)], dim=1)
    fit = torch.linalg.lstsq(design, torch.eye(3)[y]).solution
    neighbour = torch.cdist(X, X).fill_diagonal_(torch.inf).argmin(dim=1)
    assert ((design @ fit).argmax(dim=1) == y).float().mean() < 0.75
    assert (y[neighbour] == y).float().mean() > 0.95


def test_spirals_stay_in_the_unit_disc():
    """No point lies further than 1 from the origin."""
    X, _ = synthetic.spirals(600, k=3, generator=seeded())
    assert 0.9 < X.norm(dim=1).max() <= 1 + 1e-6
