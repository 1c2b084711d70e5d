"""Checks that students do not get: float32, squares, kinks, outliers, contradictions, scrambled images."""

import torch
from torch.nn import functional

from autograder.checking import check, close, equal, require, unchanged

from .checks import (
    EPOCHS,
    LOSSES,
    WEIGHTS,
    a_loss_of_ours,
    by_huber,
    composed,
    corners,
    layers,
    learned,
    learns,
    ones_and_sevens,
    path_of_ours,
    priced,
    prices,
    reads,
    row_with,
    separated,
    solved,
    unit,
    with_ones,
)


@check("step")
def steps_in_single_precision(student, case):
    """float32 stays float32, for a row that is wrong, for one that is right, and for one on the boundary."""
    for z, y in ((2.0, -1.0), (2.0, 1.0), (0.0, -1.0), (0.0, 1.0)):
        x, w, b = (
            part.float() for part in (torch.tensor([1.0, 0.5]), torch.tensor([2.0, -2.0]), torch.tensor(z - 1.0))
        )
        target = torch.tensor(y)
        moves = y * z <= 0
        expected = (w + moves * target * x, b + moves * target)
        close(unchanged(student.perceptron_step, x, target, w, b), expected, names=WEIGHTS)


@check("step")
def steps_of_one_feature_and_of_many(student, case):
    """A single feature, and nine of them; rows that are wrong by little and by much."""
    for d, z in ((1, 0.125), (9, 40.0), (9, -1e-3)):
        x, w, b = row_with(case, z, d)
        y = b.new_tensor(-1.0 if z > 0 else 1.0)
        close(student.perceptron_step(x, y, w, b), (w + y * x, b + y), names=WEIGHTS)


@check("training", weight=1.5)
def training_in_single_precision(student, case):
    """float32 rows give float32 weights; an even number of mistakes, or none in the second epoch, changes nothing."""
    X, y, _ = separated(case, 20, 3, dtype=torch.float32)
    learns(student, X, y, EPOCHS)
    learns(student, X, torch.ones_like(y), 5)
    learns(student, X, -torch.ones_like(y), 5)


@check("training")
def contradictions_never_end(student, case):
    """One row with both targets, and the corners of a square: as many epochs as allowed, each with its mistakes."""
    X = case.integers(-3, 4, 1, 2).double().expand(2, 2).clone()
    learns(student, X, torch.tensor([1.0, -1.0]).double(), 6)
    learns(student, *corners(), 9)


@check("training")
def the_order_of_rows_decides_the_path(student, case):
    """Rows in another order make other mistakes, and these are exact too."""
    X, y, _ = separated(case, 15, 2)
    order = case.permutation(15)
    learns(student, X[order], y[order], EPOCHS)
    learns(student, X.flip(0), y.flip(0), EPOCHS)


@check("unit")
def units_of_other_sizes(student, case):
    """n = d, a single row, and float32, for predictions and for gradients; the inputs stay."""
    for n, d, dtype in ((3, 3, torch.float64), (1, 4, torch.float64), (7, 2, torch.float32)):
        X, w, b = unit(case, n, d, dtype)
        close(unchanged(student.linear_unit, X, w, b), functional.linear(X, w[None], b)[:, 0], name="the predictions")
        grad = case.normal(n, dtype=dtype)
        expected = (X * grad[:, None]).sum(0), grad.sum()
        close(unchanged(student.linear_gradients, X, grad), expected, names=("dw", "db"))


@check("losses")
def losses_of_many_rows(student, case):
    """All three losses with their gradients in float32, with errors up to 1,000, from inputs that stay."""
    y = case.normal(40, std=300.0, dtype=torch.float32)
    predictions = y + case.normal(40, std=300.0, dtype=torch.float32)
    functions = (
        (student.squared_loss, functional.mse_loss, ()),
        (student.absolute_loss, functional.l1_loss, ()),
        (student.huber_loss, by_huber(100.0), (100.0,)),
    )
    for function, loss, more in functions:
        close(unchanged(function, predictions, y, *more), priced(loss, predictions, y), names=LOSSES)


@check("losses", weight=1.5)
def huber_loss_at_the_seam(student, case):
    """At an error of exactly delta, just below it and just above it, value and gradient have no jump."""
    for delta in (0.5, 2.0):
        y = torch.zeros(1, dtype=torch.float64)
        sizes = torch.tensor([0.0, delta * (1 - 1e-9), delta, delta * (1 + 1e-9)]).double()
        pairs = [(sign * size.reshape(1), y) for size in sizes for sign in (1, -1)]
        prices(student.huber_loss, by_huber(delta), pairs, delta)


@check("losses")
def losses_with_as_many_errors_as_none(student, case):
    """Predictions that are all right cost nothing and have no slope, in each of the three."""
    y = case.normal(5)
    nothing = (torch.tensor(0.0).double(), torch.zeros(5).double())
    for found in (student.squared_loss(y, y), student.absolute_loss(y, y), student.huber_loss(y, y, 1.0)):
        close(found, nothing, names=LOSSES)


@check("descent", weight=1.5)
def descent_in_single_precision(student, case):
    """With a loss of ours the path is exact in float32 and in float64, over five steps, from inputs that stay."""
    for dtype in (torch.float64, torch.float32):
        X, w, b = unit(case, 6, 3, dtype)
        y = case.normal(6, dtype=dtype)
        found = unchanged(student.descend, X, y, w, b, loss=a_loss_of_ours, lr=0.005, steps=5)
        close(found, path_of_ours(X, y, w, b, lr=0.005, steps=5), names=("w", "b", "the losses"))


@check("descent")
def an_outlier_is_left_alone(student, case):
    """On a line with one wild target, descending a Huber loss ends near the line."""
    X = case.uniform(40, 1, low=-1.0, high=1.0)
    y = 2 * X[:, 0] + 1
    y[0] += 1000.0
    start = torch.zeros(1).double(), torch.tensor(0.0).double()

    def huber(predictions, targets):
        require(predictions.shape == targets.shape, "A loss gets a prediction for each target: two tensors [n].")
        return priced(by_huber(0.5), predictions, targets)

    w, b, _ = student.descend(X, y, *start, loss=huber, lr=1.0, steps=40)
    close((w, b), (torch.tensor([2.0]).double(), torch.tensor(1.0).double()), names=WEIGHTS, rtol=0, atol=0.1)


@check("ones")
def ones_in_single_precision(student, case):
    """append_ones keeps float32, also for a single row; least_squares does too, and with patients it is exact."""
    for n, d in ((1, 3), (4, 4)):
        X = case.normal(n, d, dtype=torch.float32)
        close(student.append_ones(X), with_ones(X))
    X = case.normal(12, 2, dtype=torch.float32)
    y = case.normal(12, mean=3.0, dtype=torch.float32)
    close(student.least_squares(X, y), solved(X, y), names=WEIGHTS, rtol=1e-3, atol=1e-3)
    data = case.regression
    X, y = data.X_train.double(), data.y_train.double()
    close(student.least_squares(X, y), solved(X, y), names=WEIGHTS, rtol=1e-6, atol=1e-6)


@check("composition")
def layers_of_equal_sizes(student, case):
    """Where d, h and k are equal the order of the factors still matters; float32 stays; three layers are one too."""
    for sizes, dtype in (((3, 3, 3), torch.float64), ((2, 4, 2), torch.float32)):
        given = layers(case, *sizes, dtype=dtype)
        close(unchanged(student.compose, *given), composed(*given), names=("W", "b"))
    first = layers(case, 2, 3, 4)
    third = [case.normal(4, 2), case.normal(2)]
    two = composed(*first)
    close(student.compose(*two, *third), composed(*two, *third), names=("W", "b"))


@check("distance")
def distances_in_other_sizes(student, case):
    """One feature, n = d, and float32; rows on both sides of the boundary."""
    for n, d, dtype in ((4, 1, torch.float64), (3, 3, torch.float64), (6, 5, torch.float32)):
        X, w, b = unit(case, n, d, dtype)
        expected = (X @ w + b) / torch.linalg.vector_norm(w)
        close(unchanged(student.distance_to_boundary, X, w, b), expected)


@check("digits")
def readers_in_single_precision(student, case):
    """float32 images with many other classes among them; decisions of weights that are not the trained ones."""
    X, labels = (case.uniform(30, 4) * 64).round().float() / 64, case.labels(30, 10)
    found = unchanged(student.fit_one_or_seven, X, labels, 3)
    close(found, learned(*ones_and_sevens(X, labels), 3), names=(*WEIGHTS, "the mistakes"))
    X, w, b = unit(case, 9, 4)
    z = X @ w + b
    equal(unchanged(student.predict_one_or_seven, X, w, b), 1 + 6 * (z > 0).long(), name="the decisions")


@check("digits", weight=2)
def ones_are_told_from_sevens_in_scrambled_images(student, case):
    """With secretly scrambled pixels at least 90 % of the ones and sevens are told apart."""
    reads(student, case)
