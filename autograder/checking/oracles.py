"""Independent answers to compare with: double-precision autograd, central differences, torch's own layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch.nn import functional


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


def vjp(f: Callable[..., torch.Tensor], grad: torch.Tensor, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """What the backward function of `f` must return: gradients of sum(grad * f(*inputs)), in the dtypes of the inputs.

    Args:
        f: maps the inputs to a tensor of the shape of `grad`.
        grad: gradient of some loss with respect to that.
        inputs: float tensors of any shape.
    """
    found = gradients(lambda *values: (grad.double() * f(*values)).sum(), *inputs)
    return tuple(slope.to(x.dtype) for slope, x in zip(found, inputs, strict=True))


def perceptron(
    X: torch.Tensor,
    params: Sequence[tuple[torch.Tensor, torch.Tensor]],
    between: Callable[[torch.Tensor], torch.Tensor] = functional.relu,
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The output of a stack of torch's linear layers, and what each layer was given.

    Args:
        X: [n, d] inputs.
        params: (W, b) of each layer, W: [d, h] and b: [h].
        between: what stands between two layers, an activation.
    """
    *inner, (W, b) = params
    given = [X]
    for weight, bias in inner:
        given.append(between(functional.linear(given[-1], weight.T, bias)))
    return functional.linear(given[-1], W.T, b), given


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
