"""Small made-up data with known structure, for checks and for the miniature course of the tests."""

from __future__ import annotations

import math

import torch


def blobs(n: int, d: int, *, k: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Gaussian clouds around `k` points of a circle, ten standard deviations apart.

    Args:
        n: examples; every class has n/k of them, give or take one.
        d: features, at least 2.
        k: classes, at least 2.
        generator: CPU generator of all randomness.
    Returns:
        X: [n, d] float32 with values mostly in -1.5..1.5; a linear classifier separates it.
        y: [n] int64; class index in 0..k-1, in random order.
    """
    y = _balanced_labels(n, k, generator)
    angles = 2 * math.pi * torch.arange(k) / k
    circle = torch.stack([angles.cos(), angles.sin()], dim=1)
    plane = torch.linalg.qr(torch.randn(d, 2, generator=generator)).Q
    spread = 2 * math.sin(math.pi / k) / 10  # the numerator is the distance of two neighbours
    return circle[y] @ plane.T + spread * torch.randn(n, d, generator=generator), y


def linear(
    n: int, d: int, *, noise: float, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """A linear relation with Gaussian noise, y = X w + b + noise.

    Args:
        n: examples.
        d: features.
        noise: standard deviation of what is added to y.
        generator: CPU generator of all randomness.
    Returns:
        X: [n, d] float32, standard normal.
        y: [n] float32.
        w: [d] float32, the true weights.
        b: [] float32, the true intercept.
    """
    X = torch.randn(n, d, generator=generator)
    w = torch.randn(d, generator=generator)
    b = torch.randn((), generator=generator)
    return X, X @ w + b + noise * torch.randn(n, generator=generator), w, b


def spirals(n: int, *, k: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """`k` arms of a spiral, each of three quarters of a turn: no linear classifier separates them.

    Args:
        n: examples; every class has n/k of them, give or take one.
        k: classes.
        generator: CPU generator of all randomness.
    Returns:
        X: [n, 2] float32 in -1..1.
        y: [n] int64; class index in 0..k-1, in random order.
    """
    y = _balanced_labels(n, k, generator)
    radius = torch.rand(n, generator=generator).sqrt()
    wobble = 0.05 * torch.randn(n, generator=generator)
    angle = 2 * math.pi * (0.75 * radius + (y + wobble) / k)
    return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1), y


def _balanced_labels(n: int, k: int, generator: torch.Generator) -> torch.Tensor:
    """[n] int64; 0..k-1 in random order, each as often as the others, give or take once."""
    return torch.randperm(n, generator=generator) % k
