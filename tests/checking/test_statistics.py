"""autograder.checking.statistics: right samples pass for every seed, wrong ones fail, and the bounds are true.

The bounds are found from outside, by bisecting what a word accepts, and compared with the exact tails of scipy.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import stats

from autograder.checking import follows_normal, follows_uniform, has_mean, has_std, kept_fraction
from autograder.checking.verdict import Verdict

FALSE_ALARM = 1e-9  # what is promised for one use of a word
SEEDS = range(100)
DRAWS = 10_000
SIZES = [2, 10, 100, 10_000]
SIDE = math.sqrt(12)  # of a uniform distribution with standard deviation 1


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *, mean: float = 0.0, std: float = 1.0) -> torch.Tensor:
    return mean + std * torch.randn(100, DRAWS // 100, generator=seeded(seed))


def uniform(seed: int, *, low: float = 0.0, high: float = 1.0) -> torch.Tensor:
    return low + (high - low) * torch.rand(DRAWS, generator=seeded(seed))


def kept(seed: int, *, p: float) -> torch.Tensor:
    return uniform(seed) < p


def accepts(word: Callable, sample: torch.Tensor, *parameters: float) -> bool:
    try:
        word(sample, *parameters)
    except Verdict:
        return False
    return True


RIGHT = {
    "mean of normal draws": lambda s: has_mean(normal(s, mean=3, std=2), 3, 2),
    "mean of uniform draws": lambda s: has_mean(uniform(s), 0.5, 1 / SIDE),
    "std of normal draws": lambda s: has_std(normal(s, std=0.1), 0.1),
    "std of uniform draws": lambda s: has_std(uniform(s, low=-2, high=2), 4 / SIDE),
    "normal law": lambda s: follows_normal(normal(s, mean=-1, std=5), -1, 5),
    "uniform law": lambda s: follows_uniform(uniform(s, low=-3, high=1), -3, 1),
    "mask of a half": lambda s: kept_fraction(kept(s, p=0.5), 0.5),
    "mask of few": lambda s: kept_fraction(kept(s, p=0.01), 0.01),
    "mask of all": lambda s: kept_fraction(torch.ones(DRAWS), 1.0),
    "mask with scaled entries": lambda s: kept_fraction(kept(s, p=0.8) / 0.8, 0.8),
}


@pytest.mark.parametrize("hold", RIGHT.values(), ids=RIGHT)
def test_right_samples_pass_for_every_seed(hold: Callable[[int], None]):
    """A hundred honest samples raise no alarm."""
    assert [hold(seed) for seed in SEEDS] == [None] * len(SEEDS)


FAN_IN, FAN_OUT = 64, 48  # the standard deviation of Kaiming et al. is sqrt(2 / fan_in)
KAIMING = math.sqrt(2 / FAN_IN)
WRONG = {
    "mean off by a tenth": lambda s: has_mean(normal(s, mean=0.1), 0, 1),
    "mean of draws from 0..1 instead of -1..1": lambda s: has_mean(uniform(s), 0, 2 / SIDE),
    "mean of a constant": lambda s: has_mean(torch.full((DRAWS,), 0.1), 0, 1),
    "fan_out for fan_in": lambda s: has_std(normal(s, std=math.sqrt(2 / FAN_OUT)), KAIMING),
    "forgotten gain": lambda s: has_std(normal(s, std=math.sqrt(1 / FAN_IN)), KAIMING),
    "variance for standard deviation": lambda s: has_std(normal(s, std=2 / FAN_IN), KAIMING),
    "no spread": lambda s: has_std(torch.zeros(DRAWS), KAIMING),
    "uniform for normal": lambda s: follows_normal(uniform(s, low=-SIDE / 2, high=SIDE / 2), 0, 1),
    "signs for normal": lambda s: follows_normal(kept(s, p=0.5) * 2.0 - 1, 0, 1),
    "absolute values for normal": lambda s: follows_normal(normal(s).abs(), 0, 1),
    "normal, but wider": lambda s: follows_normal(normal(s, std=1.2), 0, 1),
    "normal for uniform": lambda s: follows_uniform(normal(s, std=1 / SIDE), -0.5, 0.5),
    "one draw beyond the end": lambda s: follows_uniform(torch.cat([uniform(s), torch.tensor([1.01])]), 0, 1),
    "half of the interval": lambda s: follows_uniform(uniform(s), -1, 1),
    "std for the bound of uniform draws": lambda s: follows_uniform(uniform(s, low=-1, high=1), -SIDE / 2, SIDE / 2),
    "dropped for kept": lambda s: kept_fraction(kept(s, p=0.2), 0.8),
    "a little too many kept": lambda s: kept_fraction(kept(s, p=0.55), 0.5),
    "nothing dropped": lambda s: kept_fraction(torch.ones(DRAWS), 0.9),
    "one dropped where none may be": lambda s: kept_fraction((torch.arange(DRAWS) > 0).double(), 1.0),
    "one kept where none may be": lambda s: kept_fraction((torch.arange(DRAWS) == 0).double(), 0.0),
}


@pytest.mark.parametrize("use", WRONG.values(), ids=WRONG)
def test_wrong_samples_fail_for_every_seed(refused, use: Callable[[int], None]):
    """A known mistake is found in every one of twenty samples of ten thousand draws."""
    messages = [refused(use, seed).message for seed in range(20)]
    assert all(message.startswith(("The ", "In the mask, ")) for message in messages)


def test_a_mean_moved_by_too_wide_a_spread_is_not_the_mistake(refused):
    """Draws that were divided by their standard deviation: the spread is named, at every seed."""
    for seed in range(20):
        told = refused(has_mean, normal(seed, std=100.0), 0, 0.1).message
        assert told.startswith("The standard deviation of the sample")


def test_a_mean_that_the_spread_does_not_explain_is_told(refused):
    """Draws from 0..1 are off in both; what moved them away from 0 is named first."""
    for seed in range(20):
        assert refused(has_mean, uniform(seed), 0, 1 / SIDE).message.startswith("The mean of the sample")


@pytest.mark.parametrize("word", [has_mean, follows_normal, follows_uniform, has_std, kept_fraction])
@pytest.mark.parametrize(
    "sample", [None, [0.1, 0.2], torch.tensor(0.5), torch.full((DRAWS,), math.nan)], ids=["None", "list", "one", "NaN"]
)
def test_what_is_no_sample_fails(refused, word: Callable, sample: object):
    """Nothing that cannot be judged passes."""
    parameters = {has_std: (1.0,), kept_fraction: (0.5,)}.get(word, (0.0, 1.0))
    assert refused(word, sample, *parameters).message.startswith("The sample" if word != kept_fraction else "The mask")


def boundary(accepted: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where a word stops to accept, between a value that it accepts and one that it does not."""
    assert accepted(inside)
    assert not accepted(outside)
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if accepted(middle) else (inside, middle)
    return outside


def standardised(n: int) -> torch.Tensor:
    """[n] with mean 0 and standard deviation 1."""
    x = torch.linspace(-1, 1, n, dtype=torch.float64)
    return x / x.std()


@pytest.mark.parametrize("n", SIZES)
def test_the_bound_of_has_mean_is_true(n: int):
    """A normal mean beyond the bound has a probability of at most 1e-9, and not of far less."""
    shift = boundary(lambda m: accepts(has_mean, standardised(n) + m, 0, 1), 0.0, 100.0)
    assert FALSE_ALARM / 100 < 2 * stats.norm.sf(shift * math.sqrt(n)) <= FALSE_ALARM


@pytest.mark.parametrize("n", [2, 3, 5])
def test_the_bound_of_has_mean_is_true_for_uniform_draws(n: int):
    """The sum of n uniform draws has the exact tail of Irwin and Hall."""
    allowed = boundary(lambda m: accepts(has_mean, standardised(n) + m, 0, 1), 0.0, 100.0)
    total = n / 2 - n * allowed / SIDE  # a sum of draws from 0..1 that is that far below its mean
    assert 2 * max(total, 0) ** n / math.factorial(n) <= FALSE_ALARM


@pytest.mark.parametrize("n", SIZES)
def test_the_bound_of_has_std_is_true(n: int):
    """A normal standard deviation beyond the bounds has a probability of at most 1e-9, by the chi-square law."""
    high = boundary(lambda s: accepts(has_std, standardised(n) * s, 1), 1.0, 100.0)
    low = boundary(lambda s: accepts(has_std, standardised(n) * s, 1), 1.0, -1e-9) if n > 100 else 0.0
    beyond = stats.chi2.sf(high**2 * (n - 1), n - 1) + stats.chi2.cdf(low**2 * (n - 1), n - 1)
    assert beyond <= FALSE_ALARM


@pytest.mark.parametrize("n", [30, 100, 10_000])
@pytest.mark.parametrize(
    ("word", "parameters", "law"),
    [(follows_normal, (1.0, 2.0), stats.norm(1, 2)), (follows_uniform, (1.0, 3.0), stats.uniform(1, 2))],
    ids=["normal", "uniform"],
)
def test_the_bound_of_a_law_is_true(n: int, word: Callable, parameters: tuple, law: stats.rv_continuous):
    """The Kolmogorov distance of the boundary, as scipy computes it, has an exact tail just below 1e-9."""

    def sample(squeezed: float) -> torch.Tensor:
        levels = (np.arange(n) + 0.5) / n * (1 - squeezed)
        return torch.from_numpy(law.ppf(levels))

    edge = boundary(lambda s: accepts(word, sample(s), *parameters), 0.0, 1 - 1e-12)
    distance = stats.kstest(sample(edge).numpy(), law.cdf).statistic
    assert FALSE_ALARM / 100 < stats.kstwo.sf(distance, n) <= FALSE_ALARM


@pytest.mark.parametrize("n", [100, 10_000])
@pytest.mark.parametrize("p", [0.5, 0.9, 0.01])
def test_the_bound_of_kept_fraction_is_true(n: int, p: float):
    """Counts beyond the bounds have a probability of at most 1e-9, by the binomial law."""

    def accepted(count: float) -> bool:
        return accepts(kept_fraction, torch.arange(n) < round(count), p)

    step = max(1, n // 500)
    counts = [count for count in range(0, n + 1, step) if accepted(count)]
    low, high = min(counts) - step, max(counts) + step
    assert stats.binom.cdf(low, n, p) + stats.binom.sf(high - 1, n, p) <= FALSE_ALARM
    assert low < n * p < high


def test_a_share_says_what_it_counts(refused):
    """An agreement is not told as a mask; where inputs are hidden, no number is shown."""
    told = refused(kept_fraction, torch.ones(DRAWS), 0.5, "both halves", counted="pairs agree").wording
    assert told.full.startswith(f"In both halves, 100 % of {DRAWS:,} pairs agree, where 50 % are expected; ")
    assert told.redacted == "In both halves, too many pairs agree; chance does not explain that."
