"""autograder.checking.trainings: batches, steps by autograd and orders of rows, against what can be said on paper."""

from __future__ import annotations

from itertools import permutations, product

import pytest
import torch

from autograder.checking import TwoEpochs, batches_in_order, descended, each_row_once

X = torch.tensor([1.0, 2.57, 7.31], dtype=torch.float64)


@pytest.mark.parametrize(
    ("n", "batch_size", "epochs", "expected"),
    [
        (5, 2, 1, [[0, 1], [2, 3], [4]]),
        (2, 2, 2, [[0, 1], [0, 1]]),
        (2, 9, 1, [[0, 1]]),
    ],
)
def test_batches_come_in_order(n: int, batch_size: int, epochs: int, expected: list):
    """The short one last, and again in each epoch."""
    assert [rows.tolist() for rows in batches_in_order(n, batch_size, epochs)] == expected


def halves(rows, w):
    """A loss whose gradient is w - mean of X over the rows."""
    return (w - X[rows]).square().mean() / 2


def test_descent_halves_the_distance():
    """With this loss and lr = 1/2 each step goes half the way to the mean of its rows."""
    (end,) = descended(halves, [torch.tensor(0.0)], [torch.tensor([0]), torch.tensor([1, 2])], lr=0.5)
    assert end.item() == pytest.approx(0.5 + (4.94 - 0.5) / 2)
    assert end.dtype == torch.float32


def test_descent_takes_a_rate_for_each_step():
    """A step of rate 1 ends at the mean of its rows, a step of rate 0 where it begins."""
    batches = [torch.tensor([2]), torch.tensor([0])]
    (end,) = descended(halves, [torch.tensor(0.0)], batches, lr=[1.0, 0.0])
    assert end.item() == pytest.approx(7.31)


def test_descent_moves_all_parameters_at_once():
    """The second gradient does not see the first step, and the start stays as it was."""
    start = [torch.tensor(2.0), torch.tensor(3.0)]
    end = descended(lambda rows, a, b: a * b, start, [torch.tensor([0])], lr=1.0)
    assert [value.item() for value in end] == [-1, 1]
    assert [value.item() for value in start] == [2, 3]


STEPS = torch.tensor([[1.0, -2.0], [0.5, 0.5], [3.0, 1.0]])


def test_each_row_once_holds():
    """With the error that many tiny steps leave."""
    assert each_row_once(STEPS + 1e-6, STEPS) is None


@pytest.mark.parametrize(
    ("moved", "says"),
    [
        (STEPS * torch.tensor([[2.0], [0.0], [1.0]]), "Some rows were used several times in one pass"),
        (STEPS.roll(1, 0), "do X and y stay together?"),
        (STEPS * 2, "The total step is wrong"),
    ],
    ids=["doubled and missed", "labels of other rows", "all twice"],
)
def test_rows_that_are_not_used_once_fail(refused, moved: torch.Tensor, says: str):
    """With the question that fits."""
    assert says in refused(each_row_once, moved, STEPS, epoch="pass").message


RATE = 0.37  # with which no two pairs of orders end in one place


def nearer(params, rows):
    """The sum of losses; a step on one takes the share RATE off the distance to its row."""
    return (params[:, 0] - X[rows]).square().sum() / 2


def end_of(orders) -> float:
    """Where such steps from 0 to the rows in these orders end."""
    place = 0.0
    for row in (*orders[0], *orders[1]):
        place += RATE * (X[row].item() - place)
    return place


def test_two_epochs_are_told_by_their_end():
    """Every pair of orders of three rows leads to an end of its own here."""
    two = TwoEpochs(nearer, torch.zeros(1, dtype=torch.float64), lr=RATE)
    for orders in product(permutations(range(3)), repeat=2):
        assert two.orders_to(torch.tensor([end_of(orders)])) == orders


def test_an_end_that_no_order_reaches_fails(refused):
    """As after two steps on the same row in an epoch."""
    two = TwoEpochs(nearer, torch.zeros(1, dtype=torch.float64), lr=RATE)
    message = refused(two.orders_to, torch.tensor([end_of(((2, 2, 2), (2, 2, 2)))])).message
    assert message == "No order in which each epoch visits every row once leads to these parameters."
