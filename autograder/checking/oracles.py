"""Independent answers to compare with: double-precision autograd and central differences."""

from __future__ import annotations

from collections.abc import Callable

import torch

__all__ = ["finite_difference", "gradients"]


def gradients(f: Callable[..., torch.Tensor], *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Gradients of a scalar function by autograd in double precision.

    Args:
        f: maps the inputs to a [] tensor.
        inputs: float tensors of any shape.
    Returns:
        One float64 tensor per input, of its shape; zeros where `f` does not depend on it.
    """
    leaves = [x.detach().to(torch.float64).clone().requires_grad_(True) for x in inputs]
    with torch.enable_grad():
        return torch.autograd.grad(f(*leaves), leaves, materialize_grads=True)


def finite_difference(
    f: Callable[[torch.Tensor], float | torch.Tensor], x: torch.Tensor, eps: float = 1e-6
) -> torch.Tensor:
    """Gradient of a scalar function by central differences, (f(x + eps) - f(x - eps)) / (2 eps) per entry.

    Args:
        f: maps a tensor like `x` to a number or [] tensor; may be a student's function.
        x: float64 tensor of any shape; one pair of calls per entry.
        eps: step; the error is about eps^2 |f'''| / 6 plus a rounding error of 1e-16 |f| / eps.
    Returns:
        float64 tensor of the shape of `x`.
    """
    flat = x.detach().to(torch.float64).reshape(-1)
    slopes = torch.zeros_like(flat)
    for i in range(flat.numel()):
        step = torch.zeros_like(flat)
        step[i] = eps
        above = float(f((flat + step).reshape(x.shape)))
        below = float(f((flat - step).reshape(x.shape)))
        slopes[i] = (above - below) / (2 * eps)
    return slopes.reshape(x.shape)
