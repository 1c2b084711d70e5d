"""What a training loop must do: the batches, the steps by autograd, and the order of the rows in an epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import permutations, product

import torch

from .assertions import require
from .comparing import close
from .oracles import gradients

Orders = tuple[tuple[int, ...], tuple[int, ...]]  # of the rows in the first epoch and in the second

# Many tiny steps together are one step of all rows, up to what the parameters have moved in between.
TINY_STEPS = 1e-3
# Two ends of training on three random rows with a learning rate of about 1 differ by far more.
SAME_END = 1e-4


def batches_in_order(n: int, batch_size: int, epochs: int = 1) -> list[torch.Tensor]:
    """The rows 0..n-1 of each batch in the given order, the short one last, over all epochs."""
    return list(torch.arange(n).split(batch_size)) * epochs


def descended(
    loss: Callable[..., torch.Tensor],
    params: Iterable[torch.Tensor],
    batches: Sequence[torch.Tensor],
    *,
    lr: float | Sequence[float],
) -> list[torch.Tensor]:
    """The parameters after a step of gradient descent on each batch, by autograd in double precision.

    Args:
        loss: maps the rows of a batch and the float64 parameters to a [] tensor.
        params: float tensors of any shapes, from which the first step starts.
        batches: [size] int64 rows of each batch.
        lr: learning rate; one for each step, or one for all.
    Returns:
        The last value of each parameter, in its dtype.
    """
    rates = [lr] * len(batches) if isinstance(lr, float | int) else lr
    start = list(params)
    current = [value.double() for value in start]
    for rows, rate in zip(batches, rates, strict=True):
        slopes = gradients(lambda *values, rows=rows: loss(rows, *values), *current)
        current = [value - rate * slope for value, slope in zip(current, slopes, strict=True)]
    return [value.to(first.dtype) for value, first in zip(current, start, strict=True)]


def each_row_once(
    moved: torch.Tensor, steps: torch.Tensor, *, epoch: str = "epoch", name: str = "the total step"
) -> None:
    """Fail unless a shuffled epoch of tiny steps used each row once and with its own label.

    Args:
        moved: [n, h] how far the weights moved against the gradient, by lr; row i of them meets only row i of the data.
        steps: [n, h] how far they must move.
        epoch: what the assignment calls a pass over the rows.
        name: what the student's `moved` is called in the message.
    """
    times = ((moved * steps).sum(1) / steps.square().sum(1)).round()
    message = f"The steps of a shuffled {epoch} do not fit the labels of its rows: do X and y stay together?"
    require((moved - times[:, None] * steps).abs().max() < TINY_STEPS, message)
    if times.sum() == len(steps):
        message = f"Some rows were used several times in one {epoch} and others never: are all of them in the order?"
        require((times == 1).all(), message)
    close(moved, steps, rtol=TINY_STEPS, atol=TINY_STEPS, name=name)


class TwoEpochs:
    """Where two epochs over three rows, one row a step, can lead: an end for each pair of orders.

    Args:
        losses: maps 36 sets of parameters [36, ...] and a row for each [36] to the [] sum of their losses.
        start: [...] the parameters in one tensor.
        lr: learning rate; one for each of the six steps, or one for all.
    """

    def __init__(
        self,
        losses: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
        start: torch.Tensor,
        *,
        lr: float | Sequence[float],
    ) -> None:
        orders = list(permutations(range(3)))
        self._orders: list[Orders] = list(product(orders, orders))
        visits = torch.tensor(self._orders).reshape(len(self._orders), 6)
        # The sets of parameters do not meet in the sum, so that its gradient holds one step for each of them.
        (self._ends,) = descended(
            lambda rows, params: losses(params, rows),
            [start.expand(len(visits), *start.shape)],
            visits.unbind(1),
            lr=lr,
        )

    def orders_to(self, end: torch.Tensor) -> Orders:
        """The orders of the two epochs that lead to this end; fails if none does."""
        distance = (self._ends - end).abs().flatten(1).amax(1)
        message = "No order in which each epoch visits every row once leads to these parameters."
        require(distance.min() < SAME_END, message)
        return self._orders[int(distance.argmin())]
