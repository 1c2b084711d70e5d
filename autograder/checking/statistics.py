"""Statistical tests with a guaranteed false-alarm rate.

Each word holds for correct code except with probability at most `FALSE_ALARM` per call, by an inequality that is true
for every sample size (no asymptotics), so that a class of any size sees no false accusation.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from . import facts
from .comparing import checked_sample
from .verdict import failed

FALSE_ALARM = 1e-9
_LOG = math.log(2 / FALSE_ALARM)


def has_mean(sample: object, mean: float, std: float, name: str = "the sample") -> None:
    """Fail unless the mean of independent draws is `mean`.

    Sub-Gaussian bound P(|m - mean| > std sqrt(2 log(2/a) / n)) <= a: exact in its constant for normal and uniform draws
    (both strictly sub-Gaussian; Arbel et al. 2020, "On strict sub-Gaussianity"). A mean that is no further off than the
    spread of the draws explains is not the mistake: then the verdict is that of `has_std`, if that has one.

    Args:
        sample: float tensor of any shape, n entries.
        mean, std: of one draw.
    """
    x = checked_sample(sample, name)
    allowed = std * math.sqrt(2 * _LOG / x.numel())
    found = x.mean().item()
    if not abs(found - mean) <= allowed:
        if abs(found - mean) * std <= allowed * x.std().item():
            has_std(sample, std, name)  # draws that spread too far take their mean along
        raise failed(facts.wrong_moment(name, "mean", found, mean, allowed, x.numel()))


def has_std(sample: object, std: float, name: str = "the sample") -> None:
    """Fail unless the standard deviation of independent draws is `std`.

    Chi-square bounds of Laurent and Massart (2000, lemma 1) with n - 1 degrees of freedom; exact for normal draws,
    conservative for uniform ones, whose fourth moment is smaller.

    Args:
        sample: float tensor of any shape, n >= 2 entries.
        std: of one draw, > 0.
    """
    x = checked_sample(sample, name)
    freedom = x.numel() - 1
    root = math.sqrt(_LOG / freedom)
    found = x.std().item()
    low = math.sqrt(max(0.0, 1 - 2 * root))
    high = math.sqrt(1 + 2 * root + 2 * root**2)
    if not low * std <= found <= high * std:
        raise failed(facts.wrong_moment(name, "standard deviation", found, std, (high - 1) * std, x.numel()))


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
    slack = 1e-6 * (high - low)
    if x.min() < low - slack or x.max() > high + slack:
        raise failed(facts.outside(name, (x.min().item(), x.max().item()), (low, high)))
    _follows(sample, cdf, name, f"a uniform distribution between {low:.4g} and {high:.4g}")


def kept_fraction(mask: object, p: float, name: str = "the mask", *, counted: str = facts.KEPT) -> None:
    """Fail unless the share of non-zero entries fits independent draws that are kept with probability `p`.

    Chernoff's bound P(|f - p| as far as this) <= 2 exp(-n KL(f || p)), with KL of two coins (Chernoff 1952).

    Args:
        mask: tensor of any shape, n entries; every non-zero entry counts as kept.
        p: probability that an entry is kept.
        counted: what a non-zero entry stands for, as it is said in the message: "pairs agree".
    """
    x = checked_sample(mask, name)
    found = (x != 0).double().mean().item()
    if not x.numel() * _coin_divergence(found, p) <= _LOG:
        raise failed(facts.wrong_fraction(name, found, p, x.numel(), counted=counted))


def _coin_divergence(f: float, p: float) -> float:
    """KL divergence between coins with head probabilities f and p, in nats; inf where f is impossible."""
    parts = [(f, p), (1 - f, 1 - p)]
    if any(q > 0 and r == 0 for q, r in parts):
        return math.inf
    return sum(q * math.log(q / r) for q, r in parts if q > 0)


def _follows(sample: object, cdf: Callable[[torch.Tensor], torch.Tensor], name: str, law: str) -> None:
    """Compare the empirical distribution with `cdf` by the Dvoretzky-Kiefer-Wolfowitz inequality.

    P(sup |F_n - F| > e) <= 2 exp(-2 n e^2) (Massart 1990).
    """
    x = checked_sample(sample, name).sort().values
    n = x.numel()
    expected = cdf(x)
    steps = torch.arange(n + 1, dtype=torch.float64) / n
    distance = torch.maximum((steps[1:] - expected).abs(), (expected - steps[:-1]).abs()).max().item()
    if not distance <= math.sqrt(_LOG / (2 * n)):
        raise failed(facts.wrong_law(name, law, x))
