"""Statistical tests with a guaranteed false-alarm rate.

Each of these words fails correct code with probability at most `FALSE_ALARM`, by an inequality that is true for every
sample size (no asymptotics), so that a class of any size sees no false accusation.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from . import observations
from .comparing import checked_sample
from .verdict import failed

# A course with 1,000 students, 100 statistical checks and 10 submissions each makes 1e6 calls: one false alarm in a
# thousand such courses.
FALSE_ALARM = 1e-9
# All four bounds have two sides, and each side may take half of the false alarms.
_LOG = math.log(2 / FALSE_ALARM)


def has_mean(sample: object, mean: float, std: float, name: str = "the sample") -> None:
    """Fail unless the mean of independent draws is `mean`.

    Sub-Gaussian bound P(|m - mean| > std sqrt(2 log(2/a) / n)) <= a: exact in its constant for normal and uniform draws
    (both strictly sub-Gaussian; Arbel et al. 2020, "On strict sub-Gaussianity"). Draws that spread too far move their
    mean as well: where the spread explains the mean, the verdict is that of `has_std`, if that fails.

    Args:
        sample: float tensor of any shape, n entries.
        mean, std: of one draw.
    """
    x = checked_sample(sample, name)
    allowed = std * math.sqrt(2 * _LOG / x.numel())
    sample_mean = x.mean().item()
    error = abs(sample_mean - mean)
    if error <= allowed:
        return
    # `allowed` grows with the standard deviation, so this asks whether the sample's own would have allowed the error.
    if error * std <= allowed * x.std().item():
        has_std(sample, std, name)
    raise failed(observations.wrong_moment(name, "mean", sample_mean, mean, allowed=allowed, n=x.numel()))


def has_std(sample: object, std: float, name: str = "the sample") -> None:
    """Fail unless the standard deviation of independent draws is `std`.

    Chi-square bounds of Laurent and Massart (2000, "Adaptive estimation of a quadratic functional by model selection",
    lemma 1) with n - 1 degrees of freedom: proved for normal draws, conservative for uniform ones, whose fourth moment
    is smaller.

    Args:
        sample: float tensor of any shape, n >= 2 entries.
        std: of one draw, > 0.
    """
    x = checked_sample(sample, name)
    freedom = x.numel() - 1
    root = math.sqrt(_LOG / freedom)
    sample_std = x.std().item()
    low = math.sqrt(max(0.0, 1 - 2 * root))  # up to 86 draws even none at all can be chance
    high = math.sqrt(1 + 2 * root + 2 * root**2)
    if low * std <= sample_std <= high * std:
        return
    allowed = (high - 1) * std  # the wider side
    raise failed(observations.wrong_moment(name, "standard deviation", sample_std, std, allowed=allowed, n=x.numel()))


def follows_normal(sample: object, mean: float, std: float, name: str = "the sample") -> None:
    """Fail unless independent draws come from the normal distribution N(mean, std^2)."""

    def cdf(x: torch.Tensor) -> torch.Tensor:
        return torch.special.ndtr((x - mean) / std)

    _follows(sample, cdf, name, f"a normal distribution with mean {mean:g} and standard deviation {std:.4g}")


def follows_uniform(sample: object, low: float, high: float, name: str = "the sample") -> None:
    """Fail unless independent draws come from the uniform distribution on [low, high]."""

    def cdf(x: torch.Tensor) -> torch.Tensor:
        return ((x - low) / (high - low)).clamp(0, 1)

    x = checked_sample(sample, name)
    slack = 1e-6 * (high - low)  # float32 draws, scaled and shifted, can pass an end by a few roundings of 6e-8
    if x.min() < low - slack or x.max() > high + slack:
        raise failed(observations.outside(name, x, low, high))
    _follows(sample, cdf, name, f"a uniform distribution between {low:.4g} and {high:.4g}")


def kept_fraction(mask: object, p: float, name: str = "the mask", *, counted: str = observations.KEPT) -> None:
    """Fail unless the share of non-zero entries fits independent draws that are kept with probability `p`.

    Chernoff's bound: a share at least as far from p as f, on either side, has a probability of at most
    2 exp(-n KL(f || p)), with KL of two coins (Chernoff 1952, "A measure of asymptotic efficiency", theorem 1).

    Args:
        mask: tensor of any shape, n entries; every non-zero entry counts as kept.
        p: probability that an entry is kept.
        counted: what a non-zero entry means, in the words of the message: "pairs agree".
    """
    x = checked_sample(mask, name)
    share = (x != 0).double().mean().item()
    if not x.numel() * _coin_divergence(share, p) <= _LOG:
        raise failed(observations.wrong_fraction(name, share, p, x.numel(), what=counted))


def _coin_divergence(f: float, p: float) -> float:
    """KL divergence between coins with head probabilities f and p, in nats; inf where f is impossible."""
    divergence = 0.0
    for observed, expected in ((f, p), (1 - f, 1 - p)):
        if observed == 0:  # by continuity, 0 log 0 = 0
            continue
        if expected == 0:
            return math.inf
        divergence += observed * math.log(observed / expected)
    return divergence


def _follows(sample: object, cdf: Callable[[torch.Tensor], torch.Tensor], name: str, law: str) -> None:
    """Compare the empirical distribution with `cdf` by the Dvoretzky-Kiefer-Wolfowitz inequality.

    P(sup |F_n - F| > e) <= 2 exp(-2 n e^2), with the constant of Massart (1990, "The tight constant in the
    Dvoretzky-Kiefer-Wolfowitz inequality").
    """
    x = checked_sample(sample, name).sort().values
    n = x.numel()
    expected = cdf(x)
    # F_n jumps at each draw, so the supremum is reached just before or just after one.
    steps = torch.arange(n + 1, dtype=torch.float64) / n
    above = (steps[1:] - expected).abs()
    below = (expected - steps[:-1]).abs()
    distance = torch.maximum(above, below).max().item()
    if not distance <= math.sqrt(_LOG / (2 * n)):  # nan, of a law without spread, must not pass
        raise failed(observations.wrong_law(name, law, x))
